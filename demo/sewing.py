"""The script of the afternoon: a roll of the morning is cut and sewn, and the next operation judges as its customer."""

from datetime import date

from demo.book import Book
from demo.morning import DONE, Act, Printed, Script, Step
from domain.barcode import ControlCommand
from domain.barcodes.house import HouseType, control_code, house_code
from domain.bundle import BundleSerial, ticket_body

ZHOU, LIU, SUN = (house_code(HouseType.STAFF, badge) for badge in ("C2T8", "S5W1", "H9E6"))
REJECT = control_code(ControlCommand.REJECT)
ORDER, COLOUR = "WO-2026-0412", "bleached"
SIZES, TIMES, PLIES, BUNDLE_PIECES = ("M", "L"), 2, 20, 20
"""Each size lies so many times in the marker."""


TICKETS = len(SIZES) * TIMES * PLIES // BUNDLE_PIECES


def line_plans(day: date) -> list[dict[str, str]]:
    """Return what the lines are to do on a day, as the office's rows."""
    return [
        {
            "code": f"{line}-{day:%m%d}",
            "line": line,
            "day": day.isoformat(),
            "shift": "DAY",
            "workers": "1",
            "target": "80",
        }
        for line in ("L1", "L2")
    ]


def ticket_code(number: int) -> str:
    """Return what the ticket of a bundle says: the cutting table numbers them, from 1."""
    return house_code(HouseType.BUNDLE, ticket_body(BundleSerial(f"C101{number:06d}"), 1))


def afternoon(book: Book) -> tuple[Act, ...]:
    """Return the acts of the afternoon, and note in `book` what they do to the world."""
    return (
        Act(
            zh="裁床：上午收的一卷布，铺床、裁剪、打扎票",
            en="The cutting table: a roll of the morning is spread, cut, and every bundle gets its ticket",
            steps=tuple(_cut(book)),
        ),
        Act(
            zh="下道工序就是顾客：进站即验收，跳针退回，返工后再收",
            en="The next operation is the customer: checking in accepts; skipped stitches go back and come again",
            steps=tuple(_sewn(book)),
        ),
    )


def _types(what: str, digits: int) -> tuple[tuple[str, str], ...]:
    """Return the touches that type a number into a field."""
    keys = tuple(("pad_key", digit) for digit in str(digits))
    return (("tile", what), *keys, ("overlay_done", "")) if what else (*keys, ("overlay_done", ""))


def _cut(book: Book) -> list[Step]:
    table = Script("cutting", book)
    table.scans(ZHOU, "周建刷工牌", "Zhou Jian shows his badge")
    table.touches(
        "铺床：任务单、颜色",
        "a lay: order and colour",
        ("lay", ""),
        ("lay_order", ORDER),
        ("lay_colour", COLOUR),
    )
    table.touches("床长 4.80 米", "4.80 m long", *_types("lay_length", 480))
    table.touches("每扎 20 件", "20 pieces to a bundle", *_types("bundle_pieces", BUNDLE_PIECES))
    for size in SIZES:
        table.touches(
            f"尺码 {size} 排 {TIMES} 件", f"size {size} {TIMES} times", *_types(f"size.{size}", TIMES)
        )
    table.scans_carried(Printed(post="fabric", number=1), "第一卷布的标签", "the label of the first roll")
    table.touches(f"{PLIES} 层", f"{PLIES} plies", *_types("", PLIES))
    table.scans(DONE, "裁剪完成，扎票打印", "cut: the tickets are printed")
    book.cut(TICKETS * BUNDLE_PIECES)
    book.labels += [("cutting", "")] * TICKETS
    return table.steps


def _sewn(book: Book) -> list[Step]:
    """Two bundles are sewn and hemmed; the second one goes back once."""
    steps: list[Step] = []
    sewing, hemming = Script("sewing", book, steps), Script("hemming", book, steps)
    bundles = [Printed(post="cutting", number=number) for number in (1, 2)]
    sewing.scans(LIU, "刘敏刷工牌", "Liu Min shows her badge")
    hemming.scans(SUN, "孙芳刷工牌", "Sun Fang shows her badge")
    for number, bundle in enumerate(bundles, 1):
        sewing.scans_carried(bundle, f"第 {number} 扎开工", f"bundle {number} is begun")
        sewing.scans(DONE, f"第 {number} 扎完成", f"bundle {number} is sewn")
    hemming.scans_carried(bundles[0], "第 1 扎进站：收下", "bundle 1 comes in: accepted")
    hemming.scans(DONE, "第 1 扎完成", "bundle 1 is hemmed")
    hemming.touches("先验收，不开工", "a verdict before any work", ("verdict", ""))
    hemming.scans_carried(bundles[1], "第 2 扎", "bundle 2")
    hemming.touches("疵点：跳针", "the defect: skipped stitch", ("defect", "SKIP"))
    hemming.scans(REJECT, "退回卡：退给合缝", "the reject card: back to the side seams")
    book.refused(BUNDLE_PIECES)
    sewing.scans_carried(bundles[1], "第 2 扎返工", "bundle 2 is mended")
    sewing.scans(DONE, "返工完成", "mended")
    hemming.scans_carried(bundles[1], "第 2 扎再进站：收下", "bundle 2 comes in again: accepted")
    hemming.scans(DONE, "第 2 扎完成", "bundle 2 is hemmed")
    book.finished(BUNDLE_PIECES * len(bundles))
    return steps
