"""The one thread that decides: one input at a time, and a turn is on the disk before anybody sees or hears it."""

import logging
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, assert_never

import msgspec
from msgspec.structs import replace

from domain.barcode import read
from domain.document import Happened
from domain.events.labels import LabelReported
from domain.events.terminal import DeviceChanged, KioskStarted, ScanRefused, SignedOff
from domain.log import RawScan
from domain.names import Language
from domain.problem import Problem, fault
from drivers.clock import Clock
from drivers.job import PrinterHealth, PrinterReport
from drivers.scanner import Garbled, Scan, ScannerStatus
from kiosk.activity import Desk, Scanned, Turn, activity
from kiosk.answers import problem_answer, shown
from kiosk.overlay_view import overlays_of
from kiosk.page import PagePort, Touch
from kiosk.screen import Answer, FaultView, QuestionView, Screen, Tone, Words
from kiosk.session import Garbage, Idle, SessionInput, handle
from kiosk.sound import SoundPort
from kiosk.state import State
from kiosk.status import HubReport, Status
from kiosk.store.errors import StoreError
from kiosk.store.jobs import reportable
from kiosk.store.store import Store
from kiosk.witness import Witness

_LOG = logging.getLogger(__name__)
INBOX_MAX = 1_000
"""Inputs that wait. When it is full a scanner's thread waits: a scan is never dropped."""

TICK_S = 1.0
QUIET_MS = 3_000
"""Nobody scanned for so long: time to tidy the file."""

REFUSALS_PER_MINUTE_MAX = 60
"""More refusals than this in a minute are answered and not recorded: a stuck trigger must not fill the log."""

_MINUTE_MS = 60_000


class Tick(msgspec.Struct, frozen=True, kw_only=True, tag="tick"):
    """Time has passed."""


LoopInput = Scan | ScannerStatus | Garbled | PrinterReport | PrinterHealth | Touch | HubReport | Tick


@dataclass(frozen=True, slots=True, kw_only=True)
class LoopSettings:
    """How patient the loop is."""

    repeat_window_ms: int = 400
    idle_lock_ms: int = 120_000
    language: Language = "zh-CN"


