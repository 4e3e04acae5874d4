"""Clocks that wake in 1970, jump, drift, lie or reach 2039: from the scan to the hub's board."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace
from sqlalchemy import insert

from domain.events.documents import LineRecorded
from domain.log import event_of, open_entry
from domain.wire import Accepted, Upload, UploadHeader
from hub.store.database import reading, writing
from hub.store.tables import arrivals, devices, events
from hub.tile import Scope
from hub.tiles.hours import TILE
from tests.faults.plant_floor import Terminal as BareKiosk
from tests.faults.plant_floor import held_by, make_hub, running_hub
from tests.faults.powercut import roll
from tests.hub.plant import Kiosk, P, Plant
from tests.terminal import Terminal, VirtualClock
from tests.world import KEEPER, NOW, ORDER, badge_code, order_code, place_code

SEED = 20261122
TIMES = (
    datetime(1970, 1, 1, 0, 0, 30, tzinfo=UTC),
    datetime(2000, 2, 29, 23, 59, 50, tzinfo=UTC),
    datetime(2026, 3, 29, 0, 59, 50, tzinfo=UTC),  # summer time begins in Berlin
    datetime(2026, 10, 25, 0, 59, 50, tzinfo=UTC),  # and ends
    datetime(2038, 1, 19, 3, 14, 5, tzinfo=UTC),  # 32 bits are full two seconds later
    datetime(2039, 6, 1, tzinfo=UTC),
    datetime(2099, 12, 31, 23, 59, 58, tzinfo=UTC),
)


class JumpingClock(VirtualClock):
    """A wall clock that is put somewhere else now and then; the monotonic one goes on."""

    offset = timedelta(0)

    def now(self) -> datetime:
        return super().now() + self.offset

    def jumps_to(self, instant: datetime) -> None:
        self.offset += instant - self.now()


@pytest.fixture
def plant(tmp_path: Path) -> Iterator[Plant]:
    made = Plant(f"sqlite:///{tmp_path / 'hub.sqlite'}")
    yield made
    made.close()


def upload_of(terminal: Terminal) -> Upload:
    bodies = tuple(terminal.store.log.bodies_after(0, 1000))
    entries = [open_entry(body) for body in bodies]
    header = UploadHeader(
        device="K1",
        epoch=1,
        first_sequence=1,
        previous_digest=entries[0].envelope.previous_digest,
        events=len(bodies),
        head=terminal.store.log.head,
        clock_time=terminal.clock.now(),
    )
    return Upload(header=header, bodies=bodies)


@pytest.mark.fault("C1", "C2", "C6")
def test_whatever_the_clock_does_between_scans_every_line_is_there_once_and_in_order(
    tmp_path: Path, plant: Plant
) -> None:
    chance = random.Random(SEED)
    clock = JumpingClock()
    terminal = Terminal(tmp_path / "kiosk", clock=clock)
    terminal.scans(badge_code(KEEPER), order_code(ORDER), roll("L0"), place_code("RM-A-01"))
    for number in range(1, 40):
        clock.jumps_to(chance.choice(TIMES))
        terminal.scans(roll(f"L{number}"))
        if chance.random() < 0.2:
            clock.jumps_to(NOW + timedelta(seconds=clock.monotonic_ms() / 1000))
            terminal.restarts()
            if not terminal.loop.state.operator:
                terminal.scans(badge_code(KEEPER))
    lots = [one.values["lot"] for one in terminal.events(LineRecorded)]  # type: ignore[attr-defined]
    assert lots == [f"L{number}" for number in range(40)]
    assert {entry.envelope.clock for entry in terminal.entries()} == {"unsure"}

    plant.kiosk("K1")
    assert plant.ingest.accept(plant.device("K1"), upload_of(terminal)).verdict == Accepted()
    plant.books()
    stored = plant.rows(events)
    assert [row["sequence"] for row in stored] == list(range(1, len(stored) + 1))
    now = plant.clock.now().strftime("%Y-%m-%dT%H")
    assert all(row["hour"] <= now for row in plant.rows(arrivals)), "a false future stands on the board"
    terminal.close()


@pytest.mark.fault("C3", "C7")
def test_how_far_each_clock_is_off_is_known_and_nothing_is_rewritten_for_it(plant: Plant) -> None:
    offsets_s = {"K1": 0.0, "K2": -86_400.0 * 365, "K3": 7200.0}
    for name, offset_s in offsets_s.items():
        kiosk = plant.kiosk(name)
        kiosk.receives("1")
        sent = kiosk.upload()
        hub_now = plant.clock.now()
        clock_time = hub_now + timedelta(seconds=offset_s)
        header = replace(sent.header, clock_time=clock_time)
        plant.takes(kiosk, Upload(header=header, bodies=sent.bodies))
        [row] = plant.rows(events, device=name)
        assert row["body"] == kiosk.entries[0].body
    told = {row["device"]: row["clock_offset_s"] for row in plant.rows(devices) if row["device"] in offsets_s}
    assert {name: round(told[name] / 10) for name in told} == {
        name: round(offset_s / 10) for name, offset_s in offsets_s.items()
    }


@pytest.mark.fault("C4")
@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Berlin", (2026, 3, 29), 23),
        ("Europe/Berlin", (2026, 10, 25), 25),
        ("Europe/Berlin", (2026, 6, 1), 24),
        ("America/New_York", (2026, 3, 8), 23),
        ("America/New_York", (2026, 11, 1), 25),
        ("Asia/Shanghai", (2026, 3, 29), 24),
    ],
)
def test_a_day_of_23_or_25_hours_adds_up(
    plant: Plant, zone: str, day: tuple[int, int, int], hours: int
) -> None:
    site = ZoneInfo(zone)
    noon = datetime(*day, 12, tzinfo=site)
    first = datetime(*day, tzinfo=UTC) - timedelta(days=2)
    with writing(plant.engine) as connection:
        for number in range(5 * 24):
            at = first + timedelta(hours=number)
            row = {"plant": P, "hour": at.strftime("%Y-%m-%dT%H"), "unit": "KGM", "lines": 1, "value": 0}
            connection.execute(insert(arrivals).values(**row, position=1))
    with reading(plant.engine) as connection:
        answer = TILE.query(Scope(connection=connection, plant=P, now=noon.astimezone(UTC), zone=site))
    assert answer["lines"] == hours
    assert sum(bar.lines for bar in answer["bars"]) == hours


@pytest.mark.slow
@pytest.mark.fault("C5", "C1")
def test_a_kiosk_that_believes_it_is_1970_is_let_in_and_calls_its_clock_unsure(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    make_hub(folder, ["K1"])
    with running_hub(folder) as hub:
        kiosk = BareKiosk(tmp_path / "K1", "K1", hub.address)
        kiosk.sync._now = lambda: TIMES[0]
        kiosk.records(3)
        kiosk.drains()
        assert kiosk.store.log.clock == "unsure"
        kiosk.records(1)
        kiosk.drains()
        assert held_by(folder) == {"K1": kiosk.ids()}
        kiosk.sync._now = lambda: datetime.now(UTC)
        kiosk.records(1)
        kiosk.drains()
        assert kiosk.store.log.clock == "synced"
        kiosk.close()


@pytest.mark.fault("C6")
def test_in_2039_a_hub_takes_in_books_and_shows_as_today(plant: Plant) -> None:
    plant.clock._now = datetime(2039, 6, 1, 8, tzinfo=UTC)
    kiosk = plant.kiosk("K1")
    kiosk.says(_line(kiosk), event_time=datetime(2039, 6, 1, 7, 59, 59, 999999, tzinfo=UTC))
    assert plant.takes(kiosk).verdict == Accepted()
    plant.books()
    [row] = plant.rows(events)
    assert row["received_at"].startswith("2039-06-01T08:00")
    assert [one["hour"] for one in plant.rows(arrivals)] == ["2039-06-01T07"]
    assert plant.balances()["A1", "I1"] == 5


def _line(kiosk: Kiosk) -> LineRecorded:
    made = Kiosk(name=kiosk.name)
    made.receives("5")
    recorded = event_of(made.entries[0].envelope)
    assert isinstance(recorded, LineRecorded)
    return recorded
