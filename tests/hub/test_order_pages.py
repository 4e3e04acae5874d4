"""What became of an order's pieces, by colour, size and component: every piece that was cut is somewhere (law L6)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from domain.bundle import Bundle, BundleSerial, join
from hub.store.database import reading
from hub.views.bundle_list import BundleQuery, bundle_page
from hub.views.order_progress import Part, order_progress, orders_at_work
from hub.views.work import StandingQuery, standing_page
from tests.hub.floor import CHEN, COLLAR, HEM, JOIN, ORDER, SEW, WANG, ZHAO, Floor, bundle
from tests.hub.plant import START, P


@pytest.fixture
def floor(database_url: str) -> Iterator[Floor]:
    made = Floor(database_url)
    yield made
    made.close()


def parts_of(floor: Floor) -> dict[str, Part]:
    with reading(floor.engine) as connection:
        found = order_progress(connection, P, ORDER)
        assert order_progress(connection, P, "NONE") is None
    assert found
    [cell] = found.cells.values()
    return {one.component: one for one in cell.parts}


def listed(floor: Floor, **asked: Any) -> list[Any]:
    with reading(floor.engine) as connection:
        return list(bundle_page(connection, P, BundleQuery(work_order=ORDER, **asked), START).rows)


def test_cut_is_in_process_finished_lost_or_a_part_of_something_else(floor: Floor) -> None:
    body, spare, collar = bundle("B1"), bundle("B2"), bundle("B3", 18, component="collar")
    floor["C1"].cuts(body, spare, collar)
    job = floor["S1"].starts(body)
    floor["S1"].finishes(job, body, good=18, seconds=1, scrap=1)
    floor["H1"].starts(body, 18, WANG, accepts=(SEW,))
    floor["H1"].finishes("H1W000001", body, good=18)
    floor["K9"].does(collar, ZHAO)
    floor.hears("C1", "S1", "H1", "K9")
    before = parts_of(floor)
    assert before["body"] == Part(component="body", cut=40, in_process=38, seconds=1, scrap=1)
    assert {one.unaccounted for one in before.values()} == {0}
    assert [row.bundle for row in listed(floor, state="lost")] == ["B1"]
    with reading(floor.engine) as connection:
        query = StandingQuery(work_order=ORDER, component="body")
        standing = standing_page(connection, P, query, START).rows
    assert {row.bundle for row in standing} == {"B1", "B2"}


def test_more_cut_than_ordered_shows(floor: Floor) -> None:
    floor["C1"].cuts(bundle("B1", 70), bundle("B2", 50))
    floor.hears("C1")
    with reading(floor.engine) as connection:
        found = order_progress(connection, P, ORDER)
    assert found
    [cell] = found.cells.values()
    assert (cell.planned, cell.cut, cell.over, cell.is_over) == (100, 120, 20, True)


def test_what_was_joined_leaves_its_components_and_is_finished_once(floor: Floor) -> None:
    body, collar = bundle("B1"), bundle("B2", component="collar")
    floor["C1"].cuts(body, collar)
    floor["S1"].does(body)
    floor["H1"].does(body, WANG, accepts=(SEW,))
    floor["K9"].does(collar, ZHAO)
    whole = join((body, collar), "garment", BundleSerial("B3"))
    assert isinstance(whole, Bundle)
    floor["J1"].remakes("joined", (body, collar), whole)
    floor["J1"].does(whole, CHEN, accepts=(HEM, COLLAR))
    floor["P9"].does(whole, "1040", accepts=(JOIN,))
    floor.hears("C1", "S1", "H1", "K9", "J1", "P9")
    parts = parts_of(floor)
    assert parts["body"] == Part(component="body", cut=20, joined_away=20)
    assert parts["collar"] == Part(component="collar", cut=20, joined_away=20)
    assert parts["garment"] == Part(component="garment", joined_in=20, finished=20)
    assert [row.bundle for row in listed(floor, state="finished")] == ["B3"]
    assert [row.bundle for row in listed(floor, state="joined_in")] == ["B3"]
    assert [row.bundle for row in listed(floor, state="joined")] == ["B1", "B2"]
    assert [row.bundle for row in listed(floor, state="cut")] == ["B1", "B2"]
    with reading(floor.engine) as connection:
        found = order_progress(connection, P, ORDER)
        [look] = orders_at_work(connection, P, is_all=False)
    assert found
    [cell] = found.cells.values()
    assert (cell.planned, cell.cut, cell.finished, cell.over) == (100, 20, 20, 0)
    assert (look.cut, look.lost) == (40, 0)
