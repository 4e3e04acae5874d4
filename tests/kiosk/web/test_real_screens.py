"""What the kiosk itself shows on a busy morning is spoken in full, in both languages."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from domain.barcode import ControlCommand
from domain.barcodes.house import control_code
from domain.bundle import Tally
from domain.names import LANGUAGES, Language
from kiosk.screen import Screen
from kiosk.statement import statements
from kiosk.web.render import Renderer, view_tag
from kiosk.work.views import StatementView
from tests.sewing import (
    BUNDLE,
    CHIEF,
    LINE_3,
    SECOND,
    WANG,
    ZHAO,
    at_the_hem,
    floor_changes,
    quality_changes,
    sewn,
    ticket,
)
from tests.terminal import Terminal
from tests.world import KEEPER, LEADER, ORDER, YARN, badge_code, order_code, place_code

COTTON_ROLL = "]C1" + "10LOT7\x1d240F-2041\x1d" + "3103025500" + "3111000800"


def card(command: ControlCommand) -> str:
    return control_code(command)


@pytest.fixture(scope="module")
def morning(tmp_path_factory: pytest.TempPathFactory) -> tuple[Screen, ...]:
    """Walk through every activity, doing things right and wrong."""
    folder: Path = tmp_path_factory.mktemp("morning")
    terminal = Terminal(folder)
    terminal.scans("6901234567892", badge_code(KEEPER), card(ControlCommand.HELP), "no such code")
    terminal.touches("acknowledge")
    terminal.touches("open_document", "CS")
    for field in ("plan", "partner", "delivery_note"):
        terminal.touches("field", field)
        terminal.touches("overlay_close")
    terminal.scans(order_code(ORDER), COTTON_ROLL, card(ControlCommand.YES), order_code(ORDER))
    terminal.scans(place_code("RM-A-01"), card(ControlCommand.DONE), card(ControlCommand.NO))
    for field in ("quantity", "lot", "reason", "place"):
        terminal.touches("field", field)
        terminal.touches("pad_mode", "add")
        terminal.touches("overlay_close")
    terminal.scans(COTTON_ROLL, card(ControlCommand.REJECT), badge_code(LEADER), card(ControlCommand.UNDO))
    terminal.touches("done")
    terminal.touches("home")
    for kind in ("YW", "PD"):
        terminal.touches("open_document", kind)
        terminal.scans(place_code("RM-A-01"), "(10)LOT7(240)F-2041", "x" * 600)
        terminal.touches("acknowledge")
        terminal.touches("field", "scope")
        terminal.touches("overlay_close")
        terminal.touches("done")
        terminal.touches("yes")
        terminal.touches("home")
    terminal.touches("look_up")
    terminal.scans(place_code("RM-A-01"), YARN.number, order_code(ORDER), "no such code")
    terminal.touches("reprint")
    terminal.scans(card(ControlCommand.PRINT))
    terminal.touches("home")
    terminal.garbles()
    terminal.touches("lock")
    shown = tuple(terminal.page.screens)
    terminal.close()
    return shown


def test_the_morning_comes_by_the_usual_screens(morning: tuple[Screen, ...]):
    assert {view_tag(one.view) for one in morning} >= {"sign_on", "home", "document", "look_up"}
    assert any(one.picker for one in morning)
    assert any(one.text_entry or one.pad for one in morning)
    assert len(morning) > 40


@pytest.fixture(scope="module")
def shift(tmp_path_factory: pytest.TempPathFactory) -> tuple[Screen, ...]:
    """Walk through every screen of a production station."""
    terminal = at_the_hem(tmp_path_factory.mktemp("shift"))
    first, second = ticket(BUNDLE), ticket(SECOND)
    terminal.scans(badge_code(WANG), "no ticket", card(ControlCommand.HELP), first, first)
    for action, value in (
        ("count", ""),
        ("tile", "seconds"),
        ("pad_key", "2"),
        ("overlay_done", ""),
        ("defect", "oil"),
        ("leave_draft", ""),
        ("pause", ""),
        ("pick", "machine"),
        ("calls", ""),
        ("call", "mechanic"),
        ("came", "S301C000001"),
        ("stoppage", ""),
        ("pick", "machine"),
        ("resume_station", ""),
        ("resume", ""),
        ("verdict", ""),
        ("rate", "D"),
        ("reason", ""),
        ("pick", "late"),
        ("carrier", ""),
        ("text_key", "7"),
        ("overlay_done", ""),
        ("damaged", ""),
        ("judge", "concession"),
    ):
        terminal.touches(action, value)
    terminal.scans(badge_code(ZHAO), badge_code(ZHAO), first)
    terminal.touches("acknowledge")
    terminal.touches("leave_draft")
    for action in ("take_over", "overlay_close", "tickets"):
        terminal.touches(action)
    terminal.scans(second)
    terminal.touches("leave_draft")
    terminal.touches("verdict")
    terminal.touches("home")
    shown = tuple(terminal.page.screens)
    terminal.close()
    return shown


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_screen_of_a_production_station_is_spoken_in_full(
    shift: tuple[Screen, ...], language: Language
):
    assert {view_tag(one.view) for one in shift} >= {"station", "count", "handoff", "remake", "call"}
    renderer = Renderer()
    for screen in shift:
        html = renderer.screen(replace(screen, frame=replace(screen.frame, language=language)))
        marked = html.find("⟦")
        assert marked < 0, html[marked - 80 : marked + 80]


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> tuple[Screen, ...]:
    """Say everything that can be said at a station, each blank asked for and filled with its first choice."""
    told = [*floor_changes(sewn(lost=Tally(scrap=1)), station=LINE_3), *quality_changes()]
    terminal = Terminal(tmp_path_factory.mktemp("said"), more=told)
    terminal.scans(badge_code(CHIEF))
    for name in statements():
        terminal.touches("say")
        terminal.touches("statement", name)
        terminal.scans(card(ControlCommand.HELP), ticket(BUNDLE))
        assert isinstance(terminal.view, StatementView)
        for blank in terminal.view.blanks:
            terminal.touches("blank", blank.field)
            assert isinstance(terminal.view, StatementView)
            if terminal.screen.pad or terminal.screen.text_entry:
                terminal.touches("pad_key" if terminal.screen.pad else "text_key", "1")
                terminal.touches("overlay_done")
            elif terminal.view.choices:
                choice = terminal.view.choices[0]
                terminal.touches(choice.action or "told", choice.value)
        terminal.touches("say_it")
        terminal.touches("acknowledge")
        terminal.touches("home")
    shown = tuple(terminal.page.screens)
    terminal.close()
    return shown


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_that_can_be_said_at_a_station_is_spoken_in_full(
    said: tuple[Screen, ...], language: Language
):
    asked = {one.view.asks.key for one in said if isinstance(one.view, StatementView)}
    assert len(asked) > 30, sorted(asked)
    renderer = Renderer()
    for screen in said:
        html = renderer.screen(replace(screen, frame=replace(screen.frame, language=language)))
        marked = html.find("⟦")
        assert marked < 0, html[marked - 80 : marked + 80]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_real_screen_is_spoken_in_full(morning: tuple[Screen, ...], language: Language):
    renderer = Renderer()
    for screen in morning:
        html = renderer.screen(replace(screen, frame=replace(screen.frame, language=language)))
        marked = html.find("⟦")
        assert marked < 0, html[marked - 80 : marked + 80]
