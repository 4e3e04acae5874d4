"""The scanner doctor: scan one printed sheet, see what is wrong with the scanner, and let the kiosk undo what it can.

It can be opened before anybody signs on: a scanner that types for another keyboard reads no badge either.
"""

from collections.abc import Callable, Iterator
from functools import partial

from msgspec.structs import replace

from domain.document import Happened
from domain.events.labels import LabelRequested
from domain.events.terminal import ScannerAdapted
from domain.problem import refusal
from domain.scanner_doctor import (
    NOTES,
    SCANS_MAX,
    SHEET,
    Adaptation,
    Diagnosis,
    Finding,
    FindingKind,
    SheetCode,
    SheetScan,
    adapted,
    diagnose,
    is_of_sheet,
    scanner_sheet,
)
from domain.scanner_setup import scanner_families, setup_code, setup_label
from kiosk.activity import Desk, Scanned, Turn
from kiosk.answers import answered, refused
from kiosk.doctor_view import DoctorView, FindingView, SheetCodeView
from kiosk.page import Touch
from kiosk.screen import Button, Tone, Words
from kiosk.state import DoctorVisit, Question, State

OPEN = "scanner_doctor"
"""The touch that opens it, wherever it is offered."""


def opened(state: State) -> State:
    """Return the state with the doctor's screen, nothing scanned yet."""
    return replace(state, at="scanner_doctor", overlay=None, answer=None, doctor=DoctorVisit())


def on_scan(state: State, scan: Scanned, desk: Desk) -> Turn | None:
    """Take a code of the sheet. Badges and commands are none of its business: those that can be read are read."""
    if scan.badge is not None or scan.control is not None:
        return None
    visit = state.doctor if state.doctor.device == scan.raw.device else DoctorVisit(device=scan.raw.device)
    given = SheetScan(text=scan.raw.text, symbology=scan.raw.symbology, ended=scan.ended)
    before = tuple(one for one in visit.scans if one.text != given.text)
    if not is_of_sheet(given, before):
        before = ()  # the scanner was set up anew in between, or it is no code of the sheet
    if not is_of_sheet(given, before):
        return refused(state, (refusal("doctor_not_of_sheet", code=scan.raw.text[:60]),), scan)
    visit = replace(visit, scans=(*before, given)[-SCANS_MAX:])
    found = diagnose(_as_taken(visit, state))
    wrong = sum(one.kind not in NOTES for one in found.findings)
    says = Words(
        key="said.doctor_found" if wrong else "said.doctor_read",
        parameters={"count": str(wrong), "read": str(len(found.heard)), "all": str(len(SHEET))},
    )
    return Turn(
        state=answered(replace(state, doctor=visit), Tone.LOOK if wrong else Tone.NEUTRAL, says, scan)
    )


def on_touch(state: State, touch: Touch, desk: Desk) -> Turn | None:
    """Print the sheet, undo what was found, take that back, begin anew, or leave."""
    match touch.action:
        case "doctor_sheet":
            return _print(state, desk)
        case "doctor_setup":
            return _print_setup(state, touch.value, desk)
        case "doctor_adapt":
            return _adapt(state)
        case "doctor_take_back":
            return _take_back(state, touch.value)
        case "doctor_again":
            return Turn(state=replace(state, doctor=DoctorVisit(), answer=None))
        case "doctor_leave":
            at = "home" if state.operator else "sign_on"
            return Turn(state=replace(state, at=at, doctor=DoctorVisit(), answer=None))
        case _:
            return None


def _print(state: State, desk: Desk) -> Turn:
    return _asked_for(state, desk, scanner_sheet)


def _print_setup(state: State, value: str, desk: Desk) -> Turn | None:
    """Print one set-up code of a maker; it is not printed by itself, for it changes whatever scans it."""
    family, _, name = value.partition(" ")
    code = setup_code(family, name)
    return _asked_for(state, desk, partial(setup_label, family, code)) if code else None


def _asked_for(state: State, desk: Desk, label: Callable[[str], LabelRequested]) -> Turn:
    job = state.numbers.fresh(desk.station, desk.epoch).job
    used = replace(state, numbers=replace(state.numbers, jobs=state.numbers.jobs + 1))
    said = answered(used, Tone.STORED, Words(key="said.label_requested"))
    return Turn(state=said, events=(Happened(event=label(f"{job}.1")),))


def _adapt(state: State) -> Turn | None:
    """Undo from now on, in all that this scanner sends, what was found; every code of the sheet must read then."""
    device, made = state.doctor.device, diagnose(state.doctor.scans).adaptation
    if made is None or state.adaptations.get(device) == made:
        return None
    kept = replace(state, adaptations={**state.adaptations, device: made})
    words = Words(key="said.doctor_adapted", parameters={"device": device})
    event = ScannerAdapted(device=device, adaptation=made)
    return Turn(state=answered(kept, Tone.STORED, words), events=(Happened(event=event),))


