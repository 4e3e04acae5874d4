"""Places 库位 of all sorts: what their declarations share, and how their barcodes come about."""

from msgspec import Struct

from domain.barcodes.house import BODY_CHARS_MAX, house_body
from domain.place import PHYSICAL_ROLES, Place, PlaceId, PlaceRole
from hub.cells import CellError
from hub.draft import Draft
from hub.field_kind import CODE, FLAG, TEXT, FieldKind, choice
from hub.object import DISABLED, Build, Field
from hub.object_fields import NAMED, REMARK_FIELD
from hub.record_shape import fill_record
from hub.reference import ReferenceData

SEPARATORS = "-_./ "
"""What a barcode may be written with and does not hold."""
_WORDS = {
    PlaceRole.STORAGE: ("库位", "仓库", "货位"),
    PlaceRole.RECEIVING: ("暂收区", "收货区"),
    PlaceRole.QUARANTINE: ("待处理", "待检区", "不合格区"),
    PlaceRole.LINE_SIDE: ("线边", "线边仓"),
    PlaceRole.IN_TRANSIT: ("在途",),
    PlaceRole.SUPPLIER: ("供应商",),
    PlaceRole.SUBCONTRACTOR: ("外加工厂", "外协"),
    PlaceRole.CUSTOMER: ("客户",),
    PlaceRole.SCRAP: ("报废",),
    PlaceRole.LOST_AND_FOUND: ("盘盈盘亏",),
    PlaceRole.ADJUSTMENT: ("调整",),
    PlaceRole.CONVERSION: ("形态转换",),
    PlaceRole.OPENING: ("期初",),
}
BARCODE = Field(name="barcode", kind=CODE, headers=("条形码",))
ON_HOLD = Field(name="on_hold", kind=FLAG, headers=("锁定", "hold"), is_listed=True)
PARTY_FIELDS = (
    *NAMED,
    Field(name="contact", kind=TEXT, headers=("联系人",), is_listed=True),
    Field(name="phone", kind=TEXT, headers=("联系电话",)),
    REMARK_FIELD,
    DISABLED,
)


def roles(*which: PlaceRole) -> FieldKind:
    """Return the closed vocabulary of some roles."""
    return choice("object.role", **{one.value: _WORDS[one] for one in which})


def barcode_body(code: str) -> str:
    """Return the body of a place's house code: its letters and digits; empty if there are none or too many."""
    body = house_body(code)
    return body if len(body) <= BODY_CHARS_MAX else ""


def build_place(draft: Draft, held: Struct | None, known: ReferenceData) -> Place:
    """Make a place of ours, or an account."""
    role = PlaceRole(draft.text("role"))
    return fill_record(Place, draft, held, role=role, plant=known.plant, barcode=_barcode(draft, role, held))


def build_party(role: PlaceRole) -> Build:
    """Return what makes outside parties of a role: places too, of which a barcode may be printed."""

    def build(draft: Draft, held: Struct | None, known: ReferenceData) -> Place:
        return fill_record(
            Place, draft, held, role=role, plant=known.plant, barcode=barcode_body(draft.text("code"))
        )

    return build


def code_of(place: Place, _draft: Draft) -> PlaceId:
    """Return the key of a place."""
    return place.code


def _barcode(draft: Draft, role: PlaceRole, held: Struct | None) -> str:
    """Return what is printed for the place. Where goods lie there must be one; an account is never scanned."""
    given, code = draft.text("barcode"), draft.text("code")
    if isinstance(held, Place) and given == held.barcode and held.role is role:
        return held.barcode
    body = barcode_body(given or code)
    is_exact = given.upper().translate(dict.fromkeys(map(ord, SEPARATORS))) in ("", body)
    if not is_exact or (not body and role in PHYSICAL_ROLES):
        column = "barcode" if given else "code"
        raise CellError("import.not_a_barcode", column=column, value=given or code, limit=BODY_CHARS_MAX)
    return body
