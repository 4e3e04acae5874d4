"""The scanner doctor 扫描枪检查: from how the codes of one printed sheet arrived, what is wrong with a scanner.

The sheet's codes are known, so whatever else arrives says what was done to them on the way. A scanner is asked for all
of them; what explains most of its scans with the least is believed. What can be undone without a doubt is offered as
an `Adaptation`; it must make every code that was scanned read as printed, or it is not offered.

A code that tests whether set-up codes are locked is not on the sheet: each maker's are different, and scanning one on
an unlocked scanner would set it up.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from itertools import product
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from domain.barcodes.ean import GS1_SYMBOLOGIES
from domain.events.labels import LabelRequested
from domain.gs1.checks import SET_82
from domain.scanner_layouts import LAYOUTS, as_typed

TEMPLATE = "scanner_sheet"
SCANS_MAX = 30
SEPARATOR = "\x1d"
_SEPARATOR_CHARS_MAX = 6
_LOST_SHARE_MAX = 2
"""Of a code that lost characters, at least one in so many must have arrived, or nobody can tell which it was."""

_IDENTIFIER = re.compile(r"\][A-Za-z][0-9A-Za-z]", re.ASCII)  # AIM symbology identifier, ISO/IEC 15424

Ended = Literal["enter", "tab", "gap"]
Case = Literal["kept", "swapped", "upper", "lower"]
_CASES: tuple[Case, ...] = ("kept", "swapped", "upper", "lower")


class SheetCode(Struct, frozen=True, kw_only=True):
    """One code of the sheet: its content as a label has it, and the text a scanner in order sends for it.

    `module_mm`: set where the code only asks how small a scanner reads.
    """

    name: str
    symbology: Literal["code128", "gs1_128", "datamatrix", "gs1_datamatrix"]
    content: str
    sent: str
    module_mm: float | None = None


def _plain(name: str, content: str) -> SheetCode:
    return SheetCode(name=name, symbology="code128", content=content, sent=content)


def _gs1(symbology: Literal["gs1_128", "gs1_datamatrix"], lot: str, serial: str) -> SheetCode:
    gtin = "04012345123456"
    return SheetCode(
        name=symbology,
        symbology=symbology,
        content=f"(01){gtin}(10){lot}(21){serial}",
        sent=f"01{gtin}10{lot}{SEPARATOR}21{serial}",
    )


def _size(symbology: Literal["code128", "datamatrix"], number: int, module_mm: float) -> SheetCode:
    content = f"SIZE{'M' if symbology == 'datamatrix' else 'L'}{number}"
    return SheetCode(
        name=content.lower(), symbology=symbology, content=content, sent=content, module_mm=module_mm
    )


SHEET: tuple[SheetCode, ...] = (
    _plain("layout", 'QAZWYM-/()=+%$"'),
    _plain("case", "AbCdEfGh"),
    _plain("digits", "0012345670089"),
    _gs1("gs1_128", "LOT7", "SER9"),
    _gs1("gs1_datamatrix", "A8", "B8"),
    SheetCode(
        name="length",
        symbology="datamatrix",
        content="LENGTH" + "0123456789" * 7,
        sent="LENGTH" + "0123456789" * 7,
    ),
    *(_size("code128", number, module_mm) for number, module_mm in enumerate((0.5, 0.375, 0.25), 1)),
    *(_size("datamatrix", number, module_mm) for number, module_mm in enumerate((0.75, 0.5, 0.375, 0.25), 1)),
)
"""In the order of the sheet. The punctuation stands on keys that every layout of the table reaches without AltGr."""

ESSENTIAL = frozenset({"layout", "case", "digits", "gs1_128"})
"""What must have been scanned before anything is changed: a part of the sheet could mean several things."""

_BY_NAME: Mapping[str, SheetCode] = {one.name: one for one in SHEET}


class FindingKind(StrEnum):
    """What may be wrong with a scanner. The words are `doctor.finding.<kind>` and what to do `….way_out`."""

    LAYOUT = "layout"
    CASE_SWAPPED = "case_swapped"
    CASE_UPPER = "case_upper"
    CASE_LOWER = "case_lower"
    PREFIX = "prefix"
    PREFIX_VARIES = "prefix_varies"
    SUFFIX = "suffix"
    SUFFIX_VARIES = "suffix_varies"
    CONTROL_CHARACTERS = "control_characters"
    SEPARATOR_LOST = "separator_lost"
    SEPARATOR_REPLACED = "separator_replaced"
    CHARACTERS_LOST = "characters_lost"
    NO_TERMINATOR = "no_terminator"
    NO_IDENTIFIERS = "no_identifiers"
    ENTER_ALWAYS = "enter_always"


NOTES = frozenset({FindingKind.NO_TERMINATOR, FindingKind.NO_IDENTIFIERS, FindingKind.ENTER_ALWAYS})
"""What works as it is, and could be better."""


class Finding(Struct, frozen=True, kw_only=True):
    """One thing found. `detail`: the layout's name, the characters meant; control characters are spelt out."""

    kind: FindingKind
    detail: str = ""


