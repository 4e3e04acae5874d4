"""What our own events tell of bundles, kept beside the hub's records until the hub counts them itself."""

from domain.bundle import BundleSerial
from domain.event import Event
from domain.events.production import (
    BundlesCut,
    BundlesRemade,
    HandoffJudged,
    JobCrewChanged,
    JobFinished,
    JobPaused,
    JobResumed,
    JobStarted,
    JobUndone,
    PanelsReplaced,
    TicketRenewed,
)
from domain.handoff import Verdict
from domain.log import Envelope
from kiosk.store.connection import Connection

JOBS_KEPT_MAX = 100
"""Jobs begun here, and as many finished here, that are found again."""


def keep_work(connection: Connection, event: Event, envelope: Envelope) -> None:
    """Keep an event with every bundle that it concerns, to be folded onto what the hub tells of it."""
    serials = concerned(event)
    if not serials:
        return
    at = envelope.event_time.isoformat()
    told = (envelope.event_id, at, envelope.operator, envelope.read_point)
    fact = (envelope.type, envelope.schema, bytes(envelope.fact))
    connection.change_many(
        "INSERT INTO own_work (epoch, sequence, bundle, event_id, event_time, operator, station, type, schema, fact)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [(envelope.epoch, envelope.sequence, serial, *told, *fact) for serial in serials],
    )


def concerned(event: Event) -> tuple[BundleSerial, ...]:
    """Return the bundles that an event tells of; none where it is not about bundles."""
    match event:
        case (
            JobStarted()
            | JobCrewChanged()
            | JobPaused()
            | JobResumed()
            | JobFinished()
            | JobUndone()
            | TicketRenewed()
            | PanelsReplaced()
        ):
            return (event.bundle,)
        case HandoffJudged():
            return (event.handoff.bundle,)
        case BundlesCut():
            return tuple(one.serial for one in event.bundles)
        case BundlesRemade():
            return (*event.parents, *(one.serial for one in event.bundles))
        case _:
            return ()


def keep_station_job(connection: Connection, event: Event, envelope: Envelope) -> None:
    """Keep which jobs this station began, so that those at work are found again and the last act can be undone."""
    match event:
        case JobStarted():
            _keep(connection, event, "start", envelope.event_id)
            _prune(connection, "start")
        case JobFinished():
            _keep(connection, event, "finish", envelope.event_id)
            _prune(connection, "finish")
        case JobUndone(act="finish"):
            began = connection.row("SELECT start_id FROM station_job WHERE job = ?", (event.job,))
            _keep(connection, event, "start", began[0] if began else "")
        case JobUndone():
            _forget(connection, event.job)
        case HandoffJudged() if event.job and event.handoff.verdict in (Verdict.REJECT, Verdict.PART):
            _forget(connection, event.job)
        case _:
            pass  # the others leave a job where it is


def _keep(
    connection: Connection, event: JobStarted | JobFinished | JobUndone, act: str, event_id: str
) -> None:
    began = connection.row("SELECT start_id FROM station_job WHERE job = ?", (event.job,))
    start_id = event_id if act == "start" else began[0] if began else ""
    connection.change(
        "INSERT OR REPLACE INTO station_job (job, bundle, operation, act, event_id, start_id)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (event.job, event.bundle, event.operation, act, event_id, start_id),
    )


def _prune(connection: Connection, act: str) -> None:
    """Let go of the oldest: of a job that ended elsewhere, only the hub tells."""
    connection.change(
        "DELETE FROM station_job WHERE act = ? AND id <= (SELECT id FROM station_job"
        " WHERE act = ? ORDER BY id DESC LIMIT 1 OFFSET ?)",
        (act, act, JOBS_KEPT_MAX),
    )


def _forget(connection: Connection, job: str) -> None:
    connection.change("DELETE FROM station_job WHERE job = ?", (job,))
