"""Readings: what the codes of real goods mean, and that no text whatever stops the kiosk."""

from datetime import date
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

import domain.barcode
from domain.barcode import (
    READING_CHARS_MAX,
    Count,
    Element,
    Expiry,
    Gln,
    Gtin,
    ItemNumber,
    Lot,
    Measure,
    OrderNumber,
    PlaceCode,
    PlainText,
    ProductionDate,
    Reading,
    ReadingKind,
    Serial,
    Sscc,
    Supplementary,
    read,
    recognisers,
)
from domain.problem import Severity
from domain.quantity import Quantity

GS = "\x1d"
GTIN = Gtin("09501101530003")
SSCC = Sscc("106141412345678908")


def kg(value: str) -> Measure:
    return Measure(Quantity(Decimal(value), "KGM"))


# (what was scanned, symbology, kind, elements)
GOLDEN: list[tuple[str, str | None, ReadingKind, tuple[Element, ...]]] = [
    # Trade item numbers
    ("4006381333931", None, ReadingKind.ean, (Gtin("04006381333931"),)),
    ("4006381333931", "]E0", ReadingKind.ean, (Gtin("04006381333931"),)),
    ("]E04006381333931", None, ReadingKind.ean, (Gtin("04006381333931"),)),
    ("6901234567892", None, ReadingKind.ean, (Gtin("06901234567892"),)),
    ("400638133393112", "]E3", ReadingKind.ean, (Gtin("04006381333931"),)),
    ("96385074", None, ReadingKind.ean, (Gtin("00000096385074"),)),
    ("96385074", "]E4", ReadingKind.ean, (Gtin("00000096385074"),)),
    ("036000291452", None, ReadingKind.ean, (Gtin("00036000291452"),)),
    ("0036000291452", "]E0", ReadingKind.ean, (Gtin("00036000291452"),)),
    ("04252614", None, ReadingKind.ean, (Gtin("00042100005264"),)),
    ("01234565", "]E0", ReadingKind.ean, (Gtin("00012345000065"),)),
    ("15400141288763", None, ReadingKind.ean, (Gtin("15400141288763"),)),
    ("15400141288763", "]I1", ReadingKind.ean, (Gtin("15400141288763"),)),
    ("4006381333931\r\n", None, ReadingKind.ean, (Gtin("04006381333931"),)),
    # GS1 with an identifier
    ("0109501101530003", "]C1", ReadingKind.gs1, (GTIN,)),
    ("]C10109501101530003", None, ReadingKind.gs1, (GTIN,)),
    ("]e00109501101530003", None, ReadingKind.gs1, (GTIN,)),
    ("]d2010950110153000310AB-1" + GS + "21X9", None, ReadingKind.gs1, (GTIN, Lot("AB-1"), Serial("X9"))),
    ("]Q3" + GS + "010950110153000310AB", None, ReadingKind.gs1, (GTIN, Lot("AB"))),
    ("]J1010950110153000317250131", None, ReadingKind.gs1, (GTIN, Expiry(date(2025, 1, 31)))),
    ("10B24/07", "]C1", ReadingKind.gs1, (Lot("B24/07"),)),
    ("21" + "S" * 20, "]C1", ReadingKind.gs1, (Serial("S" * 20),)),
    ("00106141412345678908", "]C1", ReadingKind.gs1, (SSCC,)),
    ("020950110153000337144", "]C1", ReadingKind.gs1, (GTIN, Count(144))),
    ("3012", "]C1", ReadingKind.gs1, (Count(12),)),
    ("3103000125", "]C1", ReadingKind.gs1, (kg("0.125"),)),
    ("3100000125", "]C1", ReadingKind.gs1, (kg("125"),)),
    ("3112012550", "]C1", ReadingKind.gs1, (Measure(Quantity(Decimal("125.5"), "MTR")),)),
    ("3142001250", "]C1", ReadingKind.gs1, (Measure(Quantity(Decimal("12.5"), "MTK")),)),
    ("3151000125", "]C1", ReadingKind.gs1, (Measure(Quantity(Decimal("12.5"), "LTR")),)),
    ("400PO-77" + GS + "240ART1", "]C1", ReadingKind.gs1, (OrderNumber("PO-77"), ItemNumber("ART1"))),
    ("241CUST9", "]C1", ReadingKind.gs1, (ItemNumber("CUST9"),)),
    ("4109501101530003", "]C1", ReadingKind.gs1, (Gln("9501101530003", "410"),)),
    ("4149501101530003", "]C1", ReadingKind.gs1, (Gln("9501101530003"),)),
    ("11240229", "]C1", ReadingKind.gs1, (ProductionDate(date(2024, 2, 29)),)),
    ("11250200", "]C1", ReadingKind.gs1, (ProductionDate(date(2025, 2, 28)),)),
    ("1525013191Q7", "]C1", ReadingKind.gs1, (Supplementary("15", "250131"), Supplementary("91", "Q7"))),
    ("10A" + GS + "10A", "]C1", ReadingKind.gs1, (Lot("A"),)),
    # GS1 without one, on evidence
    ("0109501101530003", None, ReadingKind.gs1, (GTIN,)),
    (GS + "0109501101530003", None, ReadingKind.gs1, (GTIN,)),
    ("010950110153000310LOT7", None, ReadingKind.gs1, (GTIN, Lot("LOT7"))),
    ("1125011710DYE0099", None, ReadingKind.gs1, (ProductionDate(date(2025, 1, 17)), Lot("DYE0099"))),
    ("00106141412345678908", None, ReadingKind.gs1, (SSCC,)),
    ("106141412345678908", None, ReadingKind.gs1, (SSCC,)),
    ("10A7" + GS + "21X", None, ReadingKind.gs1, (Lot("A7"), Serial("X"))),
    # Typed by hand
    ("(01)09501101530003", None, ReadingKind.gs1, (GTIN,)),
    ("(01) 09501101530003 (10) A7", None, ReadingKind.gs1, (GTIN, Lot("A7"))),
    ("(10)A(7)B(3103)000125", None, ReadingKind.gs1, (Lot("A(7)B"), kg("0.125"))),
    ("(10)ABC(17)250101", "]Q1", ReadingKind.gs1, (Lot("ABC"), Expiry(date(2025, 1, 1)))),
    # Digital Link
    ("https://id.gs1.org/01/09501101530003", None, ReadingKind.digital_link, (GTIN,)),
    ("HTTPS://ID.GS1.ORG/01/09501101530003", "]Q1", ReadingKind.digital_link, (GTIN,)),
    (
        "https://brand.example/p/01/9501101530003/10/A%2F7/21/X?17=250101&3103=000125&utm=q",
        None,
        ReadingKind.digital_link,
        (GTIN, Lot("A/7"), Serial("X"), Expiry(date(2025, 1, 1)), kg("0.125")),
    ),
    ("http://a.example/00/106141412345678908/", None, ReadingKind.digital_link, (SSCC,)),
    ("https://a.example/414/9501101530003", None, ReadingKind.digital_link, (Gln("9501101530003"),)),
    # House codes among the others
    ("ZPA01027", None, ReadingKind.house, (PlaceCode("A0102"),)),
    ("]C0ZPA01027", None, ReadingKind.house, (PlaceCode("A0102"),)),
]

