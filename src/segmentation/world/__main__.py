"""Command line of the world: `python -m segmentation.world --help`."""

import argparse
import sys
from collections.abc import Sequence

from segmentation.world.settings import Settings
from segmentation.world.shifts import KINDS, Shift
from segmentation.world.writer import FORMATS, write


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m segmentation.world",
        description="Write the raw tables of a synthetic shop, and its truth.",
    )
    parser.add_argument("--customers", type=int, default=2_000)
    parser.add_argument("--years", type=int, default=3, help="from 2022-01-01 on")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--shift", choices=KINDS, help="planted, from --shift-day on")
    parser.add_argument("--shift-day", type=int, default=0, help="days from the start")
    parser.add_argument("--format", choices=sorted(FORMATS), default="csv")
    parser.add_argument("--raw", required=True, help="folder of the raw tables")
    parser.add_argument("--truth", help="folder of the truth, outside the raw one")
    parser.add_argument("--prefix", default="", help="put before raw file names")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; a wrong setting ends it with status 2."""
    parser = _parser()
    chosen = parser.parse_args(arguments)
    try:
        shift = Shift(chosen.shift, chosen.shift_day) if chosen.shift else None
        settings = Settings(chosen.customers, chosen.years, chosen.seed, shift)
        rows = write(settings, chosen.raw, chosen.truth, chosen.format, chosen.prefix)
    except (ValueError, OSError) as error:
        parser.error(str(error))
    for name, count in rows.items():
        print(f"{name:24} {count:>12,} rows")
    return 0


if __name__ == "__main__":
    sys.exit(main())
