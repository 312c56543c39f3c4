"""The life of a model: candidates, tuning, rolling origins, champion, calibration, fit.

`lifecycle` holds the sequence, `learner` what it asks of a target. `origins` says what
is known when, `candidates` names who competes, `tuning` settles their settings,
`suspects` finds features that know the future, `calibration`, `levels` and `intervals`
set the level, that of each value band, and the ends, `past` says whether a fit is due,
`fit_rows` keeps it as a row.
"""
