"""Label template: how the plant itself wants one kind of label, in place of the one that comes with the program."""

from msgspec import Struct

TEMPLATE_CHARS_MAX = 32_000
"""The longest template, with its pictures: a spreadsheet's cell holds all of it (32,767), so that none comes in cut."""


class LabelTemplate(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A template of the plant's own: `code` is the name of the one it stands in for, `text` is TOML (labels/README.md).

    Disabled, the one that comes with the program is printed again.
    """

    code: str
    text: str
    disabled: bool = False
