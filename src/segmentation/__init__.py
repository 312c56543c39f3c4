"""Customer segmentation that lives in the warehouse."""
