"""The report: the published marts on one page that needs no server and no network.

`queries` says what is read, `figures` writes numbers that name their definition,
`findings` chooses what a manager should know, `sections` puts the page together from
`parts`, `charts` and `alluvial` draw, `page` writes the HTML.
"""
