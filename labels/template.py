"""Template: how one kind of label looks, with blanks; `bind` fills them. The folder `templates/` holds them.

A template is a TOML file: its size, its `fields` (the blanks) and its `elements`. In an element's texts `{lot}`
stands for a field. A text may be a list of parts: a part whose field is empty is left out, and so is one of the
`shorter` contents of a code. An element with `when = ["supplier"]` is left out when one of these conditions does not
hold, one with `unless = ["serial"]` when one of them does. A condition is a field that is not empty, or a field and
the values it may have: `way=up|left`.

A label speaks Chinese, English or both. `{缸号|Shade}` are words in both languages, of which those wanted are said; two
fields `name_zh` and `name_en` are said as `{name}`, the one standing in for the other where that is empty; and
`languages=both`, `languages=en`, `languages=zh-CN` are conditions.
"""

import difflib
import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources
from typing import Any, Literal, cast

import msgspec

from labels.drawing import PictureError, drawing, drawing_names
from labels.label import LABEL_ELEMENTS_MAX, LABEL_SIDE_MM_MAX, Element, Label, element_kinds
from labels.repeats import repeated
from labels.symbology import SymbologyError, refuse_unless_gs1
from labels.typeface import ELLIPSIS
from labels.words import Languages, given_words, pair_said, worded

TEXT_CHARS_MAX = 500  # more never fits a label; cut with … and reported by the layout
FIELDS_MAX = 80
PICTURES_CHARS_MAX = 2_000_000  # of base64, all pictures of a template together

_CONTROL_PICTURES = 0x2400  # Unicode: U+2400 shows NUL, U+2401 SOH and so on

_LANGUAGES = "languages"  # the name of that condition; no field is called so
_PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_CONDITION = re.compile(r"([a-z][a-z0-9_]*)(?:=(.+))?")
_CODE_KEYS = frozenset({"content", "shorter"})  # these texts become codes: never changed, only refused
_SEVERAL = "shorter"  # a list of texts, each a text or a list of parts
_CELLS = "cells"  # rows of such texts
_CONDITIONS = ("when", "unless")
_PICTURE = (
    "picture"  # the name of a drawing that comes with the program, or of a picture stored with the template
)


class TemplateError(ValueError):
    """A template that cannot be used, or data that do not fit it; names template, field and way out."""


