"""The command sheet: every card of a station on one page, each code the one that the kiosk obeys."""

import pytest

from domain.barcode import Control, ControlCommand
from domain.barcodes.house import recognise
from domain.command_sheet import COMMANDS, command_sheet
from domain.words import has_words
from labels.layout import lay_out
from labels.placement import PlacedText
from labels.template import bind, load_template, template_names
from labels.verify import verify
from labels.words import Languages
from tests.world import KEEPER, STATION


@pytest.mark.parametrize("languages", ["both", "zh-CN", "en"])
@pytest.mark.parametrize("dots_per_mm", [8, 12])
def test_every_code_on_the_sheet_is_the_command_beside_it(dots_per_mm: int, languages: Languages):
    wanted = command_sheet(STATION, KEEPER, "J1")
    layout = lay_out(bind(load_template(wanted.template), wanted.data, languages), dots_per_mm)
    assert layout.problems == ()
    assert verify(layout) == ()
    said: list[ControlCommand] = []
    for code in layout.codes:
        reading = recognise(code.content, None)
        assert reading is not None
        [element] = reading.elements
        assert isinstance(element, Control)
        said.append(element.command)
    assert tuple(said) == COMMANDS


def test_only_the_card_that_names_a_number_is_not_on_the_sheet():
    assert set(ControlCommand) - set(COMMANDS) == {ControlCommand.QUANTITY}


def test_a_sheet_is_somebodys_or_the_stations():
    own, everybodys = command_sheet(STATION, KEEPER, "J1"), command_sheet(STATION, None, "J2")
    assert (own.data["person_zh"], own.data["number"]) == (KEEPER.names.zh, KEEPER.number)
    assert "person_zh" not in everybodys.data
    layout = lay_out(bind(load_template("command_sheet"), everybodys.data), 8)
    assert not any(KEEPER.names.zh in item.text for item in layout.items if isinstance(item, PlacedText))


@pytest.mark.parametrize("name", template_names())
def test_every_template_has_a_name_in_the_print_queue(name: str):
    assert has_words(f"label.template.{name}")
