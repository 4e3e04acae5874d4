"""A worker looks at their own pay: after their own badge and PIN, only while they stand there, and contests a line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from domain.barcode import ControlCommand
from domain.barcodes.house import control_code
from domain.events.labels import LabelRequested
from domain.events.pins import PinAccepted
from domain.events.quality import PayContested
from domain.events.terminal import SignedOff
from domain.pin import kept_pin, pin_for_kiosk
from domain.wire import Change
from kiosk.activity import activity
from kiosk.own_pay import PayReport
from kiosk.work.views import PayView
from tests.own_pay import SHEET
from tests.sewing import BUNDLE, LI, LINE_3, WANG, ZHAO, floor_changes, sewn, ticket
from tests.terminal import Terminal
from tests.world import badge_code

DONE, PRINT, NO = (
    control_code(one) for one in (ControlCommand.DONE, ControlCommand.PRINT, ControlCommand.NO)
)
HEARD = PayReport(person=WANG.number, sheet=SHEET)


@pytest.fixture
def kiosk(tmp_path: Path) -> Iterator[Terminal]:
    terminal = Terminal(tmp_path, more=floor_changes(sewn(), station=LINE_3))
    yield terminal
    assert terminal.unspoken() == []
    terminal.close()


def pay(kiosk: Terminal) -> PayView:
    assert isinstance(kiosk.view, PayView)
    return kiosk.view


def opened(kiosk: Terminal) -> PayView:
    kiosk.scans(badge_code(WANG))
    kiosk.touches("pay")
    kiosk.takes(HEARD)
    return pay(kiosk)


def test_badge_and_one_touch_show_today_and_the_month(kiosk: Terminal) -> None:
    kiosk.scans(badge_code(WANG))
    kiosk.touches("pay")
    assert (kiosk.pay_asked, pay(kiosk).state) == ([WANG.number], "asking")
    kiosk.takes(PayReport(person=LI.number, sheet=replace(SHEET, person=LI.number)))
    assert pay(kiosk).state == "asking", "the answer for somebody else is no answer"
    kiosk.takes(HEARD)
    view = pay(kiosk)
    assert (view.state, view.pieces_today, view.pieces_month, view.total) == ("here", 120, 2730, "738.10")
    hem, overlock = view.today
    assert (hem.pieces, hem.back, hem.seconds, hem.amount) == (120, 20, 2, "30.00")
    assert (overlock.pieces, overlock.waiting) == (0, 20)


def test_out_of_touch_what_was_counted_here_today_is_shown(kiosk: Terminal) -> None:
    kiosk.scans(badge_code(WANG), ticket(BUNDLE))
    kiosk.scans(DONE, apart_s=5)
    kiosk.touches("pay")
    kiosk.takes(PayReport(person=WANG.number))
    assert (pay(kiosk).state, pay(kiosk).pieces_here, pay(kiosk).today) == ("away", 20, ())
    kiosk.touches("print_pay")
    assert kiosk.says == "problem.no_pay_to_print"


def test_a_line_is_contested_by_touch_once_and_the_answer_is_read(kiosk: Terminal) -> None:
    opened(kiosk)
    kiosk.touches("pay_line", "S301W000006")
    kiosk.touches("contest")
    assert kiosk.screen.picker
    kiosk.touches("pick", "back")
    assert kiosk.says == "said.contested"
    assert kiosk.events(PayContested) == [PayContested(job="S301W000006", person=WANG.number, reason="back")]
    card = pay(kiosk).card
    assert card
    assert card.is_contested
    assert all(one.action != "contest" for one in pay(kiosk).buttons)
    kiosk.touches("pay_line", "S301W000003")
    card = pay(kiosk).card
    assert card
    assert (card.answer, card.pieces_more) == ("Counted again with Zhao Min", 4)


def test_the_slip_is_printed_for_its_owner_alone(kiosk: Terminal) -> None:
    opened(kiosk)
    kiosk.touches("print_pay")
    (slip,) = kiosk.events(LabelRequested)
    assert slip.template == "pay_slip"
    told = {name: slip.data[name] for name in ("today_all", "month_all", "bonus", "total", "amount_1")}
    assert told == {
        "today_all": "120",
        "month_all": "2730",
        "bonus": "21.50",
        "total": "738.10",
        "amount_1": "605.00",
    }
    kiosk.touches("home")
    kiosk.scans(badge_code(LI), PRINT)
    assert kiosk.says == "problem.no_label_yet"
    kiosk.touches("acknowledge")
    kiosk.touches("reprint")
    assert "C101" not in str(msgspec.to_builtins(kiosk.view))
    assert len(kiosk.events(LabelRequested)) == 1


def test_nobody_else_sees_it_and_it_closes_by_itself(kiosk: Terminal) -> None:
    opened(kiosk)
    kiosk.scans(badge_code(ZHAO))
    assert not isinstance(kiosk.view, PayView)
    kiosk.touches("pay")
    assert (pay(kiosk).state, pay(kiosk).entries) == ("asking", ())
    kiosk.takes(HEARD)
    assert pay(kiosk).state == "asking", "what was asked for Wang is not shown to Zhao"
    kiosk.waits(31)
    assert [one.reason for one in kiosk.events(SignedOff)] == ["other_badge", "idle"]
    assert not isinstance(kiosk.view, PayView)


def test_a_power_cut_leaves_nothing_of_it_on_the_screen_or_the_disk(kiosk: Terminal) -> None:
    opened(kiosk)
    kiosk.restarts(after_s=2)
    assert not isinstance(kiosk.view, PayView)
    files = [one.read_bytes() for one in kiosk.folder.rglob("*") if one.is_file()]
    assert not any(b"738.10" in one for one in files)


def test_a_card_that_says_no_closes_it_and_a_ticket_waits(kiosk: Terminal) -> None:
    opened(kiosk)
    kiosk.scans(ticket(BUNDLE))
    assert kiosk.says == "problem.close_pay_first"
    kiosk.touches("acknowledge")
    kiosk.scans(NO)
    assert not isinstance(kiosk.view, PayView)
    assert activity("station").asks(kiosk.loop.state, kiosk.loop.desk())


class WithPins(Terminal):
    key = b"k" * 32


def test_who_has_a_pin_types_it_first(tmp_path: Path) -> None:
    wang = replace(WANG, pin=pin_for_kiosk(kept_pin("482913"), WithPins.key))
    change = Change(kind="person", key=wang.number, body=msgspec.to_builtins(wang))
    kiosk = WithPins(tmp_path, more=[*floor_changes(sewn(), station=LINE_3), change])
    try:
        kiosk.scans(badge_code(WANG))
        kiosk.touches("pay")
        assert kiosk.screen.pin
        kiosk.touches("no")
        assert (pay(kiosk).state, kiosk.pay_asked) == ("locked", [])
        kiosk.touches("pay")
        kiosk.touches("pin", "482913")
        assert (pay(kiosk).state, kiosk.pay_asked) == ("asking", [WANG.number])
        assert [one.act for one in kiosk.events(PinAccepted)] == ["pay"]
        assert kiosk.unspoken() == []
    finally:
        kiosk.close()
