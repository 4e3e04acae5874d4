"""One file for each type of document: how it is filled."""
