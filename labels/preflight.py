"""Pre-flight: one verdict on a label before a byte is sent: laid out, drawn, every code read back and graded.

The findings' words are the catalogue's, under `preflight.<code>`. The kiosk refuses what is not fit; an editor of
templates shows all of it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Literal

from PIL import Image

from labels.grade import CodeGrade
from labels.grading.linear import grade_linear
from labels.grading.matrix import grade_matrix
from labels.layout import Layout
from labels.placement import LayoutProblem, PlacedCode, PlacedText, ProblemCode
from labels.printed import PrintConditions
from labels.raster import rasterise
from labels.symbology import symbology
from labels.verify import as_seen, verify

GRADE_MIN = 1.5
"""What GS1 asks of most codes: C."""

FindingCode = Literal[
    ProblemCode,
    "module_too_narrow",  # finer than the readers of its application can do
    "module_too_wide",  # coarser than they expect
    "code_too_low",  # the bars are lower than the application asks: a hand can aim, a conveyor cannot
    "grade_too_low",  # as dots are it would be read badly
    "grade_falls_with_gain",  # on a printer that prints wider it would be read badly
    "texts_overlap",  # two texts lie over each other
]

_STOPS: frozenset[FindingCode] = frozenset({"module_too_narrow", "module_too_wide", "grade_too_low"})
_ROUNDING_MM = 0.001
_SUBJECT_CHARS_MAX = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is not as it should be. `subject` is the text or code, `detail` the rest; `grade` of a code."""

    code: FindingCode
    element: int
    subject: str
    detail: str = ""
    grade: float | None = None
    stops_printing: bool

    @property
    def words(self) -> dict[str, str]:
        """What the catalogue's sentence is filled with."""
        return {"subject": self.subject[:_SUBJECT_CHARS_MAX], "detail": self.detail[:_SUBJECT_CHARS_MAX]}


@dataclass(frozen=True, slots=True, kw_only=True)
class Preflight:
    """What was found, and how well each code will be read: with the gain declared, and if that is bad without it."""

    findings: tuple[Finding, ...]
    grades: tuple[CodeGrade, ...]

    @property
    def is_fit(self) -> bool:
        """Whether the label may be printed."""
        return not self.stopping

    @property
    def stopping(self) -> tuple[Finding, ...]:
        """What keeps it from being printed."""
        return tuple(finding for finding in self.findings if finding.stops_printing)


def preflight(
    layout: Layout,
    image: Image.Image | None = None,
    *,
    conditions: PrintConditions = PrintConditions(dot_gain=1.0),  # noqa: B008  frozen
    grade_min: float = GRADE_MIN,
) -> Preflight:
    """Look at a label. `image` is a picture of it in the layout's dots, where it does not come from here.

    `conditions` are the printer's at its hottest: a code that only holds without gain is a finding, and does not stop.
    ValueError for a picture of another size.
    """
    picture = as_seen(layout, rasterise(layout) if image is None else image)
    numbers = {id(item): number for number, item in zip(layout.elements, layout.items, strict=True)}
    findings = [_of_problem(problem) for problem in layout.problems]
    findings += [
        _of_problem(problem)
        for problem in verify(layout, picture)
        if not any(known.code == problem.code and known.subject == problem.subject for known in findings)
    ]
    grades: list[CodeGrade] = []
    unread = {finding.subject for finding in findings if finding.stops_printing}
    for code in layout.codes:
        findings += _sizes(code, numbers[id(code)], layout.dots_per_mm)
        grown = _grade(code, picture, layout.dots_per_mm, conditions)
        grades.append(grown)
        if grown.grade < grade_min:  # without gain no code is worse
            plain = _grade(code, picture, layout.dots_per_mm, replace(conditions, dot_gain=0.0))
            grades.append(plain)
            if code.content not in unread:
                findings += _weak(plain, grown, numbers[id(code)], grade_min)
    findings += _overlaps(layout, numbers)
    return Preflight(findings=tuple(findings), grades=tuple(grades))


def _of_problem(problem: LayoutProblem) -> Finding:
    return Finding(
        code=problem.code,
        element=problem.element,
        subject=problem.subject,
        detail=problem.detail,
        stops_printing=problem.stops_printing,
    )


def _found(code: FindingCode, element: int, subject: str, detail: str, grade: float | None = None) -> Finding:
    return Finding(
        code=code,
        element=element,
        subject=subject,
        detail=detail,
        grade=grade,
        stops_printing=code in _STOPS,
    )


def _sizes(code: PlacedCode, element: int, dots_per_mm: int) -> Iterator[Finding]:
    """Whether bars and squares are as wide and high as the application asks."""
    limits = symbology(code.symbology).limits_for(code.application)
    module_mm, height_mm = code.module_dots / dots_per_mm, code.area.height / dots_per_mm
    if module_mm < limits.module_mm_min - _ROUNDING_MM:
        yield _found(
            "module_too_narrow", element, code.content, f"{module_mm:.3f} < {limits.module_mm_min} mm"
        )
    if module_mm > limits.module_mm_max + _ROUNDING_MM:
        yield _found("module_too_wide", element, code.content, f"{module_mm:.3f} > {limits.module_mm_max} mm")
    if height_mm < limits.height_mm_min - 1 / dots_per_mm:
        yield _found("code_too_low", element, code.content, f"{height_mm:.1f} < {limits.height_mm_min} mm")


def _grade(
    code: PlacedCode, picture: Image.Image, dots_per_mm: int, conditions: PrintConditions
) -> CodeGrade:
    way = grade_linear if symbology(code.symbology).is_linear else grade_matrix
    return way(code, picture, dots_per_mm, conditions)


def _weak(plain: CodeGrade, grown: CodeGrade, element: int, grade_min: float) -> Iterator[Finding]:
    if plain.grade < grade_min:
        yield _found("grade_too_low", element, plain.content, _said(plain), plain.grade)
    elif grown.grade < grade_min:
        yield _found("grade_falls_with_gain", element, grown.content, _said(grown), grown.grade)


def _said(grade: CodeGrade) -> str:
    return f"{grade.letter} {grade.grade:.1f}, {grade.weakest.name} {grade.weakest.value:.2f}"


def _overlaps(layout: Layout, numbers: dict[int, int]) -> Iterator[Finding]:
    """Texts of different elements that lie over each other; the first of each pair is named."""
    texts = [item for item in layout.items if isinstance(item, PlacedText)]
    told: set[int] = set()
    for one, other in combinations(texts, 2):
        element = numbers[id(one)]
        if element != numbers[id(other)] and element not in told and one.area.touches(other.area):
            told.add(element)
            yield _found("texts_overlap", element, one.text, other.text)
