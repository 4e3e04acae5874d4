"""Labels the office can order, one a file; the contract is `hub/label_source.py`."""