# Factory numbers and foreign codes: plain text, whole and as it is.
FOREIGN = [
    ("WO-123/10", None),
    ("1020250117A00012", None),
    ("2120250117000345", None),
    ("37202501170003", None),
    ("1001|240117|300", None),
    ("4006381333932", None),
    ("9501101530003X", None),
    ("96385074", "]C0"),
    ("0109501101530003", "]C0"),
    ("00000000", None),
    ("缸号 24-0117", None),
    ("(2024)17", None),
    ("https://example.com/shop/01/12345", None),
    ("https://[bad/01/09501101530003", None),
    ("ftp://a.example/01/09501101530003", None),
    ("A12", "]A0"),
    ("٣١٠٣٠٠٠١٢٥", None),
    ("911234567890123456", None),
]

# (what was scanned, symbology, problem code, format)
REFUSED = [
    ("", None, "empty_code", None),
    (" \r\n", None, "empty_code", None),
    ("]C1", None, "empty_code", None),
    ("x" * (READING_CHARS_MAX + 1), None, "code_too_long", None),
    ("x" * 4000, None, "code_too_long", None),
    ("AB\x00C", None, "control_characters", None),
    ("AB\x1b[2J", None, "control_characters", None),
    ("[)>\x1e06" + GS + "1P7\x1e\x04", None, "control_characters", None),
    ("A\u202eB", None, "control_characters", None),
    ("A\nB", None, "control_characters", None),
    ("\ud800", None, "control_characters", None),
    ("4006381333932", "]E0", "unreadable_code", "ean"),
    ("400638133393", "]E0", "unreadable_code", "ean"),
    ("96385075", "]E4", "unreadable_code", "ean"),
    ("0109501101530004", "]C1", "unreadable_code", "gs1"),
    ("010950110153000", "]C1", "unreadable_code", "gs1"),
    ("00106141412345678909", "]C1", "unreadable_code", "gs1"),
    ("4149501101530004", "]C1", "unreadable_code", "gs1"),
    ("17251301", "]C1", "unreadable_code", "gs1"),
    ("17250230", "]C1", "unreadable_code", "gs1"),
    ("17250001", "]C1", "unreadable_code", "gs1"),
    ("10" + "A" * 21, "]C1", "unreadable_code", "gs1"),
    ("10A B", "]C1", "unreadable_code", "gs1"),
    ("10", "]C1", "unreadable_code", "gs1"),
    ("30", "]C1", "unreadable_code", "gs1"),
    ("HELLO", "]C1", "unreadable_code", "gs1"),
    ("10A" + GS + "10B", "]C1", "unreadable_code", "gs1"),
    ("6901234567892", "]C1", "unreadable_code", "gs1"),
    ("0100000000000000", "]C1", "unreadable_code", "gs1"),
    ("01٠9501101530003", "]C1", "unreadable_code", "gs1"),
    ("30٣", "]C1", "unreadable_code", "gs1"),
    ("ABC" + GS + "DEF", None, "unreadable_code", "gs1"),
    ("010950110153000410A<GS>21X", None, "unreadable_code", "gs1"),
    ("(01)09501101530004", None, "unreadable_code", "gs1"),
    ("(01)09501101530003(17)251399", None, "unreadable_code", "gs1"),
    ("https://a.example/01/09501101530004", None, "unreadable_code", "digital_link"),
    ("https://a.example/01/09501101530003/10", None, "unreadable_code", "digital_link"),
    ("https://a.example/01/09501101530003?17=259999", None, "unreadable_code", "digital_link"),
    ("https://a.example/01/09501101530003?" + "17=250101&" * 60, None, "code_too_long", None),
    ("https://a.example/01/09501101530003?" + "a=1&" * 60, None, "unreadable_code", "digital_link"),
    ("ZPA01028", None, "unreadable_code", "house"),
]


