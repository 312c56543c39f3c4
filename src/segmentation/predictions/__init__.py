"""What is predicted of each customer: a learner per target, and what applies its fits.

`purchases` (churn, purchases, the next order), `responses`, `values` and
`next_category` learn; what they learn with is beside them. `scoring` applies the fits
that serve, `reasons` explains the scores.
"""
