"""A month of a generated group of plants, run through real kiosks and a real hub, and its books added up by hand."""
