"""The exchange over HTTP: who may, what it says when it cannot, and a feed that ends where the projections are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from domain.events.terminal import SignedOff, SignedOn
from domain.names import Names
from domain.pay_sheet import PaySheet
from domain.place import Place, PlaceId, PlaceRole
from domain.plan import PlanRef
from domain.wire import (
    DEVICE_HEADER,
    MAC_HEADER,
    Accepted,
    Acknowledgement,
    Change,
    Changes,
    Refusal,
    Snapshot,
    Upload,
    answer_mac,
    encode_upload,
    macs_match,
    request_mac,
)
from hub.api.sync import BODY_BYTES_MAX, serve_sync
from hub.hub import Hub
from hub.keyring import Keyring
from hub.settings import HubSettings
from hub.store.database import StoreBusyError, writing
from hub.store.reference import Record, write_records
from hub.store.tables import devices, meta
from tests.hub.plant import Kiosk, P, Plant, moved

KEY = b"k" * 32


@dataclass
class Line:
    """A kiosk's line to the hub."""

    plant: Plant
    client: FlaskClient

    def asks(self, method: str, target: str, body: bytes = b"", **wrong: Any) -> Any:
        key, sender = wrong.get("key", KEY), wrong.get("sender", f"{P}/K1")
        mac = request_mac(key, method, target, body)
        headers = {DEVICE_HEADER: sender, MAC_HEADER: mac}
        response = self.client.open(target, method=method, data=body, headers=headers)
        if response.status_code == 200:
            expected = answer_mac(key, mac, 200, response.data)
            assert macs_match(expected, response.headers[MAC_HEADER])
        return response

    def sends(self, upload: Upload, **wrong: Any) -> Any:
        return self.asks("POST", "/sync/v1/upload", encode_upload(upload.header, upload.bodies), **wrong)

    def pulls(self, cursor: str = "", limit: int = 1000) -> Changes:
        response = self.asks("GET", f"/sync/v1/changes?cursor={cursor}&limit={limit}")
        assert response.status_code == 200, response.data
        return msgspec.json.decode(response.data, type=Changes)

    def pulls_all(self, cursor: str = "", limit: int = 1000) -> tuple[list[Change], Changes]:
        found: list[Change] = []
        for _ in range(1000):
            page = self.pulls(cursor, limit)
            found += page.changes
            if not page.more:
                return found, page
            assert page.cursor != cursor, "each page goes on"
            cursor = page.cursor
        raise AssertionError("the feed does not end")


@pytest.fixture
def line(database_url: str, tmp_path: Path) -> Iterator[Line]:
    plant = Plant(database_url)
    hub = Hub(
        settings=HubSettings(data_folder=tmp_path),
        keyring=Keyring(write_token="t", session_key="s"),
        engine=plant.engine,
        store=plant.log,
        ingest=plant.ingest,
        projector=plant.projector,
        clock=plant.clock,
    )
    app = Flask("test")
    serve_sync(app, hub)
    yield Line(plant=plant, client=app.test_client())
    plant.close()


@pytest.fixture
def kiosk(line: Line) -> Kiosk:
    return line.plant.kiosk("K1")


def refusal(response: Any) -> tuple[int, str]:
    assert MAC_HEADER not in response.headers, "nothing in a refusal may move a cursor"
    return response.status_code, msgspec.json.decode(response.data, type=Refusal).code


def test_an_upload_over_http_is_acknowledged_with_a_signed_answer(line: Line, kiosk: Kiosk) -> None:
    kiosk.receives("1")
    response = line.sends(kiosk.upload())
    answer = msgspec.json.decode(response.data, type=Acknowledgement)
    assert (answer.verdict, answer.accepted) == (Accepted(), kiosk.head)


@pytest.mark.fault("A6")
def test_unknown_devices_and_wrong_keys_are_turned_away(line: Line, kiosk: Kiosk) -> None:
    kiosk.receives("1")
    assert refusal(line.sends(kiosk.upload(), key=b"x" * 32)) == (401, "identity")
    assert refusal(line.sends(kiosk.upload(), sender=f"{P}/K7")) == (401, "identity")
    assert refusal(line.sends(kiosk.upload(), sender="nonsense")) == (401, "identity")
    assert refusal(line.client.post("/sync/v1/upload", data=b"x")) == (401, "identity")
    body = encode_upload(kiosk.upload().header, kiosk.upload().bodies)
    mac = request_mac(KEY, "POST", "/sync/v1/upload", body)
    headers = {DEVICE_HEADER: f"{P}/K1", MAC_HEADER: mac}
    changed = line.client.post("/sync/v1/upload", data=body.replace(b'"1"', b'"9"'), headers=headers)
    assert refusal(changed) == (401, "identity")


