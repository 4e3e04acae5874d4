"""Whatever the network does with uploads, the stock is that of the kiosks' logs, each event once; on both databases."""

from __future__ import annotations

import itertools
import string
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.wire import Accepted, Resend, Upload
from hub.store.tables import events
from tests.hub.plant import Kiosk, Plant

KIOSKS = 3
LINES_MAX = 12
BATCHES_MAX = 20
ROUNDS_MAX = 2 * LINES_MAX
TARGETS = ("A1", "A2")
_codes = itertools.product(string.ascii_uppercase + string.digits, repeat=2)
"""Each example has new kiosks at the same hub: a number code for each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Some lines of one kiosk's log as they arrive, perhaps late, perhaps again; the answer may be lost."""

    kiosk: int
    first: int
    events: int
    is_answer_lost: bool


batches = st.lists(
    st.builds(
        Batch,
        kiosk=st.integers(0, KIOSKS - 1),
        first=st.integers(1, LINES_MAX),
        events=st.integers(1, LINES_MAX),
        is_answer_lost=st.booleans(),
    ),
    max_size=BATCHES_MAX,
)
logs = st.lists(st.lists(st.integers(1, 9), max_size=LINES_MAX), min_size=KIOSKS, max_size=KIOSKS)


@pytest.fixture
def plant(database_url: str) -> Iterator[Plant]:
    plant = Plant(database_url)
    yield plant
    plant.close()


def writes(plant: Plant, amounts: Sequence[int]) -> Kiosk:
    """A new kiosk that has received these amounts and has not seen the hub yet."""
    kiosk = plant.kiosk("K-" + "".join(next(_codes)))
    for line, amount in enumerate(amounts):
        kiosk.receives(str(amount), to=TARGETS[line % 2])
    return kiosk


def part(kiosk: Kiosk, batch: Batch) -> Upload | None:
    """The batch as far as the kiosk has written it."""
    last = min(batch.first + batch.events - 1, kiosk.head.sequence)
    return kiosk.upload(batch.first, last) if batch.first <= last else None


def sends_the_rest(plant: Plant, kiosk: Kiosk, after: int) -> None:
    """Do as a kiosk does: go on after what was acknowledged, or where the hub asks to begin again."""
    for _ in range(ROUNDS_MAX):
        if after == kiosk.head.sequence:
            return
        answer = plant.takes(kiosk, kiosk.upload(after + 1))
        after = (
            answer.verdict.from_sequence - 1
            if isinstance(answer.verdict, Resend)
            else answer.accepted.sequence
        )
    pytest.fail(f"{kiosk.name} is not done after {ROUNDS_MAX} rounds")


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(logs=logs, arrivals=batches)
@pytest.mark.fault("N2", "N3", "H2")
def test_lost_answers_repeats_and_shuffles_between_kiosks_give_the_same_stock(
    plant: Plant, logs: list[list[int]], arrivals: list[Batch]
) -> None:
    before = Counter(plant.balances())
    kiosks = [writes(plant, amounts) for amounts in logs]
    known = [0] * KIOSKS
    for number, batch in enumerate(arrivals):
        upload = part(kiosks[batch.kiosk], batch)
        if upload is None:
            continue
        answer = plant.takes(kiosks[batch.kiosk], upload)
        assert isinstance(answer.verdict, Accepted | Resend)
        if not batch.is_answer_lost:
            known[batch.kiosk] = max(known[batch.kiosk], answer.accepted.sequence)
        if number % 3 == 0:
            plant.books()  # it books while uploads still arrive
    for kiosk, after in zip(kiosks, known, strict=True):
        sends_the_rest(plant, kiosk, after)
        held = [bytes(row["body"]) for row in plant.rows(events, device=kiosk.name)]
        assert held == [entry.body for entry in kiosk.entries]
    plant.books()
    expected = Counter(before)
    for amounts in logs:
        for line, amount in enumerate(amounts):
            expected["SUP", "I1"] -= amount
            expected[TARGETS[line % 2], "I1"] += amount
    assert plant.balances() == {key: value for key, value in expected.items() if value}
