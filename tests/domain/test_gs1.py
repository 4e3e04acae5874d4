"""GS1: every application identifier with its form, by GS1's own published vectors; and no text takes long."""

import json
import re
import time
from pathlib import Path

import pytest
from biip import ParseError
from biip.gs1_application_identifiers import GS1ApplicationIdentifier
from hypothesis import given
from hypothesis import strategies as st

from domain.barcode import READING_CHARS_MAX, Measure, ReadingKind, Supplementary, read
from domain.barcodes import gs1
from domain.gs1.checks import CHECKS
from domain.gs1.dictionary import ApplicationIdentifier, Component, application_identifiers, identifier
from domain.gs1.pairing import broken_pairings
from domain.gs1.value import parts_of
from domain.quantity import Quantity

GS = "\x1d"
VECTORS = json.loads((Path(__file__).parent / "gs1_vectors.json").read_text())
EVERY = sorted(application_identifiers())
LISTS_OF_OTHERS = {"not_iso3166", "not_iso3166_or_999", "not_iso3166_alpha2", "not_iso4217"}
"""What GS1's reference refuses by lists that others keep, and we take by its form (domain/gs1/checks.py)."""

READ_MS_MAX = 5
ATTEMPTS = 5
"""A reading is too slow when it was in each of so many attempts: a busy machine may take one of them away."""


def reads(text: str, symbology: str | None = "]C1") -> bool:
    return read(text, symbology).kind is ReadingKind.gs1


@pytest.mark.parametrize(("is_right", "text"), VECTORS["element_strings"])
def test_an_element_string_is_read_as_gs1_published_it(is_right: bool, text: str):
    assert reads(text.removeprefix("^").replace("^", GS)) == is_right


@pytest.mark.parametrize(("is_right", "text"), VECTORS["bracketed"])
def test_what_is_printed_below_a_code_is_read_as_gs1_published_it(is_right: bool, text: str):
    assert reads(text, None) == is_right


@pytest.mark.parametrize(("is_right", "text", "error"), VECTORS["contents"])
def test_a_value_is_checked_as_gs1_published_it(is_right: bool, text: str, error: str):
    is_a_list = error in LISTS_OF_OTHERS or error.startswith("coupon_")
    assert reads(text, None) == (is_right or is_a_list)


@pytest.mark.parametrize(("is_right", "kind", "text"), VECTORS["pairings"])
def test_which_identifiers_go_together_is_as_gs1_published_it(is_right: bool, kind: str, text: str):
    broken = broken_pairings([ai for ai, _ in gs1.pairs_of(text)])
    sought = "excludes" if kind == "mutex" else "lacks"
    assert (not any(one.kind == sought for one in broken)) == is_right


OUR_OWN_LINKS = {
    # read all the same: the meaning is plain, and it comes from a printed code
    "HtTp://a/b/00/006141411234567890": True,
    "https://[fe80::1%25lo]/01/12312312312333": True,
    "https://a/stem/00/006141411234567890/": True,
    "https://a/01/12312312312333?99=ABC&999=faux": True,
    "https://example.com/01/09520123456788?10=ABC123": True,
    "https://id.gs1.org/01/09520123456788/10/ABC123?99=XYZ789&01=09520123456788": True,
    "https://id.gs1.org/01/09520123456788/10/ABC123?99=XYZ789&10=ABC123": True,
    "https://id.gs1.org/01/09520123456788/10/ABC123?99=XYZ789&99=XYZ789": True,
    # words for numbers were withdrawn from the standard
    "https://a/gtin/12312312312333/ser/ABC123": False,
    "https://a/sscc/006141411234567890": False,
    # a key without a check digit proves nothing in somebody's own address
    "https://a/8004/9520614141234567?01=09521234543213": False,
    "https://example.com/8004/9520614141234567?01=09520123456788": False,
    "https://a/stem/401/12345678?99=ABC": False,
}


@pytest.mark.parametrize(("is_right", "text", "_message"), VECTORS["digital_links"])
def test_a_digital_link_is_read_as_gs1_published_it_but_for_what_we_take_otherwise(
    is_right: bool, text: str, _message: str
):
    expected = OUR_OWN_LINKS.get(text, is_right)
    assert (read(text).kind is ReadingKind.digital_link) == expected


def test_every_link_taken_otherwise_is_in_the_published_vectors_and_differs():
    published = {text: is_right for is_right, text, _ in VECTORS["digital_links"]}
    assert [text for text, ours in OUR_OWN_LINKS.items() if published.get(text, ours) == ours] == []


def elsewhere(text: str) -> GS1ApplicationIdentifier | None:
    """What an independent table (biip) says a text begins with."""
    try:
        return GS1ApplicationIdentifier.extract(text)
    except ParseError:
        return None


def test_the_dictionary_is_what_an_independent_table_has():
    found = (elsewhere(f"{number:04}") for number in range(10_000))
    others = {known.ai: known for known in found if known}
    assert set(EVERY) == set(others)
    for ai, known in application_identifiers().items():
        assert known.is_predefined == (not others[ai].separator_required), ai
        assert known.title or ai in {"8110", "8112"}, ai  # GS1 gives North American coupons no title


