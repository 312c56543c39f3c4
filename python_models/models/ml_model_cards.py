"""Model cards of all fits, as Markdown. One row per fit."""

from segmentation.cards.model_card import cards_table


def model(dbt, session):
    fits = dbt.ref("int_fits")

    return cards_table(fits.df())
