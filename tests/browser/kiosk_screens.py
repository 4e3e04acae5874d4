"""Screens of a real morning at goods-in, as the kiosk would show them: for the gallery and the browser tests."""

from collections.abc import Mapping

from msgspec.structs import replace

from domain.names import Language, Names
from domain.problem import Problem, fault, info, question, refusal
from domain.scanner_doctor import SHEET, SheetScan
from kiosk.activities import scanner_doctor
from kiosk.doctor_view import DoctorView
from kiosk.label_views import FirstLabelView, LabelJobView, ReprintView
from kiosk.screen import (
    Answer,
    ApprovalView,
    Button,
    Choice,
    DeviceHealth,
    DocumentView,
    FaultView,
    FieldView,
    Frame,
    HomeView,
    LineView,
    LookUpView,
    Pad,
    Picker,
    PinPad,
    PlanLineView,
    ProposedView,
    QuestionView,
    SafeModeView,
    Screen,
    SignOnView,
    StockRow,
    TextEntry,
    Tone,
    View,
    WeightView,
    Words,
)
from kiosk.state import DoctorVisit, State
from tests.browser.station_screens import station_screens

COTTON = Names(zh="32支精梳棉纱", en="Combed cotton yarn Ne 32")
RIB = Names(zh="1×1罗纹布 藏青", en="1×1 rib fabric, navy")
SPINNER = Names(zh="华纺纱业", en="Huafang Yarn")
COLLAR = Names(zh="横机领 白", en="Flat-knit collar, white")
STORE = Names(zh="纱库一区 01-03", en="Yarn store 1, bin 01-03")
DOOR = Names(zh="一号收货门", en="Goods-in door 1")
LI = Names(zh="李秀英", en="Li Xiuying")
CHEN = Names(zh="陈志强", en="Chen Zhiqiang")

HOSTILE = "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>"
WIDEST = "WWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW"


def words(key: str, **parameters: str) -> Words:
    return Words(key=key, parameters=parameters)


def button(action: str, key: str, icon: str = "", **more: object) -> Button:
    return Button(action=action, label=words(key), icon=icon, **more)  # type: ignore[arg-type]


def frame(language: Language, **more: object) -> Frame:
    usual = Frame(
        language=language,
        station="DOOR-1",
        station_names=DOOR,
        operator=LI,
        hub="online",
        hub_age_s=1,
        reference_age_s=125,
        is_ready_offline=True,
        devices=(
            DeviceHealth(name="DS3608", kind="scanner", is_ready=True),
            DeviceHealth(name="ZD421", kind="printer", is_ready=True, queued=2),
        ),
    )
    return replace(usual, **more)


