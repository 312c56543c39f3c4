"""Publish the marts as one unit, which readers see whole or not at all.

A version is a folder of its own: a DuckDB file with the marts, and a Parquet file of
each. It is written aside, flushed to disk and renamed; then one rename of the link
`current` makes it the version that readers open. Whoever has an older version open
reads on in that one. A build that dies leaves a folder aside, which the next removes.

``python -m segmentation.publication published`` lists the versions;
``python -m segmentation.publication published VERSION`` makes one of them current.
"""
