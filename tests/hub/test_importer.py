"""Spreadsheets from the office: what is taken, what is refused and in which words."""

import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, func, select

from domain.item import Item, ItemId
from domain.names import Names
from domain.place import Place, PlaceRole
from domain.plan import Plan
from domain.quantity import Quantity
from domain.staff import Person
from domain.words import has_words
from hub.importer import ImportReport, importers, run_import
from hub.reference import ReferenceData
from hub.spreadsheet import SheetError, SheetRow, read_sheet
from hub.store import tables
from hub.store.database import open_database, reading, writing
from hub.store.event_log import EventLog
from hub.store.reference import Record, write_records

PLANT = "P1"
ITEMS = "编号,名称,英文名称,单位,批次管理,条码\nY-100,棉纱 32S,Cotton yarn,kg,是,4006381333931\nF-200,平纹布,,MTR,否,\n"
PLACES = "编码;名称;类型\nRCV;暂收;暂收区\nA-01-1;一号位;库位\nQUA;待处理;待处理\nLF;盘盈亏;盘盈盘亏\n"
SUPPLIERS = "供应商编码\t供应商名称\nS1\t大华纱厂\n"


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_database(f"sqlite:///{tmp_path / 'hub.sqlite'}")
    yield engine
    engine.dispose()


def load(engine: Engine, kind: str, data: str | bytes, *, dry_run: bool = False) -> ImportReport:
    with writing(engine) as connection:
        raw = data.encode() if isinstance(data, str) else data
        return run_import(connection, EventLog(), plant=PLANT, kind=kind, data=raw, dry_run=dry_run)


def workbook(rows: list[list[object]]) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet()
    for number, row in enumerate(rows):
        sheet.write_row(number, 0, row)
    book.close()
    return out.getvalue()


def rows_held(connection: Connection) -> int:
    return connection.execute(select(func.count()).select_from(tables.reference)).scalar_one()


def codes(report: ImportReport) -> list[tuple[int, str]]:
    return [(problem.row, problem.code.removeprefix("import.")) for problem in report.problems]


def test_items_come_in_and_a_second_time_nothing_changes(engine: Engine) -> None:
    first = load(engine, "items", ITEMS)
    assert (first.written, first.new, first.changed, first.errors) == (True, 2, 0, 0)
    second = load(engine, "items", ITEMS)
    assert (second.new, second.changed, second.unchanged) == (0, 0, 2)
    with reading(engine) as connection:
        known = ReferenceData(connection, PLANT)
        item = known.item_by_number("Y-100")
        assert item == known.item(ItemId("Y-100"))
        assert item is not None
        assert (item.unit, item.lot_managed, item.codes[0].code) == ("KGM", True, "04006381333931")


def test_a_changed_row_gets_the_next_revision_and_keeps_its_history(engine: Engine) -> None:
    load(engine, "items", ITEMS)
    report = load(engine, "items", ITEMS.replace("平纹布", "斜纹布"))
    assert (report.changed, report.unchanged) == (1, 1)
    with reading(engine) as connection:
        revisions = (
            connection.execute(select(tables.reference.c.revision).order_by("revision")).scalars().all()
        )
        history = connection.execute(select(func.count()).select_from(tables.reference_history)).scalar_one()
    assert revisions == [2, 3]  # F-200 was written first (by key), then Y-100, then F-200 again
    assert history == 3


def test_a_dry_run_counts_and_writes_nothing(engine: Engine) -> None:
    report = load(engine, "items", ITEMS, dry_run=True)
    assert (report.new, report.written) == (2, False)
    with reading(engine) as connection:
        assert rows_held(connection) == 0


def test_one_bad_row_keeps_every_row_out(engine: Engine) -> None:
    report = load(engine, "items", ITEMS + "X-1,坏,,furlong,,\n")
    assert codes(report) == [(4, "unknown_unit")]
    assert "furlong" in report.problems[0].en
    assert "furlong" in report.problems[0].zh
    assert report.problems[0].column == "单位 / unit"
    with reading(engine) as connection:
        assert rows_held(connection) == 0


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_every_encoding_and_separator_of_the_office_is_read(
    engine: Engine, encoding: str, delimiter: str
) -> None:
    report = load(engine, "items", ITEMS.replace(",", delimiter).encode(encoding))
    assert (report.new, report.problems) == (2, ())
    with reading(engine) as connection:
        item = ReferenceData(connection, PLANT).item_by_number("Y-100")
    assert item is not None
    assert item.names.zh == "棉纱 32S"


