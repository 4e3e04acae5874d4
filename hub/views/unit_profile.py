"""A customer step as it stands: what it does with what, who delivers to it, what it asks, and what is said of it.

Everything is of the month or the year that is asked for; what is older is a choice away and costs nothing here.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, Row, func, select

from domain.events.quality import ScorePublished
from domain.handoff import RequirementList
from domain.place import Station
from domain.route import Operation, ProcessKind, Route
from domain.work_unit import WorkUnit
from hub.quality_rules import SatisfactionRule
from hub.reference import ReferenceData
from hub.store.quality_tables import (
    fault_sessions,
    published_scores,
    questionnaire_answers,
    unit_verdicts,
    voices,
)
from hub.views.inspected import FirstPassQuery, FirstPassRow, first_pass_page
from hub.views.plans import today_of
from hub.views.quality import Voice, voice_line
from hub.work_units import work_units

SESSIONS_SHOWN = 6
VOICES_SHOWN = 12
MONTHS_SHOWN = 12
_HUNDREDTH = Decimal("0.01")
_score = msgspec.json.Decoder(ScorePublished)
_people = msgspec.json.Decoder(tuple[str, ...])


class Neighbour(Struct, frozen=True, kw_only=True):
    """A unit on the other side of handoffs in a month: how many, and how many pieces of them were sent back."""

    unit: str
    handoffs: int
    received: int
    refused: int
    ratings: Mapping[str, int]


class Edge(Struct, frozen=True, kw_only=True):
    """What an operation asks of the one before it, in the newest version. `key`: of the record."""

    key: str
    asked: RequirementList


class Year(Struct, frozen=True, kw_only=True):
    """A year's questionnaires about a unit. `points` is None where nobody answered; `months`: each with its average."""

    year: str
    target: Decimal
    points: Decimal | None
    answers: int
    months: tuple[tuple[str, Decimal], ...]
    questions: tuple[tuple[str, Decimal, int], ...]
    """Each question with its average and how many answered it."""
    sheets: tuple[tuple[str, str, int], ...]
    """Who answered for which month, and the scan."""

    @property
    def is_attained(self) -> bool:
        """Tell whether it came to its target."""
        return self.points is not None and self.points >= self.target


class Session(Struct, frozen=True, kw_only=True):
    """A fault-picking session: its minutes and what became of each fault."""

    name: str
    held_on: str
    present: tuple[str, ...]
    note: str
    person: str
    position: int
    faults: tuple[Voice, ...]

    @property
    def done(self) -> int:
        """Return how many faults are mended."""
        return sum(one.is_done for one in self.faults)


class Profile(Struct, frozen=True, kw_only=True):
    """A unit with everything that is said of it and by it."""

    unit: WorkUnit
    operations: tuple[Operation, ...]
    stations: tuple[tuple[str, Station], ...]
    components: tuple[str, ...]
    suppliers: tuple[Neighbour, ...]
    customers: tuple[Neighbour, ...]
    requires: tuple[Edge, ...]
    required: tuple[Edge, ...]
    looks: tuple[FirstPassRow, ...]
    scores: tuple[ScorePublished, ...]
    year: Year
    sessions: tuple[Session, ...]
    voices: tuple[Voice, ...]


def unit_profile(
    connection: Connection, plant: str, code: str, *, month: str, now: datetime, rule: SatisfactionRule
) -> Profile | None:
    """Return a unit's profile; None where there is no such unit."""
    unit = work_units(connection, plant).get(code)
    if unit is None:
        return None
    today = today_of(connection, plant, now)
    known = ReferenceData(connection, plant)
    stations = {
        device: one
        for device, one in sorted(known.all_of("station", Station).items())
        if one.unit == code and not one.disabled
    }
    done = {operation for one in stations.values() for operation in one.operations}
    operations = known.all_of("operation", Operation)
    own = tuple(
        one for key, one in sorted(operations.items()) if key in done or (code and one.workshop == code)
    )
    codes = {one.code for one in own}
    verdict = unit_verdicts.c
    edges = _edges(known)
    return Profile(
        unit=unit,
        operations=own,
        stations=tuple(stations.items()),
        components=_components(known, codes),
        suppliers=_neighbours(connection, plant, month, verdict.unit_judging == code, verdict.unit_judged),
        customers=_neighbours(connection, plant, month, verdict.unit_judged == code, verdict.unit_judging),
        requires=tuple(one for one in edges if one.asked.operation in codes),
        required=tuple(one for one in edges if one.asked.before in codes),
        looks=first_pass_page(connection, plant, FirstPassQuery(unit=code), now).rows,
        scores=_scores(connection, plant, code),
        year=year_of(connection, plant, code, month[:4], rule),
        sessions=_sessions(connection, plant, code, today),
        voices=_voices(connection, plant, code, today),
    )


def process_kinds(connection: Connection, plant: str) -> Mapping[str, tuple[ProcessKind, ...]]:
    """Return what the processes of each unit are there for."""
    known = ReferenceData(connection, plant)
    operations = known.all_of("operation", Operation)
    found: dict[str, set[ProcessKind]] = defaultdict(set)
    for one in known.all_of("station", Station).values():
        found[one.unit] |= {operations[code].process_kind for code in one.operations if code in operations}
    for one in operations.values():
        found[one.workshop].add(one.process_kind)
    return {unit: tuple(kind for kind in ProcessKind if kind in kinds) for unit, kinds in found.items()}


