"""Personas: what is known of a segment, in sentences that keep their figures.

`sentences` chooses what is said, `wording` how effects are written.
"""
