"""Drawing pages and tiles: one set of templates, words from the catalogue, everything escaped."""

from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

import hub.tiles
from domain.names import Language
from domain.quantity import Quantity
from domain.words import has_words, speak, spoken_under
from hub.views.discrepancies import DiscrepancyRow

_NOT_TOLD = frozenset({"at_hub", "check", "count", "epoch", "first", "last", "position", "sequence"})
"""What stands in a discrepancy's detail and says nothing in passing; its own page says it in a sentence."""

_HERE = Path(__file__).parent


def language_of(text: str) -> Language:
    """Return the language asked for; zh-CN for anything else."""
    return "en" if text == "en" else "zh-CN"


def amount_text(quantity: Quantity, language: Language) -> str:
    """Return a quantity with thousands apart and its unit's word: "12,500.5 kg"."""
    unit = f"unit.{quantity.unit}"
    return f"{quantity.value:,f} {speak(language, unit) if has_words(unit) else quantity.unit}"


class Renderer:
    """Templates of pages and tiles, compiled once."""

    def __init__(self) -> None:
        loaders = [FileSystemLoader(_HERE / "templates"), FileSystemLoader([*hub.tiles.__path__])]
        self._environment = Environment(
            loader=ChoiceLoader(loaders),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def page(
        self,
        template: str,
        *,
        language: Language = "en",
        plant: str = "",
        zone: tzinfo = UTC,
        **values: Any,
    ) -> str:
        """Return a page's HTML; times of day are those of `zone`."""
        return self._environment.get_template(template).render(**_speaking(language, plant, zone), **values)

    def tile(
        self, name: str, *, language: Language, plant: str, zone: tzinfo, data: Mapping[str, Any]
    ) -> str:
        """Return the HTML inside a tile."""
        template = self._environment.get_template(f"{name}/tile.html")
        return template.render(**_speaking(language, plant, zone), **data)


def _icon(name: str) -> Markup:
    return Markup('<svg class="icon" aria-hidden="true"><use href="/web/icons.svg#{}"></use></svg>').format(
        name
    )


def _speaking(language: Language, plant: str, zone: tzinfo) -> dict[str, Any]:
    """Return the helpers every template has, bound to its reader."""

    def say(key: str, **parameters: str) -> str:
        return speak(language, key, **parameters)

    def amount(quantity: Quantity) -> str:
        return amount_text(quantity, language)

    def age(instant: datetime | None) -> Markup:
        """The page's script turns the instant into an age and keeps it going."""
        if instant is None:
            return Markup("<time>–</time>")
        return Markup('<time data-age="{}" datetime="{}">{}</time>').format(
            int(instant.timestamp() * 1000), instant.isoformat(), clock(instant)
        )

    def clock(instant: datetime | None) -> str:
        return instant.astimezone(zone).strftime("%H:%M:%S") if instant else "–"

    def moment(instant: datetime | str | None) -> str:
        """Say a moment on this plant's clock; one out of an envelope comes as text."""
        if isinstance(instant, str):
            instant = datetime.fromisoformat(instant)
        return instant.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S") if instant else "–"

    def link(path: str, **query: str | int) -> str:
        return f"{path}?{urlencode({'plant': plant, 'lang': language, **query}, quote_via=quote)}"

    def about(row: DiscrepancyRow) -> str:
        return about_discrepancy(row, language)

    return {
        "icon": _icon,
        "words_under": partial(spoken_under, language),
        "say": say,
        "amount": amount,
        "age": age,
        "clock": clock,
        "moment": moment,
        "link": link,
        "about": about,
        "language": language,
        "plant": plant,
        "has_words": has_words,
    }


def about_discrepancy(row: DiscrepancyRow, language: Language) -> str:
    """Return what a discrepancy is about: the values of its detail, else its key."""
    parts = [
        str(value)
        for name, value in row.detail.items()
        if value and name not in _NOT_TOLD and not isinstance(value, (dict, list))
    ]
    return " · ".join(_part_spoken(part, language) for part in parts) or row.key


def _part_spoken(part: str, language: Language) -> str:
    """Say a code of the hub or a printer's condition; any other text stays as it is."""
    keys = (f"board.code.{part}", f"device.printer.{part}")
    return next((speak(language, key) for key in keys if has_words(key)), part)
