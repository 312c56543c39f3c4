"""Customer segmentation that lives in the warehouse: the tested library behind it."""
