"""Command line of the cards: `python -m segmentation.cards --help`."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import duckdb

# folder to the names and cards in it
CARDS = {
    # where no fit of a model serves, the newest says why
    "model_cards": """
        select model_name, card
        from marts.rpt_model_cards
        qualify row_number() over (
            partition by model_name
            order by is_serving_now desc, fit_date desc nulls last, fit_number desc
        ) = 1
        order by model_name
    """,
    "persona_cards": """
        select dimension || '_' || segment_code, card
        from marts.rpt_segment_personas
        order by dimension, segment_order, segment_code
    """,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Write cards as files: one per model that serves, and one per segment."""
    parser = argparse.ArgumentParser(
        prog="python -m segmentation.cards",
        description="Write the cards of the models and segments of a built database.",
    )
    parser.add_argument("database", help="the DuckDB file")
    parser.add_argument("folder", type=Path, help="where the folders of cards go")
    chosen = parser.parse_args(arguments)
    try:
        with duckdb.connect(chosen.database, read_only=True) as connection:
            found = {
                folder: connection.execute(query).fetchall()
                for folder, query in CARDS.items()
            }
    except duckdb.Error as error:
        parser.error(str(error))
    for folder, cards in found.items():
        (chosen.folder / folder).mkdir(parents=True, exist_ok=True)
        for name, card in cards:
            path = chosen.folder / folder / f"{name}.md"
            path.write_text(card, encoding="utf-8")
            print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
