"""Tables of fits of another version are known before a build adds to them."""

import hashlib
import re

import duckdb
import pytest
import yaml
from places import ROOT

from segmentation.clusters.records import CLUSTER_FITS_SCHEMA
from segmentation.learning.fit_rows import FITS_SCHEMA


@pytest.mark.parametrize(
    ("schema", "file"),
    [
        (FITS_SCHEMA, "_fits__models.yml"),
        (CLUSTER_FITS_SCHEMA, "clusters/_clusters__models.yml"),
    ],
)
def test_stored_fits_are_known_by_the_checksum_of_their_columns(schema, file):
    with duckdb.connect() as connection:
        connection.register("made", schema.empty_table())
        connection.execute("create table fits as from made")
        columns = connection.execute(
            "select column_name, data_type from information_schema.columns "
            "where table_name = 'fits' order by 1"
        ).fetchall()
    lines = [f"{name} " + re.sub('[\\s"]', "", kind).lower() for name, kind in columns]
    checksum = hashlib.md5("\n".join(lines).encode()).hexdigest()

    models = yaml.safe_load((ROOT / "python_models" / file).read_text())["models"]

    # a fit has other columns: write the new checksum there, so that builds over tables
    # of the old ones stop and say what to do
    made = [m["config"]["meta"] for m in models if "fits" in m["name"]]
    assert {meta.get("stored_as") for meta in made} == {checksum}
