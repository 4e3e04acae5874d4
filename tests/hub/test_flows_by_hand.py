"""The month's report against the journal, added up by hand from the files that a bookkeeper gets."""

from __future__ import annotations

import csv
import io
import random
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from domain.events.documents import LineRecorded
from domain.item import ItemId
from domain.place import PlaceId
from domain.quantity import Quantity
from domain.stock import Goods, Movement
from hub.registers import Registrar
from hub.web import question_pages
from tests.hub.morning import PLANT, Plant, running_hub, signed_on

OWN = ("RCV-1", "QUA-1", "Y-01-01", "F-02-03", "T-01-01")
"""Places under our own roof; the others are not counted."""
OTHERS = ("S-DAHUA", "LF")
ITEMS = {"Y-32S-C": "KGM", "F-PK-220": "KGM", "T-BTN-18": "C62"}
TYPES = {"CS": "Purchase receipt", "YW": "Location move", "PD": "Stocktake"}
ADJUSTING = TYPES["PD"]
LINES = 240
MONTHS = 4
Row = Mapping[str, str]
Cells = dict[str, Decimal]


@pytest.fixture(params=[1, 2, 3], ids=lambda seed: f"seed {seed}")
def plant(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plant]:
    with running_hub(tmp_path_factory.mktemp("hub")) as plant:
        some = random.Random(request.param)
        kiosk = plant.kiosks["K1"]
        for line in range(1, LINES + 1):
            source, target = some.sample((*OWN, *OTHERS), 2)
            item = some.choice(list(ITEMS))
            quantity = Quantity.of(Decimal(some.randint(1, 99_999)) / 100, ITEMS[item])
            moved = Movement(
                goods=Goods(item=ItemId(item), lot=some.choice(("", "L-1", "L-2"))),
                quantity=quantity,
                source=PlaceId(source),
                target=PlaceId(target),
            )
            kind = some.choice(list(TYPES))
            event = LineRecorded(
                document=f"{kind}-1", document_type=kind, line=line, values={"item": item}, movements=(moved,)
            )
            at = datetime.now(UTC) - timedelta(days=some.randrange(30 * (MONTHS - 1)))
            kiosk.tells(event, at, clock="synced")
        plant.upload(kiosk)
        yield plant


def file_of(client: FlaskClient, name: str, **asked: str) -> list[Row]:
    answer = client.get(f"/reports/{name}.csv", query_string={"lang": "en", **asked})
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.get_data().decode("utf-8-sig"))))


def by_hand(journal: list[Row], month: str) -> dict[tuple[str, str], Cells]:
    """Add up what came to and went from each item's places: before the month, and in it by type of document."""
    before: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    within: dict[tuple[str, str], dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for row in journal:
        for place, sign in ((row["To"], 1), (row["From"], -1)):
            if place not in OWN or row["Month"] > month:
                continue
            key, value = (row["Item"], place), sign * Decimal(row["Quantity"])
            if row["Month"] < month:
                before[key] += value
            else:
                within[key][row["Type"]] += value
    found: dict[tuple[str, str], Cells] = {}
    for key in before.keys() | within.keys():
        types = within.get(key, {})
        plain = [value for kind, value in types.items() if kind != ADJUSTING]
        cells = {
            "Opening": before.get(key, Decimal(0)),
            "Receipts": sum((one for one in plain if one > 0), Decimal(0)),
            "Issues": -sum((one for one in plain if one < 0), Decimal(0)),
            "Adjustments": types.get(ADJUSTING, Decimal(0)),
        }
        cells["Closing"] = cells["Opening"] + sum(types.values())
        cells |= {kind: types.get(kind, Decimal(0)) for kind in TYPES.values()}
        if any(cells.values()):
            found[key] = cells
    return found


@pytest.mark.parametrize("is_registered", [False, True], ids=["beside the registers", "from the registers"])
def test_every_cell_of_every_month_is_what_the_journal_adds_up_to(plant: Plant, is_registered: bool) -> None:
    if is_registered:
        registrar = Registrar(plant.hub.engine, [PLANT])
        while registrar.round(PLANT):
            pass
    client = signed_on(plant)
    journal = file_of(client, "movements")
    assert len(journal) == LINES
    months = sorted({row["Month"] for row in journal})
    assert len(months) >= MONTHS - 1
    for month in months:
        told: dict[tuple[str, str], Cells] = {}
        for row in file_of(client, "flows", period=month, by="place"):
            names = ("Opening", "Receipts", "Issues", "Adjustments", "Closing", *TYPES.values())
            told[row["Item"], row["Place"]] = {name: Decimal(row.get(name) or 0) for name in names}
        assert told == by_hand(journal, month), month


def test_a_file_of_several_pages_has_one_set_of_columns_from_top_to_bottom(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(question_pages, "EXPORT_PAGE_ROWS", 1)
    with running_hub(tmp_path / "hub") as plant:
        kiosk = plant.kiosks["K1"]
        for kind, item in zip(TYPES, ITEMS, strict=True):
            moved = Movement(
                goods=Goods(item=ItemId(item)),
                quantity=Quantity.of(7, ITEMS[item]),
                source=PlaceId("LF"),
                target=PlaceId("RCV-1"),
            )
            event = LineRecorded(
                document=f"{kind}-1", document_type=kind, line=1, values={"item": item}, movements=(moved,)
            )
            kiosk.tells(event)
        plant.upload(kiosk)
        told = {row["Item"]: row for row in file_of(signed_on(plant), "flows", by="item")}
    for kind, item in zip(TYPES, ITEMS, strict=True):
        assert {name: told[item][name] for name in TYPES.values()} == {
            name: "7" if name == TYPES[kind] else "" for name in TYPES.values()
        }