class Loop:
    """Takes inputs from every thread and answers them in order."""

    def __init__(
        self,
        *,
        store: Store,
        page: PagePort,
        sound: SoundPort,
        clock: Clock,
        status: Status,
        witness: Witness,
        settings: LoopSettings,
        wake: Callable[[Literal["sync", "printers"]], None] = lambda _whom: None,
    ) -> None:
        """`wake` is told after a commit that there is something to send or to print."""
        self._store = store
        self._page = page
        self._sound = sound
        self._clock = clock
        self._status = status
        self._witness = witness
        self._settings = settings
        self._wake = wake
        self._inbox: queue.Queue[LoopInput | None] = queue.Queue(INBOX_MAX)
        self._thread = threading.Thread(target=self._run, name="loop", daemon=True)
        self._last_scans: dict[str, tuple[str, int]] = {}
        self._last_input_ms = clock.monotonic_ms()
        self._tick_due_ms = 0
        self._is_untidy = False
        self._refusals: list[int] = []
        self.state = State()
        self._fault: Answer | None = None

    def offer(self, given: LoopInput) -> None:
        """Put an input into the inbox, from any thread; waits while it is full."""
        self._inbox.put(given)

    def begin(self, software: str, boot_id: str) -> None:
        """Take the session up where it was and record that work began. Raises StoreError."""
        now = self._clock.now()
        self.state = self._witness.restored(self._store, now)
        events = [Happened(event=KioskStarted(software=software, boot=boot_id))]
        events += [Happened(event=reported) for reported in self._store.jobs.unreported()]
        state = self.state
        if state.operator and self._was_idle(state, now):
            events.append(Happened(event=SignedOff(person=state.operator, reason="restart")))
            state = replace(state, at="sign_on", operator="", session="", question=None, overlay=None)
        self._commit(Turn(state=state, events=tuple(events)), None, now)
        self._show()

    def _was_idle(self, state: State, now: datetime) -> bool:
        idle_ms = (now - state.touched).total_seconds() * 1000 if state.touched else 0
        return idle_ms > self._settings.idle_lock_ms

    def start(self) -> None:
        """Begin to take inputs."""
        self._thread.start()

    def stop(self) -> None:
        """Finish what is waiting, then end."""
        if self._thread.is_alive():
            self._inbox.put(None)
            self._thread.join(10)

    def _run(self) -> None:
        while True:
            try:
                given = self._inbox.get(timeout=TICK_S)
            except queue.Empty:
                given = Tick()
            if given is None:
                return
            self.step(given)
            if self._clock.monotonic_ms() >= self._tick_due_ms:
                self.step(Tick())

    def step(self, given: LoopInput) -> None:
        """Take one input to its end. Nothing that goes wrong here stops the next one."""
        try:
            self._take(given)
        except StoreError as error:
            _LOG.error("not stored: %s", error)
            self._answer_fault(fault(error.code, code=_shown(given)), given)
        except Exception:  # noqa: BLE001 the loop's edge: whatever fails is answered, and the next scan works
            code = self._witness.new_id()[-8:].upper()
            _LOG.exception("error %s while taking %s", code, type(given).__name__)
            self._answer_fault(fault("kiosk_failed", error=code), given)

    def _take(self, given: LoopInput) -> None:
        match given:
            case Scan():
                self._scan(given)
            case Touch():
                self._turn(given, None)
            case Garbled():
                self._turn(Garbage(device=given.device, reason=given.reason), None)
            case ScannerStatus():
                if self._status.take_scanner(given) and given.state != "searching":
                    self._note_device(given.device, "scanner", given.state, given.detail)
                    self._sound.play(Tone.NEUTRAL if given.state == "ready" else Tone.FAULT)
                self._show()
            case PrinterHealth():
                self._status.take_printer(given)
                self._note_device(given.printer, "printer", given.state, given.detail)
                self._show()
            case PrinterReport():
                self._note_label(given)
            case HubReport():
                self._status.hub = given
                self._show()
            case Tick():
                self._tick()
            case _:
                assert_never(given)

    def _scan(self, scan: Scan) -> None:
        before = self._last_scans.get(scan.device)
        self._last_scans[scan.device] = (scan.text, scan.monotonic_ms)
        if before and before[0] == scan.text:
            gap_ms = scan.monotonic_ms - before[1]
            if 0 <= gap_ms < self._settings.repeat_window_ms:
                self._answer_repeat(scan)
                return
        raw = RawScan(text=scan.text, device=scan.device, symbology=scan.symbology)
        self._turn(Scanned(reading=read(scan.text, scan.symbology), raw=raw), scan)

    def _answer_repeat(self, scan: Scan) -> None:
        """One trigger pull read twice: a soft tick, counted once. An error that must be seen stays on screen."""
        self._last_input_ms = self._clock.monotonic_ms()
        self._sound.play(Tone.TICK)
        if self.state.answer and self.state.answer.needs_acknowledgement:
            return
        self._show(Answer(tone=Tone.TICK, says=Words(key="said.repeat"), scanned=shown(scan.text)))

    def _turn(self, given: SessionInput, scan: Scan | None) -> None:
        """Decide, commit, and only then show and sound."""
        if not isinstance(given, Idle):
            self._last_input_ms = self._clock.monotonic_ms()
        now = scan.event_time if scan else self._clock.now()
        before = self.state
        turn = self._bounded(handle(before, given, self._desk(now)))
        self._fault = None
        if turn.state == before and not turn.events:
            self._answer_unchanged(given)
            return
        self._commit(turn, given.raw if isinstance(given, Scanned) else None, now, scan)
        answer = self.state.answer
        if answer and (isinstance(given, Scanned | Garbage) or answer is not before.answer):
            self._sound.play(answer.tone)
        self._show()

    def _answer_unchanged(self, given: SessionInput) -> None:
        """Answer also what changed nothing: every scan is heard, nothing is written."""
        if isinstance(given, Scanned) and self.state.answer:
            self._sound.play(self.state.answer.tone)
        self._show()

    def _bounded(self, turn: Turn) -> Turn:
        """Leave out refusals that come faster than anybody scans."""
        if not any(isinstance(one.event, ScanRefused) for one in turn.events):
            return turn
        now_ms = self._clock.monotonic_ms()
        self._refusals = [one for one in self._refusals if now_ms - one < _MINUTE_MS]
        if len(self._refusals) < REFUSALS_PER_MINUTE_MAX:
            self._refusals.append(now_ms)
            return turn
        kept = tuple(one for one in turn.events if not isinstance(one.event, ScanRefused))
        return Turn(state=turn.state, events=kept)

    def _commit(self, turn: Turn, raw: RawScan | None, now: datetime, scan: Scan | None = None) -> None:
        state = replace(turn.state, turn=self.state.turn + 1, touched=now)
        if state.operator and not state.session:
            state = replace(state, session=self._witness.new_id())
        desk = self._desk(now)
        monotonic_ms = scan.monotonic_ms if scan else self._clock.monotonic_ms()
        facts = self._witness.facts(
            turn.events,
            state,
            self.state,
            desk,
            raw=raw,
            monotonic_ms=monotonic_ms,
            printer=self._status.default_printer,
        )
        self._store.record(facts, msgspec.json.encode(state), desk.day)
        self.state = state
        self._is_untidy = True
        if facts:
            self._wake("sync")
            self._wake("printers")

    def _note(self, happened: Happened) -> None:
        """Record something that changes no screen's state: a device, a label."""
        now = self._clock.now()
        desk = self._desk(now)
        facts = self._witness.facts(
            (happened,),
            self.state,
            self.state,
            desk,
            raw=None,
            monotonic_ms=self._clock.monotonic_ms(),
            printer="",
        )
        self._store.record(facts, None, desk.day)
        self._wake("sync")

    def _note_device(self, device: str, kind: Literal["scanner", "printer"], state: str, detail: str) -> None:
        event = DeviceChanged(device=device, kind=kind, state=state, detail=detail[:200])
        self._note(Happened(event=event))

    def _note_label(self, report: PrinterReport) -> None:
        state = reportable(report.state)
        if state is not None and not (state == "sent" and report.detail):
            self._note(
                Happened(event=LabelReported(job=report.job_id, state=state, detail=report.detail[:200]))
            )
        self._show()

    def _tick(self) -> None:
        now_ms = self._clock.monotonic_ms()
        self._tick_due_ms = now_ms + int(TICK_S * 1000)
        if self.state.operator and now_ms - self._last_input_ms >= self._settings.idle_lock_ms:
            self._last_input_ms = now_ms
            self._turn(Idle(), None)
            return
        self._show()
        if self._is_untidy and now_ms - self._last_input_ms >= QUIET_MS:
            self._is_untidy = False
            self._store.connection.tidy()

    def desk(self) -> Desk:
        """Return what is known now."""
        return self._desk(self._clock.now())

    def _desk(self, now: datetime) -> Desk:
        facts = self._store.facts
        operator = facts.person(self.state.operator) if self.state.operator else None
        if operator and operator.disabled:
            operator = None
        return Desk(
            knowledge=facts,
            labels=self._store.jobs,
            station=facts.station(),
            now=now,
            epoch=self._store.log.epoch,
            language=operator.language if operator else self._settings.language,
            operator=operator,
        )

    def _answer_fault(self, problem: Problem, given: LoopInput) -> None:
        """Say that it is our failure and that nothing was stored; the state stays as it was."""
        if isinstance(given, Scan | Touch | Garbled):
            if isinstance(given, Scan):
                # What was not stored is no repeat: scanning it again at once must count.
                self._last_scans.pop(given.device, None)
            self._fault = problem_answer(problem, _shown(given))
            self._sound.play(Tone.FAULT)
        self._show(problem=problem)

    def _show(self, answer: Answer | None = None, problem: Problem | None = None) -> None:
        """Push the screen of the state as it is; what cannot even be shown becomes a fault screen."""
        try:
            self._page.show(self.screen(answer))
        except Exception as error:  # noqa: BLE001 the screen must never stop the work, and must not stay silent
            _LOG.exception("the screen cannot be made")
            code = error.code if isinstance(error, StoreError) else "screen_failed"
            self._page.show(self._fault_screen(problem or fault(code, code="")))

    def screen(self, answer: Answer | None = None) -> Screen:
        """Return the screen of the state as it is."""
        state, desk = self.state, self.desk()
        shown_state = state if desk.operator else replace(state, at="sign_on", question=None, overlay=None)
        question = shown_state.question
        pad, text_entry, picker = overlays_of(shown_state, desk)
        return Screen(
            turn=state.turn,
            frame=self._status.frame(desk),
            view=activity(shown_state.at).view(shown_state, desk),
            answer=answer or self._fault or shown_state.answer,
            pad=pad,
            text_entry=text_entry,
            picker=picker,
            question=QuestionView(problems=question.problems, scanned=question.scanned) if question else None,
        )

    def _fault_screen(self, problem: Problem) -> Screen:
        return Screen(
            turn=self.state.turn,
            frame=self._witness.bare_frame(self._settings.language),
            view=FaultView(problem=problem),
        )


def _shown(given: LoopInput) -> str:
    return shown(given.text) if isinstance(given, Scan) else ""
