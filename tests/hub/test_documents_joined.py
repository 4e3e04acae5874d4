"""Lines of several devices belong to one document, in whatever order the logs of the devices arrive."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import msgspec
import pytest

from domain.events.documents import DocumentCompleted, DocumentJoined, DocumentOpened, LineRecorded
from domain.facts import OpenDocument, RecordedLine
from hub.feed import changes
from hub.store import tables
from hub.store.database import reading
from hub.views.documents import documents_named
from tests.hub.plant import START, P, Plant, moved

NUMBER = "CS20261122-K1-0001"


@pytest.fixture
def plant(database_url: str) -> Iterator[Plant]:
    made = Plant(database_url)
    yield made
    made.close()


def line(number: int) -> LineRecorded:
    one = moved("SUP", "A1", "10")
    return LineRecorded(
        document=NUMBER,
        document_type="CS",
        line=number,
        values={"item": one.goods.item, "quantity": one.quantity},
        movements=(one,),
    )


def opened() -> DocumentOpened:
    return DocumentOpened(document=NUMBER, document_type="CS", header={"partner": "SUP"})


def joined() -> DocumentJoined:
    return DocumentJoined(document=NUMBER, document_type="CS", opened_on="K1", header={"partner": "SUP"})


def completed(lines: int) -> DocumentCompleted:
    return DocumentCompleted(document=NUMBER, document_type="CS", outcome="closed", lines=lines)


@pytest.mark.parametrize("order", [("K1", "K2"), ("K2", "K1")])
def test_a_joined_document_is_one_document_with_the_lines_of_both(
    plant: Plant, order: tuple[str, str]
) -> None:
    kiosks = {name: plant.kiosk(name) for name in ("K1", "K2")}
    for event in (opened(), line(1)):
        kiosks["K1"].says(event)
    for event in (joined(), line(1), line(2)):
        kiosks["K2"].says(event)
    for name in order:
        plant.takes(kiosks[name])
        plant.books()
    [row] = plant.rows(tables.documents)
    assert (row["device"], row["lines"], row["status"], row["partner"]) == ("K1", 3, "open", "SUP")
    assert plant.rows(tables.discrepancies) == []
    with reading(plant.engine) as connection:
        [view] = documents_named(connection, P, NUMBER)
    assert len(view.lines) == 3
    before = plant.everything()
    plant.rebuilds()
    assert plant.everything() == before


def test_each_kiosk_hears_of_the_document_and_of_the_others_lines_until_it_has_ended(plant: Plant) -> None:
    first, second = plant.kiosk("K1"), plant.kiosk("K2")
    for event in (opened(), line(1)):
        first.says(event)
    for event in (joined(), line(1)):
        second.says(event)
    for one in (first, second):
        plant.takes(one)
    plant.books()
    page = changes(plant.engine, plant.device("K2"), "", 1000, START + timedelta(hours=2))
    told = [msgspec.convert(one.body, OpenDocument) for one in page.changes if one.kind == "document"]
    assert [(one.number, one.device, one.status) for one in told] == [(NUMBER, "K1", "open")]
    lines = [msgspec.convert(one.body, RecordedLine) for one in page.changes if one.kind == "document_line"]
    assert [(one.device, one.line) for one in lines] == [("K1", 1)]
    second.says(completed(2))
    plant.takes(second, second.upload(first=3))
    plant.books()
    newer = changes(plant.engine, plant.device("K1"), page.cursor, 1000, START + timedelta(hours=2))
    assert [one.body["status"] for one in newer.changes if one.kind == "document" and one.body] == ["closed"]
    assert plant.rows(tables.discrepancies) == []
    afresh = changes(plant.engine, plant.device("K1"), "", 1000, START + timedelta(hours=2))
    assert [one for one in afresh.changes if one.kind.startswith("document")] == []


def test_a_line_that_comes_after_the_end_is_booked_and_somebodys_to_look_at(plant: Plant) -> None:
    first, second = plant.kiosk("K1"), plant.kiosk("K2")
    for event in (opened(), line(1), line(2)):
        first.says(event)
    for event in (joined(), line(1), completed(2)):
        second.says(event)
    plant.takes(first, first.upload(last=2))
    plant.takes(second)
    plant.books()
    assert plant.rows(tables.discrepancies) == []
    plant.takes(first, first.upload(first=3))
    plant.books()
    [found] = plant.rows(tables.discrepancies)
    assert (found["kind"], found["key"]) == ("line_left_out", NUMBER)
    assert plant.balances()["A1", "I1"] == 30
