"""What a screen shows: plain data made by a turn, turned into HTML by the templates of `screens/`.

The screen is a function of the state. Words are catalogue keys with parameters; the templates speak them in the
language of the badge. A parameter whose value is itself a catalogue key is spoken too. Nothing here knows HTML.
"""

from enum import StrEnum
from typing import Literal

from msgspec import Struct

from domain.names import Language, Names
from domain.problem import Problem
from kiosk.doctor_view import DoctorView
from kiosk.label_views import FirstLabelView, ReprintView
from kiosk.parts import Button, Choice, Words
from kiosk.work.views import (
    CallView,
    CountView,
    HandoffView,
    InspectionView,
    LayView,
    PayView,
    RemakeView,
    StatementView,
    StationView,
)


class Tone(StrEnum):
    """How an answer looks and sounds. `stored` is a promise: it is used only after the commit."""

    NEUTRAL = "neutral"
    STORED = "stored"
    LOOK = "look"
    REFUSED = "refused"
    FAULT = "fault"
    TICK = "tick"


class Standing(StrEnum):
    """What everybody in the hall should see of a station between two answers: at work, or why not."""

    AT_WORK = "at_work"
    CALLING = "calling"
    STOPPED = "stopped"
    OUT_OF_ORDER = "out_of_order"


