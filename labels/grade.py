"""Grades: how well a code will be read, on the scale of ISO/IEC 15416 (linear) and 15415 (matrix), 4 best to 0.

The text of these standards is sold and was not at hand. Parameters, and the limits of contrast, reflectance and edges,
are those that makers of verifiers print (Cognex, DataMan 475 reference manual, "Grading Standards and their
Parameters", and its page on ISO/IEC 15416). The limits of defects, modulation, nonuniformity, fixed patterns and the
aperture were taken as they are commonly given and were **not checked** against a text; a verifier's grade may differ.
What a picture of dots cannot tell is assumed (`printed.py`); README.md says of each parameter where it comes from.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

ParameterName = Literal[
    "decode",  # the reference decode finds as many bars and spaces, or a matrix as many modules, as there should be
    "symbol_contrast",  # brightest less darkest
    "minimum_reflectance",  # the darkest is at most half as bright as the brightest
    "edge_contrast",  # the weakest difference between a bar and its neighbour
    "modulation",  # how far the narrow ones fall behind the wide ones
    "defects",  # specks in bars, holes in spaces
    "decodability",  # how far widths stay from where they would be read as others
    "fixed_pattern_damage",  # wrong modules in what a reader finds the matrix by
    "axial_nonuniformity",  # longer one way than the other
    "grid_nonuniformity",  # modules away from their place
    "unused_error_correction",  # what is left to forgive
]

GRADE_MAX = 4.0
_LETTERS = ((3.5, "A"), (2.5, "B"), (1.5, "C"), (0.5, "D"))  # ISO/IEC 15416: letters for the means of scans


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One measured property: its value as the standard defines it, and its grade from 4 to 0."""

    name: ParameterName
    value: float
    grade: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeGrade:
    """How well one code of a label will be read when its dots print `dot_gain` wider than they are.

    `grade`: of a linear code the mean of ten scans, each as good as its worst parameter; of a matrix its worst one.
    `parameters`: each as it was where it was worst. `aperture_mm` is what a verifier would look through.
    """

    symbology: str
    content: str
    dot_gain: float
    aperture_mm: float
    grade: float
    parameters: tuple[Parameter, ...]

    @property
    def letter(self) -> str:
        """The grade as people say it."""
        return next((letter for least, letter in _LETTERS if self.grade >= least), "F")

    @property
    def weakest(self) -> Parameter:
        """What the grade suffers from most."""
        return min(self.parameters, key=lambda parameter: parameter.grade)


def graded(name: ParameterName, value: float, limits: Sequence[float]) -> Parameter:
    """A parameter with its grade: limits for 4, 3, 2 and 1, from best to least; above or below as they run."""
    rises = limits[0] > limits[-1]
    for place, limit in enumerate(limits):
        if value >= limit if rises else value <= limit:
            return Parameter(name=name, value=value, grade=GRADE_MAX - place)
    return Parameter(name=name, value=value, grade=0.0)


def passed(name: ParameterName, value: float, *, ok: bool) -> Parameter:
    """A parameter that is right or wrong."""
    return Parameter(name=name, value=value, grade=GRADE_MAX if ok else 0.0)


def worst_of_each(scans: Sequence[Sequence[Parameter]]) -> tuple[Parameter, ...]:
    """Each parameter as it was in the scan where it was worst."""
    worst: dict[ParameterName, Parameter] = {}
    for parameter in (one for scan in scans for one in scan):
        if parameter.name not in worst or parameter.grade < worst[parameter.name].grade:
            worst[parameter.name] = parameter
    return tuple(worst.values())
