"""Draw what a station needs before its first scan, as PDF in true size: command cards, place labels, badges.

.venv/bin/python docs/make_cards.py CARDS-FOLDER [REFERENCE.ndjson]

The reference file is what `noac hub provision` writes; without one only the command cards are made.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec

sys.path.insert(0, str(Path(__file__).parent.parent))  # run as a script, the tree is not on the path

from domain.barcode import ControlCommand
from domain.barcodes.house import HouseType, control_code, house_body, house_code
from domain.place import PHYSICAL_ROLES, Place
from domain.staff import Person
from domain.wire import Change
from domain.words import speak
from labels.layout import lay_out
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
            data = {"word_zh": word_zh, "word_en": word_en, "barcode": code}
            yield f"card-{command.name.lower()}{number or ''}", "control", data


def site_cards(reference: Path) -> Iterator[Card]:
    """A label for each place under our own roof, a badge for each person who has one."""
    for line in reference.read_bytes().splitlines()[1:]:
        change = msgspec.json.decode(line, type=Change)
        if change.body is None:
            continue
        if change.kind == "place":
            place = msgspec.convert(change.body, Place)
            if place.role in PHYSICAL_ROLES:
                code = house_code(HouseType.PLACE, place.barcode or house_body(place.code))
                data = {
                    "place": place.code,
                    "name_zh": place.names.zh,
                    "name_en": place.names.en,
                    "barcode": code,
                }
                yield f"place-{house_body(place.code)}", "place", data
        if change.kind == "person":
            person = msgspec.convert(change.body, Person)
            if person.badge:
                code = house_code(HouseType.STAFF, house_body(person.badge))
                data = {
                    "name": person.names.of("zh-CN"),
                    "name_latin": person.names.en,
                    "employee_number": person.number,
                    "barcode": code,
                }
                yield f"badge-{house_body(person.number)}", "badge", data


def draw(folder: Path, reference: Path | None) -> int:
    """Write one PDF a card; returns how many."""
    folder.mkdir(parents=True, exist_ok=True)
    cards = [*command_cards(), *(site_cards(reference) if reference else ())]
    for name, template, data in cards:
        layout = lay_out(bind(load_template(template), data), DOTS_PER_MM)
        if not layout.is_printable:
            raise SystemExit(f"{name} cannot be printed: {layout.problems}")
        (folder / f"{name}.pdf").write_bytes(preview_pdf(layout))
    return len(cards)


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        raise SystemExit(__doc__)
    made = draw(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) == 3 else None)  # noqa: PLR2004 (name, folder, file)
    print(f"{made} PDF files in {sys.argv[1]}")
