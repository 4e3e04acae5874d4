"""Somebody's lines of pay in a month, job by job, with what they said is wrong about them: for page, slip and kiosk."""

from collections.abc import Mapping
from decimal import Decimal

from msgspec import Struct
from sqlalchemy import Connection, select

from hub.piece_sums import PieceSum, piece_sums
from hub.store.production_tables import jobs, pay_contests, pay_lines
from hub.store.reference import KEYS_ASKED_MAX


class EntryContest(Struct, frozen=True, kw_only=True):
    """What was said to be wrong about a line; `answered_at` is empty while nobody answered."""

    reason: str
    answered_at: str
    answered_by: str
    answer: str
    pieces: int


class Entry(Struct, frozen=True, kw_only=True):
    """What a job is paid to somebody. `started_position`, `position`: of its check-in, and of the newest line."""

    job: str
    bundle: str
    operation: str
    work_order: str
    day: str
    came: int
    back: int
    unpriced: int
    amount: Decimal
    started_position: int
    position: int
    contest: EntryContest | None = None

    @property
    def pieces(self) -> int:
        """Return the pieces that are paid in the end."""
        return self.came - self.back


def entries_of(connection: Connection, plant: str, period: str, person: str) -> list[Entry]:
    """Return somebody's lines, the newest first."""
    line = pay_lines.c
    key = (line.job, line.bundle, line.operation, line.work_order, line.day)
    where = [line.plant == plant, line.period == period, line.person == person]
    sums = piece_sums(connection, plant, key, where)
    sums.sort(key=lambda one: -one.position)
    begun = _begun(connection, plant, sums)
    said = _contests(connection, plant, person)
    return [
        Entry(
            job=job,
            bundle=bundle,
            operation=operation,
            work_order=work_order,
            day=day,
            came=one.came,
            back=one.back,
            unpriced=one.unpriced,
            amount=one.amount,
            started_position=begun.get(job, 0),
            position=one.position,
            contest=said.get(job),
        )
        for one in sums
        for job, bundle, operation, work_order, day in [one.key]
    ]


def _begun(connection: Connection, plant: str, sums: list[PieceSum]) -> Mapping[str, int]:
    held, names = jobs.c, sorted({one.key[0] for one in sums})
    found: dict[str, int] = {}
    for start in range(0, len(names), KEYS_ASKED_MAX):
        asked = select(held.job, held.started_position).where(
            held.plant == plant, held.job.in_(names[start : start + KEYS_ASKED_MAX])
        )
        found.update((job, position) for job, position in connection.execute(asked))
    return found


def _contests(connection: Connection, plant: str, person: str) -> Mapping[str, EntryContest]:
    held = pay_contests.c
    asked = select(pay_contests).where(held.plant == plant, held.person == person)
    return {
        row.job: EntryContest(
            reason=row.reason,
            answered_at=row.answered_at,
            answered_by=row.answered_by,
            answer=row.answer,
            pieces=row.pieces,
        )
        for row in connection.execute(asked)
    }
