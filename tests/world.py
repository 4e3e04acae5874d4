"""A small garment group to try the rules on: places, items, people, an order, and facts from dicts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal

from msgspec.structs import replace

from domain.barcodes.house import HouseType, house_body, house_code
from domain.decide import Case
from domain.document import Decision, DocumentType, Fresh, Happened, document_types
from domain.events.documents import (
    DocumentApproved,
    DocumentCompleted,
    DocumentOpened,
    DocumentUnapproved,
    LineRecorded,
    LineReversed,
    PlanLeft,
)
from domain.facts import CodedItem, HandlingUnit, RecordedLine, SlipUse
from domain.item import Item, ItemClass, ItemCode, ItemId
from domain.names import Names
from domain.override import TypeOverride, in_force
from domain.place import PHYSICAL_ROLES, Place, PlaceId, PlaceRole, Station, Store
from domain.plan import Plan, PlanLine, PlanRef
from domain.quantity import Quantity
from domain.staff import Person
from domain.stock import Balance, Goods, Movement, Stock

NOW = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)

COTTON = Item(
    id=ItemId("i-cotton"),
    number="F-2041",
    names=Names(zh="精梳棉汗布", en="Combed cotton jersey"),
    specification="180 g/m² 175 cm",
    unit="KGM",
    second_unit="MTR",
    lot_managed=True,
    unit_managed=True,
)
YARN = Item(
    id=ItemId("i-yarn"),
    number="Y-3201",
    names=Names(zh="32支精梳棉纱", en="Combed cotton yarn Ne 32"),
    unit="KGM",
    lot_managed=True,
)
BUTTON = Item(
    id=ItemId("i-button"),
    number="T-0107",
    names=Names(zh="四眼纽扣", en="Four-hole button"),
    unit="C62",
    codes=(
        ItemCode(code="04006381333931"),
        ItemCode(code="14006381333938", pack=Quantity(Decimal(144), "C62")),
    ),
)
SHIRT_M = Item(
    id=ItemId("i-shirt-m"),
    number="TS-2611-NV-M",
    names=Names(zh="圆领短袖汗衫", en="Crew-neck T-shirt"),
    unit="C62",
    codes=(ItemCode(code="06901234567892"),),
    item_class=ItemClass.FINISHED_GOODS,
    style="TS-2611",
    colour="藏青 Navy",
    size="M",
)
SHIRT_L = replace(
    SHIRT_M, id=ItemId("i-shirt-l"), number="TS-2611-NV-L", codes=(ItemCode(code="06901234567908"),), size="L"
)
ITEMS = (COTTON, YARN, BUTTON, SHIRT_M, SHIRT_L)


def _place(
    code: str, zh: str, en: str, role: PlaceRole, warehouse: str = "", *, store: Store = Store.ANY
) -> Place:
    return Place(
        code=PlaceId(code),
        names=Names(zh=zh, en=en),
        role=role,
        plant="P1",
        warehouse=warehouse,
        barcode=house_body(code),
        store=store,
    )


PLACES = (
    _place("S-HENGLI", "恒力纺织", "Hengli Textiles", PlaceRole.SUPPLIER),
    _place("RM-RCV", "原料暂收区", "Receiving, raw material", PlaceRole.RECEIVING, "RM"),
    _place("RM-A-01", "A排01位", "Rack A bin 01", PlaceRole.STORAGE, "RM"),
    _place("RM-A-02", "A排02位", "Rack A bin 02", PlaceRole.STORAGE, "RM"),
    _place("RM-Q", "待处理区", "Quarantine", PlaceRole.QUARANTINE, "RM"),
    _place("FG-B-01", "成品B01", "Finished goods B 01", PlaceRole.STORAGE, "FG"),
    _place("FG-B-02", "成品B02", "Finished goods B 02", PlaceRole.STORAGE, "FG", store=Store.FINISHED),
    _place("FS-01", "次品01", "Seconds 01", PlaceRole.STORAGE, "FS", store=Store.SECONDS),
    _place("RT-01", "退货01", "Returned goods 01", PlaceRole.STORAGE, "RT", store=Store.RETURNED),
    _place("LOST", "盘盈盘亏", "Lost and found", PlaceRole.LOST_AND_FOUND),
    _place("TRANSIT", "在途", "In transit", PlaceRole.IN_TRANSIT),
    _place("CONVERT", "形态转换", "Conversion", PlaceRole.CONVERSION),
    _place("SCRAP", "报废", "Scrap", PlaceRole.SCRAP),
    _place("ADJUST", "调整", "Adjustment", PlaceRole.ADJUSTMENT),
    _place("LINE-1", "一车间线边", "Line side of workshop 1", PlaceRole.LINE_SIDE),
    _place("OPENING", "期初", "Opening stock", PlaceRole.OPENING),
    _place("C-NORDIC", "北欧服饰", "Nordic Apparel", PlaceRole.CUSTOMER),
    _place("D-DYER", "锦华印染", "Jinhua Dyeing", PlaceRole.SUBCONTRACTOR),
    replace(_place("P2", "P2 厂区", "Plant P2", PlaceRole.IN_TRANSIT), plant="P2"),
)
STATION = Station(
    place=PlaceId("RM-RCV"),
    names=Names(zh="原料收货口", en="Raw material door"),
    plant="P1",
    warehouse="RM",
    number_code="A1",
    receiving=PlaceId("RM-RCV"),
    quarantine=PlaceId("RM-Q"),
    lost_and_found=PlaceId("LOST"),
    document_types=("CS", "YW", "PD", *sorted(document_types().keys() - {"CS", "YW", "PD"})),
    line_side=PlaceId("LINE-1"),
    in_transit=PlaceId("TRANSIT"),
    scrap=PlaceId("SCRAP"),
    adjustment=PlaceId("ADJUST"),
    conversion=PlaceId("CONVERT"),
    opening=PlaceId("OPENING"),
)


def rights(*acts: str) -> tuple[str, ...]:
    """Return the rights to do this with every type of document."""
    return tuple(f"{code}.{act}" for act in acts for code in document_types())


KEEPER = Person(
    number="1001",
    names=Names(zh="王秀英", en="Wang Xiuying"),
    badge="K7Q2",
    rights=rights("add"),
)
LEADER = Person(
    number="1002",
    names=Names(zh="李强", en="Li Qiang"),
    badge="M3X9",
    language="en",
    rights=rights("add", "approve", "unapprove", "paper", "prices"),
)
NEWCOMER = Person(number="1003", names=Names(zh="张敏", en="Zhang Min"), badge="N5T1")
PEOPLE = (KEEPER, LEADER, NEWCOMER)
ORDER = Plan(
    kind="purchase_order",
    number="PO-2026-0815",
    partner=PlaceId("S-HENGLI"),
    lines=(
        PlanLine(line=1, item=COTTON.id, quantity=Quantity(Decimal(500), "KGM")),
        PlanLine(line=2, item=BUTTON.id, quantity=Quantity(Decimal(1440), "C62")),
        PlanLine(line=3, item=YARN.id, quantity=Quantity(Decimal(200), "KGM")),
    ),
)


def place_code(code: str) -> str:
    """Return what the label of a place says to a scanner."""
    return house_code(HouseType.PLACE, house_body(code))


def badge_code(person: Person) -> str:
    """Return what a badge says to a scanner."""
    return house_code(HouseType.STAFF, person.badge)


def order_code(plan: Plan) -> str:
    """Return what a printed order says to a scanner."""
    return house_code(HouseType.DOCUMENT, house_body(plan.number))


def unit_code(serial: str) -> str:
    """Return what the label of a handling unit says to a scanner."""
    return house_code(HouseType.HANDLING_UNIT, serial)


class World:
    """Facts answered from dicts, and the fold that keeps them true when events are told to it."""

    def __init__(self, *, balances: Sequence[Balance] = (), plans: Sequence[Plan] = (ORDER,)) -> None:
        self.stock = Stock(balances)
        self._station = STATION
        self._effects: dict[str, tuple[Movement, ...]] = {}
        self.locked = ""
        self.statuses: dict[str, str] = {}
        self.lots: dict[tuple[ItemId, str], datetime] = {}
        self.overrides: dict[str, TypeOverride] = {}
        self._plans = {(plan.kind, house_body(plan.number)): plan for plan in plans}
        self._lines: dict[str, list[RecordedLine]] = {}
        self._books: dict[str, tuple[Balance, ...]] = {}
        self._events = 0

    def tell(self, happened: Sequence[Happened]) -> None:
        """Let events happen."""
        for one in happened:
            self._events += 1
            for movement in getattr(one.event, "movements", ()):
                self.stock.apply(movement)
            match one.event:
                case DocumentOpened() as opened:
                    self._books[opened.document] = opened.book
                case LineRecorded() as line:
                    self._lines.setdefault(line.document, []).append(self._recorded(line))
                case DocumentCompleted() | DocumentApproved() as ended:
                    self._effects[ended.document] = ended.movements
                case DocumentUnapproved() as back:
                    self._take_back(back)
                case PlanLeft(plan=plan):
                    self._plans[plan.kind, house_body(plan.number)] = plan
                case LineReversed() as back:
                    self._lines[back.document] = [
                        replace(line, is_reversed=True) if line.event_id == one.corrects else line
                        for line in self._lines[back.document]
                    ]
                case _:
                    pass

    def _take_back(self, back: DocumentUnapproved) -> None:
        self._lines[back.document] = [
            replace(line, is_reversed=True) for line in self._lines.get(back.document, [])
        ]
        self._effects.pop(back.document, None)
        self._plans = {key: plan for key, plan in self._plans.items() if plan.number != back.document}

    def _recorded(self, line: LineRecorded) -> RecordedLine:
        return RecordedLine(
            document=line.document,
            document_type=line.document_type,
            line=line.line,
            event_id=f"e{self._events}",
            values=line.values,
            event_time=NOW,
            operator=KEEPER.number,
            movements=line.movements,
            plan=line.plan,
        )

    def was_built_on(self, plan: Plan) -> None:
        """Another document did all that a plan names."""
        later = [
            RecordedLine(
                document="later",
                document_type="",
                line=one.line,
                event_id=f"later{one.line}",
                values={"item": one.item, "quantity": one.quantity},
                event_time=NOW,
                operator=KEEPER.number,
                plan=PlanRef(number=plan.number, line=one.line),
            )
            for one in plan.lines
        ]
        self._lines["later"] = later

    def station_lacks(self, role: PlaceRole) -> None:
        """The office never said which place of a role the station posts to."""
        self._station = replace(STATION, **{role.value: PlaceId("")})

    def station(self) -> Station:
        return self._station

    def document_types(self) -> Mapping[str, DocumentType]:
        return in_force(self.overrides)

    def item(self, item: ItemId) -> Item | None:
        return next((one for one in ITEMS if one.id == item), None)

    def items_by_code(self, code: str) -> Sequence[CodedItem]:
        by_number = [CodedItem(item=item) for item in ITEMS if item.number == code]
        by_code = [CodedItem(item=item, code=one) for item in ITEMS for one in item.codes if one.code == code]
        return [*by_number, *by_code]

    def place(self, code: str) -> Place | None:
        return next((one for one in PLACES if code in (one.code, one.barcode)), None)

    def person(self, number: str) -> Person | None:
        return next((one for one in PEOPLE if one.number == number), None)

    def person_by_badge(self, badge: str) -> Person | None:
        return next((one for one in PEOPLE if one.badge == badge), None)

    def plan(self, kind: str, number: str) -> Plan | None:
        return self._plans.get((kind, house_body(number)))

    def plan_done(self, ref: PlanRef, unit: str) -> Quantity:
        done = [
            one.value
            for lines in self._lines.values()
            for line in lines
            if line.plan == ref and not line.is_reversed
            for one in line.values.values()
            if isinstance(one, Quantity) and one.unit == unit
        ]
        return Quantity(sum(done, Decimal(0)), unit)

    def balances(
        self, place: PlaceId, goods: Goods | None = None, item: ItemId | None = None
    ) -> Sequence[Balance]:
        return [
            one
            for one in self.stock.balances()
            if one.place == place and goods in (None, one.goods) and item in (None, one.goods.item)
        ]

    def where_is(self, item: ItemId, limit: int) -> Sequence[Balance]:
        held = [one for one in self.stock.balances() if one.goods.item == item and one.quantity.value > 0]
        ours = [one for one in held if (place := self.place(one.place)) and place.role in PHYSICAL_ROLES]
        return ours[:limit]

    def lot_since(self, item: ItemId, lot: str) -> datetime | None:
        return self.lots.get((item, lot))

    def handling_unit(self, serial: str) -> HandlingUnit | None:
        held: list[Balance] = []
        for one in self.stock.balances():
            place = self.place(one.place)
            is_ours = place is not None and place.role in PHYSICAL_ROLES
            if is_ours and one.goods.handling_unit == serial and one.quantity.value > 0:
                held.append(one)
        here = tuple(one for one in held if one.place == held[0].place)
        return HandlingUnit(serial=serial, place=here[0].place, contents=here) if here else None

    def lines(self, document: str) -> Sequence[RecordedLine]:
        return self._lines.get(document, [])

    def document_status(self, document: str) -> str:
        return self.statuses.get(document, "")

    def effect(self, document: str) -> Sequence[Movement]:
        return self._effects.get(document, ())

    def locked_period(self) -> str:
        return self.locked

    def slip(self, number: str) -> SlipUse | None:
        used = (
            SlipUse(document=line.document, operator=line.operator, event_time=line.event_time)
            for lines in self._lines.values()
            for line in lines
            if line.values.get("slip") == number and not line.is_reversed
        )
        return next(used, None)

    def book(self, document: str) -> Sequence[Balance]:
        return self._books.get(document, ())


def case(
    world: World, *, operator: Person = KEEPER, serial: int = 1, confirmed: frozenset[str] = frozenset()
) -> Case:
    """Return a case as a kiosk would put it to the engine."""
    fresh = Fresh(handling_unit=f"A1{serial:04d}", job=f"A1-{serial}")
    return Case(facts=world, operator=operator, fresh=fresh, now=NOW, confirmed=confirmed)


def codes_of(decision: Decision) -> tuple[str, ...]:
    """Return the codes of a decision's problems."""
    return tuple(problem.code for problem in getattr(decision, "problems", ()))
