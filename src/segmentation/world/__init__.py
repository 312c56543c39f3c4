"""A synthetic shop with known truth: the twelve raw tables, and what made them.

`python -m segmentation.world --customers 2000 --raw seeds/demo --prefix raw_`

What is true in this world, and where it is written down:

==================  =========================================================
purchases           own rate, own season, exponential lifetime (`purchases`)
six latent types    the table of parameters is `settings.TYPES`
prices              quantity follows price ** -elasticity (`baskets`)
messages            a treated customer orders once more with probability
                    `message_uplift`; newsletters have no effect (`messages`)
browsing            says nothing about dropout (`web`): `oracle` is a bound
ratings             product quality, late delivery, own mood (`feedback`)
dirt                added last, on top of a clean world (`dirt`)
==================  =========================================================

Blocks of 2,000 customers are drawn from their own seeds, so a customer is the
same in a world of any size, and memory stays flat.
"""