@pytest.mark.fault("A12")
def test_too_much_is_refused_with_413(line: Line, kiosk: Kiosk) -> None:
    body = b"x" * (BODY_BYTES_MAX + 1)
    assert refusal(line.asks("POST", "/sync/v1/upload", body)) == (413, "too_large")


@pytest.mark.fault("B1", "B3")
def test_a_busy_store_is_503_with_a_time_to_wait(
    line: Line, kiosk: Kiosk, monkeypatch: pytest.MonkeyPatch
) -> None:
    kiosk.receives("1")

    def refuse(*_: object) -> None:
        raise StoreBusyError("locked")

    monkeypatch.setattr(line.plant.log, "append", refuse)
    response = line.sends(kiosk.upload())
    assert refusal(response) == (503, "busy")
    assert int(response.headers["Retry-After"]) >= 1


def test_what_is_no_upload_is_refused_with_400(line: Line, kiosk: Kiosk) -> None:
    kiosk.receives("1")
    assert refusal(line.asks("POST", "/sync/v1/upload", b"hello")) == (400, "not_an_upload")
    other = Kiosk(name="K2")
    other.receives("1")
    assert refusal(line.sends(other.upload())) == (400, "other_device")
    assert refusal(line.asks("GET", "/sync/v1/changes?limit=many")) == (400, "bad_limit")


@pytest.mark.fault("A3")
def test_a_revoked_kiosk_reads_nothing_more_but_may_still_send(line: Line, kiosk: Kiosk) -> None:
    kiosk.receives("1")
    with writing(line.plant.engine) as connection:
        connection.execute(update(devices).values(revoked=True))
    assert refusal(line.asks("GET", "/sync/v1/changes?cursor=")) == (403, "revoked")
    assert line.sends(kiosk.upload()).status_code == 200


def test_the_first_pull_brings_everything_and_the_next_only_what_is_new(line: Line, kiosk: Kiosk) -> None:
    kiosk.receives("5", plan=PlanRef(number="PO1", line=1))
    line.sends(kiosk.upload())
    line.plant.books()
    found, page = line.pulls_all()
    kinds = {change.kind for change in found}
    assert kinds == {"item", "place", "person", "plan", "station", "balance", "plan_done", "lot", "document"}
    assert (page.complete_through, page.position, page.epoch) == (1, 1, 1)
    again = line.pulls(page.cursor)
    assert (again.changes, again.more) == ((), False)
    kiosk.receives("2")
    with writing(line.plant.engine) as connection:
        write_records(connection, line.plant.log, P, [Record(kind="item", key="I2", body=None)])
    line.sends(kiosk.upload())
    line.plant.books()
    newer = line.pulls(page.cursor)
    assert {(change.kind, change.key) for change in newer.changes if change.kind == "item"} == {
        ("item", "I2")
    }
    assert [change.body for change in newer.changes if change.kind == "item"] == [None]
    held = {
        change.body["place"]: change.body["quantity"]["value"]
        for change in newer.changes
        if change.kind == "balance"
    }
    assert held == {"SUP": "-7", "A1": "7"}


def test_what_is_not_booked_yet_is_not_claimed(line: Line, kiosk: Kiosk) -> None:
    kiosk.receives("5")
    line.sends(kiosk.upload())
    line.plant.books()
    kiosk.receives("6")
    line.sends(kiosk.upload())
    page = line.pulls()
    assert (page.complete_through, page.position) == (1, 1)


@pytest.mark.parametrize("limit", [1, 2, 3, 7])
def test_small_pages_bring_the_same_as_a_large_one(line: Line, kiosk: Kiosk, limit: int) -> None:
    for number in range(9):
        kiosk.receives(str(number + 1), to=("A1", "A2")[number % 2], plan=PlanRef(number="PO1", line=1))
        kiosk.moves(moved("SUP", "A1", "1", item=f"NEW{number}"))
    many = tuple(moved("SUP", "A2", "1", item=f"M{number}") for number in range(12))
    kiosk.moves(*many)
    line.sends(kiosk.upload())
    line.plant.books()

    def picture(changes: list[Change]) -> dict[tuple[str, str], Any]:
        return {(change.kind, change.key): change.body for change in changes}

    whole, last = line.pulls_all()
    pieces, end = line.pulls_all(limit=limit)
    assert picture(pieces) == picture(whole)
    assert (end.cursor, end.complete_through) == (last.cursor, last.complete_through)