BUTTONS = (
    button("done", "button.done", "done", style="primary"),
    button("undo", "button.undo", "undo"),
    button("clear_line", "button.clear_line", "clear"),
    button("close_document", "button.close_document", "aside"),
)
LINES = (
    LineView(
        line=13,
        item_number="Y-32-CM",
        item_names=COTTON,
        quantity="25.4 KGM",
        lot="LT2611-08",
        place="A-01-03",
        unit_serial="K100000D7",
        time="09:41:07",
        is_last=True,
    ),
    LineView(
        line=12,
        item_number="Y-32-CM",
        item_names=COTTON,
        quantity="25.1 KGM",
        lot="LT2611-08",
        place="A-01-03",
    ),
    LineView(
        line=11,
        item_number="Y-32-CM",
        item_names=COTTON,
        quantity="52.4 KGM",
        lot="LT2611-08",
        place="A-01-03",
        is_reversed=True,
    ),
    *(
        LineView(
            line=n,
            item_number="F-RIB-NV",
            item_names=RIB,
            quantity="18.75 KGM",
            lot="DL-2207",
            place="B-02-11",
        )
        for n in range(10, 3, -1)
    ),
)
HEADER = (
    FieldView(name="plan", label=words("field.plan"), value="PO-2026-1187", entry="list"),
    FieldView(name="countersign", label=words("field.countersign"), entry="scan"),
    FieldView(name="partner", label=words("field.partner"), value="S-0042", detail="华纺纱业", entry="list"),
    FieldView(name="delivery_note", label=words("field.delivery_note"), value="HF-77812", entry="text"),
)
NO_LINE = (
    FieldView(name="item", label=words("field.item"), is_next=True),
    FieldView(name="lot", label=words("field.lot"), entry="text"),
    FieldView(name="quantity", label=words("field.quantity"), entry="number", unit="KGM"),
    FieldView(name="second_quantity", label=words("field.second_quantity"), entry="number", unit="XAJ"),
    FieldView(name="place", label=words("field.place"), value="A-01-03", is_sticky=True),
    FieldView(name="handling_unit", label=words("field.handling_unit")),
    FieldView(name="reason", label=words("field.reason"), entry="list"),
)
HALF_LINE = (
    FieldView(name="item", label=words("field.item"), value="Y-32-CM", detail="32支精梳棉纱"),
    FieldView(name="lot", label=words("field.lot"), value="LT2611-08", entry="text"),
    FieldView(name="quantity", label=words("field.quantity"), entry="number", unit="KGM", is_next=True),
    *NO_LINE[3:],
)
PLAN = (
    PlanLineView(
        item_number="Y-32-CM",
        item_names=COTTON,
        ordered="500 KGM",
        done="305.5 KGM",
        share=0.611,
        is_current=True,
    ),
    PlanLineView(item_number="F-RIB-NV", item_names=RIB, ordered="150 KGM", done="150 KGM", share=1.0),
    PlanLineView(item_number="C-FK-WH", item_names=COLLAR, ordered="2000 C62", done="2080 C62", share=1.04),
)
RECEIPT = DocumentView(
    number="CS20261122-K1-0007",
    title=words("document.CS"),
    asks=words("ask.item"),
    header=HEADER,
    line=NO_LINE,
    lines=LINES,
    plan=PLAN,
    totals=("305.5 KGM", "12 XAJ"),
    count=13,
    status="open",
    buttons=BUTTONS,
)
DRAFT = replace(
    RECEIPT,
    asks=words("ask.plan"),
    status="draft",
    header=(
        FieldView(name="plan", label=words("field.plan"), entry="list", is_next=True),
        HEADER[1],
        FieldView(name="partner", label=words("field.partner"), entry="list"),
        FieldView(name="delivery_note", label=words("field.delivery_note"), entry="text"),
    ),
    line=tuple(replace(one, is_next=False, value="") for one in NO_LINE),
    lines=(),
    plan=(),
    totals=(),
    count=0,
    buttons=(replace(BUTTONS[0], is_enabled=False), *BUTTONS[2:]),
)
QUANTITY_NEXT = replace(RECEIPT, asks=words("ask.quantity"), line=HALF_LINE)
STABLE = WeightView(
    scale="bench",
    weight="21.4 KGM",
    state="stable",
    says=words("device.scale.stable"),
    touch="21.4 KGM@bench",
    is_takeable=True,
)
MOVING = WeightView(
    scale="bench",
    weight="21.38 KGM",
    state="moving",
    says=words("device.scale.moving"),
    touch="21.38 KGM@bench",
)
GONE = WeightView(scale="floor", weight="", state="gone", says=words("device.scale.gone"), touch="@floor")
MOVE = DocumentView(
    number="YW20261122-K1-0003",
    title=words("document.YW"),
    asks=words("ask.target"),
    header=(),
    line=(
        FieldView(name="source", label=words("field.source"), value="A-01-03"),
        FieldView(name="item", label=words("field.item"), value="F-RIB-NV", detail="1×1罗纹布 藏青"),
        FieldView(name="lot", label=words("field.lot"), value="DL-2207", entry="text"),
        FieldView(name="handling_unit", label=words("field.handling_unit"), value="K100000C2"),
        FieldView(name="quantity", label=words("field.quantity"), value="18.75", unit="KGM", entry="number"),
        FieldView(name="target", label=words("field.target"), is_next=True),
        FieldView(name="scope", label=words("field.scope"), value="choice.scope.one", entry="list"),
    ),
    lines=LINES[3:5],
    count=2,
    status="open",
    buttons=BUTTONS,
)
COUNT = DocumentView(
    number="PD20261122-K1-0001",
    title=words("document.PD"),
    asks=words("ask.item"),
    header=(FieldView(name="place", label=words("field.place"), value="A-01-03", detail=STORE.zh),),
    line=NO_LINE[:3] + NO_LINE[5:6],
    lines=LINES[:1],
    count=1,
    is_blind=True,
    status="open",
    buttons=BUTTONS,
)
HOME = HomeView(
    documents=(
        button("open_document", "document.CS", "receive", value="CS"),
        button("open_document", "document.YW", "move", value="YW"),
        button("open_document", "document.PD", "count", value="PD"),
    ),
    open_documents=(
        Choice(
            value="CS20261122-K1-0007",
            title="CS20261122-K1-0007",
            detail=words("screen.document.count", count="13"),
            badge="13",
        ),
        Choice(
            value="PD20261122-K1-0001",
            title="PD20261122-K1-0001",
            detail=words("document.status.submitted"),
            badge="1",
        ),
    ),
    waiting=(
        Choice(
            value="PD20261122-K2-0004",
            title="PD20261122-K2-0004",
            detail=words("home.to_approve", document="document.PD", name="Wang Xiuying"),
            badge="41",
            action="go_to_document",
            icon="done",
        ),
        Choice(
            value="CS20261122-K2-0009",
            title="CS20261122-K2-0009",
            detail=words("home.to_add", document="document.CS", name="Li Qiang"),
            badge="6",
            action="go_to_document",
            icon="document",
        ),
        Choice(
            value="CS PO-2026-0815",
            title="PO-2026-0815",
            detail=words(
                "home.plan_due", document="document.CS", partner="Hengli Textiles", due="2026-11-24"
            ),
            badge="3",
            action="open_plan",
            icon="cs",
        ),
        Choice(
            value="LB20261122-0915",
            title="TS-2611-NVY-XL",
            detail=words("home.labels_ordered", label="label.template.price_tag", number="LB20261122-0915"),
            badge="200 ×",
            action="print_order",
            icon="printer",
        ),
    ),
    tools=(
        button("look_up", "button.look_up", "look_up"),
        button("reprint", "button.reprint", "label", badge="2"),
        Button(action="volume", label=words("button.volume", volume="50"), icon="sound"),
    ),
    recorded_today=137,
)
APPROVAL = ApprovalView(
    number="PD20261122-K1-0001",
    title=words("document.PD"),
    asks=words("ask.approver"),
    proposed=(
        ProposedView(
            index=0,
            item_number="Y-32-CM",
            item_names=COTTON,
            lot="LT2611-08",
            unit_serial="K100000D7",
            difference="25.4 KGM",
            is_surplus=False,
            is_ticked=True,
        ),
        ProposedView(
            index=1,
            item_number="F-RIB-NV",
            item_names=RIB,
            lot="DL-2207",
            unit_serial="",
            difference="3.25 KGM",
            is_surplus=True,
            is_ticked=True,
        ),
        ProposedView(
            index=2,
            item_number="C-FK-WH",
            item_names=COLLAR,
            lot="",
            unit_serial="",
            difference="12 C62",
            is_surplus=False,
            is_ticked=False,
        ),
    ),
    buttons=(button("close_document", "button.close_document", "aside"),),
)
LOOK_UP = LookUpView(
    asks=words("ask.anything"),
    title="Y-32-CM",
    kind=words("element.item"),
    names=COTTON,
    facts=((words("field.quantity"), "412.6 KGM"), (words("field.lot"), "LT2611-08")),
    stock=tuple(
        StockRow(
            place=f"A-01-0{n}",
            place_names=STORE,
            item_number="Y-32-CM",
            item_names=COTTON,
            quantity=f"{n * 31}.4 KGM",
            lot="LT2611-08",
            unit_serial=f"K100000D{n}",
        )
        for n in range(1, 8)
    ),
    more=12,
)
LOOK_UP_ORDER = LookUpView(
    asks=words("ask.begin_order", order="PO-2026-1187", document="document.CS"),
    title="PO-2026-1187",
    kind=words("element.plan"),
    names=SPINNER,
    facts=((words("fact.due"), "2026-11-24"),),
    shows_stock=False,
    plan=tuple(replace(one, is_current=False) for one in PLAN),
    buttons=(
        Button(
            action="open_document",
            label=words("button.begin", document="document.CS"),
            icon="cs",
            style="primary",
        ),
    ),
)
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
