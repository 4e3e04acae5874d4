"""How people come to write each type of document, one file for each, named after its code."""
