"""Scanners at their worst: pulled a thousand times, read all at once, triggers stuck. `prove.py` is the long form."""
