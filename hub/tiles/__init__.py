"""The board's tiles, one folder each; each one's `TILE` is found by `hub/tile.py`."""
