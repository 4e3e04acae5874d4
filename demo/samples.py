"""The sheet of codes of the on-screen scanner at each post, for whoever takes over by hand."""

from typing import Any

from demo.morning import CHEN, DONE, LI, UNDO, WANG, YES, Post, document_code, place_code
from demo.sewing import LIU, REJECT, SUN, TICKETS, ZHOU, ticket_code
from domain.barcode import ControlCommand
from domain.barcodes.house import control_code

ACCEPT = control_code(ControlCommand.ACCEPT)


def samples(post: Post) -> list[dict[str, Any]]:
    """Return the sheet of codes of the on-screen scanner, for whoever takes over by hand."""
    people = ("人员", "People")
    orders = ("单据", "Documents")
    places = ("库位", "Places")
    goods = ("货物", "Goods")
    cards = ("指令卡", "Command cards")
    other = ("别的码", "Other codes")
    tickets = tuple(
        (f"第 {number} 扎", f"Bundle {number}", ticket_code(number), goods)
        for number in range(1, TICKETS + 1)
    )
    rows: dict[Post, tuple[tuple[str, str, str, tuple[str, str]], ...]] = {
        "fabric": (
            ("王秀英", "Wang Xiuying", WANG, people),
            ("李强（主管）", "Li Qiang (leader)", LI, people),
            ("订单 0815 面料", "Order 0815, fabric", document_code("PO-2026-0815"), orders),
            ("订单 0817 纱线", "Order 0817, yarn", document_code("PO-2026-0817"), orders),
            ("移位卡", "Card: move", document_code("YW"), orders),
            ("盘点卡", "Card: stocktake", document_code("PD"), orders),
            ("RM-A-01", "RM-A-01", place_code("RM-A-01"), places),
            ("RM-A-02", "RM-A-02", place_code("RM-A-02"), places),
            ("待处理 RM-Q-01", "Quarantine RM-Q-01", place_code("RM-Q-01"), places),
            (
                "罗纹 12.4 kg 48 m D-204",
                "Rib 12.4 kg 48 m D-204",
                "]C131010001243110000048241F-2050\x1d10D-204",
                goods,
            ),
            (
                "罗纹 11.9 kg 46 m D-204",
                "Rib 11.9 kg 46 m D-204",
                "]C131010001193110000046241F-2050\x1d10D-204",
                goods,
            ),
        ),
        "trims": (
            ("陈海", "Chen Hai", CHEN, people),
            ("李强（主管）", "Li Qiang (leader)", LI, people),
            ("订单 0816 辅料", "Order 0816, trims", document_code("PO-2026-0816"), orders),
            ("移位卡", "Card: move", document_code("YW"), orders),
            ("盘点卡", "Card: stocktake", document_code("PD"), orders),
            ("TR-B-01", "TR-B-01", place_code("TR-B-01"), places),
            ("TR-B-02", "TR-B-02", place_code("TR-B-02"), places),
            ("纽扣一箱 144", "Buttons, carton of 144", "14006381333938", goods),
            ("拉链一箱 200", "Zips, carton of 200", "15012345678907", goods),
        ),
    }
    rows["cutting"] = (("周建", "Zhou Jian", ZHOU, people),)
    rows["sewing"] = (("刘敏", "Liu Min", LIU, people), *tickets)
    rows["hemming"] = (
        ("孙芳", "Sun Fang", SUN, people),
        *tickets,
        ("收下", "Accept", ACCEPT, cards),
        ("退回", "Reject", REJECT, cards),
    )
    shared = (
        ("完成", "Done", DONE, cards),
        ("撤销", "Undo", UNDO, cards),
        ("是", "Yes", YES, cards),
        ("不认识的码", "A code nobody knows", "HELLO-42", other),
        ("损坏的库位码", "A damaged place code", place_code("RM-A-01")[:-2] + "77", other),
        ("别家的 EAN", "A foreign EAN", "5901234123457", other),
    )
    return [
        {"title": {"zh": zh, "en": en}, "code": code, "group": {"zh": group[0], "en": group[1]}}
        for zh, en, code, group in (*rows[post], *shared)
    ]
