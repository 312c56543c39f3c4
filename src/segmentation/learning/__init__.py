"""The life of a model: candidates, tuning, rolling origins, champion, fit, scores.

`candidates` names who competes, `tuning` settles their settings, `origins` says what is
known when, `calibration` sets their level, `probabilities` puts it all together, `fits`
records the outcome as a row, `scoring` applies it.
"""