def test_an_excel_file_is_read_with_its_numbers_as_written(engine: Engine) -> None:
    load(engine, "suppliers", SUPPLIERS)
    load(engine, "items", ITEMS)
    data = workbook(
        [
            ["采购订单 2026 年 11 月"],
            ["订单号", "供应商", "行号", "物料编号", "数量", "单位", "备注"],
            [4500001, "S1 ", 1, "Y-100", 120.5, "kg", ""],
            [4500001, "S1", 2, "\u3000F-200\u3000", 3000, None, ""],
        ]
    )
    report = load(engine, "purchase_orders", data)
    assert (report.problems, report.new, report.ignored_columns) == ((), 1, ("备注",))
    with reading(engine) as connection:
        plan = ReferenceData(connection, PLANT).records("plan")["4500001"]
    assert isinstance(plan, Plan)
    assert [line.quantity for line in plan.lines] == [Quantity.of("120.5", "KGM"), Quantity.of(3000, "MTR")]


def test_a_wrong_column_is_named_with_what_was_meant(engine: Engine) -> None:
    report = load(engine, "items", "nubmer,名称,单位\nA,B,kg\n")
    assert (0, "column_meant") not in codes(report)
    assert codes(report) == [(1, "column_meant"), (1, "column_missing")]
    assert "编号 / number" in report.problems[0].en


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"\n\n , ,\n", "empty"),
        ("苹果,梨\n1,2\n".encode(), "no_header"),
        ("编号,名称,单位\n".encode(), "no_rows"),
        (b"PK\x03\x04broken", "unreadable"),
        (b"\xd0\xcf\x11\xe0 is no workbook", "unreadable"),
    ],
)
def test_a_file_without_data_is_refused_as_a_whole(engine: Engine, data: bytes, code: str) -> None:
    report = load(engine, "items", data)
    assert codes(report) == [(0, code)]
    assert not report.written


def test_an_empty_workbook_is_refused(engine: Engine) -> None:
    assert codes(load(engine, "items", workbook([]))) == [(0, "empty")]


def test_the_same_key_twice_names_both_rows(engine: Engine) -> None:
    report = load(engine, "items", "编号,名称,单位\nA,a,kg\nA ,b,kg\n")
    assert codes(report) == [(3, "key_twice")]
    assert "row 2" in report.problems[0].en


def test_orders_refuse_what_is_not_known(engine: Engine) -> None:
    load(engine, "items", ITEMS)
    header = "订单号,供应商,物料编号,数量,单位\n"
    assert codes(load(engine, "purchase_orders", header + "1,S9,Y-100,5,\n")) == [(2, "unknown_supplier")]
    load(engine, "suppliers", SUPPLIERS)
    wrong = header + '1,S1,Y-999,5,\n2,S1,Y-100,5,MTR\n3,S1,Y-100,,\n4,S1,Y-100,-5,\n5,S1,Y-100,"1,5",\n'
    assert codes(load(engine, "purchase_orders", wrong)) == [
        (2, "unknown_item"),
        (3, "unit_is_not_the_items"),
        (4, "cell_empty"),
        (5, "not_above_zero"),
        (6, "not_a_number"),
    ]


def test_two_people_cannot_share_a_badge(engine: Engine) -> None:
    report = load(engine, "persons", "工号,姓名,工牌,权限\n1,王,B1,CS\n2,李,B1,\n")
    assert codes(report) == [(3, "value_taken")]
    load(engine, "persons", "工号,姓名,工牌,权限\n1,王,B1,CS\n")
    with reading(engine) as connection:
        person = ReferenceData(connection, PLANT).records("person")["1"]
    assert isinstance(person, Person)
    assert person.may("CS", "add")
    assert codes(load(engine, "persons", "工号,姓名,工牌\n2,李,B1\n")) == [(2, "value_taken")]


def test_the_right_to_settle_belongs_to_no_document_type(engine: Engine) -> None:
    load(engine, "persons", '工号,姓名,权限\n1,王,"CS, desk.settle"\n')
    with reading(engine) as connection:
        person = ReferenceData(connection, PLANT).records("person")["1"]
    assert isinstance(person, Person)
    assert person.may("desk", "settle")
    assert person.may("CS", "add")


def test_a_right_with_a_slip_is_answered_with_the_right_meant(engine: Engine) -> None:
    report = load(engine, "persons", "工号,姓名,权限\n1,王,CS.aprove\n")
    assert codes(report) == [(2, "unknown_right")]
    assert "CS.approve" in report.problems[0].en


def test_places_get_a_barcode_from_their_code(engine: Engine) -> None:
    report = load(engine, "places", PLACES)
    assert report.problems == ()
    with reading(engine) as connection:
        place = ReferenceData(connection, PLANT).place("A-01-1")
    assert isinstance(place, Place)
    assert (place.role, place.barcode) == (PlaceRole.STORAGE, "A011")