def _take_back(state: State, device: str) -> Turn | None:
    if device not in state.adaptations:
        return None
    others = {name: one for name, one in state.adaptations.items() if name != device}
    words = Words(key="said.doctor_taken_back", parameters={"device": device})
    event = ScannerAdapted(device=device, adaptation=None)
    said = answered(replace(state, adaptations=others), Tone.STORED, words)
    return Turn(state=said, events=(Happened(event=event),))


def _as_taken(visit: DoctorVisit, state: State) -> tuple[SheetScan, ...]:
    """Return what was scanned as the kiosk takes it now: with what it undoes already undone."""
    made = state.adaptations.get(visit.device, Adaptation())
    return tuple(replace(one, text=adapted(one.text, made)) for one in visit.scans)


def on_yes(state: State, question: Question, desk: Desk) -> Turn:
    """Nothing is ever asked here."""
    return refused(state, (refusal("nothing_asked"),))


def asks(state: State, desk: Desk) -> str:
    """Ask for the sheet, then for what was not scanned yet, then for the chart."""
    return _asks(state, diagnose(_as_taken(state.doctor, state)))


def _asks(state: State, found: Diagnosis) -> str:
    following = _following(found)
    if not state.doctor.scans or following is None:
        return "ask.doctor_done" if state.doctor.scans else "ask.doctor"
    return "ask.doctor_next" if following.module_mm is None else "ask.doctor_sizes"


def _following(found: Diagnosis) -> SheetCode | None:
    return next((one for one in SHEET if one.name not in found.heard), None)


def view(state: State, desk: Desk) -> DoctorView:
    """Show what was read, how small, what was found and what to do about it."""
    return shown(state, pauses_close=state.doctor.device in desk.pauses_close)


def shown(state: State, *, pauses_close: bool = False) -> DoctorView:
    """Make the screen of a state. `pauses_close`: the scanner's codes may end at a pause, too."""
    found = diagnose(_as_taken(state.doctor, state), pauses_close=pauses_close)
    following = _following(found)
    return DoctorView(
        asks=Words(key=_asks(state, found), parameters={"code": _code(following).key} if following else {}),
        device=state.doctor.device,
        codes=tuple(_row(one, found) for one in SHEET if one.module_mm is None),
        sizes=tuple(_row(one, found) for one in SHEET if one.module_mm is not None),
        findings=tuple(_shown(one) for one in found.findings),
        is_adapted=state.doctor.device in state.adaptations,
        is_in_order=bool(found.heard) and all(one.kind in NOTES for one in found.findings),
        buttons=tuple(_buttons(state, found)),
    )


def _code(one: SheetCode) -> Words:
    if one.module_mm is None:
        return Words(key=f"doctor.code.{one.name}")
    return Words(key=f"doctor.code.{one.symbology}_size", parameters={"size": f"{one.module_mm:g}"})


def _row(one: SheetCode, found: Diagnosis) -> SheetCodeView:
    is_heard, is_clean = one.name in found.heard, one.name in found.clean
    return SheetCodeView(
        label=_code(one), state="clean" if is_clean else "otherwise" if is_heard else "missing"
    )


def _shown(one: Finding) -> FindingView:
    detail = f"doctor.layout.{one.detail}" if one.kind is FindingKind.LAYOUT else one.detail
    key = f"doctor.finding.{one.kind}"
    return FindingView(
        says=Words(key=key, parameters={"detail": detail}),
        way_out=Words(key=f"{key}.way_out", parameters={"detail": detail}),
        is_note=one.kind in NOTES,
    )


def _buttons(state: State, found: Diagnosis) -> Iterator[Button]:
    device = state.doctor.device
    made = diagnose(state.doctor.scans).adaptation
    if made is not None and state.adaptations.get(device) != made:
        yield Button(
            action="doctor_adapt", label=Words(key="button.doctor_adapt"), icon="wrench", style="primary"
        )
    for name in sorted(state.adaptations):
        label = Words(key="button.doctor_take_back", parameters={"device": name})
        yield Button(action="doctor_take_back", value=name, label=label, icon="undo")
    wrong = {one.kind for one in found.findings}
    for name, family in scanner_families().items():
        label = Words(key="button.doctor_setup", parameters={"maker": family.maker})
        for code in family.codes:
            if code.mends in wrong:
                value = f"{name} {code.name}"
                yield Button(action="doctor_setup", value=value, label=label, icon="scanner")
    yield Button(action="doctor_sheet", label=Words(key="button.doctor_sheet"), icon="printer")
    if state.doctor.scans:
        yield Button(action="doctor_again", label=Words(key="button.doctor_again"), icon="retry")
    yield Button(action="doctor_leave", label=Words(key="button.doctor_leave"), icon="back")
