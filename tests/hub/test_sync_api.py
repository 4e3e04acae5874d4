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

from domain.plan import PlanRef
from domain.wire import (
    DEVICE_HEADER,
    MAC_HEADER,
    Accepted,
    Acknowledgement,
    Change,
    Changes,
    Refusal,
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
    assert kinds == {"item", "place", "person", "plan", "station", "balance", "plan_done"}
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
