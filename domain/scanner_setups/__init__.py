"""Scanners that are set up by the same codes, a family a file; the contract is `domain/scanner_setup.py`."""
