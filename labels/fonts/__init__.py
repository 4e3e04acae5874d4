"""The typeface of the labels and the script that made it."""
