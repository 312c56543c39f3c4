"""List published versions, or make one of them current."""

import argparse
import sys
from pathlib import Path

from segmentation.publication.versions import (
    CannotPublish,
    current_version,
    make_current,
    versions,
)


def main(arguments: list[str] | None = None) -> int:
    """List the versions of a folder, or make one of them current."""
    parser = argparse.ArgumentParser(
        prog="python -m segmentation.publication",
        description="List published versions, or make one of them current.",
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("version", nargs="?")
    chosen = parser.parse_args(arguments)
    try:
        if chosen.version:
            make_current(chosen.folder, chosen.version)
    except CannotPublish as error:
        print(error, file=sys.stderr)
        return 1
    now = current_version(chosen.folder)
    for version in versions(chosen.folder):
        print(f"{'*' if version == now else ' '} {version}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
