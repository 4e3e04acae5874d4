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


class Place(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One place of the tree company → plant → warehouse → zone → bin.

    `barcode` is the body of its house code (A–Z 0–9): the code itself without separators, as `house_body` makes it.
    """

    code: PlaceId
    names: Names
    role: PlaceRole
    plant: str
    warehouse: str = ""
    barcode: str = ""
    on_hold: bool = False
    disabled: bool = False


class Station(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where a kiosk stands and what it may do there.

    `number_code` (2 characters A–Z 0–9, unique in the plant) goes into every number the kiosk makes, so that numbers
    made offline never collide. `receiving`, `quarantine`, `lost_and_found` are the accounts this station posts to.
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
