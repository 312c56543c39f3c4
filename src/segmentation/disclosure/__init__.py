"""Hide small groups in tables of counts, so that no arithmetic brings them back.

What may be shared is written down where the tables are: `declared`. What readers could
work out of it: `cells`. What is hidden, and the proof that it stays hidden:
`suppression`. All of it, on tables: `hiding`. Noise on top: `noise`.
"""
