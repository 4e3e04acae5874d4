"""Weeks of a generated garment factory, with its frauds and mistakes, counted by the hub and again by hand."""
