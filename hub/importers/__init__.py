"""What can be imported, one kind a file; each file's `IMPORTER` is found by `hub/importer.py`."""
