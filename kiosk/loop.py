"""The one thread that decides: one input at a time, and a turn is on the disk before anybody sees or hears it."""

import logging
import queue
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, assert_never

import msgspec
from msgspec.structs import replace

from domain.barcode import read
from domain.document import Happened
from domain.events.terminal import KioskStarted, ScanRefused
from domain.log import RawScan
from domain.names import Language
from domain.problem import Problem, fault
from domain.scanner_doctor import adapted
from domain.scanner_duty import ScannerDuty, duties_of
from drivers.clock import Clock
from drivers.job import PrinterHealth, PrinterReport
from drivers.lamp import LampStatus
from drivers.scale import NoWeight, ScaleStatus, Weight
from drivers.scanner import Garbled, Scan, ScannerStatus
from kiosk.activity import OPEN_TO_ALL, Desk, Scanned, Turn, activity
from kiosk.answers import problem_answer, shown
from kiosk.beginning import begun, remembered
from kiosk.camera import Camera
from kiosk.card import STOPPING, CardReport
from kiosk.device_notes import DeviceNotes
from kiosk.display import Display
from kiosk.lamps import Lamps, standing_of
from kiosk.overlay_view import overlays_of, weights_of
from kiosk.own_pay import OwnPay, PayReport
from kiosk.page import PagePort, Touch
from kiosk.pins import PinCheck, Pins
from kiosk.proof import pin_pad
from kiosk.recorder import Recorder
from kiosk.saving import SavingSign
from kiosk.scales import Scales
from kiosk.screen import Answer, FaultView, QuestionView, Screen, Standing, Tone, Words
from kiosk.session import Garbage, Idle, SessionInput, handle
from kiosk.sound import SoundPort
from kiosk.speech import Voice
from kiosk.state import State, Stored
from kiosk.status import HubReport, Status
from kiosk.store.errors import StoreError
from kiosk.store.log import Fact
from kiosk.store.store import Store
from kiosk.trigger import Trigger
from kiosk.witness import Witness, sealed

_LOG = logging.getLogger(__name__)
INBOX_MAX = 1_000
"""Inputs that wait. When it is full a scanner's thread waits: a scan is never dropped."""

TICK_S = 1.0
QUIET_MS = 3_000
"""Nobody scanned for so long: time to tidy the file."""

OWN_LOCK_MS = 30_000
"""Somebody's own pay closes by itself after so long."""

MEND_EVERY_MS = 5_000
"""While the file cannot be trusted, how often it is opened anew."""

FAILURES_IN_A_ROW_MAX = 3
"""So many inputs failed one after the other: the session itself must be what fails, and is put aside."""


class Tick(msgspec.Struct, frozen=True, kw_only=True, tag="tick"):
    """Time has passed."""


