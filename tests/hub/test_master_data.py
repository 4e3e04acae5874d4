"""Every object of master data: registered, changed, disabled and deleted by its own declaration, on both databases."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine

from domain.item import Item
from domain.names import LANGUAGES
from domain.words import has_words, speak
from hub.cells import Value, shown
from hub.importer import run_import
from hub.master_data import Given, MasterData, MissingError, NotSavedError, Saved
from hub.object import Field, ObjectType, objects, referring
from hub.object_sheet import csv_sheet, xlsx_sheet
from hub.reference import ReferenceData
from hub.store.database import open_database, reading, writing
from hub.store.event_log import EventLog
from hub.store.reference import Author
from hub.views.objects import ObjectQuery, all_rows, history, matching_rows, object_page, object_row
from tests.hub.plant import P, Plant, moved

LOG = EventLog()
ME = Author(person="1007", at="2026-11-28T08:00:00.000000Z", means="office")
NAMES = sorted(objects())
TEMPLATES = Path(__file__).parents[2] / "labels" / "templates"

FIRST: dict[str, Mapping[str, str]] = {
    "persons": {
        "number": "1007",
        "name": "王秀兰",
        "name_en": "Wang Xiulan",
        "badge": "B1007",
        "rights": "CS.add",
        "qualifications": "collar, overlock",
    },
    "groups": {"code": "G1", "name": "收货组", "rights": "CS.see, CS.add"},
    "categories": {"code": "YARN", "name": "纱线", "name_en": "Yarn", "remark": "精梳"},
    "keepers": {"employee": "1007", "duties": "收发", "remark": "早班"},
    "warehouses": {"code": "W1", "name": "纱仓", "type": "yarn", "plant": P, "keepers": "1007"},
    "zones": {"code": "Z1", "name": "一区", "warehouse": "W1"},
    "bins": {
        "code": "Y-01",
        "name": "一号位",
        "role": "storage",
        "warehouse": "W1",
        "zone": "Z1",
        "capacity": "40",
        "categories": "YARN",
    },
    "places": {"code": "RCV", "name": "暂收", "role": "receiving", "warehouse": "W1", "barcode": "RCV"},
    "suppliers": {"code": "S1", "name": "大华纱厂", "contact": "刘", "phone": "0512-1"},
    "customers": {"code": "C1", "name": "蓝海服饰", "contact": "周"},
    "subcontractors": {"code": "O1", "name": "新艺印染"},
    "processing_fees": {
        "code": "F1",
        "subcontractor": "O1",
        "operation": "水洗",
        "unit": "KGM",
        "fee": "2.35",
        "valid_from": "2026-11-01",
    },
    "items": {"number": "T-1", "name": "纽扣", "unit": "C62", "codes": "4006381333931", "pack": "144"},
    "raw_materials": {
        "number": "Y-32",
        "name": "棉纱",
        "specification": "32S",
        "category": "YARN",
        "safety_stock": "500.5",
        "maximum_stock": "9000",
        "unit": "KGM",
        "lot_managed": "1",
        "accounting_class": "1403",
    },
    "workshops": {"code": "SEW", "name": "缝制", "plant": P, "head": "1007"},
    "shifts": {"code": "D", "name": "白班", "begins": "08:00", "ends": "17:30", "rest_minutes": "60"},
    "teams": {"code": "T1", "name": "一组", "workshop": "SEW", "leader": "1007", "shift": "D"},
    "lines": {"code": "L1", "name": "一线", "workshop": "SEW", "team": "T1", "capacity": "30"},
    "line_plans": {
        "code": "L1-1128",
        "line": "L1",
        "day": "2026-11-28",
        "shift": "D",
        "workers": "34",
        "target": "820",
    },
    "operations": {
        "code": "COLLAR",
        "name": "上领",
        "workshop": "SEW",
        "flow": "garment",
        "standard_minutes": "0.85",
        "qualification": "collar",
        "process_kind": "COP",
        "has_own_pay": "1",
    },
    "workplaces": {"code": "L1-01", "name": "一号工位", "line": "L1", "operations": "COLLAR"},
    "colours": {"code": "NAVY", "name": "藏青", "customer_code": "19-4024"},
    "size_groups": {"code": "SML", "name": "标准", "sizes": "S M L"},
    "styles": {
        "code": "P2601",
        "name": "女式 POLO",
        "customer": "C1",
        "colours": "NAVY",
        "size_group": "SML",
    },
    "routes": {"route": "R1/2", "name": "成衣", "style": "P2601", "flow": "garment"},
    "work_orders": {
        "number": "WO-1",
        "style": "P2601",
        "route": "R1/2",
        "due": "2026-12-10",
        "state": "running",
        "is_kitted": "1",
        "owner": "C1",
    },
    "requirement_lists": {"list": "COLLAR>COLLAR/1", "agreed_before": "1007", "agreed_after": "1007"},
    "piece_prices": {
        "code": "PP-1",
        "style": "P2601",
        "order": "WO-1",
        "operation": "COLLAR",
        "price": "0.32",
        "valid_from": "2026-11-01",
    },
    "finished_goods": {
        "number": "P2601-NAVY-M",
        "name": "女式 POLO 藏青 M",
        "specification": "M",
        "grade": "A",
        "unit": "C62",
        "stocktake_cycle": "30",
        "price": "45.5",
        "style": "P2601",
        "colour": "NAVY",
        "size": "M",
    },
    "units": {
        "code": "CONE",
        "name": "纱筒",
        "from_unit": "C62",
        "to_unit": "KGM",
        "factor": "1.89",
        "item": "Y-32",
    },
    "defect_codes": {
        "code": "D01",
        "name": "跳针",
        "severity": "major",
        "operation": "COLLAR",
        "operations": "COLLAR",
    },
    "label_templates": {
        "code": "badge",
        "text": (TEMPLATES / "badge.toml").read_text(encoding="utf-8").strip(),
    },
    "survey_questions": {"code": "Q1", "name": "扎捆顺序对吗", "name_en": "In order?", "units": "L1, L2"},
    "reason_codes": {"code": "R01", "name": "破损", "document_types": "CS, PD", "uses": "pause, reject"},
    "numbering_rules": {
        "code": "N1",
        "name": "销售单",
        "prefix": "XS",
        "date_part": "day",
        "serial_digits": "4",
    },
    "buyers": {"employee": "1007", "categories": "YARN", "phone": "139"},
    "salespersons": {"employee": "1007", "region": "华东"},
    "stations": {
        "device": "K1",
        "name": "收货口",
        "number_code": "G1",
        "receiving": "RCV",
        "quarantine": "QUA",
        "lost_and_found": "LF",
        "place": "RCV",
        "document_types": "CS",
        "operations": "COLLAR",
        "unit": "L1",
    },
    "purchase_orders": {"number": "PO-1", "supplier": "S1", "due": "2026-12-01"},
    "sales_orders": {"number": "SO-1", "customer": "C1", "due": "2026-12-20"},
    "return_requests": {"number": "RR-1", "customer": "C1", "approved": "1"},
    "requisitions": {"number": "RQ-1", "work_order": "WO-1", "workshop": "LS1"},
    "packed_lists": {"number": "PK-1", "work_order": "WO-1"},
    "label_orders": {
        "number": "LB-1",
        "template": "place",
        "about": "A-03-02",
        "device": "K1",
        "copies": "2",
        "day": "2026-11-22",
    },
}
"""One record of each object, in the order in which they can be registered."""
ACCOUNTS = (
    {"code": "QUA", "name": "待处理", "role": "quarantine"},
    {"code": "LF", "name": "盘盈盘亏", "role": "lost_and_found"},
    {"code": "LS1", "name": "一车间线边", "role": "line_side"},
)
LINES_OF: dict[str, tuple[Mapping[str, str], ...]] = {
    "routes": (
        {"operation": "COLLAR", "takes": "body, collar", "makes": "garment", "standard_minutes": "0.85"},
    ),
    "work_orders": (
        {"colour": "NAVY", "size": "M", "pieces": "120"},
        {"colour": "NAVY", "size": "L", "pieces": "80"},
    ),
    "requirement_lists": ({"item": "线头", "criterion": "剪到 3 mm", "is_critical": "1"},),
    "label_orders": (
        {"field": "place", "text": "A-03-02"},
        {"field": "barcode", "text": "ZPA0302K"},
    ),
}
"""The lines of objects whose lines are no goods."""
LINES = ({"line": "1", "item": "Y-32", "quantity": "120.5", "unit": "KGM"}, {"item": "T-1", "quantity": "7"})


def lines_of(name: str) -> tuple[Mapping[str, str], ...] | None:
    """Return the lines an object's record above has; None where it has none."""
    return LINES_OF.get(name, LINES) if objects()[name].has_lines else None


