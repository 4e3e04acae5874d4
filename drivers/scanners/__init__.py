"""The kinds of scanner; a file here is a kind (`<kind>_<part>.py` is a part of that kind)."""
