"""Places: everywhere goods can be, outside parties and accounts of loss included."""

from enum import StrEnum
from typing import NewType

from msgspec import Struct

from domain.names import Names

PlaceId = NewType("PlaceId", str)
"""A place's code. It never changes once given, so it is the place's identity."""


class PlaceRole(StrEnum):
    """What a place is for; it decides which documents may move goods there."""

    SUPPLIER = "supplier"
    RECEIVING = "receiving"
    STORAGE = "storage"
    QUARANTINE = "quarantine"
    LINE_SIDE = "line_side"
    IN_TRANSIT = "in_transit"
    SUBCONTRACTOR = "subcontractor"
    CUSTOMER = "customer"
    SCRAP = "scrap"
    LOST_AND_FOUND = "lost_and_found"
    ADJUSTMENT = "adjustment"
    CONVERSION = "conversion"
    OPENING = "opening"


class Store(StrEnum):
    """What a place of storage is for, where somebody said so; goods that belong elsewhere are refused there."""

    ANY = ""
    FINISHED = "finished"
    SECONDS = "seconds"
    RETURNED = "returned"


PHYSICAL_ROLES = frozenset(
    {
        PlaceRole.RECEIVING,
        PlaceRole.STORAGE,
        PlaceRole.QUARANTINE,
        PlaceRole.LINE_SIDE,
        PlaceRole.IN_TRANSIT,
    },
)
"""Roles under our own roof: a balance there below zero is a shortage (law L4)."""


ACCOUNT_ROLES = frozenset(
    {
        PlaceRole.RECEIVING,
        PlaceRole.QUARANTINE,
        PlaceRole.LOST_AND_FOUND,
        PlaceRole.LINE_SIDE,
        PlaceRole.IN_TRANSIT,
        PlaceRole.SCRAP,
        PlaceRole.ADJUSTMENT,
        PlaceRole.CONVERSION,
        PlaceRole.OPENING,
    },
)
"""Roles of which a station names a place it posts to; the others are scanned or come with a plan."""


class Place(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One place of the tree company → plant → warehouse → zone → bin.

    `barcode` is the body of its house code (A–Z 0–9): the code itself without separators, as `house_body` makes it.
    `capacity`: how many handling units it takes (None: nobody said); `categories`: which material may lie there (empty:
    any); `store`: what it is for. `contact`, `phone` are an outside party's.
    """

    code: PlaceId
    names: Names
    role: PlaceRole
    plant: str
    warehouse: str = ""
    barcode: str = ""
    on_hold: bool = False
    disabled: bool = False
    zone: str = ""
    capacity: int | None = None
    categories: tuple[str, ...] = ()
    store: Store = Store.ANY
    contact: str = ""
    phone: str = ""
    remark: str = ""


class Station(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where a kiosk stands and what it may do there.

    `number_code` (2 characters A–Z 0–9, unique in the plant) goes into every number the kiosk makes, so that numbers
    made offline never collide. `receiving` to `opening` are the accounts this station posts to, each a place of the
    role it is named after; empty where the station has no use for it. `currency`: of prices (ISO 4217). `operations`:
    what is done here to bundles; empty where none are checked in. `unit`: the line or workshop it belongs to, whose
    verdicts and scores its people's are; bundles that are on another line are not told of here. `inspections`: those
    that are made here; where none is named, all where there are operations. `scanners`: what each scanner is for, in
    the words of `scanner_duty.py`; it holds before the kiosk's own settings. `scan_first`: of which labels, by the name
    of their template, the first of a batch is scanned back before the rest is printed.
    """

    place: PlaceId
    names: Names
    plant: str
    warehouse: str
    number_code: str
    receiving: PlaceId
    quarantine: PlaceId
    lost_and_found: PlaceId
    document_types: tuple[str, ...] = ()
    line_side: PlaceId = PlaceId("")
    in_transit: PlaceId = PlaceId("")
    scrap: PlaceId = PlaceId("")
    adjustment: PlaceId = PlaceId("")
    conversion: PlaceId = PlaceId("")
    opening: PlaceId = PlaceId("")
    currency: str = "CNY"
    disabled: bool = False
    operations: tuple[str, ...] = ()
    unit: str = ""
    inspections: tuple[str, ...] = ()
    scanners: tuple[str, ...] = ()
    scan_first: tuple[str, ...] = ()

    def account(self, role: PlaceRole) -> PlaceId:
        """Return the place of a role this station posts to; nothing where it has none."""
        return getattr(self, role.value) if role in ACCOUNT_ROLES else PlaceId("")