def _is_named(name: str) -> bool:
    """Tell whether one of the records above names the record of an object."""
    key = FIRST[name][objects()[name].number]
    return any(
        key in FIRST[one.name].get(field.name, "").split()
        or (field in one.lines and key in str(lines_of(one.name)))
        for one, field in referring(objects()[name].kind)
    )


NAMED = [name for name in NAMES if _is_named(name)]


def at(connection: Connection, name: str) -> MasterData:
    return MasterData(connection=connection, log=LOG, plant=P, declared=objects()[name], author=ME)


def given(name: str, **changes: str) -> Given:
    texts = {**FIRST[name], **changes}
    return Given(texts=texts, lines=lines_of(name))


def register_all(engine: Engine) -> None:
    with writing(engine) as connection:
        for account in ACCOUNTS:
            at(connection, "places").register(Given(texts=account))
        for name in FIRST:
            at(connection, name).register(given(name))


@pytest.fixture(scope="module")
def registered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with one record of each object, to be copied."""
    path = tmp_path_factory.mktemp("registered") / "hub.sqlite"
    engine = open_database(f"sqlite:///{path}")
    register_all(engine)
    engine.dispose()
    return path


@pytest.fixture
def engine(registered: Path, tmp_path: Path) -> Iterator[Engine]:
    """One record of each object in a database of its own."""
    shutil.copy(registered, tmp_path / "hub.sqlite")
    engine = open_database(f"sqlite:///{tmp_path / 'hub.sqlite'}")
    yield engine
    engine.dispose()


@pytest.fixture
def either(database_url: str) -> Iterator[Engine]:
    """The same, once in each kind of database."""
    engine = open_database(database_url)
    register_all(engine)
    yield engine
    engine.dispose()


def key_of(name: str) -> str:
    return FIRST[name][objects()[name].number]


def row(engine: Engine, name: str) -> Mapping[str, Value]:
    with reading(engine) as connection:
        found = object_row(objects()[name], ReferenceData(connection, P), key_of(name))
    assert found is not None
    return found.values


def refused(caught: pytest.ExceptionInfo[NotSavedError]) -> list[tuple[str, str]]:
    return [(one.field, one.code) for one in caught.value.findings]


def test_the_table_above_holds_every_object() -> None:
    assert sorted(FIRST) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_every_object_field_and_choice_has_words_in_both_languages(name: str) -> None:
    declared = objects()[name]
    keys = [f"object.{name}", *(declared.words(one) for one in declared.columns)]
    keys += [f"{one.kind.choice_words}.{value}" for one in declared.columns for value in one.kind.choices]
    keys += [f"problem.object.delete.{one.name}" for one in declared.delete_if]
    assert [key for key in keys if not has_words(key)] == []


def test_what_is_registered_says_what_was_given(either: Engine) -> None:
    for name, texts in FIRST.items():
        values = row(either, name)
        assert {one: shown(values[one]) for one in texts} == _as_kept(name, texts), name


def _as_kept(name: str, texts: Mapping[str, str]) -> dict[str, str]:
    fields = {one.name: one for one in objects()[name].columns}
    return {one: shown(fields[one].kind.read(text)) for one, text in texts.items()} | (
        {"codes": "04006381333931"} if name == "items" else {}
    )


@pytest.mark.parametrize("name", NAMES)
def test_no_mandatory_field_may_be_left_out_emptied_or_never_named(engine: Engine, name: str) -> None:
    declared = objects()[name]
    required = [one.name for one in declared.fields if one.required]
    assert declared.number in required
    for field in required:
        texts = (
            {**FIRST[name], declared.number: f"{key_of(name)}9"} if field != declared.number else FIRST[name]
        )
        for wanted in ({**texts, field: ""}, {one: text for one, text in texts.items() if one != field}):
            with writing(engine) as connection, pytest.raises(NotSavedError) as caught:
                at(connection, name).register(Given(texts=wanted, lines=lines_of(name)))
            assert (field, "import.cell_empty") in refused(caught)
        with writing(engine) as connection, pytest.raises(NotSavedError) as caught:
            at(connection, name).modify(key_of(name), Given(texts={field: ""}))
        assert refused(caught) == [(field, "import.cell_empty")]


@pytest.mark.parametrize("name", NAMES)
def test_what_may_not_change_does_not_and_says_so(engine: Engine, name: str) -> None:
    declared = objects()[name]
    fixed = [one for one in declared.fields if not one.may_change]
    assert fixed or name == "finished_goods"
    for one in fixed:
        with writing(engine) as connection, pytest.raises(NotSavedError) as caught:
            at(connection, name).modify(key_of(name), Given(texts={one.name: _another(one)}))
        assert (one.name, "import.may_not_change") in refused(caught)


def _another(one: Field) -> str:
    if one.name == "list":
        return "X9>X9"
    return "MTR" if one.kind.input == "unit" else "1008" if one.kind.refers_to else "X9"


@pytest.mark.parametrize("name", NAMES)
def test_only_the_named_field_changes_and_the_history_says_from_what_to_what(
    engine: Engine, name: str
) -> None:
    declared, field = objects()[name], _free_text(objects()[name])
    before = row(engine, name)
    text = "2027-01-31" if field.kind.input == "date" else "另一个"
    with writing(engine) as connection:
        assert at(connection, name).modify(key_of(name), Given(texts={field.name: text})).changed
        assert not at(connection, name).modify(key_of(name), Given(texts={field.name: text})).changed
    after = row(engine, name)
    assert {one for one in after if after[one] != before[one]} == {field.name}
    with reading(engine) as connection:
        newest, first = history(connection, declared, ReferenceData(connection, P), key_of(name))
    (change,) = newest.changes
    assert (change.field, change.before, change.after) == (field.name, shown(before[field.name]), text)
    assert (newest.act, newest.person, newest.means, newest.at) == ("modified", "1007", "office", ME.at)
    assert first.act == "registered"


def _free_text(declared: ObjectType) -> Field:
    """A field that takes any text: the remark where there is one."""
    fields = {one.name: one for one in declared.fields}
    return next(fields[name] for name in ("remark", "name", "due") if name in fields)


@pytest.mark.parametrize("name", NAMES)
def test_the_same_number_is_registered_once(engine: Engine, name: str) -> None:
    with writing(engine) as connection, pytest.raises(NotSavedError) as caught:
        at(connection, name).register(given(name))
    assert refused(caught) == [(objects()[name].number, "object.exists")]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_that_is_registered_nowhere_is_refused_wherever_it_stands(engine: Engine, name: str) -> None:
    for one in objects()[name].fields:
        if one.kind.refers_to and one.may_change:
            with writing(engine) as connection, pytest.raises(NotSavedError) as caught:
                at(connection, name).modify(key_of(name), Given(texts={one.name: "NOBODY"}))
            assert refused(caught) == [(one.name, one.kind.unknown)]


@pytest.mark.parametrize("name", NAMES)
def test_what_is_disabled_is_listed_only_when_asked_for(engine: Engine, name: str) -> None:
    declared = objects()[name]
    with writing(engine) as connection:
        at(connection, name).disable(key_of(name), disabled=True)
    with reading(engine) as connection:
        known = ReferenceData(connection, P)
        listed, all_of_them = (
            {one.key for one in matching_rows(declared, known, ObjectQuery(disabled=asked))}
            for asked in (False, True)
        )
    assert all_of_them - listed == {key_of(name)}
    with writing(engine) as connection:
        at(connection, name).disable(key_of(name), disabled=False)
    assert not any(row(engine, name).get(flag) for flag in ("disabled", "closed"))


@pytest.mark.parametrize("name", NAMES)
def test_it_is_found_by_each_of_its_query_keys_and_by_any_word(engine: Engine, name: str) -> None:
    declared, values = objects()[name], row(engine, name)
    keys = [one for one in declared.fields if one.is_query]
    assert declared.number in {one.name for one in keys}
    with reading(engine) as connection:
        known = ReferenceData(connection, P)
        for one in keys:
            if text := shown(values[one.name]):
                rows = matching_rows(declared, known, ObjectQuery(where={one.name: text}))
                assert key_of(name) in {found.key for found in rows}
                assert not matching_rows(declared, known, ObjectQuery(where={one.name: f"{text}~"}))
        assert matching_rows(declared, known, ObjectQuery(search=key_of(name).lower()))


@pytest.mark.parametrize("name", NAMED)
def test_what_others_name_stays_and_the_refusal_says_who_names_it(engine: Engine, name: str) -> None:
    naming = [
        (one, field)
        for one, field in referring(objects()[name].kind)
        if key_of(name) in _named(engine, one, field)
    ]
    assert naming
    with writing(engine) as connection, pytest.raises(NotSavedError) as caught:
        at(connection, name).delete(key_of(name))
    assert refused(caught) == [(objects()[name].number, "object.delete.nothing_refers")]
    assert any(speak("en", f"object.{one.name}") in caught.value.findings[0].en for one, _ in naming)


def _named(engine: Engine, declared: ObjectType, field: Field) -> set[str]:
    with reading(engine) as connection:
        rows = all_rows(declared, ReferenceData(connection, P))
    values = [line[field.name] for one in rows for line in one.lines] if field in declared.lines else []
    values += [one.values[field.name] for one in rows if field in declared.fields]
    return {text for value in values for text in (value if isinstance(value, tuple) else (shown(value),))}


def test_nothing_else_stands_against_deleting_them_all_from_the_last_to_the_first(either: Engine) -> None:
    with writing(either) as connection:
        at(connection, "persons").modify("1007", Given(texts={"team": "T1"}))
        at(connection, "persons").modify("1007", Given(texts={"team": ""}))
        at(connection, "warehouses").modify("W1", Given(texts={"keepers": ""}))
        for name in reversed([*FIRST]):
            assert at(connection, name).delete(key_of(name)) == Saved(key=key_of(name), number=key_of(name))
            with pytest.raises(MissingError):
                at(connection, name).delete(key_of(name))
            newest, *_ = history(connection, objects()[name], ReferenceData(connection, P), key_of(name))
            assert newest.act == "deleted"


def test_goods_with_stock_or_documents_stay_and_the_refusal_shows_them(database_url: str) -> None:
    plant = Plant(database_url)
    kiosk = plant.kiosk("K1")
    there = moved("SUP", "A1", "12.5", item="I2")
    kiosk.opens("CS-K1")
    kiosk.moves(there)
    plant.takes(kiosk)
    plant.books()
    for name, key, evidence in (("items", "I2", "A1 12.5 KGM"), ("places", "A1", "I2 12.5 KGM")):
        with writing(plant.engine) as connection, pytest.raises(NotSavedError) as caught:
            at(connection, name).delete(key)
        assert [one.code for one in caught.value.findings] == ["object.delete.no_stock"]
        assert evidence in caught.value.findings[0].zh
    kiosk.moves(there.inverse())
    plant.takes(kiosk)
    plant.books()
    for name, key in (("items", "I2"), ("places", "A1"), ("persons", "1007")):
        with writing(plant.engine) as connection, pytest.raises(NotSavedError) as caught:
            at(connection, name).delete(key)
        assert [one.code for one in caught.value.findings] == ["object.delete.no_document"]
        assert "CS-K1" in caught.value.findings[0].en
    before = plant.everything()
    plant.rebuilds()
    assert plant.everything() == before
    plant.close()


def test_a_number_of_finished_goods_changes_and_the_goods_stay_the_same(engine: Engine) -> None:
    with writing(engine) as connection:
        saved = at(connection, "finished_goods").modify("P2601-NAVY-M", Given(texts={"number": "P2601-19-M"}))
    assert saved == Saved(key="P2601-NAVY-M", number="P2601-19-M")
    with reading(engine) as connection:
        known = ReferenceData(connection, P)
        assert known.item_by_number("P2601-NAVY-M") is None
        item = known.item_by_number("P2601-19-M")
    assert isinstance(item, Item)
    assert item.id == "P2601-NAVY-M"
    with writing(engine) as connection, pytest.raises(NotSavedError) as caught:
        at(connection, "finished_goods").modify("P2601-NAVY-M", Given(texts={"number": "Y-32"}))
    assert refused(caught) == [("number", "import.value_taken")]


def test_what_was_changed_meanwhile_is_not_written_over(engine: Engine) -> None:
    with reading(engine) as connection:
        seen = ReferenceData(connection, P).revision("category", "YARN")
    with writing(engine) as connection:
        at(connection, "categories").modify("YARN", Given(texts={"remark": "甲"}, seen=seen))
        with pytest.raises(NotSavedError) as caught:
            at(connection, "categories").modify("YARN", Given(texts={"remark": "乙"}, seen=seen))
    assert refused(caught) == [("code", "object.changed_meanwhile")]


def test_a_raw_material_is_not_changed_as_any_item_and_an_item_can_become_one(engine: Engine) -> None:
    with writing(engine) as connection:
        with pytest.raises(NotSavedError) as caught:
            at(connection, "items").modify("Y-32", Given(texts={"name": "纱"}))
        assert refused(caught) == [("number", "import.belongs_elsewhere")]
        assert "Raw materials" in caught.value.findings[0].en
        text = "编号,名称,规格,类别,安全库存,单位\nT-1,纽扣,18L,YARN,1000,C62\n"
        report = run_import(
            connection, LOG, plant=P, kind="raw_materials", data=text.encode(), dry_run=False, author=ME
        )
    assert (report.problems, report.changed) == ((), 1)
    with reading(engine) as connection:
        found = object_row(objects()["raw_materials"], ReferenceData(connection, P), "T-1")
    assert found is not None
    assert found.values["codes"] == ("04006381333931",)  # what the file does not name stays


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_what_is_exported_comes_in_again_and_changes_nothing(
    engine: Engine, name: str, language: str
) -> None:
    declared = objects()[name]
    spoken = "en" if language == "en" else "zh-CN"
    with writing(engine) as connection:
        known = ReferenceData(connection, P)
        records = known.records(declared.kind, declared.form)
        mine = [one for one in all_rows(declared, known) if declared.takes(records[one.key])]
        for data in (csv_sheet(declared, mine, spoken), xlsx_sheet(declared, mine, spoken)):
            report = run_import(connection, LOG, plant=P, kind=name, data=data, dry_run=False)
            assert report.problems == ()
            assert (report.new, report.changed, report.unchanged) == (0, 0, len(mine))
            assert report.ignored_columns == ()


def test_pages_of_a_list_join_without_gap_or_repeat_in_every_order(engine: Engine) -> None:
    declared = objects()["colours"]
    with writing(engine) as connection:
        for number in range(23):
            texts = {"code": f"C{number}", "name": f"色 {number % 5}", "family": "蓝" if number % 3 else ""}
            at(connection, "colours").register(Given(texts=texts))
    with reading(engine) as connection:
        known = ReferenceData(connection, P)
        for sort in ("", "-code", "name", "-name", "family", "-family"):
            whole = object_page(declared, known, ObjectQuery(sort=sort, limit=500))
            joined, after = [], ""
            while True:
                page = object_page(declared, known, ObjectQuery(sort=sort, limit=4, after=after))
                assert page.matching == 24
                joined += page.rows
                after = page.next
                if not after:
                    break
            assert joined == whole.rows
            values = [shown(one.values[sort.removeprefix("-") or "code"]) for one in joined]
            assert values == sorted(values, reverse=sort.startswith("-"))


def test_an_amount_is_kept_exactly(engine: Engine) -> None:
    assert row(engine, "raw_materials")["safety_stock"] == Decimal("500.5")
