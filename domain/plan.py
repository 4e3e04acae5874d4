"""Plans the floor works against: what was ordered, requested or left by another document, and what is still to come."""

from msgspec import Struct

from domain.item import ItemId
from domain.place import PlaceId
from domain.quantity import Quantity
from domain.stock import Goods


class PlanLine(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line of a plan: an item and how much of it.

    What else it names (lot, grade, owner, handling unit) the goods must be as well; what it leaves empty may be
    anything. `place`: where these goods lie, for a plan left by a document that put them there. `packs`: how many
    cartons of a packing list the quantity makes; lines of the same `pack` go into the same cartons (a ratio pack).
    """

    line: int
    item: ItemId
    quantity: Quantity
    lot: str = ""
    handling_unit: str = ""
    grade: str = ""
    owner: str = ""
    second: Quantity | None = None
    place: PlaceId = PlaceId("")
    packs: int = 0
    pack: str = ""

    @property
    def goods(self) -> Goods:
        """Return what the line asks for, as goods."""
        return Goods(
            item=self.item,
            lot=self.lot,
            handling_unit=self.handling_unit,
            grade=self.grade,
            owner=self.owner,
        )

    def asks_for(self, goods: Goods) -> bool:
        """Tell whether goods are what the line names. Goods that name no unit of their own fit any unit's line."""
        return (
            self.item == goods.item
            and self.lot in ("", goods.lot)
            and (self.handling_unit in ("", goods.handling_unit) or not goods.handling_unit)
            and self.grade in ("", goods.grade)
            and self.owner in ("", goods.owner)
        )


class Plan(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What goods are checked against. `kind` says what it is: `purchase_order`, `transfer`, `requisition`.

    `partner` is who it is with: a supplier, a customer, the workshop, the place it goes to. A plan left by a document
    bears the document's number. `pending`: not approved yet, nobody builds on it. `work_order` is what it is for:
    scanned, it stands for the one plan of the kind.
    """

    kind: str
    number: str
    partner: PlaceId
    lines: tuple[PlanLine, ...] = ()
    due: str = ""
    closed: bool = False
    pending: bool = False
    work_order: str = ""


class PlanRef(Struct, frozen=True, kw_only=True, gc=False):
    """Points at one line of one plan."""

    number: str
    line: int
