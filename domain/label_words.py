"""Words for a label, in both languages: which of them are printed is for the plant to say, when the label is drawn."""

from domain.names import Names

BAR = "|"
"""Between Chinese and English, as a template's fields of kind `words` take them."""


def in_both(names: Names) -> str:
    """Return a name in both languages, `筒|cone`; the only one it has, or that is the same in both, alone."""
    said = (one.replace(BAR, "/") for one in (names.zh, names.en) if one)
    return BAR.join(dict.fromkeys(said))
