"""The authorization matrix: every address of the hub with what it needs, and every act with its right.

This is the only place that says so. An address that stands not here is refused, and a test fails; so does one for an
act without its right (what is said of quality is said at kiosks too: its rights stand in `domain/quality_saying.py`).
Nothing is ever written without sign-on, a token or a kiosk's key.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from types import MappingProxyType

from domain.document import document_types
from domain.quality_saying import VOICE_RIGHT
from domain.quality_ticket import Party
from hub.object import objects
from hub.question import questions
from hub.rights.subjects import SIGN_ON_RIGHT, all_rights

FORM_BYTES_MAX = 128 * 1024
"""The longest form a page takes, unless its row says otherwise."""
OFFICE_FORM_BYTES_MAX = 512 * 1024
"""An order of hundreds of lines, or the matrix of a style."""
FILE_BYTES_MAX = 4 * 1024 * 1024
"""The largest file brought in at the office; larger ones are brought in by command: `noac hub import`."""
_FILE_FORM_BYTES_MAX = 2 * FILE_BYTES_MAX  # the form carries it along as text

MONTH_RIGHT = "month.close"
"""What it takes to close a month of the books."""


INVITE_RIGHT = "outside.invite"
"""What it takes to give somebody outside a link to answer with."""

SCORE_RIGHT = "score.publish"
"""What it takes to publish a unit's month, which locks it."""


class Who(Enum):
    """Who may, before any right is asked for."""

    ANYBODY = auto()
    """Style, pictures, the page to sign on with: nothing of the plant's."""
    BOARD = auto()
    """Whoever can reach the hub, where the settings leave the board open; else who has `board.see`."""
    KIOSK = auto()
    """A kiosk with its key (`hub/api/sync.py` looks at it)."""
    LINK = auto()
    """Whoever opened a link that we signed; it opens one page, and `hub/outside.py` looks at it."""
    SIGNED_ON = auto()
    """Anybody who is signed on: one's own affairs; or each act in it has its own right (ACTS)."""
    ENTITLED = auto()
    """Whoever has the right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """What one address needs. `right` may hold a part of the path in braces: `{kind}.import`.

    `private`: kinds of data that need the right also where the board is open to everyone.
    """

    who: Who
    right: str = ""
    form_bytes_max: int = FORM_BYTES_MAX
    private: frozenset[str] = frozenset()

    def is_private(self, path: Mapping[str, str]) -> bool:
        """Tell whether a part of the path names something that no open board shows."""
        return any(subject_of_kind(value) in self.private for value in path.values())

    def right_for(self, path: Mapping[str, str]) -> str:
        """Return the right for a path's parts; empty where they name nothing there is."""
        subject, _, act = self.right.partition(".")
        if subject.startswith("{"):
            subject = subject_of_kind(path.get(subject.strip("{}"), ""))
        named = f"{subject}.{act}"
        return named if named in all_rights() else ""


def subject_of_kind(kind: str) -> str:
    """Return what rights call a part of an address: a document's type, an object (`persons`), a kind of its records."""
    if kind in objects() or kind in document_types():
        return kind
    return next((one.name for one in objects().values() if one.kind == kind), "")


def needs(right: str, *, form_bytes_max: int = FORM_BYTES_MAX) -> Need:
    """Return the need of one right."""
    return Need(who=Who.ENTITLED, right=right, form_bytes_max=form_bytes_max)


ANYBODY, BOARD, KIOSK, LINK, SIGNED_ON = (
    Need(who=one, right="board.see" if one is Who.BOARD else "")
    for one in (Who.ANYBODY, Who.BOARD, Who.KIOSK, Who.LINK, Who.SIGNED_ON)
)

Address = tuple[str, str]
"""Method and rule, as Flask has it; `SOCKET` and the name of an event of the board's socket."""

