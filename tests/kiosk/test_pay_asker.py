"""Asking the hub for somebody's own pay: again while their sign-on is not booked, and never for whoever has gone."""

from __future__ import annotations

import queue

import pytest
from msgspec.structs import replace

from domain.pay_sheet import PaySheet
from kiosk.hub_client import HubBusyError, HubRefusedError, HubUnreachableError
from kiosk.own_pay import NOBODYS, OwnPay, PayReport
from kiosk.pay_asker import TRIES_MAX, PayAsker
from tests.own_pay import SHEET

BUSY = HubBusyError("not_signed_on", "", 0.0)


class FakeHub:
    """Answers one question after the other as it was told to; the last answer for ever."""

    def __init__(self, *answers: PaySheet | Exception) -> None:
        self.answers = list(answers)
        self.asked = 0

    def pay(self, person: str) -> PaySheet:
        answer = self.answers[min(self.asked, len(self.answers) - 1)]
        self.asked += 1
        if isinstance(answer, Exception):
            raise answer
        return answer

    def close(self) -> None:
        pass


def told(hub: FakeHub, *wishes: str) -> PayReport:
    heard: queue.Queue[PayReport] = queue.Queue()
    asker = PayAsker(hub, heard.put)
    asker.start()
    for wish in wishes:
        asker.ask(wish)
    report = heard.get(timeout=5)
    asker.stop()
    assert heard.empty()
    return report


def test_a_hub_that_has_not_booked_the_sign_on_is_asked_again() -> None:
    assert told(FakeHub(BUSY, BUSY, SHEET), SHEET.person).sheet == SHEET
    hub = FakeHub(BUSY)
    assert told(hub, SHEET.person).sheet is None
    assert hub.asked == TRIES_MAX


@pytest.mark.parametrize("error", [HubUnreachableError("timeout"), HubRefusedError("revoked")])
def test_a_hub_that_is_away_is_told_as_away(error: Exception) -> None:
    assert told(FakeHub(error), SHEET.person) == PayReport(person=SHEET.person)


def test_somebody_elses_sheet_is_no_answer() -> None:
    assert told(FakeHub(replace(SHEET, person="1012")), SHEET.person).sheet is None


def test_what_was_heard_is_forgotten_with_whoever_goes() -> None:
    asked: list[str] = []
    own = OwnPay(asked.append)
    own.follow(SHEET.person)
    own.follow(SHEET.person)
    own.hear(PayReport(person=SHEET.person, sheet=SHEET))
    assert (asked, own.seen.sheet) == ([SHEET.person], SHEET)
    own.follow("")
    assert own.seen == NOBODYS
    own.hear(PayReport(person=SHEET.person, sheet=SHEET))
    assert own.seen == NOBODYS
    lonely = OwnPay()
    lonely.follow(SHEET.person)
    assert lonely.seen.state == "away"
