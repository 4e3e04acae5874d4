"""The lines of a plant on their boards: what came off, what waits where, what holds a line up, and what opens where."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient

from domain.names import Language
from hub.store.database import reading
from hub.store.production_tables import jobs
from hub.tile import tiles
from hub.views.floor import Line, flow_of, lines_now
from hub.views.work import DoneQuery, StandingQuery, done_page, standing_page
from hub.web.board import Look, Room
from tests.hub.plant import P
from tests.hub.sewing import BEGINS, NOW, OPERATIONS, PIECES, Hall

ZONE = ZoneInfo("Asia/Shanghai")
BUNDLES = 40


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    hall = Hall(f"sqlite:///{tmp_path_factory.mktemp('hall')}/hub.sqlite")
    hall.fill(lines=3, bundles=BUNDLES)
    yield hall
    hall.close()


@pytest.fixture
def lines(hall: Hall) -> dict[str, Line]:
    with reading(hall.engine) as connection:
        return {one.unit.code: one for one in lines_now(connection, P, NOW, ZONE)}


def test_what_came_off_a_line_is_what_its_last_operation_finished(hall: Hall, lines: dict[str, Line]) -> None:
    for code in ("L01", "L02", "L03"):
        finished = hall.rows(jobs, unit=code, operation="CHECK", state="finished")
        assert lines[code].done == sum(row["good"] for row in finished) > 0
        assert sum(hour.pieces for hour in lines[code].hours) == lines[code].done
        assert lines[code].hours[0].begins == BEGINS


def test_pieces_are_off_the_line_or_stand_on_it(lines: dict[str, Line]) -> None:
    """What was begun at the first operation and is not off the line stands somewhere on it, once."""
    line = lines["L01"]
    behind_collar = sum(one.pieces for one in line.waiting if one.operation == "COLLAR")
    assert line.done + line.in_process - behind_collar == BUNDLES * PIECES
    assert {one.operation for one in line.waiting} <= set(OPERATIONS)


def test_the_slow_operation_holds_its_line_up_and_the_line_is_behind(lines: dict[str, Line]) -> None:
    slow = lines["L03"]
    assert slow.held_up
    assert slow.held_up.operation == "NECK"
    assert slow.loads[0] == slow.held_up
    assert slow.is_behind
    assert slow.due_by_now == 700 * 510 // 570
    assert lines["L02"].done > slow.done


def test_efficiency_is_of_the_people_and_the_minutes_so_far(hall: Hall, lines: dict[str, Line]) -> None:
    line = lines["L02"]
    earned = sum(
        (row["good"] * Decimal(OPERATIONS[row["operation"]][1]) for row in hall.rows(jobs, unit="L02")),
        Decimal(0),
    )
    worked = 16 * line.day.minutes_until(NOW)
    assert line.day.minutes_until(NOW + timedelta(days=1)) == 510
    assert line.efficiency == round(earned * 100 / worked, 1)


def test_calls_inspections_and_late_tickets_are_their_lines(lines: dict[str, Line]) -> None:
    assert [(one.kind, one.device[:3]) for one in lines["L03"].calls] == [("mechanic", "L03")]
    assert lines["L01"].calls == ()
    assert (lines["L01"].rft, lines["L02"].rft) == (Decimal("98.6"), None)
    assert (lines["L03"].late_tickets, lines["L01"].late_tickets) == (1, 0)


def test_the_route_is_drawn_with_what_stands_at_each_operation(hall: Hall, lines: dict[str, Line]) -> None:
    with reading(hall.engine) as connection:
        flow = flow_of(connection, P, "L03", NOW, ZONE)
        assert flow_of(connection, P, "L99", NOW, ZONE) is None
    assert flow
    assert flow.route.code == "POLO"
    assert sum(one.pieces for one in flow.waiting.values()) == lines["L03"].in_process
    assert flow.layout.columns == 7


def test_every_figure_opens_to_its_bundles_and_scans(hall: Hall, lines: dict[str, Line]) -> None:
    with reading(hall.engine) as connection:
        standing = standing_page(
            connection, P, StandingQuery(line="L03", operation="NECK", limit=500), NOW
        ).rows
        assert sum(one.waiting + one.at_work for one in standing) == next(
            one.pieces for one in lines["L03"].waiting if one.operation == "NECK"
        )
        asked = DoneQuery(unit="L03", operation="CHECK", day="2026-11-22", state="finished", limit=500)
        assert sum(one.good for one in done_page(connection, P, asked, NOW).rows) == lines["L03"].done
        other_day = DoneQuery(unit="L03", day="2026-11-21")
        assert done_page(connection, P, other_day, NOW).rows == ()
        pages, after = list[str](), ""
        while True:
            page = done_page(connection, P, DoneQuery(unit="L01", limit=40, after=after), NOW)
            pages += [one.job for one in page.rows]
            after = page.next
            if not after:
                break
    assert len(pages) == len(set(pages)) == len(hall.rows(jobs, unit="L01"))


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_the_boards_show_all_of_it(hall: Hall, tmp_path: Path, language: Language) -> None:
    with hall.site(tmp_path) as (app, board):
        client: FlaskClient = app.test_client()
        floor = client.get("/board", query_string={"board": "floor", "lang": language}).get_data(as_text=True)
        assert floor.count('class="line-name"') == 12
        assert {tile.name for tile in tiles("floor")} == {"lines", "open_calls", "exposure"}
        line = client.get("/board", query_string={"board": "line", "subject": "L03", "lang": language})
        shown = line.get_data(as_text=True)
        assert ("三线" if language == "zh-CN" else "Line 3") in shown
        assert shown.count("flow-node") == len(OPERATIONS)
        for address in re.findall(r'href="(/reports/work_[^"]+)"', shown):
            assert client.get(address.replace("&amp;", "&")).status_code == 200
        whole = board.whole(Room(Look(P, "line", "L99"), language))
        assert set(whole["tiles"]) == {tile.name for tile in tiles("line")}
        assert client.get("/board?board=nothing").status_code == 200


def test_each_page_gets_the_board_it_looks_at_and_what_nobody_looks_at_is_forgotten(
    hall: Hall, tmp_path: Path
) -> None:
    with hall.site(tmp_path) as (_, board):
        one, other = Room(Look(P, "line", "L01"), "en"), Room(Look(P, "line", "L03"), "en")
        for room in (one, other):
            board.watch(room)
        assert board.whole(one)["tiles"]["line_output"] != board.whole(other)["tiles"]["line_output"]
        board.unwatch(one)
        assert "line_output" in board.whole(other)["tiles"]
