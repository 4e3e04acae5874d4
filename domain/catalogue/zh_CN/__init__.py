"""简体中文: the first language of the floor."""  # noqa: N999 - the language's own name
