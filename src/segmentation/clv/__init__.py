"""Customer lifetime value: who buys again, how often, for how much.

Probability models of purchases and spend. `summaries` makes the statistics, `fit`
learns a purchase model with a named fallback, `gammagamma` learns the spend per
purchase, `value` turns both into expected value, `parameters` keeps them as rows.
"""