class Answer(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The answer to the last input. It stays until the next scan; an error stays until acknowledged.

    `scanned` is the thing scanned, `says` what came of it or which rule stood against it, `way_out` the next move.
    `needs_acknowledgement`: shown over everything until touched or until the right scan comes.
    """

    tone: Tone
    says: Words
    scanned: str = ""
    way_out: Words | None = None
    needs_acknowledgement: bool = False


DeviceKind = Literal["scanner", "printer", "scale", "lamp"]


class DeviceHealth(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One scanner, printer, scale or lamp in the status line; `queued` labels wait for a printer.

    A device that `warns` works still, and `says` of what it will want.
    """

    name: str
    kind: DeviceKind
    is_ready: bool
    warns: bool = False
    says: Words | None = None
    queued: int = 0


class Frame(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is always on screen. Ages are in seconds; None is "never yet".

    `hub` is `online`, `slow` or `offline`, with its age; `pending` counts events the hub does not have yet.
    `parked` counts events the hub could not book: somebody must look at them there.
    `reference_age_s` is the age of the reference data. `is_ready_offline`: reference data are complete and fresh enough
    to lose the hub now. While somebody is signed on, the frame itself offers `home`, `help` and `lock`.
    `alarms` are what everybody must see while it lasts, each with its way out. `offers_camera`: codes can be read with
    the camera of whatever shows the page.
    """

    language: Language
    station: str
    station_names: Names
    operator: Names | None = None
    hub: Literal["online", "slow", "offline"] = "offline"
    hub_age_s: int | None = None
    hub_says: Words | None = None
    pending: int = 0
    parked: int = 0
    reference_age_s: int | None = None
    is_ready_offline: bool = False
    is_practice: bool = False
    devices: tuple[DeviceHealth, ...] = ()
    alarms: tuple[Problem, ...] = ()
    offers_camera: bool = False


class FieldView(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One field of the form on screen. `value` is ready to read; `is_next` is the one the screen asks for.

    `entry` says how it can be given by hand: on the number pad, from a list, as text, or only by scan.
    """

    name: str
    label: Words
    value: str = ""
    detail: str = ""
    is_next: bool = False
    is_sticky: bool = False
    entry: Literal["scan", "number", "list", "text"] = "scan"
    unit: str = ""


class LineView(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One recorded line, newest first; `is_last` is pinned in view. `measured`: weighed, or typed beside a scale."""

    line: int
    item_number: str
    item_names: Names
    quantity: str
    lot: str = ""
    place: str = ""
    unit_serial: str = ""
    time: str = ""
    is_reversed: bool = False
    is_last: bool = False
    measured: Words | None = None


class PlanLineView(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line of the order being worked on. `share` is done / ordered, 0 to 1 and beyond."""

    item_number: str
    item_names: Names
    ordered: str
    done: str
    share: float
    is_current: bool = False


class Pad(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The number pad over a screen. It says whether it adds or replaces, and what the total will be.

    `only_replaces`: nothing can be added to what is typed here.
    """

    field: str
    label: Words
    unit: str = ""
    decimals: int = 0
    typed: str = ""
    mode: Literal["replace", "add"] = "replace"
    current: str = ""
    total: str = ""
    only_replaces: bool = False


class WeightView(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a scale shows while a mass is asked for. `state` says how far it can be believed; `touch` takes it."""

    scale: str
    weight: str
    state: str
    says: Words
    touch: str
    is_takeable: bool = False


class TextEntry(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A text field over a screen (lot, delivery note): own keys A–Z 0–9 and separators, or a scan."""

    field: str
    label: Words
    typed: str = ""


class Picker(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A list over a screen."""

    field: str
    label: Words
    choices: tuple[Choice, ...] = ()


class QuestionView(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A yes-or-no question over a screen; the same code again, the YES card or a touch says yes."""

    problems: tuple[Problem, ...]
    scanned: str = ""


class PinPad(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The pad on which somebody types a PIN: whose, and for what. What was typed is known to the page alone.

    `asked` changes with each time it is asked for: what was typed before is forgotten then.
    """

    names: Names
    act: Words
    asked: str
    digits_min: int
    digits_max: int


class SignOnView(Struct, frozen=True, kw_only=True, omit_defaults=True, tag="sign_on"):
    """Nobody is signed on: show your badge. `last` is what was recorded last: nobody wonders after a restart."""

    last: LineView | None = None


class HomeView(Struct, frozen=True, kw_only=True, omit_defaults=True, tag="home"):
    """What may be done here, and what is open here, and what waits for whoever stands here (`kiosk/waiting.py`).

    `is_paper`: a document begun now is entered from paper slips.
    """

    documents: tuple[Button, ...]
    open_documents: tuple[Choice, ...] = ()
    waiting: tuple[Choice, ...] = ()
    tools: tuple[Button, ...] = ()
    recorded_today: int = 0
    asks: Words = Words(key="ask.home")
    is_paper: bool = False


class DocumentView(Struct, frozen=True, kw_only=True, omit_defaults=True, tag="document"):
    """A document in hand. `asks` is the one next step in words; `count` is how many lines so far."""

    number: str
    title: Words
    asks: Words
    header: tuple[FieldView, ...]
    line: tuple[FieldView, ...]
    lines: tuple[LineView, ...] = ()
    plan: tuple[PlanLineView, ...] = ()
    totals: tuple[str, ...] = ()
    count: int = 0
    is_blind: bool = False
    is_paper: bool = False
    status: str = "draft"
    buttons: tuple[Button, ...] = ()


class ProposedView(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One difference to approve."""

    index: int
    item_number: str
    item_names: Names
    lot: str
    unit_serial: str
    difference: str
    is_surplus: bool
    is_ticked: bool


class ApprovalView(Struct, frozen=True, kw_only=True, omit_defaults=True, tag="approval"):
    """A submitted document waiting for an entitled person's badge; only ticked rows post."""

    number: str
    title: Words
    asks: Words
    proposed: tuple[ProposedView, ...]
    buttons: tuple[Button, ...] = ()


class StockRow(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One balance in a look-up."""

    place: str
    place_names: Names
    item_number: str
    item_names: Names
    quantity: str
    lot: str = ""
    unit_serial: str = ""


class LookUpView(Struct, frozen=True, kw_only=True, omit_defaults=True, tag="look_up"):
    """Scan anything: what it is and where it is, or how far an order is. Moves nothing."""

    asks: Words
    title: str = ""
    kind: Words | None = None
    names: Names | None = None
    facts: tuple[tuple[Words, str], ...] = ()
    stock: tuple[StockRow, ...] = ()
    more: int = 0
    shows_stock: bool = True
    plan: tuple[PlanLineView, ...] = ()
    buttons: tuple[Button, ...] = ()


class FaultView(Struct, frozen=True, kw_only=True, omit_defaults=True, tag="fault"):
    """The kiosk cannot promise anything now (disk full, file damaged): why, and what to do.

    `slip`: the number of the paper slip to begin with, where people must write on paper until it is mended.
    """

    problem: Problem
    slip: str = ""


class SafeModeView(Struct, frozen=True, kw_only=True, omit_defaults=True, tag="safe_mode"):
    """The kiosk did not start as it should: scans are kept as they come. `cause` is for the system's keeper."""

    says: Words
    cause: str
    count: int = 0
    last: str = ""


View = (
    SignOnView
    | HomeView
    | DocumentView
    | ApprovalView
    | LookUpView
    | ReprintView
    | FirstLabelView
    | FaultView
    | SafeModeView
    | StationView
    | CountView
    | HandoffView
    | RemakeView
    | CallView
    | LayView
    | StatementView
    | InspectionView
    | PayView
    | DoctorView
)


class Screen(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One whole screen: the frame, the view, what lies over it, and the last answer.

    `turn` counts inputs: the same turn with a newer frame (a clock, the hub, a printer) answers nothing anew, so it
    does not flash, and a touch on the older one still counts. `is_saving`: the card takes long over the last input.
    `weights`: what the scales show, while a mass is asked for. `standing` is the lamps': the page says it in words.
    """

    turn: int
    frame: Frame
    view: View
    answer: Answer | None = None
    pad: Pad | None = None
    text_entry: TextEntry | None = None
    picker: Picker | None = None
    question: QuestionView | None = None
    pin: PinPad | None = None
    is_saving: bool = False
    weights: tuple[WeightView, ...] = ()
    standing: Standing = Standing.AT_WORK