class SheetScan(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One code of the sheet as it arrived; `ended` by what, None where the scanner does not tell."""

    text: str
    symbology: str | None = None
    ended: Ended | None = None


class Adaptation(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a kiosk undoes in all that a scanner sends. `separator` is what comes instead of GS."""

    layout: str = ""
    swaps_case: bool = False
    prefix: str = ""
    suffix: str = ""
    separator: str = ""


class Diagnosis(Struct, frozen=True, kw_only=True):
    """What a scanner's scans say: the sheet codes heard, those of them that came as printed, and what was found.

    `adaptation` is None where nothing can be undone, or not enough was scanned to be sure.
    """

    heard: frozenset[str] = frozenset()
    clean: frozenset[str] = frozenset()
    findings: tuple[Finding, ...] = ()
    adaptation: Adaptation | None = None


class _Heard(Struct, frozen=True, kw_only=True):
    """One scan explained."""

    code: SheetCode
    prefix: str = ""
    suffix: str = ""
    separator: str = SEPARATOR
    lost: str = ""
    has_identifier: bool = False
    ended: Ended | None = None


def adapted(text: str, adaptation: Adaptation) -> str:
    """Return what the label says, from what the scanner sent. Where the layout hides a character it becomes �."""
    undone = _undone(text, adaptation.layout, swaps_case=adaptation.swaps_case)
    found = _IDENTIFIER.match(undone)
    identifier = found[0] if found and not undone.startswith(adaptation.prefix or "\0") else ""
    rest = undone.removeprefix(identifier).removeprefix(adaptation.prefix).removesuffix(adaptation.suffix)
    if adaptation.separator and (not identifier or identifier in GS1_SYMBOLOGIES):
        rest = rest.replace(adaptation.separator, SEPARATOR)
    return identifier + rest


def diagnose(scans: Sequence[SheetScan], *, pauses_close: bool = False) -> Diagnosis:
    """Say what is wrong with the scanner that sent these. `pauses_close`: its codes may end at a pause, too."""
    layout, case, heard = _best(scans)
    findings = (*_findings(layout, case, heard), *(_always_enter(heard) if pauses_close else ()))
    adaptation = _adaptation(layout, case, findings, heard)
    sure = adaptation is not None and _is_proven(adaptation, scans, heard)
    clean = {
        one.code.name for one in heard if not one.lost and (layout, case) == ("", "kept") and _is_clean(one)
    }
    return Diagnosis(
        heard=frozenset(one.code.name for one in heard),
        clean=frozenset(clean),
        findings=findings,
        adaptation=adaptation if sure else None,
    )


def is_of_sheet(scan: SheetScan, before: Sequence[SheetScan]) -> bool:
    """Tell whether a scan can be a code of the sheet, as this scanner sends them."""
    return len(_best([*before, scan])[2]) > len(_best(before)[2])


def scanner_sheet(job: str) -> LabelRequested:
    """Ask for the sheet, by the name of its print job."""
    return LabelRequested(job=job, template=TEMPLATE, data={one.name: one.content for one in SHEET})


def _best(scans: Sequence[SheetScan]) -> tuple[str, Case, list[_Heard]]:
    """Return the layout and case that explain most scans; the plainest of those that explain as many."""
    best: tuple[str, Case, list[_Heard]] = ("", "kept", [])
    for case, layout in product(_CASES, ("", *LAYOUTS)):
        heard = [found for scan in scans if (found := _explained(scan, layout, case))]
        if len(heard) > len(best[2]):
            best = (layout, case, heard)
    layout, case, heard = best
    whole = {one.code.name for one in heard}
    torn = [found for scan in scans if (found := _torn(scan, layout, case)) and found.code.name not in whole]
    return layout, case, heard + torn


def _undone(text: str, layout: str, *, swaps_case: bool) -> str:
    typed = as_typed(text, layout) if layout else text
    return typed.swapcase() if swaps_case else typed


def _explained(scan: SheetScan, layout: str, case: Case) -> _Heard | None:
    """Find the sheet code whose text stands whole in what arrived."""
    text = _undone(scan.text, layout, swaps_case=case == "swapped")
    for code in SHEET:
        head, is_gs1, tail = _in_case(code.sent, case).partition(SEPARATOR)
        between = rf"(?P<separator>.{{0,{_SEPARATOR_CHARS_MAX}}})" if is_gs1 else ""
        found = re.search(re.escape(head) + between + re.escape(tail), text, re.DOTALL)
        if found is None:
            continue
        separator = found["separator"] if is_gs1 else SEPARATOR
        before, has_identifier = _without_identifier(text[: found.start()])
        return _Heard(
            code=code,
            # The FNC1 in front, which some send, is no prefix
            prefix=before.removesuffix(SEPARATOR) if is_gs1 else before,
            suffix=text[found.end() :],
            separator=separator,
            has_identifier=has_identifier or scan.symbology is not None,
            ended=scan.ended,
        )
    return None


def _torn(scan: SheetScan, layout: str, case: Case) -> _Heard | None:
    """Find the one sheet code of which this is what was left, in the same order."""
    if _explained(scan, layout, case):
        return None
    text, has_identifier = _without_identifier(_undone(scan.text, layout, swaps_case=case == "swapped"))
    found = [
        code
        for code in SHEET
        if len(text) * _LOST_SHARE_MAX >= len(code.sent)
        and len(text) < len(code.sent)
        and _is_left_of(text, _in_case(code.sent, case))
    ]
    if len(found) != 1:
        return None
    lost = _lost(text, _in_case(found[0].sent, case))
    is_told = has_identifier or scan.symbology is not None
    return _Heard(code=found[0], lost=lost, has_identifier=is_told, ended=scan.ended)


def _is_left_of(text: str, whole: str) -> bool:
    rest = iter(whole)
    return bool(text) and all(character in rest for character in text)


def _lost(text: str, whole: str) -> str:
    lost, left = "", text
    for character in whole:
        if left.startswith(character):
            left = left[1:]
        else:
            lost += character
    return lost


def _in_case(sent: str, case: Case) -> str:
    return sent.upper() if case == "upper" else sent.lower() if case == "lower" else sent


def _without_identifier(before: str) -> tuple[str, bool]:
    """Take the symbology identifier off what came in front, wherever the prefix stands beside it."""
    if found := _IDENTIFIER.match(before):
        return before[found.end() :], True
    if _IDENTIFIER.fullmatch(before[-3:]):
        return before[:-3], True
    return before, False


def _is_clean(one: _Heard) -> bool:
    return not one.prefix and not one.suffix and one.separator == SEPARATOR


def _findings(layout: str, case: Case, heard: Sequence[_Heard]) -> Iterable[Finding]:
    if layout:
        yield Finding(kind=FindingKind.LAYOUT, detail=layout)
    if case != "kept":
        yield Finding(kind=FindingKind(f"case_{case}"))
    whole = [one for one in heard if not one.lost]
    yield from _around({one.prefix for one in whole}, FindingKind.PREFIX, FindingKind.PREFIX_VARIES)
    yield from _around({one.suffix for one in whole}, FindingKind.SUFFIX, FindingKind.SUFFIX_VARIES)
    around = "".join(sorted({one.prefix + one.suffix for one in whole}))
    if controls := "".join(sorted({one for one in around if not one.isprintable()})):
        yield Finding(kind=FindingKind.CONTROL_CHARACTERS, detail=spelt(controls))
    separators = {one.separator for one in whole if one.code.sent != one.code.content}
    if "" in separators:
        yield Finding(kind=FindingKind.SEPARATOR_LOST)
    for other in sorted(separators - {"", SEPARATOR}):
        yield Finding(kind=FindingKind.SEPARATOR_REPLACED, detail=spelt(other))
    if lost := "".join(one.lost for one in heard):
        yield Finding(kind=FindingKind.CHARACTERS_LOST, detail=spelt("".join(dict.fromkeys(lost))))
    if any(one.ended == "gap" for one in heard):
        yield Finding(kind=FindingKind.NO_TERMINATOR)
    if heard and not any(one.has_identifier for one in heard):
        yield Finding(kind=FindingKind.NO_IDENTIFIERS)


def _always_enter(heard: Sequence[_Heard]) -> Iterable[Finding]:
    """Find that no pause need close a code: enough were scanned, and Enter closed each of them."""
    if {one.code.name for one in heard} >= ESSENTIAL and all(one.ended == "enter" for one in heard):
        yield Finding(kind=FindingKind.ENTER_ALWAYS)


def _around(found: set[str], same: FindingKind, varies: FindingKind) -> Iterable[Finding]:
    if len(found) > 1:
        yield Finding(kind=varies, detail=" ".join(sorted(spelt(one) for one in found if one)))
    elif text := "".join(found):
        yield Finding(kind=same, detail=spelt(text))


def _adaptation(
    layout: str, case: Case, findings: Sequence[Finding], heard: Sequence[_Heard]
) -> Adaptation | None:
    """Return what would undo all that was found and can be undone; None where that is nothing."""
    kinds = {one.kind for one in findings}
    whole = [one for one in heard if not one.lost]
    made = Adaptation(layout=layout, swaps_case=case == "swapped")
    if FindingKind.PREFIX in kinds:
        made = replace(made, prefix=whole[0].prefix)
    if FindingKind.SUFFIX in kinds:
        made = replace(made, suffix=whole[0].suffix)
    others = {one.separator for one in whole} - {"", SEPARATOR}
    if len(others) == 1 and not set(SET_82).issuperset(*others):  # what values hold too would tear them
        made = replace(made, separator=others.pop())
    return None if made == Adaptation() else made


def _is_proven(adaptation: Adaptation, scans: Sequence[SheetScan], heard: Sequence[_Heard]) -> bool:
    """Tell whether enough was scanned, and all of it reads as printed with this."""
    whole = {one.code.name for one in heard if not one.lost}
    if not whole >= ESSENTIAL:
        return False
    return all(_is_as_printed(adapted(one.text, adaptation)) for one in scans)


def _is_as_printed(text: str) -> bool:
    found = _IDENTIFIER.match(text)
    bare = text[found.end() if found else 0 :]
    return any(bare in {one.sent, *_gs1_forms(one.sent)} for one in SHEET)


def _gs1_forms(sent: str) -> tuple[str, ...]:
    """Return what else is as printed of a GS1 code: FNC1 in front, and the separator lost that nobody can put back."""
    return (SEPARATOR + sent, sent.replace(SEPARATOR, "")) if SEPARATOR in sent else ()


def spelt(text: str) -> str:
    """Return a text for the screen: what cannot be seen is written as its number."""
    return "".join(one if one.isprintable() and not one.isspace() else f"<{ord(one):02X}>" for one in text)
