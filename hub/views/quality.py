"""Calls, inspections and voices for those who read pages: what is open, what was right, what was answered in time."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, Row, Select, func, select

from domain.events.quality import InspectionKind, VoiceKind
from domain.handoff import Defect
from domain.inspection import dhu, right_first_time
from hub.projections.inspections import UNDONE
from hub.store.quality_tables import calls, holds, inspections, questionnaire_answers, stoppages, voices

SHOWN_MAX = 60
_defects = msgspec.json.Decoder(tuple[Defect, ...])
_figures = msgspec.json.Decoder(dict[str, str])


class Call(Struct, frozen=True, kw_only=True):
    """A call or a stoppage that is open. `kind`: a CallKind, `break`, `stoppage`; `answered_at`: somebody is there."""

    name: str
    kind: str
    device: str
    operation: str
    bundle: str
    reason: str
    person: str
    since: datetime
    answered_by: str = ""
    answered_at: datetime | None = None


class Checked(Struct, frozen=True, kw_only=True):
    """What some inspections come to together."""

    operation: str
    kind: str
    looks: int
    checked: int
    defective: int
    defects: int
    failed: int

    @property
    def dhu(self) -> Decimal | None:
        """Return the defects per hundred pieces."""
        return dhu(self.defects, self.checked)

    @property
    def rft(self) -> Decimal | None:
        """Return how many of a hundred were right first time."""
        return right_first_time(self.defective, self.checked)


class Look(Struct, frozen=True, kw_only=True):
    """One inspection."""

    name: str
    kind: InspectionKind
    operation: str
    bundle: str
    subject: str
    checked: int
    defective: int
    result: str
    points: Decimal
    defects: tuple[Defect, ...]
    figures: dict[str, str]
    person: str
    at: datetime
    position: int


class Inspected(Struct, frozen=True, kw_only=True):
    """What was looked at between two days: in all, by operation and kind the worst first, and the newest looks."""

    total: Checked
    rows: tuple[Checked, ...]
    newest: tuple[Look, ...]
    standing_holds: int


class Voice(Struct, frozen=True, kw_only=True):
    """One voice. `late_days`: unanswered so long after its date; `owner`: whose it is, of a fault that was picked."""

    name: str
    kind: VoiceKind
    unit: str
    operation: str
    text: str
    person: str
    raised_at: datetime
    raised_position: int
    due: date
    answer: str
    answered_by: str
    answered_on: str | None
    is_done: bool
    late_days: int
    owner: str = ""
    session: str = ""


class Satisfaction(Struct, frozen=True, kw_only=True):
    """What a unit's questionnaires of a month come to: the average of 1 to 5, from so many answers and judges."""

    judged: str
    period: str
    points: Decimal
    answers: int
    judges: int


def open_calls(connection: Connection, plant: str) -> tuple[Call, ...]:
    """Return what is called for and not settled, and every station that stands still, the longest first."""
    call, stop = calls.c, stoppages.c
    asked: tuple[Select[Any], ...] = (
        select(calls).where(call.plant == plant, call.over_at.is_(None)).order_by(call.made_at),
        select(stoppages).where(stop.plant == plant, stop.ended_at.is_(None)).order_by(stop.began_at),
    )
    called, stopped = (connection.execute(one.limit(SHOWN_MAX)).all() for one in asked)
    found = [*map(_call, called), *map(_stoppage, stopped)]
    return tuple(sorted(found, key=lambda one: one.since))


def _call(row: Row[Any]) -> Call:
    return Call(
        name=row.name,
        kind=row.kind,
        device=row.device,
        operation=row.operation,
        bundle=row.bundle,
        reason=row.reason,
        person=row.person,
        since=datetime.fromisoformat(row.made_at),
        answered_by=row.answered_by,
        answered_at=datetime.fromisoformat(row.answered_at) if row.answered_at else None,
    )


def _stoppage(row: Row[Any]) -> Call:
    return Call(
        name=row.name,
        kind=row.kind,
        device=row.device,
        operation="",
        bundle="",
        reason=row.reason,
        person=row.person,
        since=datetime.fromisoformat(row.began_at),
    )


