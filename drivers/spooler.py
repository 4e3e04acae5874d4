"""Takes the oldest print job, prints it once, and says truthfully what became of it.

Status first: nothing is sent to a printer that says it would not print. Never a blind resend: once a byte may have
arrived, only those copies are sent again of which the printer's own count says that they did not come out
(`outcome.py`); else the job ends as printed, sent or unknown, and a person decides about an unknown one.
"""

import logging
import threading
from collections.abc import Callable

import msgspec

from domain.media import Media, read_media
from drivers.clock import Clock, SystemClock
from drivers.errors import AnswerTimeoutError, DriverError, LanguageError, TransportError
from drivers.job import (
    COPIES_MAX,
    OPEN_STATES,
    HealthState,
    Job,
    JobQueue,
    JobState,
    PrinterHealth,
    PrinterReport,
    counted_of,
)
from drivers.language import PrinterStatus
from drivers.outcome import Look, Outcome, looked, outcome_of
from drivers.printer import Printer, PrinterLink

__all__ = [
    "COPIES_MAX",
    "OPEN_STATES",
    "Job",
    "JobQueue",
    "JobState",
    "PrinterHealth",
    "PrinterReport",
    "Spooler",
    "SpoolerOutput",
    "SpoolerSettings",
]

_LOG = logging.getLogger(__name__)

SpoolerOutput = PrinterReport | PrinterHealth
_LEFT_BEHIND: frozenset[JobState] = frozenset({"sending", "sent"})
_LEFT_BEHIND_UNCONFIRMED: frozenset[JobState] = frozenset({"sending"})
_BEFORE_BYTES: frozenset[JobState] = frozenset({"sending", "aside"})
"""What is decided by what is in the printer."""
UNREACHABLE = "unreachable"
NO_ANSWER = "no_answer"
POWER_LOST = "power_lost"
NOT_CONFIRMED = "not_confirmed"
RESTARTED = "restarted"
RESUMED = "resumed"
TOO_OLD = "too_old"
STOP_TIMEOUT_S = 15.0


class SpoolerSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How patient a spooler is."""

    look_interval_ms: int = 1_000
    health_interval_ms: int = 10_000
    retry_first_ms: int = 500
    retry_max_ms: int = 15_000
    confirm_interval_ms: int = 200
    confirm_timeout_ms: int = 20_000
    job_age_max_s: int = 86_400


class Spooler:
    """The print queue of one printer, in a thread of its own."""

    def __init__(
        self,
        *,
        printer: Printer,
        queue: JobQueue,
        render: Callable[[Job], bytes],
        emit: Callable[[SpoolerOutput], None],
        media_of: Callable[[Job], Media | None] = lambda _job: None,
        clock: Clock | None = None,
        settings: SpoolerSettings | None = None,
    ) -> None:
        """`render` binds, lays out, encodes, or raises a DriverError; `emit` is called from the thread.

        `media_of` tells the size of a job's label; None: it does not matter, or cannot be told.
        """
        self._printer = printer
        self._queue = queue
        self._render = render
        self._emit = emit
        self._media_of = media_of
        self._loaded = ""
        self._clock = clock or SystemClock()
        self._settings = settings or SpoolerSettings()
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"spooler-{printer.name}", daemon=True)
        self._retry_ms = self._settings.retry_first_ms
        self._rendered: tuple[str, bytes] | None = None
        self._held: tuple[str, str] | None = None
        self._health: tuple[str, str] | None = None
        self._health_due_ms = 0
        self._doubts: list[Job] = []

    def start(self) -> None:
        """Begin to print; jobs a killed spooler left half-way become unknown first."""
        self._thread.start()

    def wake(self) -> None:
        """There is a new job, or somebody has mended the printer: look now."""
        self._wake.set()

    def stop(self) -> None:
        """End the thread; a job whose label nobody has confirmed yet stays sent."""
        self._stopping.set()
        self._wake.set()
        self._thread.join(STOP_TIMEOUT_S)

    def _run(self) -> None:
        settled = False
        while not self._stopping.is_set():
            try:
                if not settled:
                    self._queue.declare(self._printer.name, self._printer.media)
                    self._settle_interrupted()
                    settled = True
                wait_ms = self._turn()
            except Exception:  # noqa: BLE001  the queue's store can fail for a moment; it is logged and tried again
                _LOG.exception("printer %s: the print queue failed; trying again", self._printer.name)
                settled = False
                wait_ms = self._back_off()
            self._pause(wait_ms)

    def _pause(self, wait_ms: int) -> None:
        if wait_ms:
            self._wake.wait(wait_ms / 1000)
        self._wake.clear()

    def _turn(self) -> int:
        """One job, or one look at the printer; returns how long to wait before the next, in milliseconds."""
        if self._doubts:
            return self._ask_about(self._doubts[0])
        job = self._queue.oldest(self._printer.name)
        if job is None:
            self._look_at_printer()
            return self._settings.look_interval_ms
        if self._is_too_old(job):
            self._mark(job, "expired", TOO_OLD)
            return 0
        self._loaded = self._queue.media(self._printer.name)
        if wanted := self._other_media(job):
            self._mark(job, "aside", wanted)
            return 0
        data = self._rendering(job)
        if data is None or self._print(job, data):
            self._retry_ms = self._settings.retry_first_ms
            return 0
        return self._back_off()

    def _other_media(self, job: Job) -> str:
        """What must be put into the printer for a job; empty where it fits what is in it, or no printer of its kind."""
        label = self._media_of(job) if self._loaded else None
        if label is None or read_media(self._loaded).takes(label):
            return ""
        is_possible = self._printer.profile.prints(label.width_mm, label.length_mm or 0)
        return label.text if is_possible else ""

    def _back_off(self) -> int:
        wait_ms = self._retry_ms
        self._retry_ms = min(2 * self._retry_ms, self._settings.retry_max_ms)
        return wait_ms

    def _settle_interrupted(self) -> None:
        """Whatever was left half-way: the printer is asked where it counts, else nobody knows."""
        states = _LEFT_BEHIND if self._printer.tells_printed else _LEFT_BEHIND_UNCONFIRMED
        self._doubts = []
        for job in self._queue.interrupted(self._printer.name, states):
            self._doubt(job, RESTARTED)

    def _doubt(self, job: Job, reason: str) -> None:
        """Nobody knows whether a label came out: the printer will, once it can be asked; else a person."""
        if job.printed_before is None or not self._printer.tells_printed:
            self._mark(job, "unknown", reason)
            return
        if self._mark(job, "sent", reason):
            self._doubts.append(job)

    def _ask_about(self, job: Job) -> int:
        """Ask the printer about the oldest label in doubt; nothing else is printed before that is settled."""
        if self._is_too_old(job):
            self._doubts.pop(0)
            self._mark(job, "unknown", TOO_OLD)
            return 0
        try:
            link = self._printer.connect()
        except TransportError:
            self._tell_health("unreachable", UNREACHABLE)
            return self._back_off()
        try:
            health, detail = self._health_of(link)
            self._tell_health(health, detail)
            if health != "ready":
                return self._back_off()
            self._doubts.pop(0)
            self._confirm(job, link, is_doubted=True)
        finally:
            link.close()
        self._retry_ms = self._settings.retry_first_ms
        return 0

    def _is_too_old(self, job: Job) -> bool:
        return (self._clock.now() - job.created).total_seconds() > self._settings.job_age_max_s

    def _rendering(self, job: Job) -> bytes | None:
        """The bytes of a job, made once however often it is tried; None when it failed."""
        if self._rendered is not None and self._rendered[0] == job.job_id:
            return self._rendered[1]
        try:
            data = self._render(job)
        except DriverError as error:
            self._mark(job, "failed", error.detail)
            return None
        except Exception as error:  # noqa: BLE001  one faulty template must not stop the other labels
            _LOG.exception("printer %s: job %s cannot be rendered", self._printer.name, job.job_id)
            self._mark(job, "failed", f"{type(error).__name__}: {error}")
            return None
        self._rendered = (job.job_id, data)
        return data

    def _print(self, job: Job, data: bytes) -> bool:
        """Print one job; False when it is held and must be tried again later."""
        try:
            link = self._printer.connect()
        except TransportError:
            return self._hold(job, "unreachable", UNREACHABLE)
        try:
            health, detail = self._health_of(link)
            if health != "ready":
                return self._hold(job, health, detail)
            self._tell_health(health, detail)
            return self._send(job, data, link)
        finally:
            link.close()

    def _health_of(self, link: PrinterLink) -> tuple[HealthState, str]:
        """Whether the printer would print now, and why not, or what it warns of."""
        if not self._printer.tells_status:
            return "ready", ""
        try:
            return _health(link.status())
        except (TransportError, LanguageError):
            return "not_ready", NO_ANSWER

    def _hold(self, job: Job, health: HealthState, detail: str) -> bool:
        self._tell_health(health, detail)
        if self._held != (job.job_id, detail):
            self._mark(job, "held", detail)
            self._held = (job.job_id, detail)
        return False

    def _send(self, job: Job, data: bytes, link: PrinterLink) -> bool:
        try:
            count = link.labels_printed() if self._printer.tells_printed else None
        except TransportError:
            # Gone since it said how it is: what is sent now would be lost, and nobody could count it.
            return self._hold(job, "unreachable", UNREACHABLE)
        job = msgspec.structs.replace(job, printed_before=count)
        self._held = None
        if not self._mark(job, "sending", ""):
            return True
        try:
            link.send(data)
        except TransportError as error:
            if error.sent_bytes == 0:
                return self._hold(job, "unreachable", UNREACHABLE)
            self._doubt(job, POWER_LOST)
            return True
        self._mark(job, "sent", "")
        if self._printer.tells_printed:
            self._confirm(job, link)
        return True

    def _confirm(self, job: Job, link: PrinterLink, *, is_doubted: bool = False) -> None:
        """Ask until the label is out, or nobody can say; a printer that names an obstacle is waited for."""
        settings = self._settings
        look: Look | None = None
        obstacle = ""
        deadline_ms = self._clock.monotonic_ms() + settings.confirm_timeout_ms
        while not self._stopping.wait(settings.confirm_interval_ms / 1000):
            if self._clock.monotonic_ms() > deadline_ms:
                self._mark(job, "unknown", NO_ANSWER if look is None else NOT_CONFIRMED)
                return
            try:
                status = link.status()
                count = link.labels_printed()
            except AnswerTimeoutError:
                look = None
                continue
            except DriverError:
                self._tell_health("unreachable", POWER_LOST)
                self._doubt(job, POWER_LOST)
                return
            before, look = look, looked(look, status, count)
            if self._settle(job, outcome_of(job, look, is_doubted=is_doubted)):
                self._tell_health(*_health(status))
                return
            if before is None or not look.is_as(before) or not status.is_ready:
                deadline_ms = self._clock.monotonic_ms() + settings.confirm_timeout_ms
            if obstacle != _blocked(status):
                obstacle = _blocked(status)
                self._mark(job, "sent", obstacle)
                self._tell_health(*_health(status))

    def _settle(self, job: Job, outcome: Outcome | None) -> bool:
        """Keep what the printer says became of a job; False where it says nothing yet."""
        if outcome is None:
            return False
        if outcome.is_out:
            self._mark(job, "printed", "")
        else:
            self._rendered = None
            self._mark(msgspec.structs.replace(job, copies_out=outcome.copies_out), "waiting", RESUMED)
        return True

    def _look_at_printer(self) -> None:
        """With nothing to print, see now and then whether the printer is well."""
        now_ms = self._clock.monotonic_ms()
        if now_ms < self._health_due_ms:
            return
        self._health_due_ms = now_ms + self._settings.health_interval_ms
        try:
            link = self._printer.connect()
        except TransportError:
            self._tell_health("unreachable", UNREACHABLE)
            return
        try:
            health, detail = self._health_of(link)
        finally:
            link.close()
        self._tell_health(health, detail)

    def _tell_health(self, state: HealthState, detail: str) -> None:
        if self._health == (state, detail):
            return
        self._health = (state, detail)
        now = self._clock.now()
        self._emit(PrinterHealth(printer=self._printer.name, state=state, detail=detail, event_time=now))

    def _mark(self, job: Job, state: JobState, detail: str) -> bool:
        """Keep what became of the job, then tell; False when somebody else has finished it, or holds it back."""
        media = self._loaded if state in _BEFORE_BYTES else None
        if not self._queue.mark(job.job_id, state, detail, counted_of(job), media):
            return False
        if state not in OPEN_STATES:
            self._rendered = None
        now = self._clock.now()
        self._emit(
            PrinterReport(
                job_id=job.job_id, printer=self._printer.name, state=state, detail=detail, event_time=now
            )
        )
        return True


def _blocked(status: PrinterStatus) -> str:
    """The obstacles of a status as one detail, empty when there is none."""
    return ",".join(status.blocked_by)


def _health(status: PrinterStatus) -> tuple[HealthState, str]:
    """Whether it would print, and its obstacles, or else its warnings."""
    blocked = _blocked(status)
    return ("not_ready", blocked) if blocked else ("ready", ",".join(status.warnings))
