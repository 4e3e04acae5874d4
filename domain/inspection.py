"""Inspections 检验: what a kind of them asks for, and what comes of what was seen. Kinds are in `inspections/`. Pure.

What they come to together: DHU, defects per hundred units, and RFT, right first time.
"""

import importlib
import pkgutil
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import Enum, auto
from functools import cache

from msgspec import Struct

import domain.inspections
from domain.bundle import BundleSerial
from domain.events.quality import HoldPlaced, InspectionKind, InspectionResult, PiecesInspected
from domain.handoff import DEFECTS_MAX, Defect
from domain.problem import Problem, refusal
from domain.route import OperationCode
from domain.score import Portion

MARKS_MAX = 500
"""Marks of one inspection: a roll with more is no roll any more."""
_TENTH = Decimal("0.1")


class Subject(Enum):
    """What a kind of inspection looks at. `NAMED`: anything with a code or a name, a carton lot or a machine."""

    BUNDLE = auto()
    ORDER = auto()
    ROLL = auto()
    PERSON = auto()
    NAMED = auto()


class Marking(Enum):
    """What one touch says of a defect: which kind it is, or how many points it costs."""

    NONE = auto()
    DEFECTS = auto()
    POINTS = auto()


class Mark(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One defect that was seen. `metre`: of a roll, where that was told."""

    code: str
    metre: Decimal | None = None


class Seen(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One inspection as far as it was told of. `pieces`: those of the bundle. `people` made what is looked at."""

    kind: InspectionKind
    operation: OperationCode = OperationCode("")
    bundle: BundleSerial = BundleSerial("")
    pieces: int = 0
    order: str = ""
    subject: str = ""
    people: tuple[str, ...] = ()
    numbers: dict[str, Decimal] = {}
    chosen: dict[str, str] = {}
    marks: tuple[Mark, ...] = ()

    @property
    def name(self) -> str:
        """Return what is looked at, as people say it; nothing while nobody said."""
        return self.bundle or self.subject or self.order or ", ".join(self.people)

    @property
    def is_begun(self) -> bool:
        """Tell whether anything was seen already."""
        return bool(self.numbers or self.chosen or self.marks)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A number that is typed, `default` where nobody does; without one it has to be told.

    `is_of_bundle`: pieces of the bundle, all of them where there is no default, and never more. `counts_marks`: as many
    as there are marks, where nobody types it. `is_of_mark`: it belongs to the next mark, and need not be told.
    """

    name: str
    default: int | None = None
    least: int = 0
    most: int = 999_999
    decimals: int = 0
    unit: str = "C62"
    is_of_bundle: bool = False
    counts_marks: bool = False
    is_of_mark: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """One of several that is touched, `default` where nobody does; without one it has to be told."""

    name: str
    values: tuple[str, ...]
    default: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What was told, with what is so where nobody says otherwise."""

    numbers: Mapping[str, Decimal]
    chosen: Mapping[str, str]
    marks: Sequence[Mark]

    def count(self, name: str) -> int:
        """Return one of the numbers as a count; 0 while it was not told."""
        return int(self.numbers.get(name, 0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """Something worked out, to be seen while one looks: a sample's size, points so far."""

    name: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What an inspection comes to. `checked`, `defective`: pieces, none where it is not pieces that are looked at."""

    result: InspectionResult
    checked: int = 0
    defective: int = 0
    points: Decimal = Decimal(0)


def _no_figures(_found: Findings) -> Sequence[Figure]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectionType:
    """A kind of inspection.

    `subjects`: one of them is scanned. `is_of_maker`: it is about whoever worked on the bundle last, at that operation,
    not about the station's own. `goes_on`: the next ticket records what is in hand. `hold_reason`: what is found red
    must stand still, and why.
    """

    kind: InspectionKind
    subjects: tuple[Subject, ...]
    judge: Callable[[Findings], Judged | Problem]
    entries: tuple[Entry, ...] = ()
    options: tuple[Options, ...] = ()
    marking: Marking = Marking.NONE
    figures: Callable[[Findings], Sequence[Figure]] = _no_figures
    is_of_maker: bool = False
    goes_on: bool = False
    hold_reason: str = ""

    def entry(self, name: str) -> Entry | None:
        """Return the number of that name."""
        return next((one for one in self.entries if one.name == name), None)


@cache
def inspection_types() -> Mapping[InspectionKind, InspectionType]:
    """Return every kind of the folder."""
    found: dict[InspectionKind, InspectionType] = {}
    for module in sorted(pkgutil.iter_modules(domain.inspections.__path__), key=lambda one: one.name):
        declared: InspectionType = importlib.import_module(f"domain.inspections.{module.name}").TYPE
        if declared.kind in found:
            raise ValueError(f"two kinds of inspection are called {declared.kind}")
        found[declared.kind] = declared
    return found


def bounds(entry: Entry, seen: Seen) -> tuple[int, int]:
    """Return the least and the most a number may be: nobody looks at more pieces than a bundle has."""
    if not entry.is_of_bundle or not seen.bundle:
        return entry.least, entry.most
    return min(entry.least, seen.pieces), seen.pieces


def findings(kind: InspectionType, seen: Seen) -> Findings:
    """Return what was told, as far as it was."""
    numbers: dict[str, Decimal] = {}
    for entry in kind.entries:
        number = _number(entry, seen, numbers)
        if number is not None:
            numbers[entry.name] = number
    chosen = {one.name: seen.chosen.get(one.name, one.default) for one in kind.options}
    return Findings(
        numbers=numbers, chosen={name: one for name, one in chosen.items() if one}, marks=seen.marks
    )


def _number(entry: Entry, seen: Seen, before: Mapping[str, Decimal]) -> Decimal | None:
    if entry.name in seen.numbers:
        return seen.numbers[entry.name]
    if entry.counts_marks:
        return min(Decimal(len(seen.marks)), before.get("checked", Decimal(len(seen.marks))))
    if entry.default is not None:
        return Decimal(min(entry.default, bounds(entry, seen)[1]))
    return Decimal(seen.pieces) if entry.is_of_bundle and seen.bundle else None


def judged(kind: InspectionType, seen: Seen) -> Judged | Problem:
    """Return what was seen comes to; or what must still be told, or cannot be."""
    found = findings(kind, seen)
    return _why_not(kind, seen, found) or kind.judge(found)


def is_named(kind: InspectionType, seen: Seen) -> bool:
    """Tell whether it was said what is looked at."""
    told = {
        Subject.BUNDLE: seen.bundle,
        Subject.ORDER: seen.order,
        Subject.ROLL: seen.subject,
        Subject.NAMED: seen.subject,
        Subject.PERSON: seen.people,
    }
    return any(told[one] for one in kind.subjects)


def _why_not(kind: InspectionType, seen: Seen, found: Findings) -> Problem | None:
    if not is_named(kind, seen):
        return refusal("inspection_subject_first")
    if not seen.operation:
        return refusal("inspection_operation_first")
    for entry in kind.entries:
        number = found.numbers.get(entry.name)
        least, most = bounds(entry, seen)
        if number is None and not entry.is_of_mark:
            return refusal("inspection_untold", field=f"field.{entry.name}")
        if number is not None and not least <= number <= most:
            return refusal("inspection_number", field=f"field.{entry.name}", least=least, most=most)
    untold = next((one for one in kind.options if one.name not in found.chosen), None)
    return refusal("inspection_untold", field=f"field.{untold.name}") if untold else None


def of_pieces(found: Findings, result: Callable[[int], InspectionResult]) -> Judged | Problem:
    """Judge pieces by how many of them have a defect."""
    checked, defective = found.count("checked"), found.count("defective")
    if defective > checked:
        return refusal("inspection_more_defective", defective=defective, checked=checked)
    return Judged(result=result(defective), checked=checked, defective=defective)


def inspected(kind: InspectionType, seen: Seen, judgement: Judged, name: str) -> PiecesInspected:
    """Return the event that tells of an inspection."""
    found = findings(kind, seen)
    codes = Counter(one.code for one in seen.marks)
    by_code = tuple(Defect(code=code, pieces=count) for code, count in codes.most_common(DEFECTS_MAX))
    of_marks = {f"points_{code}": str(count) for code, count in sorted(codes.items())}
    by_points = kind.marking is Marking.POINTS
    told = {one.name: f"{found.numbers[one.name]:f}" for one in kind.entries if one.name in found.numbers}
    pieces = ("checked", "defective")  # they are told by themselves
    return PiecesInspected(
        inspection=name,
        kind=kind.kind,
        operation=seen.operation,
        checked=judgement.checked,
        defective=judgement.defective,
        result=judgement.result,
        bundle=seen.bundle,
        order=seen.order,
        subject=seen.subject,
        people=seen.people,
        defects=() if by_points else by_code,
        points=judgement.points,
        figures={
            **{one: value for one, value in told.items() if one not in pieces},
            **found.chosen,
            **(of_marks if by_points else {}),
        },
    )


def hold_of(event: PiecesInspected) -> HoldPlaced | None:
    """Return the hold that an inspection places by itself: a bundle found red stands still."""
    kind = inspection_types()[event.kind]
    if not kind.hold_reason or event.result != "red" or not event.bundle:
        return None
    return HoldPlaced(hold=event.inspection, scope="bundle", key=event.bundle, reason=kind.hold_reason)


def hold_reasons() -> frozenset[str]:
    """Return why inspections hold bundles by themselves; the words are `quality.<reason>`."""
    return frozenset(one.hold_reason for one in inspection_types().values() if one.hold_reason)


def spoken_reason(reason: str) -> str:
    """Return why something is held as it can be said: the catalogue's key where an inspection did it, else as told."""
    return f"quality.{reason}" if reason in hold_reasons() else reason


def defects_of(event: PiecesInspected) -> int:
    """Return how many defects were found: whoever only counted pieces found one on each at least."""
    return max(event.defective, sum(defect.pieces for defect in event.defects))


def dhu(defects: int, checked: int) -> Decimal | None:
    """Return DHU: defects × 100 / pieces checked; one piece may have several. None where nothing was checked."""
    if not checked:
        return None
    return Portion(count=defects, of=checked).percent.quantize(_TENTH, rounding=ROUND_HALF_UP)


def right_first_time(defective: int, checked: int) -> Decimal | None:
    """Return RFT: how many of a hundred pieces were right when first looked at. None where nothing was checked."""
    if not checked:
        return None
    return Portion(count=checked - defective, of=checked).percent.quantize(_TENTH, rounding=ROUND_HALF_UP)
