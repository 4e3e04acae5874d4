"""The kinds of scale: a file here is a protocol (`<kind>_<part>.py` is a part of that kind)."""