def test_dispositions_go_to_the_kiosk_they_are_about_alone(line: Line, kiosk: Kiosk) -> None:
    other = line.plant.kiosk("K2")
    kiosk.moves(moved("SUP", "A1", "1", item="NEW"))
    other.moves(moved("SUP", "A1", "1", item="NEW"))
    line.sends(kiosk.upload())
    line.plant.takes(other)
    line.plant.books()
    found, _ = line.pulls_all()
    (mine,) = [change.body for change in found if change.kind == "disposition"]
    assert (mine["sequence"], mine["state"], mine["code"]) == (1, "booked_with_exception", "unknown_item")
    assert mine["event_id"] == kiosk.entries[0].envelope.event_id
    assert [change.key for change in found if change.kind == "station"] == ["K1"]


def test_an_emptied_place_is_told_as_gone(line: Line, kiosk: Kiosk) -> None:
    kiosk.receives("5")
    kiosk.moves(moved("A1", "A2", "5"))
    line.sends(kiosk.upload())
    line.plant.books()
    found, _ = line.pulls_all()
    held = [change.body["place"] for change in found if change.kind == "balance" and change.body]
    assert sorted(held) == ["A2", "SUP"]


@pytest.mark.fault("H6")
def test_a_cursor_of_another_generation_begins_from_the_beginning(line: Line, kiosk: Kiosk) -> None:
    kiosk.receives("5")
    line.sends(kiosk.upload())
    line.plant.books()
    whole, page = line.pulls_all()
    with writing(line.plant.engine) as connection:
        connection.execute(update(meta).where(meta.c.key == "generation").values(value="2"))
    again, newer = line.pulls_all(page.cursor)
    assert (newer.generation, len(again)) == (2, len(whole))
    nonsense, _ = line.pulls_all("r;drop")
    assert len(nonsense) == len(whole)


# --- snapshots and slices --------------------------------------------------------------------------------------------


def whole(line: Line, sender: str = "K1") -> Snapshot:
    response = line.asks("GET", "/sync/v1/snapshot", sender=f"{P}/{sender}")
    assert response.status_code == 200, response.data
    return msgspec.json.decode(response.data, type=Snapshot)


def place(code: str, warehouse: str) -> Record:
    made = Place(code=PlaceId(code), names=Names(), role=PlaceRole.STORAGE, plant=P, warehouse=warehouse)
    return Record(kind="place", key=code, body=made)


def writes(line: Line, *records: Record) -> None:
    with writing(line.plant.engine) as connection:
        write_records(connection, line.plant.log, P, records)


def station(line: Line, **changes: Any) -> Record:
    enrolled = line.plant.device("K1").station
    return Record(kind="station", key="K1", body=msgspec.structs.replace(enrolled, **changes))


def test_a_snapshot_is_what_all_pages_of_changes_say_together(line: Line, kiosk: Kiosk) -> None:
    for number in range(30):
        kiosk.receives("1", plan=PlanRef(number="PO1", line=1), to=f"NEW{number}")
    line.plant.takes(kiosk)
    line.plant.books()
    changes, last = line.pulls_all(limit=7)
    snapshot = whole(line)
    assert {(one.kind, one.key): one.body for one in snapshot.changes} == {
        (one.kind, one.key): one.body for one in changes
    }
    assert (snapshot.cursor, snapshot.generation, snapshot.position, snapshot.complete_through) == (
        last.cursor,
        last.generation,
        last.position,
        30,
    )
    assert line.pulls(snapshot.cursor).changes == (), "the feed goes on from there"


