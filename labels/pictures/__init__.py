"""Drawings of our own for labels, as SVG on a grid of 24; each file is one drawing, its name is the file's."""
