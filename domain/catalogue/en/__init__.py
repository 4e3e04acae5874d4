"""English: the second language of the floor."""
