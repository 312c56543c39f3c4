"""Command line of the cards: `python -m segmentation.cards --help`."""

import argparse
import sys
from pathlib import Path

import duckdb

# where no fit of a model serves, the newest says why
CARDS = """
    select model_name, card
    from marts.rpt_model_cards
    qualify row_number() over (
        partition by model_name
        order by is_serving_now desc, fit_date desc nulls last, fit_number desc
    ) = 1
    order by model_name
"""


def main(arguments=None):
    """Write the cards of the fits that serve as files, one per model."""
    parser = argparse.ArgumentParser(
        prog="python -m segmentation.cards",
        description="Write the cards of the serving models of a built database.",
    )
    parser.add_argument("database", help="the DuckDB file")
    parser.add_argument("folder", type=Path, help="where the cards go")
    chosen = parser.parse_args(arguments)
    try:
        with duckdb.connect(chosen.database, read_only=True) as connection:
            cards = connection.execute(CARDS).fetchall()
    except duckdb.Error as error:
        parser.error(str(error))
    chosen.folder.mkdir(parents=True, exist_ok=True)
    for model_name, card in cards:
        path = chosen.folder / f"{model_name}.md"
        path.write_text(card, encoding="utf-8")
        print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