LoopInput = (
    Scan
    | ScannerStatus
    | Garbled
    | Weight
    | NoWeight
    | ScaleStatus
    | LampStatus
    | PrinterReport
    | PrinterHealth
    | Touch
    | HubReport
    | CardReport
    | PayReport
    | Tick
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LoopSettings:
    """How patient the loop is."""

    repeat_window_ms: int = 400
    idle_lock_ms: int = 120_000
    language: Language = "zh-CN"
    duties: Mapping[str, ScannerDuty] = field(default_factory=dict[str, ScannerDuty])
    pauses_close: frozenset[str] = frozenset()
    volume: int = 50
    volumes: tuple[int, ...] = ()

    def volume_of(self, state: State) -> int:
        """Return how loud the kiosk is: as somebody chose it here, where it may still be chosen."""
        return state.volume if state.volume in self.volumes else self.volume


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
        scales: Scales | None = None,
        pins: PinCheck | None = None,
        camera: Camera | None = None,
        wake: Callable[[Literal["sync", "printers", "card"]], None] = lambda _whom: None,
        beat: Callable[[], None] = lambda: None,
        make_room: Callable[[], bool] = lambda: False,
        own_pay: OwnPay | None = None,
        lamps: Lamps | None = None,
        voice: Voice | None = None,
    ) -> None:
        """`wake` is told after a commit that there is something to send or to print, and when to look at the card.

        `beat` is called after each tick was taken: the scan path turns. `make_room` lets the card's ballast go.
        """
        self._store = store
        self._display = Display(page, sound, settings.language, lamps=lamps, voice=voice)
        self._devices = DeviceNotes(status, self._note, self._display.play)
        self._clock = clock
        self._status = status
        self._scales = scales or Scales((), clock.monotonic_ms)
        self._camera = camera
        self._pins = pins or Pins(store.connection, b"", store.log.boot_id, clock.monotonic_ms)
        self._witness = witness
        self._settings = settings
        self._wake = wake
        self._inbox: queue.Queue[LoopInput | None] = queue.Queue(INBOX_MAX)
        self._at_rest = threading.Event()
        self._at_rest.set()
        self._thread = threading.Thread(target=self._run, name="loop", daemon=True)
        self._beat = beat
        self._own_pay = own_pay or OwnPay()
        self._trigger = Trigger(repeat_window_ms=settings.repeat_window_ms, monotonic_ms=clock.monotonic_ms)
        status.stuck = self._trigger.stuck
        self._saving = SavingSign(self._display.show_saving)
        self._recorder = Recorder(store, saving=self._saving, make_room=make_room)
        self._failures = 0
        self._mend_due_ms = 0
        self._last_input_ms = clock.monotonic_ms()
        self._tick_due_ms = 0
        self._is_untidy = False
        self.state = State()
        self._fault: Answer | None = None

    def offer(self, given: LoopInput) -> None:
        """Put an input into the inbox, from any thread; waits while it is full."""
        self._at_rest.clear()
        self._inbox.put(given)

    def wait_for_rest(self, timeout_s: float) -> bool:
        """Let the floor go first: wait until no input is in hand or waiting; tells whether that was so in time."""
        return self._at_rest.wait(timeout_s)

    def begin(
        self,
        software: str,
        boot_id: str,
        *,
        starts: int = 0,
        kept: Sequence[Fact] = (),
        changes: Sequence[Fact] = (),
    ) -> None:
        """Take the session up where it was and record that work began. Raises StoreError.

        `starts`: how many starts before this one did not last. `kept`: what was scanned while only safe mode ran.
        `changes`: of the release that runs here, since the last start.
        """
        now = self._clock.now()
        self.state = self._witness.restored(self._store, now)
        turn = begun(
            self.state,
            KioskStarted(software=software, boot=boot_id, starts=starts),
            [Happened(event=one) for one in (*self._store.strange_now, *self._store.jobs.unreported())],
            now,
            idle_lock_ms=self._settings.idle_lock_ms,
            kept=len(kept),
            change=changes[-1].event if changes else None,
        )
        self._commit(turn, None, now, before=(*changes, *kept))
        self._show()

    def start(self) -> None:
        """Begin to take inputs."""
        self._saving.start()
        self._thread.start()

    def stop(self) -> None:
        """Finish what is waiting, then end."""
        if self._thread.is_alive():
            self._inbox.put(None)
            self._thread.join(10)
        self._saving.stop()

    def _run(self) -> None:
        while True:
            if self._inbox.empty():
                self._at_rest.set()
            try:
                given = self._inbox.get(timeout=TICK_S)
            except queue.Empty:
                given = Tick()
            if given is None:
                return
            self.step(given)
            if not isinstance(given, Tick):
                if self._clock.monotonic_ms() < self._tick_due_ms:
                    continue
                self.step(Tick())
            self._beat()

    def step(self, given: LoopInput) -> None:
        """Take one input to its end. Nothing that goes wrong here stops the next one."""
        try:
            self._take(given)
            if isinstance(given, Scan | Touch):
                self._failures = 0
        except StoreError as error:
            _LOG.error("not stored: %s", error)
            self._answer_fault(fault(error.code, code=_shown(given)), given)
        except Exception:  # noqa: BLE001 the loop's edge: whatever fails is answered, and the next scan works
            code = self._witness.new_id()[-8:].upper()
            _LOG.exception("error %s while taking %s", code, type(given).__name__)
            self._answer_fault(fault("kiosk_failed", error=code), given)
            self._count_failure(given, code)

    def _count_failure(self, given: LoopInput, code: str) -> None:
        """Put the session aside when nothing works any more in it. What was stored is in the log and stays."""
        if not isinstance(given, Scan | Touch):
            return
        self._failures += 1
        if self._failures < FAILURES_IN_A_ROW_MAX:
            return
        self._failures = 0
        problem = fault("session_put_aside", error=code)
        event = ScanRefused(problem=problem.code, parameters=dict(problem.parameters))
        empty = State(
            turn=self.state.turn,
            numbers=self.state.numbers,
            adaptations=self.state.adaptations,
            answer=problem_answer(problem),
        )
        try:
            self._commit(Turn(state=empty, events=(Happened(event=event),)), None, self._clock.now())
        except StoreError as error:
            _LOG.error("the session cannot be put aside: %s", error)
        self._fault = None
        self._show()

    def _take(self, given: LoopInput) -> None:
        match given:
            case Scan():
                self._scan(given)
            case Touch():
                self._turn(given, None)
            case Garbled():
                self._turn(Garbage(device=given.device, reason=given.reason), None)
            case ScannerStatus() | LampStatus() | PrinterHealth() | PrinterReport():
                self._devices.take(given)
                self._show()
            case Weight() | NoWeight() | ScaleStatus():
                self._scale(given)
            case HubReport():
                self._status.hub = given
                self._show()
            case CardReport():
                self._status.card = given
                self._show()
            case PayReport():
                self._own_pay.hear(given)
                self._show()
            case Tick():
                self._tick()
            case _:
                assert_never(given)

    def _scan(self, scan: Scan) -> None:
        if self._trigger.is_repeat(scan):
            self._answer_repeat(scan)
            return
        raw = RawScan(text=scan.text, device=scan.device, symbology=scan.symbology)
        undone = self.state.adaptations.get(scan.device)
        text = adapted(scan.text, undone) if undone else None
        reading = read(scan.text if text is None else text, scan.symbology)
        self._turn(Scanned(reading=reading, raw=raw, adapted=text, ended=scan.ended), scan)
        self._trigger.answered(scan)

    def _scale(self, given: Weight | NoWeight | ScaleStatus) -> None:
        """Keep what a scale says; a weight changes the screen only while one is asked for."""
        self._scales.take(given)
        if isinstance(given, ScaleStatus):
            self._devices.take(given)
        elif not self._display.shows_weights:
            return
        self._show()

    def _answer_repeat(self, scan: Scan) -> None:
        """One trigger pull read twice: a soft tick, counted once. An error that must be seen stays on screen."""
        self._last_input_ms = self._clock.monotonic_ms()
        self._display.play(Tone.TICK)
        if self.state.answer and self.state.answer.needs_acknowledgement:
            return
        self._show(Answer(tone=Tone.TICK, says=Words(key="said.repeat"), scanned=shown(scan.text)))

    def _turn(self, given: SessionInput, scan: Scan | None) -> None:
        """Decide, commit, and only then show and sound."""
        if not isinstance(given, Idle):
            self._last_input_ms = self._clock.monotonic_ms()
        self._mend(self._clock.monotonic_ms(), is_asked=scan is not None)
        if stopped := self._stopped():
            self._refuse_all(stopped, given, scan)
            return
        now = scan.event_time if scan else self._clock.now()
        before = self.state
        turn = handle(before, given, self._desk(now))
        if self._trigger.is_too_much(turn, scan.device if scan else ""):
            self._answer_only(turn)
            return
        self._fault = None
        if turn.state == before and not turn.events:
            self._answer_unchanged(given)
            return
        self._commit(turn, given.raw if isinstance(given, Scanned) else None, now, scan)
        answer = self.state.answer
        if answer and (isinstance(given, Scanned | Garbage) or answer is not before.answer):
            self._display.answer(answer)
        self._show()

    def _answer_only(self, turn: Turn) -> None:
        """Say what a stuck trigger pours out is refused, and write nothing: the card is not for that."""
        self._fault = turn.state.answer
        if self._fault:
            self._display.play(self._fault.tone)
        self._show()

    def _answer_unchanged(self, given: SessionInput) -> None:
        """Answer also what changed nothing: every scan is heard, nothing is written."""
        if isinstance(given, Scanned) and self.state.answer:
            self._display.answer(self.state.answer)
        self._show()

    def _commit(
        self,
        turn: Turn,
        raw: RawScan | None,
        now: datetime,
        scan: Scan | None = None,
        before: Sequence[Fact] = (),
    ) -> None:
        state = replace(turn.state, turn=self.state.turn + 1, touched=now)
        answer = state.answer
        if answer and answer.tone is Tone.STORED and answer is not self.state.answer:
            state = replace(state, stored=Stored(says=answer.says, at=now))
        if state.operator and not state.session:
            state = replace(state, session=self._witness.new_id())
        desk = self._desk(now)
        monotonic_ms = scan.monotonic_ms if scan else self._clock.monotonic_ms()
        made = self._witness.facts(
            turn.events,
            state,
            self.state,
            desk,
            raw=raw,
            monotonic_ms=monotonic_ms,
            printer=self._status.default_printer,
            strength=turn.strength,
        )
        facts = (*before, *made)
        self._recorder.record(facts, sealed(state), desk.day)
        self.state = state
        self._display.set_volume(self._settings.volume_of(state))
        self._own_pay.follow(state.pay_of)
        self._is_untidy = True
        if facts:
            self._tell("sync")
            self._tell("printers")

    def _tell(self, whom: Literal["sync", "printers", "card"]) -> None:
        """Wake whoever waits for it. What fails there takes nothing back, and must not look as if it did."""
        try:
            self._wake(whom)
        except Exception:  # noqa: BLE001 the turn is stored: who was not woken looks by itself before long
            _LOG.exception("%s was not woken", whom)

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
        self._recorder.record(facts, None, desk.day)
        self._tell("sync")

    def _tick(self) -> None:
        now_ms = self._clock.monotonic_ms()
        self._tick_due_ms = now_ms + int(TICK_S * 1000)
        if self._stopped():
            self._mend(now_ms)
            self._show()
            return
        if self.state.operator and now_ms - self._last_input_ms >= self._idle_lock_ms:
            self._last_input_ms = now_ms
            self._turn(Idle(), None)
            return
        self._show()
        if self._is_untidy and now_ms - self._last_input_ms >= QUIET_MS:
            self._is_untidy = False
            self._store.connection.tidy()

    @property
    def _idle_lock_ms(self) -> int:
        """Return how long nobody need do anything here: less where something of somebody's own is on the screen."""
        whole_ms = self._settings.idle_lock_ms
        return min(whole_ms, OWN_LOCK_MS) if self.state.at == "pay" else whole_ms

    def _stopped(self) -> Problem | None:
        """Return why nothing can be stored now, if nothing can."""
        state = "failing" if self._recorder.is_failing else self._status.card.state
        if state not in STOPPING:
            return None
        log = self._store.log
        return fault(f"card_{state}", device=self._store.device, pending=log.pending)

    def _refuse_all(self, stopped: Problem, given: SessionInput, scan: Scan | None) -> None:
        """Take nothing in: better said before the goods are moved than after."""
        if isinstance(given, Touch) and given.action == "retry":
            self._tell("card")
            self._mend(self._clock.monotonic_ms(), is_asked=True)
        else:
            self._display.play(Tone.FAULT)
        if scan:
            self._trigger.forget(scan)
        self._show(problem=stopped)

    def _mend(self, now_ms: int, *, is_asked: bool = False) -> None:
        """Open the file anew, from time to time or when somebody wants it; what stands in it is then what holds."""
        if not self._recorder.is_failing or (now_ms < self._mend_due_ms and not is_asked):
            return
        self._mend_due_ms = now_ms + MEND_EVERY_MS
        if self._recorder.recover():
            self.state = remembered(self._witness.restored(self._store, self._clock.now()))
            self._fault = None

    def desk(self) -> Desk:
        """Return what is known now."""
        return self._desk(self._clock.now())

    def _desk(self, now: datetime) -> Desk:
        facts = self._store.facts
        operator = facts.person(self.state.operator) if self.state.operator else None
        if operator and operator.disabled:
            operator = None
        station = self._display.station = facts.station()
        return Desk(
            knowledge=facts,
            labels=self._store.jobs,
            printers=self._status.printers,
            floor=self._store.shop,
            is_in_touch=self._status.hub.state == "online",
            pins=self._pins,
            station=station,
            now=now,
            epoch=self._store.log.newest_epoch,
            language=operator.language if operator else self._settings.language,
            operator=operator,
            is_lease_over=self._status.is_lease_over,
            pay=self._own_pay.seen,
            scales=self._scales.shown(),
            camera=self._camera,
            pauses_close=self._settings.pauses_close,
            volume=self._settings.volume_of(self.state),
            volumes=self._settings.volumes,
            duties=self._status.duties({**self._settings.duties, **duties_of(station.scanners)}),
        )

    def _answer_fault(self, problem: Problem, given: LoopInput) -> None:
        """Say that it is our failure and that nothing was stored; the state stays as it was."""
        if isinstance(given, Scan | Touch | Garbled):
            if isinstance(given, Scan):
                # What was not stored is no repeat: scanning it again at once must count.
                self._trigger.forget(given)
            self._fault = problem_answer(problem, _shown(given))
            self._display.answer(self._fault)
        self._show(problem=problem)

    def _show(self, answer: Answer | None = None, problem: Problem | None = None) -> None:
        """Push the screen of the state as it is."""
        self._display.show(
            lambda: self.screen(answer), lambda failed: self._plain(self._stopped() or problem or failed)
        )

    def _plain(self, problem: Problem) -> Screen:
        view = (
            self._display.paper_view(problem, self.state.numbers.slips)
            if self._stopped()
            else FaultView(problem=problem)
        )
        return self._display.plain_screen(view, self.state.turn)

    def screen(self, answer: Answer | None = None) -> Screen:
        """Return the screen of the state as it is."""
        state, desk = self.state, self.desk()
        if stopped := self._stopped():
            view = self._display.paper_view(stopped, state.numbers.slips)
            frame = self._status.frame(desk)
            return Screen(turn=state.turn, frame=frame, view=view, standing=Standing.OUT_OF_ORDER)
        is_open = desk.operator is not None or state.at in OPEN_TO_ALL
        shown_state = state if is_open else replace(state, at="sign_on", question=None, overlay=None)
        question = shown_state.question
        pin = pin_pad(shown_state, desk)
        pad, text_entry, picker = overlays_of(shown_state, desk)
        return Screen(
            turn=state.turn,
            frame=self._status.frame(desk),
            view=activity(shown_state.at).view(shown_state, desk),
            answer=answer or self._fault or shown_state.answer,
            pad=pad,
            text_entry=text_entry,
            picker=picker,
            question=None
            if question is None or pin
            else QuestionView(problems=question.problems, scanned=question.scanned),
            pin=pin,
            weights=weights_of(shown_state, desk),
            standing=standing_of(state.work),
        )


def _shown(given: LoopInput) -> str:
    return shown(given.text) if isinstance(given, Scan) else ""
