"""Data for any template: as short, as long, as Chinese and as hostile as its fields take them.

A field keeps its sample where something else would leave the label without a code that it must have: a code says
exactly its content or the label is not printed.
"""

from collections.abc import Callable, Mapping
from functools import cache
from itertools import count
from typing import NamedTuple

from labels.layout import Layout, lay_out
from labels.template import Template, TemplateError, TemplateField, bind, load_template

HOSTILE = (
    "^XZ^XA^FO0,0^FDout^FS^XZ~JA",
    "~HS~JR^GFA,1,1,1,00",
    '"\r\nPRINT 99\r\nCLS\r\nKILL "*"\r\n',
    "\x1b!.\x1b!R\x1b!?",
    "\x10\x04\x01\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08\x1b@\x1dV\x42\x00",
    "\x1d(A\x02\x00\x00\x02\x1b=\x00\x1c.",
    "\\&{}|${HOME}'; DROP TABLE",
    "\x00\x07\x7f\ufeff\u202e\u2028]C1",
)
"""What each language's printers obey, end of text marks, and what breaks programs; hostile data take them in turn."""

LONG = "Heavy cotton twill, brushed, 全棉加厚斜纹布, for the second line of the north hall; see note 4711 "
CHINESE = "靛蓝全棉斜纹布第三缸待检验"


class Filled(NamedTuple):
    """A label of a template with data of one kind, and how many of its fields took them."""

    layout: Layout
    fields: int


def _short(_: TemplateField, __: int) -> str:
    return "1"


def _long(_: TemplateField, __: int) -> str:
    return LONG * 2


def _chinese(_: TemplateField, number: int) -> str:
    return CHINESE[number % 5 :]


def _hostile(_: TemplateField, number: int) -> str:
    return HOSTILE[number % len(HOSTILE)]


KINDS: Mapping[str, Callable[[TemplateField, int], str]] = {
    "short": _short,
    "long": _long,
    "chinese": _chinese,
    "hostile": _hostile,
}


@cache
def filled(template_name: str, kind: str, dots_per_mm: int = 8, turn: int = 0) -> Filled:
    """The template with data of a kind: of hostile ones another for each field, with each turn the next."""
    template = load_template(template_name)
    data = dict(template.samples)
    taken = count(turn)
    fields = 0
    for field in template.fields:
        if field.kind not in {"text", "words"} or field.choices:
            continue
        tried = data | {field.name: KINDS[kind](field, next(taken))}
        if _is_printable(template, tried, dots_per_mm):
            data = tried
            fields += 1
    return Filled(lay_out(bind(template, data), dots_per_mm), fields)


def _is_printable(template: Template, data: dict[str, str], dots_per_mm: int) -> bool:
    try:
        return lay_out(bind(template, data), dots_per_mm).is_printable
    except TemplateError:
        return False