def inspected(connection: Connection, plant: str, first: date, last: date) -> Inspected:
    """Return what inspections of some days say."""
    held = inspections.c
    where = (held.plant == plant, held.on_day.between(first.isoformat(), last.isoformat()))
    failed = func.count().filter(held.result.in_(("red", "failed")))
    sums = (
        func.count().filter(held.result != UNDONE).label("looks"),
        *(func.sum(column).label(column.name) for column in (held.checked, held.defective, held.defects)),
        failed.label("failed"),
    )
    asked = select(held.operation, held.kind, *sums).where(*where).group_by(held.operation, held.kind)
    rows = [Checked(**row) for row in connection.execute(asked).mappings()]
    total = Checked(
        operation="",
        kind="",
        **{
            name: sum(getattr(one, name) for one in rows)
            for name in ("looks", "checked", "defective", "defects", "failed")
        },
    )
    newest = select(inspections).where(*where).order_by(held.position.desc()).limit(SHOWN_MAX)
    hold = holds.c
    standing = select(func.count()).select_from(holds).where(hold.plant == plant, hold.lifted_at.is_(None))
    return Inspected(
        total=total,
        rows=tuple(sorted(rows, key=lambda one: (-(one.dhu or 0), one.operation, one.kind))),
        newest=tuple(_look(row) for row in connection.execute(newest)),
        standing_holds=connection.execute(standing).scalar_one(),
    )


def standing_holds(connection: Connection, plant: str) -> Sequence[Row[Any]]:
    """Return what stands still, the longest first."""
    held = holds.c
    asked = select(holds).where(held.plant == plant, held.lifted_at.is_(None)).order_by(held.since)
    return connection.execute(asked.limit(SHOWN_MAX)).all()


def _look(row: Row[Any]) -> Look:
    return Look(
        name=row.name,
        kind=row.kind,
        operation=row.operation,
        bundle=row.bundle,
        subject=row.subject,
        checked=row.checked,
        defective=row.defective,
        result=row.result,
        points=Decimal(row.points),
        defects=_defects.decode(row.defects_json),
        figures=_figures.decode(row.figures_json),
        person=row.person,
        at=datetime.fromisoformat(row.at),
        position=row.position,
    )


def voices_of(connection: Connection, plant: str, today: date) -> tuple[Sequence[Voice], Sequence[Voice]]:
    """Return the voices that wait for an answer, by date, and the newest that have one."""
    held = voices.c
    waiting = (
        select(voices).where(held.plant == plant, held.answered_on.is_(None)).order_by(held.due, held.name)
    )
    answered = select(voices).where(held.plant == plant, held.answered_on.is_not(None))
    answered = answered.order_by(held.position.desc())
    found = [
        [voice_line(row, today) for row in connection.execute(one.limit(SHOWN_MAX))]
        for one in (waiting, answered)
    ]
    return found[0], found[1]


def voice_line(row: Row[Any], today: date) -> Voice:
    """Return a voice's row as it is shown."""
    due = date.fromisoformat(row.due)
    return Voice(
        name=row.name,
        kind=row.kind,
        unit=row.unit,
        operation=row.operation,
        text=row.text,
        person=row.person,
        raised_at=datetime.fromisoformat(row.raised_at),
        raised_position=row.raised_position,
        due=due,
        answer=row.answer,
        answered_by=row.answered_by,
        answered_on=row.answered_on,
        is_done=row.is_done,
        owner=row.owner,
        session=row.session,
        late_days=0 if row.answered_on else max(0, (today - due).days),
    )


def satisfaction(connection: Connection, plant: str) -> tuple[Satisfaction, ...]:
    """Return what the questionnaires say, by unit and month."""
    held = questionnaire_answers.c
    judges = func.count(held.judge.distinct())
    asked = (
        select(held.judged, held.period, func.sum(held.points), func.count(), judges)
        .where(held.plant == plant)
        .group_by(held.judged, held.period)
        .order_by(held.judged, held.period)
    )
    return tuple(
        Satisfaction(
            judged=judged,
            period=period,
            points=(Decimal(points) / count).quantize(Decimal("0.01")),
            answers=count,
            judges=judged_by,
        )
        for judged, period, points, count, judged_by in connection.execute(asked)
    )
