"""Every word a person sees, one package per language, one module per subject; `domain/words.py` speaks them."""