@pytest.mark.parametrize(("text", "symbology", "kind", "elements"), GOLDEN)
@pytest.mark.fault("S7")
def test_a_code_from_real_goods_means_what_it_says(
    text: str, symbology: str | None, kind: ReadingKind, elements: tuple[Element, ...]
):
    reading = read(text, symbology)
    assert (reading.kind, reading.elements, reading.problem) == (kind, elements, None)
    assert reading.text == text


@pytest.mark.parametrize(("text", "symbology"), FOREIGN)
@pytest.mark.fault("S7")
def test_a_factory_number_is_kept_as_it_is(text: str, symbology: str | None):
    reading = read(text, symbology)
    assert (reading.kind, reading.elements) == (ReadingKind.foreign, (PlainText(text),))
    assert reading.problem is None


@pytest.mark.parametrize(("text", "symbology", "code", "form"), REFUSED)
@pytest.mark.fault("S6")
def test_a_damaged_code_is_refused_and_the_reason_named(
    text: str, symbology: str | None, code: str, form: str | None
):
    reading = read(text, symbology)
    assert (reading.kind, reading.elements) == (ReadingKind.unreadable, ())
    assert reading.problem is not None
    assert (reading.problem.code, reading.problem.severity) == (code, Severity.refusal)
    assert reading.problem.parameters.get("format") == form


@pytest.mark.parametrize(
    "separator", [GS, "<GS>", "{GS}", "[GS]", "<FNC1>", "{FNC1}", "[FNC1]", "^]", "␝", "~1", "|"]
)
def test_every_substitute_for_the_group_separator_ends_a_lot(separator: str):
    text = f"010950110153000310A7{separator}17250101"
    expected = (GTIN, Lot("A7"), Expiry(date(2025, 1, 1)))
    assert read(text).elements == expected
    assert read(text, "]d2").elements == expected
    assert read(separator + text).elements == expected


