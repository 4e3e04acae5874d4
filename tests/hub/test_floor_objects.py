"""Routes, work orders, requirement lists and prices in the office: refused where nothing could go by them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from sqlalchemy import Engine

from domain.names import Names
from domain.route import Flow, OperationCode, Step
from domain.work_order import OrderLine, WorkOrder
from hub.feed import changes
from hub.importer import run_import
from hub.master_data import Given, MasterData, NotSavedError
from hub.object import objects
from hub.objects.routes import RouteRecord
from hub.reference import ReferenceData
from hub.store.database import reading, writing
from hub.store.reference import Author
from kiosk.store.records import SHAPES
from tests.hub.floor import Floor
from tests.hub.plant import P, Plant

ME = Author(person="1007", at="2026-11-28T08:00:00.000000Z", means="office")


@pytest.fixture
def plant(database_url: str) -> Iterator[Plant]:
    plant = Plant(database_url)
    for code in ("SEW", "HEM", "COLLAR", "JOIN"):
        saved(plant, "operations", {"code": code, "name": code})
    saved(plant, "styles", {"code": "S1", "name": "POLO"})
    saved(plant, "colours", {"code": "navy", "name": "藏青"})
    yield plant
    plant.close()


def saved(plant: Plant, name: str, texts: Mapping[str, str], *lines: Mapping[str, str]) -> None:
    with writing(plant.engine) as connection:
        data = MasterData(connection=connection, log=plant.log, plant=P, declared=objects()[name], author=ME)
        data.register(Given(texts=texts, lines=lines if objects()[name].has_lines else None))


def refused(plant: Plant, name: str, texts: Mapping[str, str], *lines: Mapping[str, str]) -> list[Any]:
    with pytest.raises(NotSavedError) as caught:
        saved(plant, name, texts, *lines)
    return [(one.row, one.code) for one in caught.value.findings]


def imported(plant: Plant, kind: str, text: str) -> Any:
    with writing(plant.engine) as connection:
        return run_import(
            connection, plant.log, plant=P, kind=kind, data=text.encode(), dry_run=False, author=ME
        )


def record(engine: Engine, kind: str, key: str) -> Any:
    declared = next(one for one in objects().values() if one.kind == kind)
    with reading(engine) as connection:
        return ReferenceData(connection, P).records(kind, declared.form)[key]


POLO = {"route": "POLO/2", "name": "POLO", "style": "S1"}
STEPS: Sequence[Mapping[str, str]] = (
    {"operation": "SEW", "takes": "body", "standard_minutes": "0.85"},
    {"operation": "HEM", "after": "SEW", "takes": "body"},
    {"operation": "COLLAR", "takes": "collar"},
    {"operation": "JOIN", "after": "HEM, COLLAR", "takes": "body, collar", "makes": "garment"},
)


def test_a_route_is_kept_by_code_and_version_and_is_what_kiosks_read(plant: Plant) -> None:
    saved(plant, "routes", POLO, *STEPS)
    kept = record(plant.engine, "route", "POLO/2")
    assert isinstance(kept, RouteRecord)
    assert (kept.code, kept.version, kept.flow, kept.style) == ("POLO", 2, Flow.GARMENT, "S1")
    assert kept.steps[0] == Step(
        operation=OperationCode("SEW"), takes=("body",), standard_minutes=Decimal("0.85")
    )
    assert [one.operation for one in kept.next_of(OperationCode("HEM"))] == ["JOIN"]


def test_steps_that_say_nothing_else_follow_one_another(plant: Plant) -> None:
    saved(plant, "routes", {**POLO, "route": "TEE"}, {"operation": "SEW"}, {"operation": "HEM"})
    assert [step.after for step in record(plant.engine, "route", "TEE/1").steps] == [(), ("SEW",)]


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (({"operation": "SEW", "after": "HEM"}, {"operation": "HEM", "after": "SEW"}), [(0, "route_circle")]),
        (({"operation": "SEW"}, {"operation": "SEW"}), [(2, "route_twice")]),
        (({"operation": "SEW", "after": "HEM"},), [(1, "route_unknown_before")]),
        (
            ({"operation": "SEW", "takes": "body"}, {"operation": "JOIN", "after": "SEW", "takes": "collar"}),
            [(2, "route_never_made")],
        ),
        (({"operation": "KNIT"},), [(1, "import.unknown_reference")]),
    ],
)
def test_a_way_nothing_can_go_is_refused_at_the_step(plant: Plant, lines: Any, found: Any) -> None:
    assert refused(plant, "routes", POLO, *lines) == found


def test_a_route_comes_in_by_a_file_with_its_steps_and_what_is_wrong_is_said_by_row(plant: Plant) -> None:
    text = (
        "路线/版本,名称,款号,工序编码,前道工序,部件,SMV\n"
        "POLO/1,POLO,S1,SEW,,body,0.85\nPOLO/1,POLO,S1,HEM,SEW,body,0.4\n"
    )
    assert imported(plant, "routes", text).problems == ()
    assert [step.operation for step in record(plant.engine, "route", "POLO/1").steps] == ["SEW", "HEM"]
    circle = "路线/版本,名称,工序编码,前道工序\nX/1,X,SEW,HEM\nX/1,X,HEM,SEW\n"
    (problem,) = imported(plant, "routes", circle).problems
    assert problem.code == "route_circle"
    assert "SEW" in problem.zh
    assert "goes in a circle" in problem.en


def test_a_work_order_names_its_route_and_counts_each_colour_and_size_once(plant: Plant) -> None:
    saved(plant, "routes", POLO, *STEPS)
    texts = {"number": "WO-1", "style": "S1", "route": "POLO/2", "due": "2026-12-10", "state": "生产中"}
    size_l = {"colour": "navy", "size": "L", "pieces": "120"}
    assert refused(plant, "work_orders", texts, size_l, size_l) == [(2, "import.colour_size_twice")]
    assert refused(plant, "work_orders", {**texts, "route": "POLO/3"}, size_l) == [
        (0, "import.unknown_reference")
    ]
    saved(plant, "work_orders", texts, size_l)
    kept = record(plant.engine, "work_order", "WO-1")
    assert isinstance(kept, WorkOrder)
    assert (kept.route, kept.route_version, kept.due) == ("POLO", 2, date(2026, 12, 10))
    assert kept.lines == (OrderLine(colour="navy", size="L", pieces=120),)
    assert kept.state == "running"


def test_a_requirement_list_is_agreed_once_both_sides_stand_by_it(plant: Plant) -> None:
    line = {"item": "线头", "criterion": "剪到 3 mm", "is_critical": "1"}
    saved(plant, "requirement_lists", {"list": "SEW → HEM", "agreed_before": "1007"}, line)
    kept = record(plant.engine, "requirement_list", "SEW>HEM/1")
    assert (kept.before, kept.operation, kept.version, kept.is_agreed) == ("SEW", "HEM", 1, False)
    assert kept.requirements[0].is_critical
    assert refused(plant, "requirement_lists", {"list": "SEW>KNIT/1"}, line) == [
        (0, "import.unknown_reference")
    ]
    assert refused(plant, "requirement_lists", {"list": "SEW"}, line)[0][1] == "import.not_a_requirement_list"


def test_a_price_holds_from_a_day_on(plant: Plant) -> None:
    texts = {"code": "PP1", "style": "S1", "operation": "SEW", "price": "0.325", "valid_from": "2026-11-01"}
    saved(plant, "piece_prices", texts)
    kept = record(plant.engine, "piece_price", "PP1")
    assert (kept.price, kept.valid_from, kept.order) == (Decimal("0.325"), date(2026, 11, 1), "")


def test_what_the_office_keeps_of_the_floor_is_what_stations_read(database_url: str) -> None:
    """Each record as the office writes it, in the shape the kiosk takes it in."""
    floor = Floor(database_url)
    floor["H1"]
    line = {"item": "线头", "criterion": "剪到 3 mm"}
    saved(floor, "requirement_lists", {"list": "SEW>HEM/1"}, line)
    saved(floor, "defect_codes", {"code": "oil", "name": "油污", "severity": "critical", "operations": "HEM"})
    saved(floor, "reason_codes", {"code": "machine", "name": "机器故障", "uses": "停机, pause"})
    saved(floor, "operations", {"code": "IRON", "name": "整烫", "qualification": "iron"})
    page = changes(floor.engine, floor.device("H1"), "", 1_000, floor.clock.now())
    read = {
        (one.kind, one.key): msgspec.convert(one.body, SHAPES[one.kind])
        for one in page.changes
        if one.body is not None
    }
    assert read["defect_code", "oil"].is_critical
    assert read["reason_code", "machine"].uses == ("stoppage", "pause")
    assert read["operation", "IRON"].names == Names(zh="整烫")
    assert read["requirement_list", "SEW>HEM/1"].requirements[0].item == "线头"
    floor.close()