def test_a_snapshot_too_long_for_one_answer_is_left_to_the_pages(
    line: Line, kiosk: Kiosk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.feed.SNAPSHOT_CHANGES_MAX", 3)
    assert refusal(line.asks("GET", "/sync/v1/snapshot")) == (413, "too_large")
    assert line.pulls_all()[0]


@pytest.mark.fault("A3")
def test_a_revoked_kiosk_reads_no_snapshot(line: Line) -> None:
    line.plant.kiosk("K1", revoked=True)
    assert refusal(line.asks("GET", "/sync/v1/snapshot")) == (403, "revoked")


def test_a_kiosk_gets_the_balances_of_its_warehouse_and_of_places_in_none(line: Line, kiosk: Kiosk) -> None:
    writes(line, place("B1", "OTHER"), place("C1", ""))
    for target in ("A1", "B1", "C1", "UNKNOWN"):
        kiosk.receives("1", to=target)
    line.plant.takes(kiosk)
    line.plant.books()
    for changes in (whole(line).changes, line.pulls_all(limit=2)[0]):
        held = {one.body["place"] for one in changes if one.kind == "balance" and one.body}
        assert held == {"SUP", "A1", "C1", "UNKNOWN"}
        assert {one.key for one in changes if one.kind == "place"} >= {"A1", "B1"}, "places go to all"


def test_a_kiosk_without_a_warehouse_gets_every_balance(line: Line, kiosk: Kiosk) -> None:
    writes(line, place("B1", "OTHER"), station(line, warehouse=""))
    kiosk.receives("1", to="B1")
    line.plant.takes(kiosk)
    line.plant.books()
    assert "B1" in {one.body["place"] for one in whole(line).changes if one.kind == "balance" and one.body}


@pytest.mark.parametrize(
    ("types", "has_plans"),
    [((), True), (("CS",), True), (("PD",), False), (("YW", "PD"), False), (("PD", "FROM-TOMORROW"), True)],
)
def test_orders_go_to_kiosks_with_a_document_that_is_checked_against_them(
    line: Line, kiosk: Kiosk, types: tuple[str, ...], has_plans: bool
) -> None:
    writes(line, station(line, document_types=types))
    kiosk.receives("1", plan=PlanRef(number="PO1", line=1))
    line.plant.takes(kiosk)
    line.plant.books()
    kinds = {one.kind for one in whole(line).changes}
    assert ({"plan", "plan_done"} <= kinds) is has_plans
    assert has_plans or not kinds & {"plan", "plan_done"}
    assert {"item", "place", "person", "station", "balance"} <= kinds


def test_when_a_place_moves_to_another_warehouse_every_kiosk_begins_afresh(line: Line, kiosk: Kiosk) -> None:
    writes(line, place("B1", "OTHER"))
    before = whole(line)
    kiosk.receives("1", to="B1")
    line.plant.takes(kiosk)
    line.plant.books()
    writes(line, place("B1", "W"))
    page = line.pulls(before.cursor)
    assert page.generation == before.generation + 1
    assert "B1" in {one.body["place"] for one in page.changes if one.kind == "balance" and one.body}
    writes(line, place("B1", "W"), place("B2", "OTHER"))
    assert line.pulls(page.cursor).generation == page.generation, "what is new or the same changes no part"


# --- how much and when -----------------------------------------------------------------------------------------------


@pytest.mark.fault("N8", "B1")
def test_those_who_are_told_to_come_back_are_told_different_times(
    line: Line, kiosk: Kiosk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_: Any) -> Any:
        raise StoreBusyError("the database is locked")

    monkeypatch.setattr(line.plant.ingest, "accept", busy)
    told: set[int] = set()
    for number in range(60):
        kiosk.receives(str(number + 1))
        response = line.sends(kiosk.upload(number + 1))
        assert response.status_code == 503
        told.add(int(response.headers["Retry-After"]))
    assert min(told) >= 2
    assert max(told) <= 10
    assert len(told) >= 5


def test_pay_is_told_to_the_kiosk_where_its_owner_stands_and_to_no_other(line: Line, kiosk: Kiosk) -> None:
    other = line.plant.kiosk("K2")
    target = "/sync/v1/pay?person=1007&nonce=a"

    def hears(one: Kiosk, event: Any) -> None:
        one.says(event)
        line.sends(one.upload(len(one.entries)), sender=f"{P}/{one.name}")
        line.plant.books()

    hears(other, SignedOn(person="1012"))
    refused = line.asks("GET", target)
    assert (refusal(refused), refused.headers["Retry-After"]) == ((503, "not_signed_on"), "1")
    hears(kiosk, SignedOn(person="1007"))
    answer = line.asks("GET", target)
    assert answer.status_code == 200
    assert msgspec.json.decode(answer.data, type=PaySheet).person == "1007"
    assert refusal(line.asks("GET", target, sender=f"{P}/K2")) == (503, "not_signed_on")
    hears(kiosk, SignedOff(person="1007", reason="asked"))
    assert refusal(line.asks("GET", target)) == (503, "not_signed_on")
    assert refusal(line.asks("GET", "/sync/v1/pay?person=&nonce=a")) == (503, "not_signed_on")
