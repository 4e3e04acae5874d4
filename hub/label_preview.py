"""A label template as somebody is writing it: its samples drawn at the printer's dots, and what is wrong with it."""

import base64
import re
from collections.abc import Mapping
from pathlib import PurePath
from types import MappingProxyType
from typing import TYPE_CHECKING, get_args

from msgspec import Struct

from domain.label_template import TEMPLATE_CHARS_MAX
from domain.names import Language
from domain.problem import refusal
from domain.words import speak, speak_problem
from hub.label_check import filled_problem, template_problem
from labels.words import Languages

if TYPE_CHECKING:
    from labels.template import Template

RESOLUTIONS = (8, 12)
"""Dots per mm that can be looked at: 203 and 300 dpi."""
SPOKEN: tuple[Languages, ...] = get_args(Languages)
"""What a label can speak, as in the kiosk's settings."""
_NO_NAME = re.compile(r"[^a-z0-9]+")
_NAME_CHARS_MAX = 24
_ELEMENT_CHARS = 300  # what the page writes round a picture: its name, and its place on the label
_SAMPLES: Mapping[str, str] = MappingProxyType({})
_WANTED: Mapping[str, Languages] = {one: one for one in SPOKEN}


class Said(Struct, frozen=True, kw_only=True):
    """One thing pre-flight found, in words; `stops`: the label would not be printed."""

    words: str
    stops: bool


class PreviewField(Struct, frozen=True, kw_only=True):
    """One blank of a template that a value can be tried in. `sample` is shown where none is."""

    name: str
    title: str
    sample: str
    choices: tuple[str, ...]


class LabelPreview(Struct, frozen=True, kw_only=True):
    """What an editor shows. `problem` empty: it may be saved. `line` is its line from 1, 0 where it is none's.

    `png` is base64, empty where nothing can be drawn; `fields` are what can be filled in.
    """

    problem: str
    line: int
    png: str = ""
    size: str = ""
    findings: tuple[Said, ...] = ()
    fields: tuple[PreviewField, ...] = ()


def label_preview(  # noqa: PLR0917 - what is typed, and how it is wanted
    name: str,
    text: str,
    spoken: str,
    dots_per_mm: int,
    language: Language,
    values: Mapping[str, str] = _SAMPLES,
) -> LabelPreview:
    """Draw a text as the template of a name; `language` is the reader's, `spoken` the label's.

    `values`: what is shown in place of the samples.
    """
    # Drawing is imported with the first template somebody writes, as in `label_check`.
    from labels.template import TemplateError, parse_template  # noqa: PLC0415

    problem = template_problem(name, text)
    words = speak_problem(language, problem) if problem else ""
    line = int(problem.parameters.get("line", "0")) if problem else 0
    try:
        template = parse_template(name, text)
        wanted = template.samples | {
            one.name: values[one.name] for one in template.fields if values.get(one.name, "").strip()
        }
        return _drawn(template, wanted, spoken, dots_per_mm, language, problem=words, line=line)
    except TemplateError as error:
        # What somebody tries in its blanks may be none of what they take.
        refused = refusal("label_template.not_a_template", detail=str(error)[:300])
        return LabelPreview(problem=words or speak_problem(language, refused), line=line)


def filled_preview(name: str, own: str, data: Mapping[str, str], language: Language) -> LabelPreview:
    """Draw the label of a name from data, as far as it can be; `own`: the plant's template in its place."""
    from labels.own_template import template_printed  # noqa: PLC0415 - as above
    from labels.template import TemplateError  # noqa: PLC0415 - as above

    problem = filled_problem(name, own, data)
    words = speak_problem(language, problem) if problem else ""
    template = template_printed(name, own)
    known = {one.name for one in template.fields}
    try:
        given = {field: text for field, text in data.items() if text.strip() and field in known}
        return _drawn(template, given, "both", RESOLUTIONS[0], language, problem=words)
    except TemplateError:
        return LabelPreview(problem=words, line=0)


def _drawn(
    template: "Template",
    data: Mapping[str, str],
    spoken: str,
    dots_per_mm: int,
    language: Language,
    *,
    problem: str,
    line: int = 0,
) -> LabelPreview:
    """Draw a template filled with data. Raises TemplateError."""
    from labels.layout import lay_out  # noqa: PLC0415 - as above
    from labels.preflight import preflight  # noqa: PLC0415
    from labels.raster import preview_png  # noqa: PLC0415
    from labels.template import bind  # noqa: PLC0415

    layout = lay_out(
        bind(template, data, _WANTED.get(spoken, "both")),
        dots_per_mm if dots_per_mm in RESOLUTIONS else RESOLUTIONS[0],
    )
    return LabelPreview(
        problem=problem,
        line=line,
        png=base64.b64encode(preview_png(layout)).decode(),
        fields=tuple(
            PreviewField(
                name=one.name,
                title=one.title_zh if language == "zh-CN" else one.title_en,
                sample=one.sample,
                choices=tuple(one.choices),
            )
            for one in template.fields
        ),
        size=f"{template.width_mm:g} × {template.height_mm:g} mm · {layout.width_dots} × {layout.height_dots}",
        findings=tuple(
            Said(words=speak(language, f"preflight.{one.code}", **one.words), stops=one.stops_printing)
            for one in preflight(layout).findings
        ),
    )


class PictureTaken(Struct, frozen=True, kw_only=True):
    """A picture file as a template has it, under a name that is free there; or why not (`problem`)."""

    name: str = ""
    text: str = ""
    problem: str = ""


def picture_for(template: str, file_name: str, data: bytes, language: Language) -> PictureTaken:
    """Make a picture file ready for a template's text, no larger than the room that is left there."""
    from labels.drawing import PictureError, import_picture  # noqa: PLC0415 - drawing, as above

    name = _NO_NAME.sub("_", PurePath(file_name).stem.lower()).strip("_")[:_NAME_CHARS_MAX] or "picture"
    while f"{name} = " in template:
        name += "_"
    try:
        text = import_picture(data, max(0, TEMPLATE_CHARS_MAX - len(template) - _ELEMENT_CHARS))
    except PictureError as error:
        problem = refusal("label_template.no_picture", detail=str(error))
        return PictureTaken(problem=speak_problem(language, problem))
    return PictureTaken(name=name, text=text)
