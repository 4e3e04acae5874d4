"""Draw what a station needs before its first scan, as PDF in true size: command cards, place labels, badges, sheets.

.venv/bin/python docs/make_cards.py CARDS-FOLDER [REFERENCE.ndjson]

The reference file is what `noac hub provision` writes; without one only the command cards are made.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec

sys.path.insert(0, str(Path(__file__).parent.parent))  # run as a script, the tree is not on the path

from domain import command_sheet
from domain.barcode import ControlCommand
from domain.barcodes.house import control_code, house_body
from domain.place import PHYSICAL_ROLES, Place, Station
from domain.site_labels import badge, place_label
from domain.staff import Person
from domain.wire import Change
from domain.words import has_words, speak
from labels.layout import lay_out
from labels.preflight import preflight
from labels.raster import preview_pdf
from labels.template import bind, load_template

DOTS_PER_MM = 12
QUANTITIES = (2, 5, 10, 12, 20, 50, 100, 144)

Card = tuple[str, str, dict[str, str]]
"""File name, template, data."""


def command_cards() -> Iterator[Card]:
    """Every command, and the quantities most counted in."""
    for command in ControlCommand:
        numbers = map(str, QUANTITIES) if command is ControlCommand.QUANTITY else (None,)
        for number in numbers:
            said = [speak(language, f"command.{command.name}") for language in ("zh-CN", "en")]
            word_zh, word_en = (f"{word} {number}" if number else word for word in said)
            code = control_code(command, number)
            hint = f"command.{command.name}.hint"
            data = {
                "word_zh": word_zh,
                "word_en": word_en,
                "hint_zh": speak("zh-CN", hint) if has_words(hint) else "",
                "hint_en": speak("en", hint) if has_words(hint) else "",
                "picture": f"command_{command.name.lower()}",
                "barcode": code,
            }
            yield f"card-{command.name.lower()}{number or ''}", "control", data


def site_cards(reference: Path) -> Iterator[Card]:
    """A label for each place under our own roof, badges, and command sheets for the station and each badge."""
    changes = [msgspec.json.decode(line, type=Change) for line in reference.read_bytes().splitlines()[1:]]
    known = [change for change in changes if change.body is not None]
    for place in (msgspec.convert(one.body, Place) for one in known if one.kind == "place"):
        if place.role in PHYSICAL_ROLES:
            yield f"place-{house_body(place.code)}", "place", place_label(place)
    people = [msgspec.convert(one.body, Person) for one in known if one.kind == "person"]
    for person in people:
        if person.badge:
            yield f"badge-{house_body(person.number)}", "badge", badge(person)
    for station in (msgspec.convert(one.body, Station) for one in known if one.kind == "station"):
        for whose in (None, *(person for person in people if person.badge)):
            name = house_body(whose.number) if whose else station.number_code
            yield (
                f"commands-{name}",
                command_sheet.TEMPLATE,
                command_sheet.command_sheet(station, whose, "").data,
            )


def draw(folder: Path, reference: Path | None) -> int:
    """Write one PDF a card; returns how many."""
    folder.mkdir(parents=True, exist_ok=True)
    cards = [*command_cards(), *(site_cards(reference) if reference else ())]
    for name, template, data in cards:
        layout = lay_out(bind(load_template(template), data), DOTS_PER_MM)
        verdict = preflight(layout)
        if not verdict.is_fit:
            raise SystemExit(f"{name} cannot be printed: {verdict.stopping}")
        (folder / f"{name}.pdf").write_bytes(preview_pdf(layout))
    return len(cards)


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        raise SystemExit(__doc__)
    made = draw(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) == 3 else None)  # noqa: PLR2004 (name, folder, file)
    print(f"{made} PDF files in {sys.argv[1]}")
