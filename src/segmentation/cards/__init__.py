"""Model cards, written from figures alone (Mitchell 2019).

`wording` names things, `facts` takes from a fit what is shown, `limits` draws the
limits from it, `model_card` writes the page.
"""
