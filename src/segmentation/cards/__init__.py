"""Model cards and personas, written from figures alone.

Model cards (Mitchell 2019): `wording` names things, `facts` takes from a fit what is
shown, `limits` draws the limits from it, `model_card` writes the page. `personas` says
of a segment what its profile holds. `writing` reads the templates.
"""