class TemplateField(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A blank of a template.

    `kind` "words" is given in both languages, as 件|pcs, and printed in those wanted. "element_string" is GS1 text with
    brackets, as (3102)002540, that goes into codes as it is. "drawing" is one of the drawings that come with the
    program. With `choices` only their keys may be given; what is printed is the choice's value, in the languages
    wanted. Names of drawings are made of the keys.
    """

    name: str
    title_zh: str
    title_en: str
    sample: str
    required: bool = False
    kind: Literal["text", "words", "element_string", "drawing"] = "text"
    choices: dict[str, str] = {}


class Template(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One kind of label. `elements` are still unfilled; `bind` fills them and checks their form.

    `pictures` are those imported for it, by name (see `labels.drawing`).
    """

    name: str
    title_zh: str
    title_en: str
    width_mm: float
    height_mm: float
    gap_mm: float = 3.0
    fields: tuple[TemplateField, ...]
    elements: tuple[dict[str, Any], ...]
    pictures: dict[str, str] = {}

    @property
    def samples(self) -> dict[str, str]:
        """Made-up values for a preview."""
        return {field.name: field.sample for field in self.fields if field.sample}


def template_names() -> tuple[str, ...]:
    """The templates that come with the program."""
    files = (resources.files("labels") / "templates").iterdir()
    return tuple(sorted(file.name.removesuffix(".toml") for file in files if file.name.endswith(".toml")))


@cache
def load_template(name: str) -> Template:
    """A template that comes with the program; TemplateError names the nearest one for an unknown name."""
    if name not in template_names():
        raise TemplateError(f"there is no label template {name!r}: {_did_you_mean(name, template_names())}")
    file = resources.files("labels") / "templates" / f"{name}.toml"
    return parse_template(name, file.read_text(encoding="utf-8"))


def parse_template(name: str, text: str) -> Template:
    """A template from TOML; TemplateError for anything that would only show when a label is wanted."""
    try:
        return _parsed(name, text)
    except (TypeError, AttributeError, KeyError, OverflowError, RecursionError) as error:
        # An element is checked by its kind once its blanks are filled; until then any key may hold anything.
        raise TemplateError(f"label template {name!r}: a value is of the wrong kind ({error})") from error


def _parsed(name: str, text: str) -> Template:
    try:
        template = msgspec.convert({**repeated(tomllib.loads(text)), "name": name}, Template)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise TemplateError(f"label template {name!r}: {error}") from error
    sizes = [template.width_mm, template.height_mm, template.gap_mm, *_numbers(template.elements)]
    if not all(abs(size) <= LABEL_SIDE_MM_MAX for size in sizes):  # also no nan
        raise TemplateError(f"label template {name!r}: no number may be over {LABEL_SIDE_MM_MAX:.0f}")
    if not (template.width_mm > 0 and template.height_mm > 0):
        raise TemplateError(f"label template {name!r}: its width and height must be over 0")
    if len(template.elements) > LABEL_ELEMENTS_MAX or len(template.fields) > FIELDS_MAX:
        raise TemplateError(
            f"label template {name!r}: at most {LABEL_ELEMENTS_MAX} elements and {FIELDS_MAX} fields"
        )
    if sum(map(len, template.pictures.values())) > PICTURES_CHARS_MAX:
        raise TemplateError(f"label template {name!r}: its pictures are too large; import them smaller")
    declared = [*(field.name for field in template.fields), *_pairs(template)]
    if len(set(declared)) != len(declared) or _LANGUAGES in declared:
        raise TemplateError(f"label template {name!r}: two fields are called the same, or one {_LANGUAGES!r}")
    for number, element in enumerate(template.elements):
        for used in _fields_used(element):
            if used not in declared:
                raise TemplateError(
                    f"label template {name!r}, element {number}: there is no field {used!r}: "
                    f"{_did_you_mean(used, declared)}"
                )
    everything = {
        field.name: next(iter(field.choices), "") or field.sample
        for field in template.fields
        if field.choices or field.sample
    }
    bind(template, everything)
    return template


def bind(template: Template, data: Mapping[str, str], languages: Languages = "both") -> Label:
    """Fill the blanks. TemplateError for a missing, unknown or impossible field, by name.

    Texts are made harmless: line ends and tabs become a space, other control characters a visible picture, and
    what exceeds `TEXT_CHARS_MAX` is cut. Contents of codes are never changed: what a code cannot say is a problem
    of the layout.
    """
    values = _checked(template, data, languages)
    values |= {
        pair: pair_said(values[f"{pair}_zh"], values[f"{pair}_en"], languages) for pair in _pairs(template)
    }
    facts = {name: data.get(name, "").strip() or values[name] for name in values} | {_LANGUAGES: languages}
    cut: list[str] = []
    texts: dict[str, str] = {}
    for name, value in values.items():
        texts[name] = harmless(value)
        if len(value) > TEXT_CHARS_MAX:
            cut.append(texts[name])
    element_strings = {field.name for field in template.fields if field.kind == "element_string"}
    escaped = {
        name: value if name in element_strings else value.replace("(", "\\(").replace(")", "\\)")
        for name, value in values.items()
    }
    elements: list[Element] = []
    for number, element in enumerate(template.elements):
        if not all(_holds(condition, facts) for condition in element.get("when", ())):
            continue
        if any(_holds(condition, facts) for condition in element.get("unless", ())):
            continue
        codes = escaped if str(element.get("symbology", "")).startswith("gs1_") else values
        # Codes and names are filled with what was given, texts with what can be printed of it.
        ways = {**dict.fromkeys(_CODE_KEYS, codes), _PICTURE: facts}
        filled = {
            key: _filled(key, worded(value, languages), ways.get(key, texts))
            for key, value in element.items()
            if key not in ("kind", *_CONDITIONS)
        }
        if _PICTURE in filled:
            filled["source"] = _picture(template, number, str(filled[_PICTURE]))
        elements.append(_element(template, number, element.get("kind"), filled))
    return Label(
        width_mm=template.width_mm,
        height_mm=template.height_mm,
        gap_mm=template.gap_mm,
        elements=tuple(elements),
        cut=tuple(cut),
    )


def harmless(text: str) -> str:
    """The text as it may be printed: one line, composed, nothing invisible, of limited length."""
    clipped = text if len(text) <= TEXT_CHARS_MAX else text[: TEXT_CHARS_MAX - 1] + ELLIPSIS
    if clipped.isascii() and clipped.isprintable():
        return clipped
    return "".join(map(_visible, unicodedata.normalize("NFC", clipped)))


def _visible(character: str) -> str:
    if character in "\t\n\v\f\r\x85\u2028\u2029" or unicodedata.category(character) == "Zs":
        return " "
    if character < " ":
        return chr(_CONTROL_PICTURES + ord(character))  # not in our font: drawn as missing, and named
    if character == "\x7f":
        return "\u2421"  # its control picture, DEL
    # C1 controls, direction and zero-width marks, halves of surrogate pairs, private and unassigned ones.
    return "\ufffd" if unicodedata.category(character).startswith("C") else character


def _checked(template: Template, data: Mapping[str, str], languages: Languages) -> dict[str, str]:
    """A value for every field, empty where none was given; choices replaced by what they print."""
    declared = [field.name for field in template.fields]
    for name in data:
        if name not in declared:
            raise TemplateError(
                f"label template {template.name!r} has no field {name!r}: {_did_you_mean(name, declared)}"
            )
    return {
        field.name: _value(template, field, data.get(field.name, ""), languages) for field in template.fields
    }


def _value(template: Template, field: TemplateField, given: object, languages: Languages) -> str:
    where = f"label template {template.name!r}, field {field.name!r} ({field.title_zh} {field.title_en})"
    if not isinstance(given, str):
        raise TemplateError(f"{where}: must be text, not {type(given).__name__}")
    if not given.strip():
        if field.required:
            raise TemplateError(f"{where}: missing; the label says nothing without it")
        return ""
    if field.kind == "element_string" and (reason := refuse_unless_gs1(given)) is not None:
        raise TemplateError(f"{where}: {reason}")  # or it would run into the value before it
    if field.kind == "drawing" and given not in drawing_names():
        raise TemplateError(
            f"{where}: there is no drawing {given!r}: {_did_you_mean(given, drawing_names())}"
        )
    if field.choices and given not in field.choices:
        raise TemplateError(f"{where}: {given!r} is not a choice: {_did_you_mean(given, field.choices)}")
    if field.choices:
        return str(worded(field.choices[given], languages))
    return given_words(given, languages) if field.kind == "words" else given


def _pairs(template: Template) -> list[str]:
    """The names under which a Chinese and an English field are one."""
    declared = {field.name for field in template.fields}
    stems = (field.name.removesuffix("_zh") for field in template.fields if field.name.endswith("_zh"))
    return [stem for stem in stems if f"{stem}_en" in declared]


def _holds(condition: str, facts: Mapping[str, str]) -> bool:
    """Whether a field is not empty, or has one of the values named."""
    name, _, wanted = condition.partition("=")
    return facts[name] in wanted.split("|") if wanted else bool(facts[name])


def _picture(template: Template, number: int, name: str) -> str:
    """The stored picture or the drawing of that name; no name is no picture."""
    try:
        return template.pictures.get(name) or (drawing(name) if name else "")
    except PictureError as error:
        raise TemplateError(f"label template {template.name!r}, element {number}: {error}") from error


def _filled(key: str, value: object, values: Mapping[str, str]) -> object:
    """One attribute of an element with its blanks filled; what is not text stays as it is."""
    match value:
        case str():
            return _PLACEHOLDER.sub(lambda found: values[found[1]], value)
        case list():
            entries = cast("list[object]", value)
            if any(isinstance(entry, dict) for entry in entries):
                return entries  # how rows and columns look
            if key == _CELLS:
                return [[_filled("", cell, values) for cell in cast("list[object]", row)] for row in entries]
            if key == _SEVERAL:
                return [_filled("", entry, values) for entry in entries if _has_all(entry, values)]
            return "".join(str(_filled("", part, values)) for part in entries if _has_all(part, values))
        case _:
            return value


def _has_all(part: object, values: Mapping[str, str]) -> bool:
    """Whether no field of this part is empty; a list looks after its own parts."""
    return isinstance(part, list) or all(values[name] for name in _PLACEHOLDER.findall(str(part)))


def _element(template: Template, number: int, kind: object, filled: dict[str, object]) -> Element:
    where = f"label template {template.name!r}, element {number}"
    kinds = element_kinds()
    if not isinstance(kind, str) or kind not in kinds:
        raise TemplateError(f"{where}: there is no kind {kind!r}: {_did_you_mean(str(kind), kinds)}")
    try:
        element = msgspec.convert(filled, kinds[kind])
        element.check()
    except (msgspec.ValidationError, SymbologyError, PictureError) as error:
        raise TemplateError(f"{where} ({kind}): {error}") from error
    return element


def _numbers(value: object) -> Iterable[float]:
    """Every number in what a template says of its elements: drawing one that is too large would take all memory."""
    match value:
        case bool():
            return
        case int() | float():
            yield value
        case list() | tuple():
            for one in cast("Iterable[object]", value):
                yield from _numbers(one)
        case dict():
            yield from _numbers(list(cast("dict[str, object]", value).values()))
        case _:
            return


def _fields_used(element: Mapping[str, object]) -> Iterable[str]:
    for key, value in element.items():
        if key in _CONDITIONS:
            for condition in cast("list[str]", value):
                found = _CONDITION.fullmatch(condition)
                name = found[1] if found else condition
                if name != _LANGUAGES:
                    yield name
        else:
            yield from cast("list[str]", _PLACEHOLDER.findall(str(value)))


def _did_you_mean(name: str, known: Iterable[str]) -> str:
    names = list(known)
    near = difflib.get_close_matches(name, names, n=1)
    return f"did you mean {near[0]!r}?" if near else f"there are {', '.join(names)}"
