"""The tests of NOAC; their folders mirror the tree."""
