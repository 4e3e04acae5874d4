"""Two lots of one yarn, received at one kiosk and taken at another that has been without the hub since."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from domain.events.documents import LineRecorded
from domain.override import TypeOverride
from kiosk.screen import Tone
from tests.floor import Floor, FloorKiosk
from tests.world import KEEPER, ORDER, YARN, badge_code, order_code, place_code

DAY_S = 24 * 60 * 60
RACK, BIN, AWAY = "RM-A-01", "RM-A-02", "FG-B-01"


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[Floor]:
    made = Floor(tmp_path, plans=[ORDER], overrides={"YC": TypeOverride(oldest_first=True)})
    yield made
    assert [one for kiosk in made.kiosks for one in kiosk.unspoken()] == []
    made.close()


def yarn(lot: str) -> str:
    return f"(240)Y-3201(10){lot}(3103)040000"


def received(floor: Floor) -> FloorKiosk:
    """The older lot was received five days ago, the newer one today; the other kiosk heard of both."""
    door = floor.kiosk("K1", "CS")
    door.clock.advance(-5 * DAY_S)
    door.scans(badge_code(KEEPER), order_code(ORDER), place_code(BIN), yarn("L3"))
    door.clock.advance(5 * DAY_S)
    door.scans(place_code(RACK), yarn("L7"))
    assert len(door.events(LineRecorded)) == 2
    store = floor.kiosk("K2", "YC")
    floor.syncs()
    floor.is_away = True
    store.scans(badge_code(KEEPER))
    store.touches("open_document", "YC")
    store.scans(place_code(AWAY))
    return store


def test_the_newer_lot_is_asked_about_and_goes_when_its_label_is_scanned_again(floor: Floor) -> None:
    store = received(floor)
    store.scans(place_code(RACK), yarn("L7"))
    assert store.asked() == ["older_lot"]
    assert store.tone is Tone.LOOK
    store.scans(yarn("L7"))
    assert store.tone is Tone.STORED
    assert store.events(LineRecorded)[-1].confirmed == ("older_lot",)
    floor.syncs()
    assert floor.held(RACK, YARN.id) == Decimal(0)


def test_the_keeper_takes_the_older_lot_instead_and_is_asked_nothing_more(floor: Floor) -> None:
    store = received(floor)
    store.scans(place_code(RACK), yarn("L7"))
    assert store.asked() == ["older_lot"]
    store.touches("no")
    store.touches("clear_line")
    store.scans(place_code(BIN), yarn("L3"), place_code(RACK), yarn("L7"))
    assert store.tone is Tone.STORED
    assert [one.values["lot"] for one in store.events(LineRecorded)] == ["L3", "L7"]
    floor.syncs()
    assert floor.held(BIN, YARN.id) == floor.held(RACK, YARN.id) == Decimal(0)
