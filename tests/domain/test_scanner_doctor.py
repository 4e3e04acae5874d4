"""The scanner doctor: what scanners do to a sheet of known codes is found, and undone only where it is certain."""

from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.barcode import read
from domain.scanner_doctor import (
    ESSENTIAL,
    SHEET,
    Adaptation,
    Ended,
    Finding,
    FindingKind,
    SheetScan,
    adapted,
    diagnose,
    is_of_sheet,
    scanner_sheet,
)
from domain.scanner_layouts import LAYOUTS, UNTOLD, as_typed
from domain.words import has_words
from labels.layout import lay_out
from labels.preflight import preflight
from labels.template import bind, load_template

US = [chr(number) for number in range(33, 127)]
IDENTIFIERS = {"code128": "]C0", "gs1_128": "]C1", "datamatrix": "]d1", "gs1_datamatrix": "]d2"}
GS = "\x1d"


@dataclass(frozen=True)
class Gun:
    """A scanner as somebody set it up."""

    layout: str = ""
    caps: bool = False
    prefix: str = ""
    suffix: str = ""
    separator: str = GS
    has_identifiers: bool = True
    ended: Ended = "enter"

    def scans(self, name: str) -> SheetScan:
        code = next(one for one in SHEET if one.name == name)
        return SheetScan(
            text=(IDENTIFIERS[code.symbology] if self.has_identifiers else "") + self.sends(code.sent),
            ended=self.ended,
        )

    def sends(self, text: str) -> str:
        """What arrives of a text, without identifier."""
        sent = text.replace(GS, self.separator)
        sent = self.prefix + sent + self.suffix
        sent = sent.swapcase() if self.caps else sent
        if self.layout:
            keys = {as_typed(one, self.layout): one for one in reversed(US)}
            keys.pop(UNTOLD, None)
            sent = "".join(keys.get(one, one) for one in sent)
        return sent

    def whole_sheet(self) -> list[SheetScan]:
        return [self.scans(one.name) for one in SHEET]


def kinds(found: tuple[Finding, ...]) -> set[FindingKind]:
    return {one.kind for one in found}


def test_nothing_is_found_wrong_with_a_scanner_in_order():
    found = diagnose(Gun().whole_sheet())
    assert found.findings == ()
    assert found.adaptation is None
    assert found.heard == found.clean == {one.name for one in SHEET}


@given(st.sets(st.sampled_from([one.name for one in SHEET]), min_size=1))
def test_nor_from_any_part_of_the_sheet(names: set[str]):
    assert diagnose([Gun().scans(name) for name in sorted(names)]).findings == ()


@pytest.mark.parametrize(
    ("layout", "typed"),
    [
        ("german", "QAYWZM/&*()]%$@"),
        ("french", 'AQWZY:6>5-=+"]3'),
    ],
)
def test_the_layout_code_arrives_as_the_keyboards_have_it(layout: str, typed: str):
    found = diagnose([SheetScan(text=typed, symbology="]C0", ended="enter")])
    assert found.findings == (Finding(kind=FindingKind.LAYOUT, detail=layout),)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("caps", [False, True])
def test_every_layout_is_recognised_from_the_layout_code_alone(layout: str, caps: bool):
    gun = Gun(layout=layout, caps=caps, has_identifiers=False)
    found = diagnose([gun.scans("layout")])
    assert Finding(kind=FindingKind.LAYOUT, detail=layout) in found.findings
    assert (FindingKind.CASE_SWAPPED in kinds(found.findings)) is caps
    assert found.adaptation is None  # not before the rest was scanned


AROUND = st.text(st.sampled_from("QX#*-_ \x02\x03"), max_size=3)


GUNS = st.builds(
    Gun,
    layout=st.sampled_from(["", *LAYOUTS]),
    caps=st.booleans(),
    prefix=AROUND,
    suffix=AROUND,
    separator=st.sampled_from([GS, "", "|", "~", "#", "-", "{GS}"]),
    has_identifiers=st.booleans(),
)


@given(GUNS)
def test_what_is_undone_makes_the_whole_sheet_read_as_printed(gun: Gun):
    # "]" needs AltGr on most of the layouts: the driver would throw such a code away
    gun = replace(gun, has_identifiers=gun.has_identifiers and not gun.layout)
    scans = gun.whole_sheet()
    found = diagnose(scans)
    is_healthy = not (gun.layout or gun.caps or gun.prefix or gun.suffix) and gun.separator == GS
    assert (kinds(found.findings) <= {FindingKind.NO_IDENTIFIERS}) is is_healthy
    if found.adaptation is None:
        return
    after = [SheetScan(text=adapted(one.text, found.adaptation), ended=one.ended) for one in scans]
    left = {FindingKind.NO_IDENTIFIERS} | (set() if gun.separator else {FindingKind.SEPARATOR_LOST})
    assert kinds(diagnose(after).findings) <= left
    for code, one in zip(SHEET, after, strict=True):
        assert one.text.endswith(code.sent if gun.separator else code.sent.replace(GS, ""))