SAMPLES = {
    "yymmd0": "250131",
    "yymmdd": "250131",
    "yyyymmdd": "20250131",
    "hh": "23",
    "mi": "59",
    "ss": "59",
    "hhmi": "2359",
    "latitude": "0900000000",
    "longitude": "1800000000",
    "pieceoftotal": "0102",
    "posinseqslash": "1/3",
    "iban": "GB82WEST12345698765432",
    "csumalpha": "1987654Ad4X4bL5ttr2310c2K",
    "iso5218": "9",
    "winding": "9",
    "hyphen": "-",
    "zero": "0",
    "yesno": "1",
    "iso3166alpha2": "CN",
}


COMPANY_DIGITS = 4


def part(component: Component, chars: int) -> str:
    """A value of this part that is right, of so many characters where its checks allow it."""
    for check in component.checks:
        if check in SAMPLES:
            return SAMPLES[check]
    chars = max(chars, COMPANY_DIGITS if "gcppos1" in component.checks else 0)
    digits = "1" * chars
    if "csum" in component.checks:
        body = digits[:-1]
        return next(body + last for last in "0123456789" if CHECKS["csum"](body + last))
    return digits


def value(known: ApplicationIdentifier, *, longest: bool) -> str:
    parts = [
        part(component, component.chars_max if longest else component.chars_min)
        for component in known.components
        if longest or not component.is_optional
    ]
    return "".join(parts)


@pytest.mark.parametrize("longest", [False, True], ids=["shortest", "longest"])
def test_every_identifier_is_read_with_its_shortest_and_its_longest_value(longest: bool):
    for ai in EVERY:
        known = identifier(ai)
        assert known
        text = value(known, longest=longest)
        follower = "90" if ai != "90" else "91"
        separator = "" if known.is_predefined else GS
        assert reads(f"{ai}{text}{separator}{follower}X"), (ai, text)
        assert len(read(f"{ai}{text}{separator}{follower}X", "]C1").elements) == 2, ai


def test_no_identifier_takes_a_value_that_is_too_long_too_short_or_of_other_characters():
    for ai in EVERY:
        known = identifier(ai)
        assert known
        longest = value(known, longest=True)
        if len(longest) == known.chars_max:
            assert parts_of(known, longest + "1") is None, ai
        assert parts_of(known, "") is None, ai
        assert parts_of(known, longest[:-1] + "ß") is None, ai
        assert parts_of(known, longest[:-1] + "~") is None, ai


@given(ai=st.sampled_from(EVERY), text=st.text("0123456789AZaz-/_%=. ", max_size=40))
def test_what_we_take_the_independent_table_takes_too(ai: str, text: str):
    known = identifier(ai)
    assert known
    if parts_of(known, text) is not None:
        other = elsewhere(ai)
        assert other
        assert re.fullmatch(other.pattern, ai + text), (ai, text)


@pytest.mark.parametrize(
    ("text", "elements"),
    [
        ("3235000125", (Measure(Quantity.of("0.00125", "YRD")),)),
        ("3202001250", (Measure(Quantity.of("12.5", "LBR")),)),
        ("3302001250", (Supplementary("3302", "001250"),)),
    ],
)
def test_net_measures_are_quantities_and_gross_ones_stay_as_they_are(text: str, elements: tuple[object, ...]):
    assert read(text, "]C1").elements == elements


WORST = [
    "10" * 256,
    "(10)" * 128,
    "(10)A" * 102,
    "(8013)" + "z" * 506,
    GS * 512,
    ("91A" + GS) * 128,
    "|".join(["99" + "A" * 90] * 5),
    "0109501101530003" * 32,
    "8013" + "z" * 508,
    "<GS>" * 128,
    "~1|^]" * 100,
    "http://a/" + "01/" * 160,
    "http://a/" + "8013/1987654Ad4X4bL5ttr2310c2K/" * 15,
    "https://id.gs1.org/" + "401/1111/" * 50,
    "http://a/?" + "10=A&" * 100,
    "http://a/" + "%" * 500,
    "Z" + "é" * 511,
    "x" * 4096,
    "\u2028" * 4096,
]


def slowest_ms(text: str) -> float:
    """The least time of some attempts at the slowest symbology; the time of this thread alone is counted."""
    worst = 0.0
    for symbology in (None, "]C1", "]Q3"):
        least = READ_MS_MAX * 1e3
        for _ in range(ATTEMPTS):
            began = time.thread_time_ns()
            read(text, symbology)
            least = min(least, (time.thread_time_ns() - began) / 1e6)
            if least < READ_MS_MAX:
                break
        worst = max(worst, least)
    return worst


@pytest.mark.parametrize("text", WORST, ids=range(len(WORST)))
@pytest.mark.fault("S8")
def test_the_worst_texts_take_less_than_5_ms(text: str):
    assert slowest_ms(text) < READ_MS_MAX


@given(
    st.one_of(
        st.text(max_size=READING_CHARS_MAX),
        st.text("0123456789()" + GS, min_size=100, max_size=READING_CHARS_MAX),
        st.builds(
            "".join,
            st.lists(st.sampled_from([*EVERY, "(", ")", GS, "|", "1", "A", "/", "http://a/"]), max_size=200),
        ),
    )
)
@pytest.mark.fault("S8")
def test_no_text_makes_reading_raise_or_take_more_than_5_ms(text: str):
    assert slowest_ms(text) < READ_MS_MAX
