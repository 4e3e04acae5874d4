"""Documents, home, approvals and look-ups of a real morning at goods-in, as the kiosk would show them."""

from msgspec.structs import replace

from kiosk.screen import (
    ApprovalView,
    Button,
    Choice,
    DocumentView,
    FieldView,
    HomeView,
    LineView,
    LookUpView,
    PlanLineView,
    ProposedView,
    StockRow,
    WeightView,
)
from tests.browser.screen_parts import (
    COLLAR,
    COTTON,
    RIB,
    SPINNER,
    STORE,
    button,
    words,
)

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