ADDRESSES: Mapping[Address, Need] = MappingProxyType(
    {
        # the board and the pages behind its numbers
        ("GET", "/"): ANYBODY,
        ("GET", "/board"): BOARD,
        ("SOCKET", "connect"): BOARD,
        ("SOCKET", "disconnect"): ANYBODY,
        ("GET", "/stock"): BOARD,
        ("GET", "/stock/<path:code>"): BOARD,
        ("GET", "/documents"): BOARD,
        ("GET", "/documents/<path:number>"): BOARD,
        # what waits for the reader's approval
        ("GET", "/approvals"): SIGNED_ON,
        ("POST", "/approvals"): SIGNED_ON,
        ("GET", "/events"): BOARD,
        ("GET", "/events/<plant_name>/<position>"): BOARD,
        ("GET", "/kiosks"): BOARD,
        ("GET", "/discrepancies"): BOARD,
        # the questions people ask
        ("GET", "/reports"): BOARD,
        ("GET", "/reports/<name>"): BOARD,
        ("GET", "/reports/<name>.csv"): needs("board.export"),
        ("GET", "/reports/<name>.xlsx"): needs("board.export"),
        ("GET", "/trace"): BOARD,
        ("GET", "/plans/<path:number>"): BOARD,
        ("GET", "/orders"): BOARD,
        ("GET", "/orders/<path:number>"): BOARD,
        ("GET", "/assets/<name>"): ANYBODY,
        ("GET", "/web/<name>"): ANYBODY,
        # the discrepancy desk
        ("GET", "/desk"): BOARD,
        ("GET", "/desk/<named>"): BOARD,
        ("GET", "/desk.csv"): needs("desk.export"),
        ("POST", "/desk"): SIGNED_ON,
        # quality tickets, what was looked at, who called, what was said
        ("GET", "/tickets"): BOARD,
        ("GET", "/tickets/<path:number>"): BOARD,
        ("POST", "/tickets/<path:number>"): SIGNED_ON,
        ("POST", "/quality"): SIGNED_ON,
        ("GET", "/photos/<digest>"): BOARD,
        ("GET", "/unanswered"): BOARD,
        ("GET", "/calls"): BOARD,
        ("GET", "/inspections"): BOARD,
        ("GET", "/voices"): BOARD,
        ("POST", "/voices"): needs(VOICE_RIGHT),
        ("GET", "/units"): BOARD,
        ("GET", "/units/<code>"): BOARD,
        # what a month was worth
        ("GET", "/scores"): BOARD,
        ("POST", "/scores"): needs(SCORE_RIGHT),
        # pay by the piece
        ("GET", "/pay"): needs("pay.see"),
        ("POST", "/pay"): SIGNED_ON,
        ("GET", "/pay/<period>/<path:person>"): needs("pay.see"),
        # the months of the books
        ("GET", "/months"): BOARD,
        ("POST", "/months"): needs(MONTH_RIGHT),
        # people outside who were sent goods
        ("GET", "/outside"): needs(INVITE_RIGHT),
        ("GET", "/outside/<link>"): LINK,
        ("POST", "/outside/<link>"): LINK,
        # master data at the office
        ("GET", "/office"): SIGNED_ON,  # shows what the reader may see
        ("GET", "/office/<named>"): needs("{named}.see"),
        ("POST", "/office/<named>"): Need(who=Who.SIGNED_ON, form_bytes_max=OFFICE_FORM_BYTES_MAX),
        ("GET", "/office/<named>/new"): needs("{named}.add"),
        ("GET", "/office/<named>/record"): needs("{named}.see"),
        ("GET", "/office/<named>/export"): needs("{named}.export"),
        ("GET", "/office/<named>/import"): needs("{named}.import"),
        ("POST", "/office/<named>/import"): needs("{named}.import", form_bytes_max=_FILE_FORM_BYTES_MAX),
        ("POST", "/office/label_templates/preview"): needs(
            "label_templates.see", form_bytes_max=OFFICE_FORM_BYTES_MAX
        ),
        ("POST", "/office/label_templates/picture"): needs(
            "label_templates.see", form_bytes_max=_FILE_FORM_BYTES_MAX
        ),
        ("GET", "/office/label_templates/version"): needs("label_templates.see"),
        ("GET", "/office/label_templates/shipped/<name>"): needs("label_templates.see"),
        ("GET", "/office/label_orders/write"): needs("label_orders.add"),
        ("POST", "/office/label_orders/write"): needs("label_orders.add"),
        ("POST", "/office/label_orders/preview"): needs("label_orders.add"),
        ("POST", "/office/persons/sign-on"): needs(SIGN_ON_RIGHT),
        ("GET", "/office/<named>/matrix"): needs("{named}.see"),
        ("POST", "/office/<named>/matrix"): needs("{named}.modify", form_bytes_max=OFFICE_FORM_BYTES_MAX),
        ("GET", "/office/matrix"): needs("finished_goods.see"),
        ("POST", "/office/matrix"): needs("finished_goods.add", form_bytes_max=OFFICE_FORM_BYTES_MAX),
        # sign-on and one's own affairs
        ("GET", "/sign-on"): ANYBODY,
        ("POST", "/sign-on"): ANYBODY,
        ("POST", "/sign-off"): SIGNED_ON,
        ("GET", "/account"): SIGNED_ON,
        ("POST", "/account/password"): SIGNED_ON,
        ("POST", "/account/pin"): SIGNED_ON,
        ("POST", "/account/sessions"): SIGNED_ON,
        # the API
        ("GET", "/api/v1/"): ANYBODY,
        ("GET", "/api/v1/openapi.json"): ANYBODY,
        ("GET", "/api/v1/health"): ANYBODY,
        **dict.fromkeys((("GET", f"/api/v1/{name}") for name in questions()), BOARD),
        ("GET", "/api/v1/trace"): BOARD,
        ("GET", "/api/v1/plans/<number>"): BOARD,
        ("GET", "/api/v1/documents"): BOARD,
        ("GET", "/api/v1/documents/<number>"): BOARD,
        ("GET", "/api/v1/events"): BOARD,
        ("GET", "/api/v1/events/<plant>/<position>"): BOARD,
        ("GET", "/api/v1/kiosks"): BOARD,
        ("GET", "/api/v1/discrepancies"): BOARD,
        ("GET", "/api/v1/labels"): BOARD,
        ("GET", "/api/v1/pay/contests"): needs("pay.answer"),
        ("POST", "/api/v1/pay/contests"): needs("pay.answer"),
        ("POST", "/api/v1/pay/months"): needs("pay.close"),
        ("GET", "/api/v1/months"): BOARD,
        ("POST", "/api/v1/months"): needs(MONTH_RIGHT),
        ("POST", "/api/v1/approvals/<type>"): needs("{type}.approve"),
        ("POST", "/api/v1/approvals/<type>/send-back"): needs("{type}.approve"),
        ("POST", "/api/v1/approvals/<type>/unapprove"): needs("{type}.unapprove"),
        ("GET", "/api/v1/reference/<kind>"): Need(
            who=Who.BOARD, right="{kind}.see", private=frozenset({"persons", "groups"})
        ),
        ("POST", "/api/v1/reference/<kind>"): needs("{kind}.import"),
        ("GET", "/api/v1/objects/<object>"): needs("{object}.see"),
        ("POST", "/api/v1/objects/<object>"): needs("{object}.add"),
        ("GET", "/api/v1/objects/<object>/<path:key>"): needs("{object}.see"),
        ("PUT", "/api/v1/objects/<object>/<path:key>"): needs("{object}.modify"),
        ("DELETE", "/api/v1/objects/<object>/<path:key>"): needs("{object}.delete"),
        # the kiosks' exchange
        ("POST", "/sync/v1/upload"): KIOSK,
        ("GET", "/sync/v1/changes"): KIOSK,
        ("GET", "/sync/v1/snapshot"): KIOSK,
        ("POST", "/sync/v1/parcel"): KIOSK,
        ("GET", "/sync/v1/neighbour"): KIOSK,
        ("GET", "/sync/v1/pay"): KIOSK,
        ("PUT", "/sync/v1/photo/<digest>"): KIOSK,
    }
)
"""Every address of the hub."""

