"""The printer languages; a file here is a language."""
