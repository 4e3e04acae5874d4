"""The print queue, in the same file as the log: a label asked for survives the power cut with the line it is for."""

from collections.abc import Sequence
from datetime import UTC, date, datetime

import msgspec
from msgspec import Struct

from domain.events.labels import LabelReported, LabelRequested, LabelState
from domain.label_order import LabelOrder, first_job, is_offered
from drivers.job import OPEN_STATES, Counted, Job, JobState
from kiosk.store.connection import Connection, Row

JOBS_SHOWN_MAX = 30
ORDERS_LOOKED_AT_MAX = 200
"""Orders of labels that are looked through for those nobody printed yet, the newest."""
_REPORTABLE: dict[str, LabelState] = {
    "sent": "sent",
    "printed": "printed",
    "unknown": "unknown",
    "failed": "failed",
    "cancelled": "cancelled",
    "expired": "expired",
}
_WITH_COUNT = (
    "body, state, detail, created, printed_before, copies_out FROM job LEFT JOIN job_count USING (job_id)"
)
_decoder = msgspec.json.Decoder(LabelRequested)
_orders = msgspec.json.Decoder(LabelOrder)


class LabelJob(Struct, frozen=True, kw_only=True):
    """A label with what became of it so far."""

    requested: LabelRequested
    state: JobState
    detail: str
    created: datetime

    @property
    def is_waiting(self) -> bool:
        """Tell whether it can still be cancelled."""
        return self.state in ("waiting", "held")


class Jobs:
    """The jobs of this kiosk; fulfils drivers.job.JobQueue for the spoolers' threads."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def interrupted(self, printer: str, states: frozenset[JobState]) -> Sequence[Job]:
        """Return the jobs in one of these states, oldest first."""
        marks = ", ".join("?" * len(states))
        rows = self._connection.rows(
            f"SELECT {_WITH_COUNT} WHERE printer = ? AND state IN ({marks}) ORDER BY number",
            (printer, *sorted(states)),
        )
        return [_job(row) for row in rows]

    def oldest(self, printer: str) -> Job | None:
        """Return the oldest job that waits or is held, or None; none while somebody holds the printer."""
        row = self._connection.row(
            f"SELECT {_WITH_COUNT} WHERE printer = ? AND state IN ('waiting', 'held')"  # noqa: S608 our own names
            " AND printer NOT IN (SELECT printer FROM held_printer) ORDER BY number LIMIT 1",
            (printer,),
        )
        return _job(row) if row else None

    def mark(self, job_id: str, state: JobState, detail: str, counted: Counted | None = None) -> bool:
        """Keep the state, durably; False, and nothing kept, if the job is finished, or must not begin now."""
        marks = ", ".join("?" * len(OPEN_STATES))
        with self._connection.transaction():
            touched = self._connection.change(
                f"UPDATE job SET state = ?, detail = ? WHERE job_id = ? AND state IN ({marks})"  # noqa: S608 question marks only
                " AND (? <> 'sending' OR printer NOT IN (SELECT printer FROM held_printer))",
                (state, detail, job_id, *sorted(OPEN_STATES), state),
            )
            if touched and state not in OPEN_STATES:
                self._connection.change("DELETE FROM job_count WHERE job_id = ?", (job_id,))
            elif touched and counted is not None:
                self._connection.change(
                    "INSERT OR REPLACE INTO job_count (job_id, printed_before, copies_out) VALUES (?, ?, ?)",
                    (job_id, counted.printed_before, counted.copies_out),
                )
        return touched > 0

    def job(self, job_id: str) -> LabelJob | None:
        """Return one label."""
        row = self._connection.row("SELECT body, state, detail, created FROM job WHERE job_id = ?", (job_id,))
        return _label_job(row) if row else None

    def latest(self, limit: int = JOBS_SHOWN_MAX) -> Sequence[LabelJob]:
        """Return the newest labels, newest first."""
        rows = self._connection.rows(
            "SELECT body, state, detail, created FROM job ORDER BY number DESC LIMIT ?", (limit,)
        )
        return [_label_job(row) for row in rows]

    def order(self, number: str) -> LabelOrder | None:
        """Return an order of the office's that nobody printed here yet."""
        row = self._connection.row(
            "SELECT body FROM reference WHERE kind = 'label_order' AND key = ?", (number,)
        )
        return _orders.decode(row[0]) if row and self.job(first_job(number)) is None else None

    def orders(self, today: date, limit: int) -> Sequence[LabelOrder]:
        """Return what the office orders from this kiosk and nobody printed yet, the oldest first."""
        rows = self._connection.rows(
            "SELECT body FROM reference WHERE kind = 'label_order' ORDER BY key DESC LIMIT ?",
            (ORDERS_LOOKED_AT_MAX,),
        )
        known = (_orders.decode(row[0]) for row in reversed(rows))
        waiting = [one for one in known if is_offered(one, today) and self.job(first_job(one.number)) is None]
        return waiting[:limit]

    def waiting_of_batch(self, job_id: str) -> Sequence[LabelJob]:
        """Return the labels that still wait of those asked for together with this one, in their order.

        What one turn asks for shares what stands before the last dot of its jobs.
        """
        batch = job_id.rpartition(".")[0]
        rows = self._connection.rows(
            "SELECT body, state, detail, created FROM job WHERE job_id > ? AND job_id < ?"
            " AND state IN ('waiting', 'held') ORDER BY number",
            (f"{batch}.", f"{batch}/"),  # the slash is the character after the dot
        )
        return [_label_job(row) for row in rows]

    def queued(self, printer: str) -> int:
        """Return how many labels wait for a printer."""
        row = self._connection.row(
            "SELECT count(*) FROM job WHERE printer = ? AND state IN ('waiting', 'held', 'sending')",
            (printer,),
        )
        return row[0] if row else 0

    def is_on_hold(self, printer: str) -> bool:
        """Tell whether somebody holds the labels of a printer."""
        return self._connection.row("SELECT 1 FROM held_printer WHERE printer = ?", (printer,)) is not None

    def unknown_since(self, begin: datetime) -> int:
        """Return of how many labels asked for since then nobody knows whether they came out."""
        row = self._connection.row(
            "SELECT count(*) FROM job WHERE state = 'unknown' AND created >= ?",
            (begin.astimezone(UTC).isoformat(),),
        )
        return row[0] if row else 0

    def unreported(self) -> Sequence[LabelReported]:
        """Return what became of labels and is not in the log yet: a power cut came between."""
        rows = self._connection.rows(
            "SELECT job_id, state, detail FROM job WHERE state NOT IN ('waiting', 'held', 'sending')"
            " AND reported <> state LIMIT 1000"
        )
        return [LabelReported(job=row[0], state=_REPORTABLE[row[1]], detail=row[2]) for row in rows]


def reportable(state: JobState) -> LabelState | None:
    """Return the state as the log says it; None for one that is only in passing."""
    return _REPORTABLE.get(state)


def _label_job(row: Row) -> LabelJob:
    return LabelJob(
        requested=_decoder.decode(row[0]),
        state=row[1],
        detail=row[2],
        created=datetime.fromisoformat(row[3]),
    )


def _job(row: Row) -> Job:
    label = _label_job(row)
    wanted = label.requested
    return Job(
        job_id=wanted.job,
        printer=wanted.printer,
        template=wanted.template,
        data=wanted.data,
        copies=wanted.copies,
        created=label.created,
        reprint_reason=wanted.reason or None,
        printed_before=row[4],
        copies_out=row[5] or 0,
    )
