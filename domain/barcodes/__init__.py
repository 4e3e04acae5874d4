"""The barcode formats this system understands: one module each, found by being in this folder."""
