"""The script of the morning: who scans what at which post, in words for those who watch.

A step is one pull of a trigger. What it does to the world is noted in the book at the same time, by hand, so that the
software's numbers can be held against it at the end.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from demo.book import Book
from demo.goods import Delivery, Package, morning_deliveries
from domain.barcode import ControlCommand
from domain.barcodes.house import HouseType, control_code, house_body, house_code
from domain.units import find_unit

Door = Literal["fabric", "trims"]
DOORS: tuple[Door, ...] = ("fabric", "trims")
Post = Literal["fabric", "trims", "cutting", "sewing", "hemming"]
POSTS: tuple[Post, ...] = (*DOORS, "cutting", "sewing", "hemming")


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """The code on a label that came out of a post's printer, read as a person would, from the paper.

    `number` from 1; 0: the newest, once the printer has caught up.
    """

    post: Post
    number: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Touches:
    """Buttons touched one after the other: each an action and its value."""

    buttons: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One scan at one post, or a few touches of its screen, and what it is in both languages.

    `does`: the code that is scanned, a label that is, or what is touched. `fault`: how the scanner misbehaves at it (a
    double trigger). `is_carried`: it is of goods from another post, scanned again until this one has heard of them.
    """

    post: Post
    zh: str
    en: str
    does: str | Printed | Touches
    fault: str = ""
    is_carried: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """A part of the morning, with the hub reachable or away."""

    zh: str
    en: str
    steps: tuple[Step, ...]
    is_hub_away: bool = False


def place_code(code: str) -> str:
    """Return what a place's label says to a scanner."""
    return house_code(HouseType.PLACE, house_body(code))


def document_code(number: str) -> str:
    """Return what a printed order says to a scanner; with a document type's code, the card that opens one."""
    return house_code(HouseType.DOCUMENT, house_body(number))


WANG, CHEN, LI = (house_code(HouseType.STAFF, badge) for badge in ("K7Q2", "P8D4", "M3X9"))
DONE, UNDO, YES = (
    control_code(command) for command in (ControlCommand.DONE, ControlCommand.UNDO, ControlCommand.YES)
)


def shown(package: Package) -> str:
    """Return a package's quantity as a person says it."""
    unit = find_unit(package.unit)
    return f"{package.quantity} {unit.symbol if unit else package.unit}"


class Script:
    """Collects the steps of one post and notes in the book what they do."""

    def __init__(self, post: Post, book: Book, steps: list[Step] | None = None) -> None:
        """`steps`: those of several posts in the order they happen; else the post's own."""
        self.post: Post = post
        self.book = book
        self.steps: list[Step] = [] if steps is None else steps

    def scans(self, code: str | Printed, zh: str, en: str, fault: str = "") -> None:
        """Somebody pulls the trigger."""
        self.steps.append(Step(post=self.post, does=code, zh=zh, en=en, fault=fault))

    def scans_carried(self, code: Printed, zh: str, en: str) -> None:
        """Somebody scans goods that came over from another post."""
        self.steps.append(Step(post=self.post, does=code, zh=zh, en=en, is_carried=True))

    def touches(self, zh: str, en: str, *buttons: tuple[str, str]) -> None:
        """Somebody touches the screen."""
        self.steps.append(Step(post=self.post, does=Touches(buttons=buttons), zh=zh, en=en))

    def at(self, place: str) -> None:
        """Somebody scans a place."""
        self.scans(place_code(place), f"库位 {place}", f"place {place}")

    def opens(self, delivery: Delivery) -> None:
        """Somebody scans a printed order."""
        self.scans(document_code(delivery.order), f"采购订单 {delivery.order}", f"order {delivery.order}")

    def receives(
        self, delivery: Delivery, packages: tuple[Package, ...], place: str, fault: str = ""
    ) -> None:
        """Somebody scans what came off the lorry."""
        for package in packages:
            what = " ".join(filter(None, (package.item, package.lot, shown(package))))
            self.scans(package.code, f"收货 {what}", f"receives {what}", fault)
            self.book.received(package, delivery.supplier, place, self.post)


