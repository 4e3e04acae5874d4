"""Screens of a real morning at goods-in, as the kiosk would show them: for the gallery and the browser tests."""

from collections.abc import Mapping

from msgspec.structs import replace

from domain.names import Language, Names
from domain.problem import Problem, fault, info, question, refusal
from kiosk.screen import (
    Answer,
    Choice,
    DeviceHealth,
    DocumentView,
    FaultView,
    FieldView,
    LookUpView,
    Pad,
    Picker,
    PinPad,
    QuestionView,
    SafeModeView,
    Screen,
    SignOnView,
    TextEntry,
    Tone,
    View,
)
from tests.browser.goods_views import (
    APPROVAL,
    COUNT,
    DRAFT,
    GONE,
    HEADER,
    HOME,
    LINES,
    LOOK_UP,
    LOOK_UP_ORDER,
    MOVE,
    MOVING,
    NO_LINE,
    QUANTITY_NEXT,
    RECEIPT,
    STABLE,
)
from tests.browser.label_views import (
    COPIES_PAD,
    DOCTOR,
    DOCTOR_IN_ORDER,
    FIRST_LABEL,
    FIRST_LABEL_WITHOUT,
    LABELS,
    OTHER_MEDIA,
    REPRINT,
)
from tests.browser.screen_parts import (
    CHEN,
    COTTON,
    LI,
    RIB,
    SPINNER,
    STORE,
    button,
    frame,
    words,
)
from tests.browser.station_screens import station_screens

HOSTILE = "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>"
WIDEST = "WWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW"


STORED = Answer(
    tone=Tone.STORED,
    says=words("said.line_recorded_at", item="Y-32-CM", quantity="25.4 KGM", place="A-01-03"),
    scanned="ZPA0103F",
)
DISK_FULL = Problem(code="disk_full", severity=refusal("x").severity)


def refused(problem: Problem, scanned: str, tone: Tone = Tone.REFUSED) -> Answer:
    return Answer(
        tone=tone,
        says=words(f"problem.{problem.code}", **problem.parameters),
        way_out=words(f"problem.{problem.way_out}", **problem.parameters),
        scanned=scanned,
        needs_acknowledgement=True,
    )


ALREADY = refusal(
    "already_received",
    unit="K100000D7",
    place="A-01-03",
    document="CS20261121-K1-0004",
    name="王建国",
    time="2026-11-21T06:12:00+00:00",
)
OVER = question("over_ordered", order="PO-2026-1187", ordered="500 KGM", total="518.2 KGM")


def _told(fields: tuple[FieldView, ...], language: Language) -> tuple[FieldView, ...]:
    """Return fields with their details in the reader's language, as the kiosk gives them."""
    names = {one.zh: one.of(language) for one in (COTTON, RIB, SPINNER, STORE)}
    return tuple(replace(one, detail=names.get(one.detail, one.detail)) for one in fields)


PAPER_TOOLS = (
    button("paper", "button.paper_off", "document"),
    *HOME.tools,
    button("help", "button.help", "help"),
    button("lock", "button.lock", "lock"),
)
PAPER_DAY = FieldView(name="paper_day", label=words("field.paper_day"), value="2026-11-22", entry="text")
PAPER_LINE = (
    FieldView(name="slip", label=words("field.slip"), entry="text", is_next=True),
    FieldView(
        name="paper_time",
        label=words("field.paper_time"),
        value="06:55",
        entry="text",
        is_sticky=True,
    ),
)


PIN = PinPad(
    names=CHEN,
    act=words("pin.act.approve", document=APPROVAL.number),
    asked="2031 0",
    digits_min=6,
    digits_max=12,
)


