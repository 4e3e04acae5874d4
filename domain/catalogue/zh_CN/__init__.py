"""简体中文: the first language of the floor."""
