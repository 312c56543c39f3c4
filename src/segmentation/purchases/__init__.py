"""Probability models of purchases and spend: who buys again, how often, for how much.

`summaries` makes the statistics, `fit` learns a purchase model with a named fallback,
`gammagamma` learns the spend per purchase, `value` turns both into expected value.
"""