def _components(known: ReferenceData, operations: Iterable[str]) -> tuple[str, ...]:
    """Return the components that come to some operations, by the routes there are."""
    wanted = set(operations)
    routes = known.all_of("route", Route).values()
    return tuple(
        sorted(
            {part for one in routes for step in one.steps if step.operation in wanted for part in step.takes}
        )
    )


class _Listed(RequirementList, frozen=True, kw_only=True):
    disabled: bool = False


def _edges(known: ReferenceData) -> Sequence[Edge]:
    """Return the newest version of each requirement list."""
    newest: dict[tuple[str, str], Edge] = {}
    for key, one in known.all_of("requirement_list", _Listed).items():
        held = newest.get((one.before, one.operation))
        if not one.disabled and (held is None or held.asked.version < one.version):
            newest[one.before, one.operation] = Edge(key=key, asked=one)
    return [newest[key] for key in sorted(newest)]


def _neighbours(
    connection: Connection, plant: str, month: str, is_own: ColumnElement[bool], other: Any
) -> tuple[Neighbour, ...]:
    """Return who is on the other side of a month's handoffs, by the sums of its days."""
    held = unit_verdicts.c
    asked = (
        select(other, held.rating, *(func.sum(one) for one in (held.handoffs, held.received, held.refused)))
        .where(held.plant == plant, held.month == month, is_own)
        .group_by(other, held.rating)
    )
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    ratings: dict[str, dict[str, int]] = defaultdict(dict)
    for unit, rating, *sums in connection.execute(asked):
        for place, count in enumerate(sums):
            counts[unit][place] += int(count)
        if rating and sums[0]:
            ratings[unit][rating] = int(sums[0])
    return tuple(
        Neighbour(unit=unit, handoffs=some[0], received=some[1], refused=some[2], ratings=ratings[unit])
        for unit, some in sorted(counts.items(), key=lambda one: (-one[1][1], one[0]))
        if some[0]
    )


def _scores(connection: Connection, plant: str, code: str) -> tuple[ScorePublished, ...]:
    held = published_scores.c
    asked = select(held.score_json).where(held.plant == plant, held.unit == code)
    newest = connection.execute(asked.order_by(held.period.desc()).limit(MONTHS_SHOWN)).scalars()
    return tuple(reversed([_score.decode(one) for one in newest]))


def year_of(connection: Connection, plant: str, code: str, year: str, rule: SatisfactionRule) -> Year:
    """Return what the questionnaires of a year say of a unit, beside its target."""
    held = questionnaire_answers.c
    asked = select(questionnaire_answers).where(
        held.plant == plant, held.judged == code, held.period.between(f"{year}-01", f"{year}-12")
    )
    rows = connection.execute(asked.order_by(held.period, held.judge, held.question)).all()
    by_month: dict[str, list[int]] = defaultdict(list)
    by_question: dict[str, list[int]] = defaultdict(list)
    sheets: dict[tuple[str, str], int] = {}
    for row in rows:
        by_month[row.period].append(row.points)
        by_question[row.question].append(row.points)
        sheets[row.period, row.judge] = row.position
    return Year(
        year=year,
        target=rule.of(code, year),
        points=_average([row.points for row in rows]) if rows else None,
        answers=len(rows),
        months=tuple((month, _average(points)) for month, points in by_month.items()),
        questions=tuple((one, _average(points), len(points)) for one, points in by_question.items()),
        sheets=tuple((month, judge, position) for (month, judge), position in sheets.items()),
    )


def _average(points: Sequence[int]) -> Decimal:
    return (Decimal(sum(points)) / len(points)).quantize(_HUNDREDTH, rounding=ROUND_HALF_UP)


def _sessions(connection: Connection, plant: str, code: str, today: date) -> tuple[Session, ...]:
    held, said = fault_sessions.c, voices.c
    asked = select(fault_sessions).where(held.plant == plant, held.unit == code)
    rows = connection.execute(asked.order_by(held.held_on.desc(), held.position.desc()).limit(SESSIONS_SHOWN))
    found: Sequence[Row[Any]] = rows.all()
    picked: dict[str, list[Voice]] = defaultdict(list)
    of_these = select(voices).where(said.plant == plant, said.session.in_([row.session for row in found]))
    for row in connection.execute(of_these.order_by(said.name)):
        picked[row.session].append(voice_line(row, today))
    return tuple(
        Session(
            name=row.session,
            held_on=row.held_on,
            present=_people.decode(row.present_json),
            note=row.note,
            person=row.person,
            position=row.position,
            faults=tuple(picked[row.session]),
        )
        for row in found
    )


def _voices(connection: Connection, plant: str, code: str, today: date) -> tuple[Voice, ...]:
    """Return the newest of what was said to a unit, what its sessions picked aside."""
    held = voices.c
    asked = select(voices).where(held.plant == plant, held.unit == code, held.session == "")
    rows = connection.execute(asked.order_by(held.position.desc()).limit(VOICES_SHOWN))
    return tuple(voice_line(row, today) for row in rows)
