"""The terminal at the work place."""
