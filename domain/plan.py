"""Plans the floor works against: what was ordered, and what of it is still to come."""

from msgspec import Struct

from domain.item import ItemId
from domain.place import PlaceId
from domain.quantity import Quantity


class PlanLine(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line of an order: an item and how much of it."""

    line: int
    item: ItemId
    quantity: Quantity


class Plan(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An order the goods are checked against; `kind` is `purchase_order` for goods from a supplier (`partner`)."""

    kind: str
    number: str
    partner: PlaceId
    lines: tuple[PlanLine, ...] = ()
    due: str = ""
    closed: bool = False


class PlanRef(Struct, frozen=True, kw_only=True, gc=False):
    """Points at one line of one plan."""

    number: str
    line: int
