"""GS1 application identifiers: which there are, how their values are formed, and which go together.

The table is GS1's own Barcode Syntax Dictionary, as released on 2026-01-27, beside this file with its notice and
licence (Apache-2.0): https://ref.gs1.org/tools/gs1-barcode-syntax-resource/syntax-dictionary/. A newer release is
put in its place as it is.
"""