def test_a_german_scanner_with_caps_lock_and_a_prefix_is_taken_as_it_is_after_the_essential_codes():
    gun = Gun(layout="german", caps=True, prefix="!", suffix="*", has_identifiers=False)
    scans = [gun.scans(name) for name in sorted(ESSENTIAL)]
    assert diagnose(scans[:-1]).adaptation is None
    found = diagnose(scans)
    made = Adaptation(layout="german", swaps_case=True, prefix="!", suffix="*")
    assert found.adaptation == made
    assert adapted(gun.scans("case").text, made) == "AbCdEfGh"


def test_a_lost_separator_cannot_be_put_back_and_a_replaced_one_can():
    lost = diagnose(Gun(separator="").whole_sheet())
    assert kinds(lost.findings) == {FindingKind.SEPARATOR_LOST}
    assert lost.adaptation is None
    replaced = diagnose(Gun(separator="#").whole_sheet())
    assert replaced.findings == (Finding(kind=FindingKind.SEPARATOR_REPLACED, detail="#"),)
    assert replaced.adaptation == Adaptation(separator="#")
    assert adapted("]C1" + "10LOT7#21SER9", Adaptation(separator="#")) == "]C110LOT7\x1d21SER9"


def test_what_stands_for_the_separator_stays_in_codes_that_say_they_are_not_gs1():
    assert adapted("]C0ROLL#7", Adaptation(separator="#")) == "]C0ROLL#7"


def test_a_sign_that_other_codes_have_too_is_never_taken_for_the_separator():
    assert diagnose(Gun(separator="-").whole_sheet()).adaptation is None


def test_an_input_method_that_swallows_characters_is_named_and_not_mended():
    found = diagnose([SheetScan(text="QZY-/()=+%$", symbology="]C0", ended="enter")])
    assert found.findings == (Finding(kind=FindingKind.CHARACTERS_LOST, detail='AWM"'),)
    assert found.adaptation is None


def test_letters_that_all_became_capitals_cannot_be_told_apart_again():
    scans = [
        SheetScan(text=one.text.upper().replace("]D", "]d"), ended="enter") for one in Gun().whole_sheet()
    ]
    found = diagnose(scans)
    assert kinds(found.findings) == {FindingKind.CASE_UPPER}
    assert found.adaptation is None


def test_control_characters_around_a_code_are_spelt_out():
    found = diagnose([Gun(prefix="\x02", suffix="\x03").scans("digits")])
    assert found.findings == (
        Finding(kind=FindingKind.PREFIX, detail="<02>"),
        Finding(kind=FindingKind.SUFFIX, detail="<03>"),
        Finding(kind=FindingKind.CONTROL_CHARACTERS, detail="<02><03>"),
    )


def test_a_letter_for_each_kind_of_code_is_no_prefix_to_be_stripped():
    scans = [
        Gun(prefix="K", has_identifiers=False).scans("digits"),
        Gun(prefix="j", has_identifiers=False).scans("case"),
    ]
    found = diagnose(scans)
    assert FindingKind.PREFIX_VARIES in kinds(found.findings)
    assert found.adaptation is None


def test_a_scanner_that_ends_with_nothing_is_noted():
    assert kinds(diagnose([Gun(ended="gap").scans("case")]).findings) == {FindingKind.NO_TERMINATOR}


def test_one_that_always_ends_with_enter_is_noted_where_a_pause_could_split_its_codes():
    sheet = Gun().whole_sheet()
    assert kinds(diagnose(sheet, pauses_close=True).findings) == {FindingKind.ENTER_ALWAYS}
    assert diagnose(sheet).findings == ()
    assert diagnose(sheet[:3], pauses_close=True).findings == (), "a few codes prove nothing"
    once = [*sheet[:-1], Gun(ended="gap").scans(SHEET[-1].name)]
    assert kinds(diagnose(once, pauses_close=True).findings) == {FindingKind.NO_TERMINATOR}
    assert kinds(diagnose(Gun(ended="tab").whole_sheet(), pauses_close=True).findings) == set()


def test_a_code_from_elsewhere_is_not_of_the_sheet():
    before = [Gun().scans("digits")]
    assert not is_of_sheet(SheetScan(text="4006381333931"), before)
    assert is_of_sheet(Gun().scans("layout"), before)


@given(
    st.text(max_size=80),
    st.builds(Adaptation, layout=st.sampled_from(["", *LAYOUTS]), swaps_case=st.booleans()),
)
def test_no_text_makes_the_doctor_raise(text: str, adaptation: Adaptation):
    diagnose([SheetScan(text=text)])
    read(adapted(text, adaptation))


def test_every_finding_and_code_has_words():
    keys = [f"doctor.finding.{kind}{part}" for kind in FindingKind for part in ("", ".way_out")]
    keys += [f"doctor.code.{one.name}" for one in SHEET if one.module_mm is None]
    keys += [f"doctor.layout.{name}" for name in LAYOUTS]
    assert [key for key in keys if not has_words(key)] == []


@pytest.mark.parametrize("dots_per_mm", [8, 12])
def test_the_sheet_is_fit_to_print_with_every_code_on_it(dots_per_mm: int):
    label = bind(load_template("scanner_sheet"), scanner_sheet("J1").data)
    report = preflight(lay_out(label, dots_per_mm))
    assert report.is_fit, report.findings