@pytest.mark.parametrize("place", range(14))
@pytest.mark.fault("S6")
def test_every_wrong_digit_of_a_gtin_is_refused_under_its_identifier(place: int):
    digits = GTIN.value
    for wrong in set("0123456789") - {digits[place]}:
        damaged = digits[:place] + wrong + digits[place + 1 :]
        assert read(f"01{damaged}", "]C1").kind is ReadingKind.unreadable


def test_a_symbology_given_beside_the_text_wins_over_the_one_in_front_of_it():
    reading = read("]C10109501101530003", "]d2")
    assert (reading.symbology, reading.elements) == ("]d2", (GTIN,))


@pytest.mark.parametrize("symbology", ["", "C1", "]C1x", "rubbish"])
def test_what_is_no_symbology_identifier_is_not_believed(symbology: str):
    assert read("HELLO", symbology).symbology is None


def test_a_long_text_is_kept_cut_with_its_length_told():
    reading = read("7" * 4000)
    assert reading.text == "7" * READING_CHARS_MAX
    assert reading.problem is not None
    assert reading.problem.parameters["length"] == "4000"


@pytest.mark.fault("S8")
def test_control_characters_are_named_so_that_they_can_be_seen():
    problem = read("A\x00B\x1b").problem
    assert problem is not None
    assert problem.parameters["characters"] == "U+0000 U+001B"


texts = st.one_of(
    st.text(max_size=600),
    st.text(st.characters(codec=None, categories=["Cs", "Cc", "Cf", "Nd", "Lu"]), max_size=60),
    st.text("0123456789" + GS + "()|~^]<>GS", max_size=120),
    st.builds("".join, st.lists(st.sampled_from([g[0] for g in GOLDEN]), max_size=6)),
    st.builds(lambda tail: "https://a.example/01/" + tail, st.text(max_size=80)),
    st.builds(lambda tail: "Z" + tail, st.text("PBSDHC0123456789QWERTYzpé&", max_size=30)),
)
symbologies = st.one_of(
    st.none(), st.text(max_size=4), st.sampled_from(["]C1", "]C0", "]E0", "]E3", "]E4", "]d2", "]Q3"])
)


@given(text=texts, symbology=symbologies)
@pytest.mark.fault("S8")
def test_no_text_makes_reading_raise_and_every_reading_is_whole(text: str, symbology: str | None):
    reading = read(text, symbology)
    assert (reading.problem is None) == bool(reading.elements)
    assert (reading.kind is ReadingKind.unreadable) == (reading.problem is not None)
    assert reading.problem is None or reading.problem.severity is Severity.refusal
    assert read(text, symbology) == reading
    assert msgspec.json.decode(msgspec.json.encode(reading), type=Reading) == reading


@given(lot=st.text("ABCXYZabc0123456789-/_.", min_size=1, max_size=20), grams=st.integers(0, 999_999))
def test_what_a_label_says_is_what_is_read(lot: str, grams: int):
    reading = read(f"]C1{'01'}{GTIN.value}3103{grams:06}10{lot}")
    assert reading.elements == (GTIN, Measure(Quantity(Decimal(grams).scaleb(-3), "KGM")), Lot(lot))


@pytest.mark.parametrize(
    "text",
    [
        "x" * 4000,
        "10" * 256,
        "(10)" * 128,
        GS * 512,
        "0109501101530003" * 32,
        "http://a/" + "01/" * 160,
        "10A|21B|" * 64,
        "Z" + "é" * 511,
    ],
)
@pytest.mark.fault("S8")
def test_the_worst_texts_are_read_and_read_alike(text: str):
    for symbology in ("]C1", "]Q3", None):
        assert read(text, symbology) == read(text, symbology)


def test_every_format_of_the_folder_is_asked_in_its_order():
    assert [name for name, _ in recognisers()] == ["house", "digital_link", "ean", "gs1"]


@pytest.mark.fault("S8")
def test_a_format_that_fails_is_named_and_stops_nobody(monkeypatch: pytest.MonkeyPatch):
    def breaks(text: str, symbology: str | None) -> Reading | None:
        raise RuntimeError(text)

    monkeypatch.setattr(domain.barcode, "recognisers", lambda: (("broken", breaks),))
    reading = read("ABC")
    assert reading.kind is ReadingKind.unreadable
    assert reading.problem is not None
    assert (reading.problem.code, reading.problem.severity) == ("recogniser_failed", Severity.fault)
    assert reading.problem.parameters["format"] == "broken"
