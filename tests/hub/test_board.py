"""What the tiles say about a morning, without a browser: health, order, day, and how old the data are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from domain.quantity import Quantity
from hub.store import tables
from hub.store.database import reading, writing
from hub.store.values import instant_text
from hub.tile import Scope, tiles
from hub.web.board import Look, Room
from tests.hub.morning import PLANT, Plant, play, running_hub, stop_kiosk


@pytest.fixture
def plant(tmp_path: Path) -> Iterator[Plant]:
    with running_hub(tmp_path / "hub") as plant:
        yield plant


def ask(plant: Plant, name: str, now: datetime | None = None) -> Mapping[str, Any]:
    (tile,) = [tile for tile in tiles() if tile.name == name]
    with reading(plant.hub.engine) as connection:
        zone = plant.hub.settings.zone
        return tile.query(Scope(connection=connection, plant=PLANT, now=now or datetime.now(UTC), zone=zone))


def states(plant: Plant, now: datetime | None = None) -> dict[str, str]:
    return {one.kiosk.device: one.state for one in ask(plant, "kiosks", now)["kiosks"]}


def set_device(plant: Plant, name: str, **values: Any) -> None:
    with writing(plant.hub.engine) as connection:
        connection.execute(update(tables.devices).where(tables.devices.c.device == name).values(**values))


def test_a_kiosk_goes_from_new_to_good_to_silent_to_revoked(plant: Plant) -> None:
    assert set(states(plant).values()) == {"new"}
    play(plant)
    assert states(plant)["K1"] == "good"
    assert states(plant)["K3"] == "attention"  # its printer is out of paper
    assert states(plant, datetime.now(UTC) + timedelta(minutes=2))["K1"] == "silent"
    stop_kiosk(plant, "K1")
    assert states(plant)["K1"] == "revoked"


@pytest.mark.fault("C3")
def test_a_queue_that_grows_old_is_late_and_a_wrong_clock_needs_a_look(plant: Plant) -> None:
    play(plant)
    old = instant_text(datetime.now(UTC) - timedelta(minutes=10))
    set_device(plant, "K1", pending=5, oldest_event_time=old)
    set_device(plant, "K2", clock_offset_s=-300.0)
    assert (states(plant)["K1"], states(plant)["K2"]) == ("late", "attention")


def test_the_worst_kiosk_stands_first(plant: Plant) -> None:
    play(plant)
    set_device(plant, "K2", last_seen="2026-01-01T00:00:00.000000Z")
    assert [one.kiosk.device for one in ask(plant, "kiosks")["kiosks"]] == ["K2", "K3", "K1"]


def test_the_door_where_the_last_scan_was_stands_first(plant: Plant) -> None:
    play(plant)
    plant.upload(plant.kiosks["K1"].receives("Y-32S-C", "L", "1", "KGM", "Y-01-01", "S-DAHUA"))
    doors = ask(plant, "doors")["doors"]
    assert doors[0].kiosk.device == "K1"
    assert (doors[0].plan, doors[0].partner) == ("PO-4500123", "S-DAHUA")


def test_a_closed_document_leaves_its_door(plant: Plant) -> None:
    play(plant)
    plant.upload(plant.kiosks["K2"].closes())
    answer = ask(plant, "doors")
    assert "K2" not in {door.kiosk.device for door in answer["doors"]}
    assert "K2" in {kiosk.device for kiosk in answer["idle"]}


@pytest.mark.fault("C4")
def test_hours_are_those_of_the_site_and_yesterday_does_not_count(plant: Plant) -> None:
    kiosk = plant.kiosks["K1"].signs_on("1007").opens("CS20261101-G1-0001", "S-DAHUA")
    morning = datetime(2026, 11, 2, 9, 30, tzinfo=plant.hub.settings.zone)
    for at in (morning - timedelta(days=1), morning, morning + timedelta(minutes=29)):
        kiosk.receives("Y-32S-C", "L", "2.5", "KGM", "Y-01-01", "S-DAHUA", at)
    plant.upload(kiosk)
    answer = ask(plant, "hours", morning + timedelta(hours=3))
    assert {bar.hour: bar.lines for bar in answer["bars"] if bar.lines} == {9: 2}
    assert answer["lines"] == 2
    assert answer["quantities"] == [Quantity.of("5", "KGM")]


def test_stock_shows_places_under_our_roof_and_what_is_below_nothing(plant: Plant) -> None:
    play(plant)
    answer = ask(plant, "stock")
    places = {place["code"]: place["amounts"] for place in answer["places"]}
    assert places["QUA-1"] == [Quantity.of(-40, "KGM")]
    assert not any(code.startswith("S-") for code in places)
    assert answer["unshown"] == 1


def test_place_totals_are_the_sum_of_the_balances(plant: Plant) -> None:
    play(plant)
    sums: dict[tuple[str, str], int] = {}
    with reading(plant.hub.engine) as connection:
        for row in connection.execute(tables.balances.select()):
            sums[(row.place, row.unit)] = sums.get((row.place, row.unit), 0) + row.value
        totals = {
            (row.place, row.unit): row.value for row in connection.execute(tables.place_totals.select())
        }
    assert {key: value for key, value in totals.items() if value} == {
        key: value for key, value in sums.items() if value
    }
    assert sum(value for (_, unit), value in totals.items() if unit == "KGM") == 0


def test_what_waits_to_be_booked_makes_the_board_old(plant: Plant) -> None:
    play(plant)
    assert plant.board.whole(Room(Look(PLANT), "en"))["age_ms"] == 0
    plant.hub.projector.stop()
    plant.upload(plant.kiosks["K1"].receives("Y-32S-C", "L", "1", "KGM", "Y-01-01", "S-DAHUA"), waits=False)
    message = plant.board.whole(Room(Look(PLANT), "en"))
    assert message["ledger"] == message["position"] + 1
    later = plant.board.whole(Room(Look(PLANT), "en"))
    assert later["age_ms"] >= message["age_ms"] >= 0
    assert later["turn"] > message["turn"]


def test_who_comes_while_others_look_is_shown_what_they_see(plant: Plant) -> None:
    play(plant)
    english = Room(Look(PLANT), "en")
    alone = [plant.board.whole(english)["turn"] for _ in range(5)]
    assert len(set(alone)) == len(alone), "where nobody looks, each is asked for itself"
    plant.board.watch(Room(Look(PLANT), "zh-CN"))
    beside = [plant.board.whole(english) for _ in range(5)]
    assert len({one["turn"] for one in beside}) < len(beside), "nothing happened, so nothing is asked again"
    assert "kg" in beside[-1]["tiles"]["stock"], "in the language of who asks"


def test_a_plant_where_nothing_has_happened_has_a_whole_board(plant: Plant) -> None:
    message = plant.board.whole(Room(Look("nowhere"), "en"))
    assert (message["position"], message["age_ms"]) == (0, 0)
    assert set(message["tiles"]) == {tile.name for tile in tiles()}
    assert "No stock yet" in message["tiles"]["stock"]


def test_the_books_are_green_amber_or_red_by_what_the_check_found(plant: Plant) -> None:
    plant.board.stop()  # and the check with it: what the tile says is decided here
    now = datetime.now(UTC)

    def verdict(**audit: Any) -> str:
        with writing(plant.hub.engine) as connection:
            connection.execute(tables.audits.delete())
            if audit:
                values = {"plant": PLANT, "state_json": "{}", **audit}
                connection.execute(tables.audits.insert().values(**values))
        return str(ask(plant, "books", now)["verdict"])

    assert verdict() == "good", "nothing has happened, so nothing is wrong"
    play(plant)
    booked = plant.hub.projector.position(PLANT)
    just_now = instant_text(now - timedelta(seconds=5))
    assert verdict() == "old", "nobody looks"
    assert verdict(position=booked, checked_at=just_now) == "good"
    assert verdict(position=0, checked_at="") == "checking"
    assert verdict(position=booked, checked_at=instant_text(now - timedelta(minutes=3))) == "old"
    with writing(plant.hub.engine) as connection:
        connection.execute(tables.cursors.update().values(position=booked + 6_000))
    assert verdict(position=booked, checked_at=just_now) == "checking"
    assert ask(plant, "books", now)["left"] == 6_000
    with writing(plant.hub.engine) as connection:
        found = tables.discrepancies
        connection.execute(found.update().where(found.c.kind == "shortage").values(kind="books"))
    assert verdict(position=booked, checked_at=just_now) == "bad"
