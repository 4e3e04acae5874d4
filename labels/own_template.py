"""Own template: what a plant wrote in place of a shipped one, and whether labels can be printed by it.

It gets the same data as the shipped one of its name, so it must know the same fields; beyond that it may look as it
likes, as long as its own samples pass pre-flight on every resolution and in every language.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, get_args

from labels.layout import lay_out
from labels.preflight import Finding, preflight
from labels.template import Template, TemplateError, bind, load_template, parse_template, template_names
from labels.toml_fault import Mistake, toml_fault
from labels.words import Languages

_LOG = logging.getLogger(__name__)

DOTS_PER_MM = (8, 12)
"""What the printers have: 203 and 300 dpi."""
_KEPT = 32  # templates read; a plant has a handful of its own


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Why a template is not taken: its words are the catalogue's, under `label_template.<code>`.

    `line` and `column` are counted from 1, 0 where they are not known; `mistake`: of a text that is no TOML. `finding`
    is what pre-flight found, at `dots_per_mm`.
    """

    code: Literal[
        "no_such",
        "not_toml",
        "not_a_template",
        "field_gone",
        "field_needed",
        "field_changed",
        "field_unknown",
        "field_empty",
        "field_wrong",
        "not_fit",
    ]
    subject: str = ""
    detail: str = ""
    line: int = 0
    column: int = 0
    mistake: Mistake = "other"
    finding: Finding | None = None
    dots_per_mm: int = 0


@lru_cache(maxsize=_KEPT)
def own_template(name: str, text: str) -> Template:
    """A plant's template; TemplateError where this version cannot print by it: a newer one may."""
    own, shipped = parse_template(name, text), load_template(name)
    fault = _fault_of_fields(shipped, own)
    if fault is not None:
        raise TemplateError(f"label template {name!r}, field {fault.subject!r}: {fault.code}")
    return own


def template_printed(name: str, own: str) -> Template:
    """The template that labels of a name are printed by: the plant's `own` text, or the shipped one where it is empty.

    What another version took and this one cannot read gives way to the shipped one: a plain label beats none. Raises
    TemplateError where there is neither.
    """
    if own:
        try:
            return own_template(name, own)
        except TemplateError as error:
            _LOG.warning("the shipped template is printed in place of the plant's own: %s", error)
    return load_template(name)


def fault_of(name: str, text: str) -> Fault | None:
    """Why a text cannot stand in for the shipped template of a name; None where it can."""
    if name not in template_names():
        return Fault(code="no_such", subject=name, detail=", ".join(template_names()))
    try:
        own = parse_template(name, text)
    except TemplateError as error:
        broken = toml_fault(text)
        if broken is not None:
            return Fault(
                code="not_toml",
                line=broken.line,
                column=broken.column,
                mistake=broken.mistake,
                detail=broken.detail,
            )
        return Fault(code="not_a_template", detail=_reason(name, error))
    return _fault_of_fields(load_template(name), own) or _fault_of_labels(own, own.samples)


def _reason(name: str, error: TemplateError) -> str:
    """What is wrong, without the name of the template: whoever wrote it looks at it."""
    return str(error).removeprefix(f"label template {name!r}").lstrip(":, ")


def _fault_of_fields(shipped: Template, own: Template) -> Fault | None:
    """Whether what a kiosk gives to the shipped template can be given to this one."""
    theirs = {field.name: field for field in own.fields}
    for field in shipped.fields:
        one = theirs.pop(field.name, None)
        if one is None:
            return Fault(code="field_gone", subject=field.name)
        if one.required and not field.required:
            return Fault(code="field_needed", subject=field.name)
        if one.kind != field.kind or not set(field.choices) <= set(one.choices or field.choices):
            return Fault(code="field_changed", subject=field.name)
    needed = next((name for name, one in theirs.items() if one.required), None)
    return Fault(code="field_needed", subject=needed) if needed else None


def fault_of_filled(template: Template, data: Mapping[str, str]) -> Fault | None:
    """Why a template must not be printed filled with these data; None where it may be."""
    given = {name: text for name, text in data.items() if text.strip()}
    declared = {field.name: field for field in template.fields}
    for name, text in given.items():
        if name not in declared:
            return Fault(code="field_unknown", subject=name)
        choices = declared[name].choices
        if choices and text not in choices:
            return Fault(code="field_wrong", subject=name, detail=", ".join(choices))
    needed = next((one.name for one in template.fields if one.required and one.name not in given), None)
    return Fault(code="field_empty", subject=needed) if needed else _fault_of_labels(template, given)


def _fault_of_labels(template: Template, data: Mapping[str, str]) -> Fault | None:
    """Whether these data make labels that may be printed."""
    wanted: tuple[Languages, ...] = get_args(Languages)
    for languages in wanted:
        try:
            label = bind(template, data, languages)
        except TemplateError as error:
            return Fault(code="not_a_template", detail=_reason(template.name, error))
        for dots_per_mm in DOTS_PER_MM:
            stopping = preflight(lay_out(label, dots_per_mm)).stopping
            if stopping:
                return Fault(code="not_fit", finding=stopping[0], dots_per_mm=dots_per_mm)
    return None
