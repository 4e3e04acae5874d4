"""Labels asked for, waiting, printed again and proved, and the scanner doctor, as the kiosk would show them."""

from msgspec.structs import replace

from domain.scanner_doctor import SHEET, SheetScan
from kiosk.activities import scanner_doctor
from kiosk.doctor_view import DoctorView
from kiosk.label_views import FirstLabelView, LabelJobView, ReprintView
from kiosk.screen import (
    Button,
    Pad,
)
from kiosk.state import DoctorVisit, State
from tests.browser.screen_parts import button, words

REPRINT = ReprintView(
    asks=words("ask.label_reason"),
    jobs=(
        LabelJobView(
            job="K1006",
            title="label.template.bundle_ticket",
            state=words("label.state.held"),
            time="09:46",
            is_open=True,
            progress=words("label.progress", out="37", total="200"),
            detail="paper_out",
        ),
        *(
            LabelJobView(
                job=f"K100{n}",
                title=f"Y-32-CM · K100000D{n}",
                state=words(f"label.state.{state}"),
                time=f"09:4{n}",
                is_open=state in ("held", "waiting"),
                detail=detail,
            )
            for n, (state, detail) in enumerate(
                (
                    ("held", "device.printer.paper_out"),
                    ("waiting", ""),
                    ("printed", ""),
                    ("unknown", ""),
                    ("printed", ""),
                )
            )
        ),
    ),
    reasons=tuple(
        button("reprint_reason", f"choice.reprint.{value}", value=value)
        for value in ("damaged", "lost", "not_printed", "unreadable", "other")
    ),
    selected="K1006",
    range=words("screen.reprint.some_of", first="30", last="37", total="200"),
    buttons=(
        *(
            Button(
                action="label_number",
                value=field,
                label=words(f"field.{field}"),
                icon="pad",
                badge=number,
            )
            for field, number in (("label_first", "30"), ("label_last", "37"))
        ),
        button("label_to_end", "button.label_to_end", "next"),
        Button(
            action="label_number",
            value="label_copies",
            label=words("field.label_copies"),
            icon="pad",
            badge="1",
        ),
        Button(
            action="cancel_batch",
            label=words("button.cancel_batch", count="163"),
            icon="void",
            style="danger",
        ),
    ),
)
COPIES_PAD = Pad(
    field="label_copies",
    label=words("field.label_copies"),
    typed="3",
    current="1",
    total="3",
    only_replaces=True,
)
FIRST_LABEL = FirstLabelView(
    asks=words("ask.first_label"),
    title=words("label.template.bundle_ticket"),
    label="C101000001",
    state=words("label.state.printed"),
    rest=words("screen.first_label.rest", count="199"),
    buttons=(
        button("first_again", "button.first_again", "printer"),
        button("release_batch", "button.release_batch", "badge"),
        button("leave_draft", "button.first_label_later", "clock"),
        Button(
            action="cancel_batch",
            label=words("button.cancel_batch", count="199"),
            icon="void",
            style="danger",
        ),
    ),
)
FIRST_LABEL_WITHOUT = replace(
    FIRST_LABEL,
    asks=words("ask.release_reason"),
    reasons=tuple(
        button("release_reason", f"choice.release.{value}", value=value)
        for value in ("scanner_out_of_order", "read_by_eye", "urgent", "other")
    ),
    buttons=(FIRST_LABEL.buttons[0], *FIRST_LABEL.buttons[2:]),
)
LABELS = replace(
    REPRINT,
    asks=words("ask.label"),
    jobs=(
        LabelJobView(
            job="K1006",
            title="C101000001",
            state=words("label.state.failed"),
            time="09:46",
            why=words("preflight.code_does_not_fit", subject="ZBC1010000011S"),
            way_out=words("preflight.code_does_not_fit.way_out"),
        ),
        *REPRINT.jobs[:5],
    ),
    reasons=(),
    selected="",
    range=None,
    buttons=(
        button("command_sheet", "button.command_sheet", "printer"),
        Button(
            action="label_number",
            value="label_copies",
            label=words("field.label_copies"),
            icon="pad",
            badge="1",
        ),
        button("scanner_doctor", "button.scanner_doctor", "scanner"),
        Button(
            action="hold_printer",
            value="door",
            label=words("button.hold_printer", printer="door"),
            icon="clock",
        ),
        Button(
            action="release_printer",
            value="dock",
            label=words("button.release_printer", printer="dock"),
            icon="next",
            style="primary",
        ),
    ),
)
OTHER_MEDIA = replace(
    LABELS,
    jobs=(
        LabelJobView(
            job="K1007",
            title="label.template.carton",
            state=words("label.state.aside"),
            time="09:47",
            is_open=True,
            progress=words("label.progress", out="0", total="12"),
            detail="100x150",
        ),
        *LABELS.jobs,
    ),
    buttons=(
        Button(
            action="media_loaded",
            value="100x150 door",
            label=words("button.media_loaded", media="100x150", printer="door", count="12"),
            icon="label",
            style="primary",
        ),
        *LABELS.buttons[:4],
    ),
)
ILL, WELL = (
    (
        SheetScan(text="QAYWZM/&*()]%$@"),
        SheetScan(text="AbCdEfGh"),
        SheetScan(text="0012345670089", ended="gap"),
        SheetScan(text="010401234512345610LOT721SER9"),
    ),
    tuple(SheetScan(text="]C0" + one.sent, ended="enter") for one in SHEET[:10]),
)


def doctor(scans: tuple[SheetScan, ...]) -> DoctorView:
    """The screen as the kiosk makes it of these scans."""
    return scanner_doctor.shown(State(doctor=DoctorVisit(device="door-left", scans=scans)))


DOCTOR, DOCTOR_IN_ORDER = doctor(ILL), doctor(WELL)
