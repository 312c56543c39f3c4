"""Reads dbt's artifacts, and traces columns through their SQL."""

import json
import logging
from pathlib import Path
from typing import Any


def trace(target: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """Trace the columns of a project through its SQL, with dbt-colibri.

    Its command line asks a package registry for newer versions; this does not.

    Parameters
    ----------
    target : Path
        Folder with dbt's manifest.json and catalog.json. The models are to be compiled
        with `--full-refresh`: an incremental one would come from itself.

    Returns
    -------
    traced, manifest : dict
        What was traced (with `nodes`, `lineage` and `errors`), and the manifest.
    """
    from dbt_colibri.lineage_extractor.extractor import DbtColumnLineageExtractor
    from dbt_colibri.report.generator import DbtColibriReportGenerator

    logging.getLogger("colibri").setLevel(logging.ERROR)
    extractor = DbtColumnLineageExtractor(
        str(target / "manifest.json"), str(target / "catalog.json")
    )
    generator = DbtColibriReportGenerator(
        extractor, light_mode=True, disable_telemetry=True
    )
    traced = generator.build_full_lineage()
    manifest = json.loads((target / "manifest.json").read_text(encoding="utf-8"))
    return traced, manifest