def morning(seed: int, book: Book) -> tuple[Act, ...]:
    """Return the acts of the morning, and note in `book` what they do to the world."""
    fabric, trims, yarn = morning_deliveries(seed)
    return (
        Act(
            zh="上午八点：两个收货口同时到货",
            en="Eight o'clock: lorries at both doors",
            steps=together(_fabric_arrives(fabric, book), _trims_arrive(trims, book)),
        ),
        Act(
            zh="服务器断开：照常收货，一件不丢",
            en="The hub goes away: work goes on and nothing is lost",
            steps=together(_fabric_goes_on(fabric, book), _trims_go_on(trims, book)),
            is_hub_away=True,
        ),
        Act(
            zh="服务器恢复：移位、盘点、再到一车纱",
            en="The hub is back: a move, a count, and a lorry of yarn",
            steps=together(
                _fabric_moves_and_yarn_arrives(fabric, yarn, book), _trims_are_counted(trims, book)
            ),
        ),
    )


def _fabric_arrives(delivery: Delivery, book: Book) -> Script:
    script = Script("fabric", book)
    script.scans(WANG, "王秀英刷工牌", "Wang Xiuying shows her badge")
    script.opens(delivery)
    script.at("RM-A-01")
    script.receives(delivery, delivery.packages[:2], "RM-A-01")
    script.scans("HELLO-42", "一个不认识的条码", "a code nobody knows")
    script.receives(delivery, delivery.packages[2:3], "RM-A-01", fault="double")
    return script


def _trims_arrive(delivery: Delivery, book: Book) -> Script:
    script = Script("trims", book)
    script.scans(CHEN, "陈海刷工牌", "Chen Hai shows his badge")
    script.opens(delivery)
    script.at("TR-B-01")
    script.receives(delivery, delivery.packages[:4], "TR-B-01")
    return script


def _fabric_goes_on(delivery: Delivery, book: Book) -> Script:
    script = Script("fabric", book)
    script.receives(delivery, delivery.packages[3:6], "RM-A-01")
    script.at("RM-A-02")
    script.receives(delivery, delivery.packages[6:], "RM-A-02")
    script.scans(DONE, "完成收货", "receipt done")
    return script


def _trims_go_on(delivery: Delivery, book: Book) -> Script:
    script = Script("trims", book)
    script.receives(delivery, delivery.packages[4:8], "TR-B-01")
    script.at("TR-B-02")
    script.receives(delivery, delivery.packages[8:], "TR-B-02")
    last = delivery.packages[-1]
    script.scans(UNDO, "撤销上一行", "takes the last line back")
    book.carried(last, "TR-B-02", delivery.supplier)
    book.lines -= 1
    script.receives(delivery, (last,), "TR-B-02")
    script.scans(DONE, "完成收货", "receipt done")
    return script


def _fabric_moves_and_yarn_arrives(fabric: Delivery, yarn: Delivery, book: Book) -> Script:
    script = Script("fabric", book)
    roll = fabric.packages[-1]
    script.scans(document_code("YW"), "移位卡", "the card for a move")
    script.scans(Printed(post="fabric"), "最后一卷的标签", "the label of the last roll")
    script.at("RM-A-01")
    book.carried(roll, "RM-A-02", "RM-A-01")
    script.scans(DONE, "完成移位", "move done")
    script.opens(yarn)
    script.at("RM-A-03")
    script.receives(yarn, yarn.packages, "RM-A-03")
    script.scans(DONE, "完成收货", "receipt done")
    return script


def _trims_are_counted(delivery: Delivery, book: Book) -> Script:
    script = Script("trims", book)
    zips = delivery.packages[8:]
    script.scans(document_code("PD"), "盘点卡", "the card for a count")
    script.at("TR-B-02")
    for _ in zips[1:]:
        script.scans(zips[0].code, "数到一箱拉链", "counts a carton of zips")
    book.counted(len(zips) - 1)
    script.scans(DONE, "盘点完成：少一箱", "count done: one carton short")
    script.scans(YES, "已复点，确认", "recounted, yes")
    script.scans(LI, "李强审核", "Li Qiang approves")
    book.written_off(zips[0], "TR-B-02", "P1-LOST")
    return script


def together(*scripts: Script) -> tuple[Step, ...]:
    """Return the steps of all doors in turn, as they happen side by side."""

    def in_turn() -> Iterator[Step]:
        longest = max(len(script.steps) for script in scripts)
        for index in range(longest):
            for script in scripts:
                yield from script.steps[index : index + 1]

    return tuple(in_turn())