def test_two_places_cannot_answer_to_one_barcode(engine: Engine) -> None:
    report = load(engine, "places", "编码,名称,类型\nA-1,甲,库位\nA1,乙,库位\n")
    assert codes(report) == [(3, "value_taken")]


def test_a_station_needs_its_accounts(engine: Engine) -> None:
    header = "终端,名称,编号代码,暂收区,待处理,盘盈盘亏,单据\n"
    load(engine, "places", PLACES)
    assert load(engine, "stations", header + "K1,收货口,G1,RCV,QUA,LF,CS YW PD\n").new == 1
    report = load(engine, "stations", header + "K2,收货口,g1,RCV,RCV,LF,CS\n")
    assert codes(report) == [(2, "no_such_place")]
    assert codes(load(engine, "stations", header + "K2,口,G1,RCV,QUA,LF,CS\n")) == [(2, "value_taken")]


def test_a_damaged_cell_is_found_in_otherwise_sound_text(engine: Engine) -> None:
    damaged = ITEMS.encode().replace("平纹布".encode(), b"\xe5\xb9\xff\xe7\xba\xb9")
    assert codes(load(engine, "items", damaged)) == [(3, "cell_damaged")]


def test_every_refusal_has_words_in_both_languages() -> None:
    source = "".join(path.read_text() for path in Path("hub").glob("**/*.py"))
    raised = set(re.findall(r'"(import\.[a-z_]+)"', source))
    assert len(raised) > 30
    assert [code for code in sorted(raised) if not has_words(f"problem.{code}")] == []


@given(st.binary(max_size=300))
@pytest.mark.fault("A1")
def test_no_bytes_make_the_reader_fall(data: bytes) -> None:
    try:
        rows = read_sheet(data)
    except SheetError:
        return
    assert all(isinstance(row, SheetRow) and any(row.cells) for row in rows)


@pytest.mark.parametrize("kind", sorted(importers()))
def test_headers_of_one_kind_name_one_column_each(kind: str) -> None:
    seen: dict[str, str] = {}
    declared = importers()[kind]
    for column in declared.columns:
        for header in declared.headers(column):
            assert seen.setdefault(header.casefold(), column.name) == column.name


def test_an_item_keeps_its_id_when_another_takes_its_old_number(engine: Engine) -> None:
    with writing(engine) as connection:
        item = Item(id=ItemId("Y-100"), number="Y-1", names=Names(zh="纱"), unit="KGM")
        log = EventLog()
        log.lock(connection, PLANT)
        write_records(connection, log, PLANT, [Record(kind="item", key="Y-100", body=item)])
    load(engine, "items", ITEMS)
    with reading(engine) as connection:
        item = ReferenceData(connection, PLANT).item_by_number("Y-100")
    assert item is not None
    assert item.id == "Y-100~2"


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("places", "编码,名称,类型\nA-01,一,库位\nA.0.1,二,库位\n", [(3, "value_taken")]),
        ("places", "编码,名称,类型\n一区01,一,库位\n二区01,二,库位\n", [(3, "value_taken")]),
        ("places", "编码,名称,类型\n一区,一,库位\n盈亏,二,盘盈盘亏\n", [(2, "not_a_barcode")]),
        ("places", "编码,名称,类型,条码\nA1,一,库位,A区\n", [(2, "not_a_barcode")]),
        ("suppliers", "编码,名称\nA-011,甲\n", [(2, "value_taken")]),
        (
            "purchase_orders",
            "订单号,供应商,料号,数量\nPO-1,S1,Y-100,5\nP.O1,S1,Y-100,5\n",
            [(3, "value_taken")],
        ),
        ("purchase_orders", "订单号,供应商,料号,数量\n采购,S1,Y-100,5\n", [(2, "not_a_barcode")]),
        ("persons", "工号,姓名,工牌\n1,李,B-1\n2,王,b1\n", [(3, "value_taken")]),
        ("persons", "工号,姓名,工牌\n1,李,李\n", [(2, "not_a_barcode")]),
    ],
)
def test_two_things_that_one_label_would_name_are_refused(
    engine: Engine, kind: str, text: str, expected: list[tuple[int, str]]
) -> None:
    for known, data in (("items", ITEMS), ("places", PLACES), ("suppliers", SUPPLIERS)):
        assert load(engine, known, data).written
    assert codes(load(engine, kind, text)) == expected


def test_two_places_may_exchange_their_barcodes(engine: Engine) -> None:
    head = "编码,名称,类型,条码\n"
    assert load(engine, "places", head + "A1,一,库位,X1\nA2,二,库位,X2\n").written
    assert load(engine, "places", head + "A1,一,库位,X2\nA2,二,库位,X1\n").written
