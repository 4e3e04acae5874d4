"""From a screen's data to its HTML, in the language of the badge.

One Jinja environment per language, compiled once, so that a template says `word("button.done")` and nothing else.
The folder `kiosk/screens/` is the registry: a view's tag names the folder with its template.
"""

import re
from functools import cache, partial
from pathlib import Path
from typing import Any, get_args

import msgspec
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup, escape

from domain.names import LANGUAGES, Language, Names
from domain.problem import Problem
from domain.units import UNITS
from domain.words import has_words, speak, speak_problem, speak_quantity, speak_way_out, spoken_under
from kiosk.say import by_the_wall, say
from kiosk.screen import Answer, Screen, View
from kiosk.web.virtual_panel import VirtualPanel

_WEB = Path(__file__).parent / "templates"
_SCREENS = Path(__file__).parent.parent / "screens"
_MINUTE_S, _HOUR_S, _DAY_S = 60, 3_600, 86_400
_NOW_S = 2
_SYMBOL = re.compile(r'<symbol id="i-([a-z_-]+)"')
_UNITS = "|".join(
    sorted({word for unit in UNITS.values() for word in (unit.zh, unit.symbol)}, key=len, reverse=True)
)
_AMOUNT = re.compile(rf"[+−-]?\d[\d.,]*\s(?:{_UNITS})(?![A-Za-z])", re.ASCII)
_HYPHEN = re.compile(r"(?<=[A-Za-z0-9])-(?=[A-Za-z0-9])", re.ASCII)


class Renderer:
    """Makes HTML of screens. Templates are read and compiled once, when it is made."""

    def __init__(self) -> None:
        self._environments: dict[Language, Environment] = {one: _environment(one) for one in LANGUAGES}
        self._screens: dict[Language, Template] = {
            language: made.get_template("screen.jinja") for language, made in self._environments.items()
        }
        for made in self._environments.values():
            for tag in view_tags():
                made.get_template(f"{tag}/view.jinja")

    def screen(self, screen: Screen, *, is_new: bool = False) -> str:
        """Make the HTML of one screen; `is_new` flashes the answer's colour over everything once."""
        return self._screens[screen.frame.language].render(
            screen=screen,
            frame=screen.frame,
            view=screen.view,
            tag=view_tag(screen.view),
            answer=screen.answer,
            is_new=is_new,
        )

    def shell(self, *, screen_html: str, language: Language, version: str, turn: int) -> str:
        """Make the page around the screen."""
        template = self._environments[language].get_template("shell.jinja")
        return template.render(screen_html=screen_html, language=language, version=version, turn=turn)

    def scan_page(self, panel: VirtualPanel, *, language: Language, version: str) -> str:
        """Make the page of the virtual scanner."""
        template = self._environments[language].get_template("scan.jinja")
        return template.render(groups=panel.groups(), language=language, version=version)


def view_tag(view: View) -> str:
    """Return the name of a view's kind: its folder in `kiosk/screens/`."""
    return str(type(view).__struct_config__.tag)


def view_tags() -> tuple[str, ...]:
    """Return the names of every kind of view."""
    return tuple(str(kind.__struct_config__.tag) for kind in get_args(View))


@cache
def icons() -> frozenset[str]:
    """Return the names of the sprite's symbols."""
    return frozenset(_SYMBOL.findall((_WEB / "icons.jinja").read_text(encoding="utf-8")))


def is_new_answer(before: Screen | None, now: Screen) -> bool:
    """Tell whether a screen answers something, as against the same screen with a newer clock or health."""
    if now.answer is None:
        return False
    return before is None or _answered(before) != _answered(now)


def _answered(screen: Screen) -> tuple[int, Answer | None]:
    return screen.turn, screen.answer


def _environment(language: Language) -> Environment:
    made: Any = Environment(  # Jinja types neither its globals nor its filters
        loader=FileSystemLoader([_WEB, _SCREENS]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.globals["icons"] = icons()
    made.globals["camera_words"] = spoken_under(language, "camera_scan.")
    made.globals["word"] = partial(speak, language)
    made.globals["other_word"] = partial(speak, "en" if language == "zh-CN" else "zh-CN")
    made.filters |= {
        "say": partial(say, language),
        "problem": partial(_problem, language),
        "way_out": partial(_way_out, language),
        "name": partial(_name, language),
        "other_name": partial(_other_name, language),
        "amount": partial(_amount, language),
        "say_key": partial(_say_key, language),
        "say_unit": partial(_say_unit, language),
        "printer_says": partial(_printer_says, language),
        "age": partial(_age, language),
        "unbroken": _unbroken,
    }
    return made


def _problem(language: Language, problem: Problem) -> str:
    return speak_problem(language, _with_times(problem))


def _way_out(language: Language, problem: Problem) -> str:
    return speak_way_out(language, _with_times(problem))


def _name(language: Language, names: Names | None) -> str:
    return names.of(language) if names else ""


def _other_name(language: Language, names: Names | None) -> str:
    """Return the name in the other language, where it has one of its own."""
    if names is None or not (names.zh and names.en) or names.zh == names.en:
        return ""
    return names.en if language == "zh-CN" else names.zh


def _say_key(language: Language, text: str) -> str:
    """Say a text that may be a catalogue key (`choice.reason.wet`) or a quantity; any other stays as it is."""
    return speak(language, text) if has_words(text) else speak_quantity(language, text)


def _say_unit(language: Language, unit: str) -> str:
    """Say a unit given by its code ("KGM"); one that is a word already stays as it is."""
    return speak(language, f"unit.{unit}") if has_words(f"unit.{unit}") else _say_key(language, unit)


def _printer_says(language: Language, detail: str) -> str:
    """Say what a spooler reported: conditions joined by commas (`paper_out,head_open`), else its own words."""
    keys = [f"device.printer.{condition}" for condition in detail.split(",")]
    return (
        " · ".join(speak(language, key) for key in keys)
        if all(map(has_words, keys))
        else _say_key(language, detail)
    )


def _unbroken(sentence: str) -> Markup:
    """Keep codes such as A-01-03 (a word joiner, U+2060, after each hyphen) and amounts (24.7 千克) on one line."""
    safe = str(escape(_HYPHEN.sub("-\u2060", sentence)))
    return Markup(_AMOUNT.sub(r'<span class="whole">\g<0></span>', safe))  # noqa: S704 escaped just above


def _amount(language: Language, text: str) -> Markup:
    """Say one quantity or several, each of them whole."""
    return _unbroken(speak_quantity(language, text))


def _age(language: Language, seconds: int | None) -> str:
    match seconds:
        case None:
            return speak(language, "age.never")
        case _ if seconds < _NOW_S:
            return speak(language, "age.now")
        case _ if seconds < _MINUTE_S:
            return speak(language, "age.seconds", count=str(seconds))
        case _ if seconds < _HOUR_S:
            return speak(language, "age.minutes", count=str(seconds // _MINUTE_S))
        case _ if seconds < _DAY_S:
            return speak(language, "age.hours", count=str(seconds // _HOUR_S))
        case _:
            return speak(language, "age.days", count=str(seconds // _DAY_S))


def _with_times(problem: Problem) -> Problem:
    return msgspec.structs.replace(problem, parameters=by_the_wall(problem.parameters))
