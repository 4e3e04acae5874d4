"""The print queue, in the same file as the log: a label asked for survives the power cut with the line it is for."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime

import msgspec
from msgspec import Struct

from domain.events.labels import LabelReported, LabelRequested, LabelState
from domain.label_order import LabelOrder, first_job, is_offered
from drivers.job import OPEN_STATES, Counted, Job, JobState
from kiosk.store.connection import Connection, Row
from kiosk.store.media import OtherMedia, declare_media, loaded_media, other_media
from kiosk.store.schema import BATCH, UNSETTLED

JOBS_SHOWN_MAX = 30
ORDERS_LOOKED_AT_MAX = 200
"""Orders of labels that are looked through for those nobody printed yet, the newest."""
BATCHES_SHOWN_MAX = 20
LABELS_SEARCHED_MAX = 3_000
"""Among so many of the newest labels one is found by the code on it."""
WAITING_STATES: tuple[JobState, ...] = ("waiting", "held", "unproven", "aside")
"""What waits and can be cancelled."""

_WEIGHTIEST_FIRST: tuple[JobState, ...] = (
    *("unknown", "sending", "unproven", "aside", "held", "waiting"),
    *("failed", "expired", "sent", "printed", "cancelled"),
)
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
        return self.state in WAITING_STATES

    @property
    def batch(self) -> str:
        """Return what it shares with the labels that were asked for together with it."""
        return self.requested.job.rpartition(".")[0] or self.requested.job

    @property
    def place(self) -> int:
        """Return the how-manieth of them it is, from 1."""
        last = self.requested.job.rpartition(".")[2]
        return int(last) if last.isascii() and last.isdecimal() else 1


def weightiest(counts: Mapping[JobState, int]) -> JobState:
    """Return the state that matters most of those that labels are in."""
    return next(state for state in _WEIGHTIEST_FIRST if counts.get(state))


class LabelBatch(Struct, frozen=True, kw_only=True):
    """Labels that were asked for together: the first of them, and how many of them are in each state.

    `labels` and `out`: how many there are to be with all copies, and how many of these came out as far as the printer
    can say.
    `detail`: what was said of the first of those in the state that matters most.
    """

    first: LabelJob
    counts: dict[JobState, int]
    detail: str = ""
    labels: int = 1
    out: int = 0

    @property
    def total(self) -> int:
        """Return how many labels it has that are not copies of another."""
        return sum(self.counts.values())

    @property
    def waiting(self) -> int:
        """Return how many still wait."""
        return sum(self.counts.get(state, 0) for state in WAITING_STATES)

    @property
    def state(self) -> JobState:
        """Return the state that matters most of those its labels are in."""
        return weightiest(self.counts)


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

    def declare(self, printer: str, media: str) -> None:
        """Keep what the settings say is in a printer; it holds until somebody says otherwise."""
        declare_media(self._connection, printer, media)

    def media(self, printer: str) -> str:
        """Return what is in a printer now; empty where nobody said."""
        return loaded_media(self._connection, printer)

    def other_media(self) -> Sequence[OtherMedia]:
        """Return for which media labels wait, printer by printer."""
        return other_media(self._connection)

    def oldest(self, printer: str) -> Job | None:
        """Return the oldest job that waits or is held, or None; none while somebody holds the printer."""
        row = self._connection.row(
            f"SELECT {_WITH_COUNT} WHERE printer = ? AND state IN ('waiting', 'held')"  # noqa: S608 our own names
            " AND printer NOT IN (SELECT printer FROM held_printer) ORDER BY number LIMIT 1",
            (printer,),
        )
        return _job(row) if row else None

    def mark(
        self,
        job_id: str,
        state: JobState,
        detail: str,
        counted: Counted | None = None,
        media: str | None = None,
    ) -> bool:
        """Keep the state, durably; False, and nothing kept, if the job is finished, or must not begin now."""
        marks = ", ".join("?" * len(OPEN_STATES))
        with self._connection.transaction():
            touched = self._connection.change(
                f"UPDATE job SET state = ?, detail = ? WHERE job_id = ? AND state IN ({marks})"  # noqa: S608 question marks only
                " AND (? <> 'sending' OR printer NOT IN (SELECT printer FROM held_printer))"
                " AND (? IS NULL OR ? = coalesce((SELECT loaded FROM media WHERE media.printer = job.printer), ''))",
                (state, detail, job_id, *sorted(OPEN_STATES), state, media, media),
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

    def waiting_of_batch(self, batch: str) -> Sequence[LabelJob]:
        """Return the labels of a batch that still wait, in their order."""
        return [one for one in self.of_batch(batch) if one.is_waiting]

    def of_batch(self, batch: str) -> Sequence[LabelJob]:
        """Return the labels that were asked for together, in their order."""
        rows = self._connection.rows(
            f"SELECT body, state, detail, created FROM job WHERE {BATCH} = ? ORDER BY number",  # noqa: S608 our own names
            (batch,),
        )
        return [_label_job(row) for row in rows]

    def batch(self, batch: str) -> LabelBatch | None:
        """Return how far the labels are that were asked for together."""
        counted = self._connection.rows(
            f"SELECT state, count(*), min(number) FROM job WHERE {BATCH} = ? GROUP BY state",  # noqa: S608 our own names
            (batch,),
        )
        if not counted:
            return None
        first = self._connection.row(
            "SELECT body, state, detail, created FROM job WHERE number = ?", (min(row[2] for row in counted),)
        )
        counts = {row[0]: row[1] for row in counted}
        state = weightiest(counts)
        said = self._connection.row(
            f"SELECT detail FROM job WHERE {BATCH} = ? AND state = ? ORDER BY number LIMIT 1",  # noqa: S608 our own names
            (batch, state),
        )
        if first is None or said is None:
            return None
        label = _label_job(first)
        copies = self._copies(batch) if label.requested.copies > 1 else counts
        return LabelBatch(
            first=label,
            counts=counts,
            detail=said[0],
            labels=sum(copies.values()),
            out=copies.get("printed", 0) + copies.get("sent", 0),
        )

    def _copies(self, batch: str) -> dict[JobState, int]:
        """Return how many labels of a batch are in each state, each with its copies."""
        rows = self._connection.rows(
            "SELECT state, sum(coalesce(json_extract(CAST(body AS TEXT), '$.copies'), 1)) FROM job"  # noqa: S608 ours
            f" WHERE {BATCH} = ? GROUP BY state",
            (batch,),
        )
        return {row[0]: row[1] for row in rows}

    def batches(self, limit: int = BATCHES_SHOWN_MAX) -> Sequence[LabelBatch]:
        """Return the newest batches, newest first; a label asked for alone is one too."""
        found: dict[str, LabelBatch] = {}
        rows = self._connection.rows("SELECT job_id, number FROM job ORDER BY number DESC LIMIT 1")
        while rows and len(found) < limit:
            [(job_id, number)] = rows
            name = job_id.rpartition(".")[0] or job_id
            batch = None if name in found else self.batch(name)
            if batch:
                found[name] = batch
                [(number,)] = self._connection.rows(
                    f"SELECT min(number) FROM job WHERE {BATCH} = ?",  # noqa: S608 our own names
                    (name,),
                )
            rows = self._connection.rows(
                "SELECT job_id, number FROM job WHERE number < ? ORDER BY number DESC LIMIT 1", (number,)
            )
        return tuple(found.values())

    def unproven(self) -> Sequence[str]:
        """Return the batches of which the first label must be scanned back, newest last."""
        rows = self._connection.rows(
            f"SELECT {BATCH}, min(number) FROM job INDEXED BY job_unproven"  # noqa: S608 our own names
            " WHERE state = 'unproven' GROUP BY 1 ORDER BY 2"
        )
        return [row[0] for row in rows]

    def first_of(self, batch: str) -> LabelJob | None:
        """Return the first label of a batch."""
        row = self._connection.row(
            f"SELECT body, state, detail, created FROM job WHERE {BATCH} = ? ORDER BY number LIMIT 1",  # noqa: S608 our own names
            (batch,),
        )
        return _label_job(row) if row else None

    def with_code(self, codes: Sequence[str]) -> Sequence[LabelJob]:
        """Return those of the newest labels that have one of these codes on them, newest first."""
        newest = self._connection.row("SELECT max(number) FROM job")
        since = ((newest[0] if newest else 0) or 0) - LABELS_SEARCHED_MAX
        found: list[LabelJob] = []
        for code in codes:
            rows = self._connection.rows(
                "SELECT body, state, detail, created FROM job WHERE number > ? AND instr(CAST(body AS TEXT), ?) > 0"
                " ORDER BY number DESC",
                (since, msgspec.json.encode(code).decode()),
            )
            found += (one for one in map(_label_job, rows) if code in one.requested.data.values())
        return found

    def queued(self, printer: str) -> int:
        """Return how many labels wait for a printer."""
        row = self._connection.row(
            f"SELECT count(*) FROM job WHERE printer = ? AND state IN {UNSETTLED}",  # noqa: S608 our own names
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
            f"SELECT job_id, state, detail FROM job WHERE state NOT IN {UNSETTLED}"  # noqa: S608 our own names
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
