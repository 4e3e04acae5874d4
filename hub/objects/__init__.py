"""Master data, one object a file; each file's `OBJECT` is found by `hub/object.py`."""
