"""Hide small groups in tables of counts, so that no arithmetic brings them back.

Written down where the tables are: `declared`. What readers could work out: `cells`. What
is hidden, and the proof that it stays hidden: `suppression`. Noise on top: `noise`.
"""
