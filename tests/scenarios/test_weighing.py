"""Weighing at goods-in, read aloud: a weight counts while it is at rest and fresh; what is typed instead is marked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.barcode import ControlCommand
from domain.barcodes.house import control_code
from domain.events.documents import LineRecorded, Measured
from domain.events.terminal import DeviceChanged
from domain.quantity import Quantity
from drivers.device import DeviceState
from drivers.scale import NoWeight, NoWeightReason, ScaleStatus, Weight
from kiosk.scales import WEIGHT_AGE_MAX_MS
from kiosk.screen import DocumentView, Tone
from tests.terminal import Terminal
from tests.world import KEEPER, ORDER, badge_code, order_code, place_code

ROLL = "]C1" + "10LOT7\x1d240F-2041"
"""A roll whose label does not say what it weighs."""


class Bench:
    """A terminal with a scale on the bench beside it."""

    def __init__(self, terminal: Terminal) -> None:
        self.terminal = terminal

    def shows(self, weight: str, unit: str = "KGM", *, is_stable: bool = True) -> None:
        now_ms = self.terminal.clock.monotonic_ms()
        quantity = Quantity.of(weight, unit)
        self.terminal.takes(
            Weight(quantity=quantity, is_stable=is_stable, device="bench", monotonic_ms=now_ms)
        )

    def cannot(self, reason: NoWeightReason) -> None:
        now_ms = self.terminal.clock.monotonic_ms()
        self.terminal.takes(NoWeight(reason=reason, device="bench", monotonic_ms=now_ms))

    def is_now(self, state: DeviceState) -> None:
        self.terminal.takes(ScaleStatus(device="bench", state=state))

    @property
    def says(self) -> str:
        """The state on the screen; nothing while no weight is asked for."""
        weights = self.terminal.screen.weights
        return weights[0].state if weights else ""

    def is_taken(self) -> None:
        """A finger touches the key beside the weight, whether it can be taken or not."""
        self.terminal.touches("take_weight", self.terminal.screen.weights[0].touch)

    def finishes_the_line(self) -> LineRecorded:
        self.terminal.touches("field", "second_quantity")
        self.terminal.types("95")
        if self.terminal.asks_for("place"):
            self.terminal.scans(place_code("RM-A-01"))
        return self.terminal.events(LineRecorded)[-1]


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    made = Terminal(tmp_path, scales=("bench",))
    made.scans(badge_code(KEEPER), order_code(ORDER))
    yield made
    assert made.unspoken() == []
    made.close()


@pytest.fixture
def bench(terminal: Terminal) -> Bench:
    made = Bench(terminal)
    made.is_now("ready")
    terminal.scans(ROLL)
    return made


def test_a_weight_at_rest_is_taken_and_the_line_says_that_it_was_weighed(
    bench: Bench, terminal: Terminal
) -> None:
    assert terminal.asks_for("quantity")
    bench.shows("21.4")
    assert bench.says == "stable"
    bench.is_taken()
    assert not terminal.asks_for("quantity")
    line = bench.finishes_the_line()
    weight = Quantity.of("21.4", "KGM")
    assert line.values["quantity"] == weight
    assert line.measured == {"quantity": Measured(how="weighed", scale="bench", shown=weight)}
    assert isinstance(terminal.view, DocumentView)
    said = terminal.view.lines[0].measured
    assert said is not None
    assert said.key == "measured.weighed"


def test_the_scale_is_shown_only_while_a_mass_is_asked_for(bench: Bench, terminal: Terminal) -> None:
    bench.shows("21.4")
    bench.is_taken()
    assert bench.says == ""
    terminal.touches("field", "quantity")
    assert terminal.screen.pad is not None
    assert bench.says == "taken"
    terminal.touches("pad_mode", "add")
    assert bench.says == ""


def test_grams_become_the_kilograms_of_the_item_to_the_last_digit(bench: Bench) -> None:
    bench.shows("21437", "GRM")
    bench.is_taken()
    line = bench.finishes_the_line()
    assert line.values["quantity"] == Quantity.of("21.437", "KGM")
    assert line.measured["quantity"].shown == Quantity.of(21437, "GRM")


@pytest.mark.parametrize(
    ("weight", "unit", "says"),
    [
        ("47.2", "LBR", "problem.weight_in_other_unit"),
        ("0", "KGM", "problem.weight_not_positive"),
        ("-0.2", "KGM", "problem.weight_not_positive"),
    ],
)
@pytest.mark.fault("S11")
def test_what_is_no_weight_of_these_goods_is_refused_in_words(
    bench: Bench, terminal: Terminal, weight: str, unit: str, says: str
) -> None:
    bench.shows(weight, unit)
    bench.is_taken()
    assert terminal.tone is Tone.REFUSED
    assert terminal.says == says
    assert not [one for one in terminal.spoken() if "⟦" in one]
    assert terminal.asks_for("quantity")


@pytest.mark.fault("S11")
def test_a_weight_that_still_moves_is_not_taken(bench: Bench, terminal: Terminal) -> None:
    bench.shows("21.38", is_stable=False)
    assert bench.says == "moving"
    bench.is_taken()
    assert terminal.says == "problem.weight_not_ready"
    assert terminal.asks_for("quantity")


@pytest.mark.fault("S11")
def test_an_old_weight_is_not_taken_and_the_screen_says_that_it_is_old(
    bench: Bench, terminal: Terminal
) -> None:
    bench.shows("21.4")
    touch = terminal.screen.weights[0].touch
    terminal.clock.advance(WEIGHT_AGE_MAX_MS / 1000)
    terminal.touches("take_weight", touch)
    assert terminal.says == "problem.weight_not_ready"
    assert terminal.asks_for("quantity")
    terminal.touches("acknowledge")
    terminal.waits(1)
    assert bench.says == "old"


@pytest.mark.fault("S11")
def test_a_weight_that_changed_since_it_was_seen_is_not_taken(bench: Bench, terminal: Terminal) -> None:
    bench.shows("21.4")
    seen = terminal.screen.weights[0].touch
    bench.shows("3.1")
    terminal.touches("take_weight", seen)
    assert terminal.says == "problem.weight_changed"
    assert terminal.asks_for("quantity")


@pytest.mark.fault("S11")
def test_a_frozen_scale_gives_its_weight_once_and_not_again_for_the_next_roll(
    bench: Bench, terminal: Terminal
) -> None:
    bench.shows("21.4")
    bench.is_taken()
    bench.finishes_the_line()
    terminal.scans(ROLL)
    bench.shows("21.4")
    assert bench.says == "taken"
    bench.is_taken()
    assert terminal.says == "problem.weight_taken"
    bench.shows("3.0", is_stable=False)
    bench.shows("21.4")
    assert bench.says == "stable"
    bench.is_taken()
    assert bench.finishes_the_line().measured["quantity"].how == "weighed"


@pytest.mark.parametrize("reason", ["unreadable", "overload", "underload", "busy"])
@pytest.mark.fault("S11")
def test_noise_takes_the_weight_away_that_was_shown_before(
    bench: Bench, terminal: Terminal, reason: NoWeightReason
) -> None:
    bench.shows("21.4")
    touch = terminal.screen.weights[0].touch
    bench.cannot(reason)
    assert bench.says == reason
    terminal.touches("take_weight", touch)
    assert terminal.says == "problem.weight_not_ready"


@pytest.mark.fault("S11")
def test_without_the_scale_work_goes_on_by_hand_and_the_line_says_so(
    bench: Bench, terminal: Terminal
) -> None:
    bench.shows("21.4")
    bench.is_now("lost")
    assert bench.says == "gone"
    terminal.touches("field", "quantity")
    terminal.types("20.5")
    line = bench.finishes_the_line()
    assert line.values["quantity"] == Quantity.of("20.5", "KGM")
    assert line.measured == {"quantity": Measured(how="typed", scale="bench", state="gone")}
    changes = [one for one in terminal.events(DeviceChanged) if one.kind == "scale"]
    assert [one.state for one in changes] == ["ready", "lost"]


def test_a_weight_typed_beside_a_scale_that_works_is_marked_as_typed(
    bench: Bench, terminal: Terminal
) -> None:
    bench.shows("21.4")
    terminal.touches("field", "quantity")
    terminal.types("99")
    assert bench.finishes_the_line().measured["quantity"] == Measured(
        how="typed", scale="bench", state="stable"
    )


def test_a_cleared_line_may_be_weighed_again_without_lifting_the_roll(
    bench: Bench, terminal: Terminal
) -> None:
    bench.shows("21.4")
    bench.is_taken()
    terminal.touches("clear_line")
    terminal.scans(ROLL)
    bench.shows("21.4")
    bench.is_taken()
    assert bench.finishes_the_line().measured["quantity"].how == "weighed"


def test_a_power_cut_between_weighing_and_the_place_keeps_the_weight_and_its_mark(
    bench: Bench, terminal: Terminal
) -> None:
    bench.shows("21.4")
    bench.is_taken()
    terminal.restarts()
    line = bench.finishes_the_line()
    assert line.measured["quantity"].how == "weighed"


def test_a_code_that_says_its_weight_and_a_kiosk_without_a_scale_leave_no_mark(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path / "plain")
    terminal.scans(badge_code(KEEPER), order_code(ORDER), ROLL)
    terminal.touches("field", "quantity")
    terminal.types("20.5")
    assert Bench(terminal).finishes_the_line().measured == {}
    terminal.scans(control_code(ControlCommand.HOME))
    terminal.close()
