"""Clusters of customers: five methods, one rule to apply them, and their evidence.

`encoding` turns customers into points and applies a fitted method, `methods` fits one,
`measures` tells how good one is, `evidence` compares them and chooses. `schedule` says
when a fit is due, `refits` learns it, `records` keeps it as a row.
"""
