"""One's own pay: today and the month by operation, line by line; a line that is wrong is contested with a touch.

What the hub gives is seen by whoever stands here and kept nowhere. Out of touch with it, what was counted here today is
shown, and that the rest comes later.
"""

from msgspec.structs import replace

from domain.barcode import ControlCommand
from domain.pay_sheet import OperationPay, PayEntry, PaySheet
from domain.pay_slip import money, paid
from domain.problem import refusal
from kiosk.activity import Desk, Scanned, Turn
from kiosk.answers import answered, refused
from kiosk.page import Touch
from kiosk.parts import Button, Choice, Words
from kiosk.screen import Tone
from kiosk.state import PayLook, Question, State
from kiosk.work import overlays
from kiosk.work.operations import reason_title
from kiosk.work.own_pay import contest, entry_meant, is_contested, open_pay, print_slip, sheet_of
from kiosk.work.views import PayBonusView, PayCard, PayRow, PayView

_PRINT = Button(action="print_pay", label=Words(key="button.print_pay"), icon="label", style="primary")


def on_scan(state: State, scan: Scanned, desk: Desk) -> Turn | None:
    """Leave it for a card that says no; goods and tickets are taken on other screens, where nobody reads along."""
    if scan.badge is not None:
        return None
    if scan.control is None:
        return refused(state, (refusal("close_pay_first"),), scan)
    is_no = scan.control.command in (ControlCommand.UNDO, ControlCommand.NO)
    return _leave(state, desk) if is_no else None


def on_touch(state: State, touch: Touch, desk: Desk) -> Turn | None:
    """Choose a line, contest it, print the slip, or leave."""
    match overlays.on_overlay(state, touch):
        case overlays.Given(field="contest_reason", value=reason):
            return contest(state, reason, desk)
        case State() as typed:
            return Turn(state=typed)
        case _:
            pass
    match touch.action:
        case "leave_draft":
            return _leave(state, desk)
        case "pay" if not state.pay.is_open:
            return open_pay(state, desk)
        case "pay_line":
            return Turn(state=replace(state, pay=replace(state.pay, job=touch.value), answer=None))
        case "contest" if entry_meant(state, desk):
            return Turn(state=overlays.opened(state, "contest_reason"))
        case "print_pay":
            return print_slip(state, desk)
        case _:
            return None


def _leave(state: State, desk: Desk) -> Turn:
    """Close the page; from a line back to all of them first."""
    if state.pay.job:
        return Turn(state=replace(state, pay=replace(state.pay, job=""), answer=None))
    at = "station" if desk.station.operations else "home"
    gone = replace(state, at=at, pay=PayLook(), overlay=None)
    return Turn(state=answered(gone, Tone.NEUTRAL, Words(key="said.pay_closed")))


def on_yes(state: State, question: Question, desk: Desk) -> Turn:
    """Open it: the PIN was right."""
    if question.ask != "pay":
        return refused(state, (refusal("nothing_asked"),))
    return Turn(state=replace(state, pay=PayLook(is_open=True)))


def asks(state: State, desk: Desk) -> str:
    """Return the one next step."""
    if not state.pay.is_open:
        return "ask.pay_pin"
    sheet, entry = sheet_of(state, desk), entry_meant(state, desk)
    if entry:
        return "ask.pay_contested" if is_contested(entry, state) else "ask.pay_line"
    return "ask.pay" if sheet and sheet.entries else "button.pay"


def view(state: State, desk: Desk) -> PayView:
    """Show what is known; nothing of it before whoever stands here proved who they are."""
    back = Button(action="leave_draft", label=Words(key="button.back"), icon="close")
    if not state.pay.is_open:
        again = Button(action="pay", label=Words(key="button.pay"), icon="lock", style="primary")
        return PayView(asks=Words(key=asks(state, desk)), state="locked", buttons=(again, back))
    sheet, entry = sheet_of(state, desk), entry_meant(state, desk)
    here = state.work.pieces.get(state.operator, 0) if state.work.day == desk.day else 0
    if sheet is None:
        known = "asking" if desk.pay.state == "asking" else "away"
        return PayView(asks=Words(key=asks(state, desk)), state=known, pieces_here=here, buttons=(back,))
    shown = _sheet_view(state, sheet, desk)
    buttons = _entry_buttons(state, entry) if entry else (_PRINT,)
    card = _card(entry, state, sheet, desk) if entry else None
    return replace(shown, card=card, pieces_here=here, buttons=(*buttons, back))


def _entry_buttons(state: State, entry: PayEntry) -> tuple[Button, ...]:
    if is_contested(entry, state):
        return ()
    return (Button(action="contest", label=Words(key="button.contest"), icon="warn", style="primary"),)


def _sheet_view(state: State, sheet: PaySheet, desk: Desk) -> PayView:
    today = [one for one in sheet.operations if not one.today.is_empty]
    return PayView(
        asks=Words(key=asks(state, desk)),
        state="here",
        period=sheet.period,
        as_of=f"{sheet.hub_time.astimezone():%H:%M}",
        today=tuple(_row(one, desk, is_today=True) for one in today),
        month=tuple(_row(one, desk, is_today=False) for one in sheet.operations),
        pieces_today=sum(paid(one.today) for one in sheet.operations),
        pieces_month=sum(paid(one.month) for one in sheet.operations),
        total=money(sheet.total),
        bonuses=tuple(
            PayBonusView(
                name=one.name,
                says=Words(key=f"pay.measure.{one.measure}"),
                measured=f"{one.measured} %",
                percent=f"{one.percent} %",
                amount=money(one.amount),
            )
            for one in sheet.bonuses
        ),
        entries=tuple(_choice(one, state, sheet, desk) for one in sheet.entries),
    )


def _row(one: OperationPay, desk: Desk, *, is_today: bool) -> PayRow:
    figures = one.today if is_today else one.month
    return PayRow(
        operation=one.names.of(desk.language) or one.operation,
        pieces=paid(figures),
        back=figures.back,
        waiting=figures.waiting,
        seconds=figures.seconds,
        amount=money(figures.amount),
    )


def _choice(one: PayEntry, state: State, sheet: PaySheet, desk: Desk) -> Choice:
    contested = is_contested(one, state)
    answered_one = one.contest is not None and one.contest.is_answered and not contested
    return Choice(
        value=one.job,
        title=one.bundle,
        detail=Words(
            key="pay.line",
            parameters={"day": f"{one.day:%m-%d}", "operation": _operation(one, sheet, desk)},
        ),
        badge=str(one.pieces),
        action="pay_line",
        icon="warn" if contested else "done" if answered_one else "",
    )


def _operation(entry: PayEntry, sheet: PaySheet, desk: Desk) -> str:
    named = (one.names.of(desk.language) for one in sheet.operations if one.operation == entry.operation)
    return next(named, "") or entry.operation


def _card(entry: PayEntry, state: State, sheet: PaySheet, desk: Desk) -> PayCard:
    said = entry.contest
    contested = is_contested(entry, state)
    return PayCard(
        bundle=entry.bundle,
        operation=_operation(entry, sheet, desk),
        day=entry.day.isoformat(),
        pieces=entry.pieces,
        back=entry.back,
        unpriced=entry.unpriced,
        amount=money(entry.amount),
        is_contested=contested,
        reason=reason_title(said.reason, desk, "contest") if said else "",
        answer=said.answer if said and said.is_answered and not contested else "",
        pieces_more=said.pieces if said and not contested else 0,
    )
