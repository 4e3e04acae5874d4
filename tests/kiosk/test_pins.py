"""How often PINs can be guessed at a kiosk, whatever somebody does to its machine and its clock in between."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from domain.events.pins import PinAccepted, PinRefused
from domain.pin import QUICK_TRIES, TRIES_MAX, issue_of, kept_pin, pin_for_kiosk, wait_s
from kiosk.pins import Pins
from kiosk.store.log import Fact, Origin
from kiosk.store.store import Store
from tests.world import LEADER

KEY = b"a" * 32
OWNER = replace(LEADER, pin=pin_for_kiosk(kept_pin("481620"), KEY))
OTHER = replace(LEADER, number="1012", pin=pin_for_kiosk(kept_pin("775310"), KEY))
WALL = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)


class Machine:
    """A kiosk's file on a machine that is switched off and on; `up_s` is how long it ran in all."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.boots, self.up_s, self.booted_s = folder, 0, 0, 0
        self.ids = 0
        self.open()

    def open(self) -> None:
        self.boots += 1
        self.booted_s = self.up_s
        origin = Origin(plant="P1", device="K1", boot_id=f"boot-{self.boots}", software="noac test")
        self.store = Store(self.folder, origin)
        self.pins = Pins(self.store.connection, KEY, origin.boot_id, self.monotonic_ms)

    def monotonic_ms(self) -> int:
        return (self.up_s - self.booted_s) * 1000

    def reboots(self) -> None:
        self.store.close()
        self.open()

    def says(self, event: PinRefused | PinAccepted) -> None:
        self.ids += 1
        fact = Fact(
            event=event, event_id=f"{self.ids:032x}", event_time=WALL, monotonic_ms=self.monotonic_ms()
        )
        self.store.record((fact,), None, "20261122")

    def guesses(self) -> bool:
        """Somebody types a wrong PIN; tells whether it was looked at."""
        held = self.pins.guesses(OWNER)
        if held.wait_left_s or held.is_locked:
            return False
        self.says(
            PinRefused(
                person=OWNER.number, act="approve", failures=held.failures + 1, issue=issue_of(OWNER.pin)
            )
        )
        return True


STEPS = st.lists(
    st.one_of(st.just("guess"), st.just("guess"), st.just("reboot"), st.integers(min_value=1, max_value=900)),
    max_size=60,
)


@pytest.mark.fault("A5")
@settings(max_examples=40, deadline=None)
@given(steps=STEPS)
def test_no_reboot_and_no_clock_gets_anybody_a_guess_more_than_the_hours_the_machine_ran(
    steps: list[str | int],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        machine = Machine(Path(folder))
        looked_at: list[int] = []
        for step in steps:
            match step:
                case "guess":
                    if machine.guesses():
                        looked_at.append(machine.up_s)
                case "reboot":
                    machine.reboots()
                case int():
                    machine.up_s += step
                case _:
                    pass
        machine.store.close()
    assert len(looked_at) <= TRIES_MAX
    for failures, (before, after) in enumerate(pairwise(looked_at), 1):
        assert after - before >= wait_s(failures), f"guess {failures + 1} came after {after - before} s"


@pytest.mark.fault("A5")
def test_the_right_pin_begins_afresh_and_nobody_elses_count_is_touched(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    for _ in range(QUICK_TRIES):
        assert machine.guesses()
    assert machine.pins.guesses(OWNER).wait_left_s == wait_s(QUICK_TRIES)
    assert machine.pins.guesses(OTHER).failures == 0
    assert machine.pins.is_right(OWNER, "481620")
    assert not machine.pins.is_right(OTHER, "481620")
    machine.says(PinAccepted(person=OTHER.number, act="approve"))
    assert machine.pins.guesses(OWNER).failures == QUICK_TRIES
    machine.says(PinAccepted(person=OWNER.number, act="approve"))
    assert machine.pins.guesses(OWNER).failures == 0
    machine.store.close()


def test_a_kiosk_with_another_key_than_before_asks_for_everything_anew(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    store = machine.store
    with store.transaction():
        store.reference.provisioned(replace(store.reference.progress(), generation=1, cursor="g1.r7.p9"))
    store.knows_by("first")
    assert store.reference.progress().cursor == "", "verifiers made for no key are none"
    with store.transaction():
        store.reference.provisioned(replace(store.reference.progress(), cursor="g1.r8.p9"))
    store.knows_by("first")
    assert store.reference.progress().cursor == "g1.r8.p9"
    store.knows_by("second")
    assert store.reference.progress().cursor == ""
    store.close()
