"""Model cards: what a fit is for, how good it is, and where it ends (Mitchell 2019).

`wording` names things, `facts` takes from a fit what is shown, `limits` draws the
limits from it, `model_card` writes the page.
"""