def screens(language: Language) -> Mapping[str, Screen]:
    """Return every screen of the gallery by its name, in reading order."""

    def made(view: View, **more: object) -> Screen:
        given = {"turn": 7, "frame": frame(language), **more}
        if isinstance(view, DocumentView):
            view = replace(view, header=_told(view.header, language), line=_told(view.line, language))
        return Screen(view=view, **given)  # type: ignore[arg-type]

    offline = frame(
        language,
        hub="offline",
        hub_age_s=1_260,
        pending=48,
        reference_age_s=7_400,
        devices=(
            DeviceHealth(name="DS3608", kind="scanner", is_ready=True),
            DeviceHealth(
                name="ZD421",
                kind="printer",
                is_ready=False,
                says=words("device.printer.paper_out"),
                queued=5,
            ),
        ),
    )
    lost = frame(
        language,
        parked=1,
        devices=(
            DeviceHealth(name="DS3608", kind="scanner", is_ready=False, says=words("device.scanner.lost")),
            DeviceHealth(
                name="ZD421",
                kind="printer",
                is_ready=True,
                warns=True,
                says=words("device.printer.near_end"),
                queued=2,
            ),
        ),
    )
    several = frame(
        language,
        devices=(
            DeviceHealth(name="badges", kind="scanner", is_ready=True, says=words("device.scanner.badges")),
            DeviceHealth(
                name="belt", kind="scanner", is_ready=True, says=words("device.scanner.to", place="RM-A-02")
            ),
            DeviceHealth(name="ZD421", kind="printer", is_ready=True, queued=2),
        ),
        alarms=(fault("trigger_stuck", device="belt", count=4_211),),
    )
    usual = frame(language).devices
    weighing = frame(
        language, devices=(usual[0], DeviceHealth(name="bench", kind="scale", is_ready=True), *usual[1:])
    )
    scale_gone = frame(
        language,
        devices=(
            usual[0],
            DeviceHealth(name="floor", kind="scale", is_ready=False, says=words("device.scale.lost")),
            *usual[1:],
        ),
    )
    return {
        "sign_on": made(SignOnView(last=LINES[0]), frame=frame(language, operator=None)),
        "home": made(
            HOME,
            answer=Answer(
                tone=Tone.NEUTRAL, says=words("said.signed_on", name=LI.of(language)), scanned="ZS0042K"
            ),
        ),
        "receipt_scanners": made(DRAFT, frame=several),
        "receipt_draft": made(DRAFT),
        "receipt_stored": made(RECEIPT, answer=STORED),
        "receipt_quantity": made(QUANTITY_NEXT),
        "receipt_scale": made(QUANTITY_NEXT, weights=(STABLE,), frame=weighing),
        "receipt_scale_moving": made(QUANTITY_NEXT, weights=(MOVING,), frame=weighing),
        "receipt_scale_gone": made(QUANTITY_NEXT, weights=(STABLE, GONE), frame=scale_gone),
        "receipt_weighed": made(
            replace(
                RECEIPT,
                lines=(replace(LINES[0], measured=words("measured.weighed", scale="bench")), *LINES[1:]),
            ),
            answer=STORED,
            frame=weighing,
        ),
        "receipt_offline": made(RECEIPT, answer=STORED, frame=offline),
        "scanner_lost": made(RECEIPT, frame=lost),
        "receipt_refused": made(RECEIPT, answer=refused(ALREADY, "(00)376012345678901234")),
        "receipt_unknown": made(
            RECEIPT, answer=refused(refusal("unknown_code", code="6901234567892"), "6901234567892")
        ),
        "receipt_question": made(
            RECEIPT,
            question=QuestionView(problems=(OVER,), scanned="ZPA0103F"),
            answer=Answer(tone=Tone.LOOK, says=words("problem.over_ordered", **OVER.parameters)),
        ),
        "receipt_own_fault": made(
            RECEIPT,
            answer=refused(
                refusal("recogniser_failed", format="gs1", error="ValueError"), "ZPA0103F", Tone.FAULT
            ),
        ),
        "receipt_repeat": made(
            RECEIPT, answer=Answer(tone=Tone.TICK, says=words("said.repeat"), scanned="ZPA0103F")
        ),
        "receipt_practice": made(RECEIPT, frame=frame(language, is_practice=True)),
        "pad_replace": made(
            QUANTITY_NEXT,
            pad=Pad(
                field="quantity",
                label=words("field.quantity"),
                unit="KGM",
                decimals=3,
                typed="25.4",
                total="25.4 KGM",
            ),
        ),
        "pad_scale": made(
            QUANTITY_NEXT,
            weights=(STABLE,),
            frame=weighing,
            pad=Pad(
                field="quantity",
                label=words("field.quantity"),
                unit="KGM",
                decimals=3,
                typed="25.4",
                total="25.4 KGM",
            ),
        ),
        "pad_scale_two": made(
            QUANTITY_NEXT,
            weights=(replace(MOVING, weight="21.38 KGM"), GONE),
            frame=scale_gone,
            pad=Pad(field="quantity", label=words("field.quantity"), unit="KGM", decimals=3),
        ),
        "pad_add": made(
            QUANTITY_NEXT,
            pad=Pad(
                field="quantity",
                label=words("field.quantity"),
                unit="C62",
                typed="5",
                mode="add",
                current="20 C62",
                total="25 C62",
            ),
        ),
        "text_entry": made(
            DRAFT,
            text_entry=TextEntry(field="delivery_note", label=words("field.delivery_note"), typed="HF-77"),
        ),
        "picker": made(
            DRAFT,
            picker=Picker(
                field="plan",
                label=words("field.plan"),
                choices=tuple(
                    Choice(value=f"PO-2026-11{n}", title=f"PO-2026-11{n}", names=SPINNER)
                    for n in range(80, 98)
                ),
            ),
        ),
        "picker_reason": made(
            RECEIPT,
            picker=Picker(
                field="reason",
                label=words("field.reason"),
                choices=tuple(
                    Choice(value=value, title=f"choice.reason.{value}")
                    for value in ("wet", "torn", "wrong_goods", "shade", "count", "other")
                ),
            ),
        ),
        "move": made(MOVE),
        "stocktake": made(COUNT),
        "approval": made(APPROVAL),
        "pin": made(APPROVAL, pin=PIN),
        "pin_refused": made(
            APPROVAL,
            pin=PIN,
            answer=refused(refusal("pin_wrong", name=CHEN.of(language), left=3), ""),
        ),
        "pin_wait": made(
            APPROVAL, answer=refused(refusal("pin_wait", name=CHEN.of(language), tries=5, seconds=30), "")
        ),
        "look_up_empty": made(LookUpView(asks=words("ask.anything"))),
        "look_up": made(LOOK_UP),
        "look_up_order": made(
            LOOK_UP_ORDER,
            answer=Answer(
                tone=Tone.NEUTRAL,
                says=words("said.found", what="element.plan", code="PO-2026-1187"),
                scanned="ZDPO20261187T",
            ),
        ),
        "help": made(
            QUANTITY_NEXT,
            answer=Answer(
                tone=Tone.LOOK,
                says=words("said.help", ask="ask.quantity"),
                way_out=words("help.document"),
                scanned="ZCHELPF",
            ),
        ),
        "reprint": made(REPRINT, frame=offline),
        "labels": made(LABELS),
        "labels_other_media": made(
            OTHER_MEDIA,
            frame=frame(
                language,
                alarms=(info("labels_other_media", printer="door", media="100x150", count=12),),
            ),
        ),
        "label_copies": made(REPRINT, pad=COPIES_PAD),
        "first_label": made(FIRST_LABEL),
        "first_label_without": made(FIRST_LABEL_WITHOUT),
        "scanner_doctor": made(DOCTOR, frame=frame(language, operator=None)),
        "scanner_doctor_in_order": made(DOCTOR_IN_ORDER),
        "fault": made(FaultView(problem=DISK_FULL)),
        "restarted": made(
            RECEIPT,
            answer=Answer(tone=Tone.LOOK, says=words("said.restarted", time="09:41:07"), way_out=STORED.says),
        ),
        "saving": made(RECEIPT, is_saving=True),
        "card_low": made(
            RECEIPT, frame=frame(language, alarms=(fault("card_low", events=9_800),)), answer=STORED
        ),
        "clock_unsure": made(
            HOME, frame=frame(language, alarms=(info("clock_unsure", time="1970-01-01 00:04"),))
        ),
        "paper_mode": made(
            FaultView(problem=fault("card_read_only", device="K1", pending=48), slip="A1-0013"), frame=offline
        ),
        "paper_mode_failing": made(
            FaultView(problem=fault("card_failing", device="K1", pending=48), slip="A1-0013"), frame=offline
        ),
        "home_paper": made(replace(HOME, asks=words("ask.home_paper"), is_paper=True, tools=PAPER_TOOLS)),
        "receipt_paper": made(
            replace(
                RECEIPT,
                is_paper=True,
                asks=words("ask.slip"),
                header=(PAPER_DAY, *HEADER),
                line=(*PAPER_LINE, *(replace(one, is_next=False) for one in NO_LINE)),
            )
        ),
        "safe_mode": made(
            SafeModeView(
                says=words("screen.safe_mode.settings"),
                cause="/etc/noac/kiosk.toml: langage: this key is not known; did you mean 'language'?",
                count=12,
                last="HLK100000D7  09:41:07",
            ),
            frame=frame(language, operator=None, devices=(), hub="offline", hub_age_s=None),
            answer=Answer(tone=Tone.LOOK, says=words("said.scan_kept"), scanned="HLK100000D7"),
        ),
        **station_screens(language),
    }


def hostile_screen(language: Language) -> Screen:
    """Return a screen in which every text from outside is an attack or endless."""
    names = Names(zh=HOSTILE, en=HOSTILE)
    line = replace(
        LINES[0], item_number=HOSTILE, item_names=names, lot=HOSTILE, place=HOSTILE, unit_serial=WIDEST
    )
    return Screen(
        turn=9,
        frame=frame(language, operator=names, station_names=Names(zh=WIDEST, en=WIDEST)),
        view=replace(
            RECEIPT,
            number=HOSTILE,
            line=(
                FieldView(name='"><b>', label=words(HOSTILE), value=HOSTILE, detail=HOSTILE, entry="number"),
            ),
            lines=(line,),
            totals=(HOSTILE,),
        ),
        answer=Answer(tone=Tone.REFUSED, says=words("problem.unknown_code", code=HOSTILE), scanned=HOSTILE),
    )