DESK_ACTS: Mapping[str, str] = MappingProxyType(
    dict.fromkeys(
        ("accept", "correct", "set_aside", "count", "release", "assign", "reopen"),
        "desk.settle",
    )
)
"""What can be done at the discrepancy desk, each with its right."""

TICKET_ACTS: Mapping[str, str] = MappingProxyType(
    dict.fromkeys(
        ("propose", "agree", "dispute", "explain", "mend", "verify", "not_mended", "reopen"), "ticket.answer"
    )
)
"""What can be done about a quality ticket in the name of one's unit, each with its right."""

PAY_ACTS: Mapping[str, str] = MappingProxyType(
    {"close": "pay.close", "settle": "pay.close", "answer": "pay.answer"}
)
"""What can be done at the page of pay, each with its right."""

TICKET_PARTIES: Mapping[Party, str] = MappingProxyType(
    {Party.QUALITY: "ticket.quality", Party.PRODUCTION: "ticket.production"}
)
"""For whom somebody decides about a disputed ticket, with the right; the downstream unit's own people speak for it."""

APPROVAL_ACTS: Mapping[str, str] = MappingProxyType(
    {"approve": "approve", "send_back": "approve", "unapprove": "unapprove"}
)
"""What can be decided about a document at the office, each with the act of its right (`CS.approve`)."""

SIGN_ON_ACTS: Mapping[str, str] = MappingProxyType(
    dict.fromkeys(("password", "sessions", "lock"), SIGN_ON_RIGHT)
)
"""What can be done about somebody's sign-on, each with its right."""

OFFICE_ACTS: Mapping[str, str] = MappingProxyType(
    {
        "register": "add",
        "save": "modify",
        "disable": "modify",
        "enable": "modify",
        "delete": "delete",
    }
)
"""What a form of master data can ask for, each with the act of its right; `register`: a save without a record yet."""


def need_of(method: str, rule: str) -> Need | None:
    """Return what an address needs; None where the matrix does not know it. HEAD is GET without a body."""
    return ADDRESSES.get(("GET" if method == "HEAD" else method, rule))
