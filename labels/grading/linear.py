"""Linear: grades a code of bars by ten scans across it, as a verifier would (ISO/IEC 15416).

The scans run through the middle 80 % of the bars. Each sees the reflectance through a round opening, and from that its
parameters. Scans over equal dots are computed one time.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby, pairwise
from statistics import mean

from PIL import Image

from labels.grade import CodeGrade, Parameter, graded, passed, worst_of_each
from labels.placement import PlacedCode
from labels.printed import PrintConditions, Profile, Step, mixed, steps_of
from labels.symbology import Symbology, symbology

SCANS = 10
_BAND = 0.8  # of the height of the bars
# Diameter of the opening by module width, in millimetres: what verifiers call apertures 03, 05, 10 and 20.
_APERTURES = ((0.18, 0.076), (0.33, 0.127), (0.635, 0.254), (float("inf"), 0.508))
_STEPS = 4  # of the Illinois method: an edge to a few thousandths of a dot
_KEPT = 256  # scans; labels of a batch have many in common

_CONTRAST = (0.70, 0.55, 0.40, 0.20)
_MODULATION = (0.70, 0.60, 0.50, 0.40)
_DEFECTS = (0.15, 0.20, 0.25, 0.30)
_DECODABILITY = (0.62, 0.50, 0.37, 0.25)
_EDGE_CONTRAST_MIN = 0.15
_REFLECTANCE_SHARE_MAX = 0.5


@dataclass(frozen=True, slots=True)
class _Element:
    """A bar or a space, as the scan saw it: from edge to edge, and how bright at each place of interest in it."""

    is_bar: bool
    start: float
    end: float
    seen: tuple[float, ...]

    @property
    def width(self) -> float:
        return self.end - self.start

    @property
    def extreme(self) -> float:
        return min(self.seen) if self.is_bar else max(self.seen)


def aperture_mm(module_mm: float) -> float:
    """The opening a code of this module width is graded through."""
    return next(diameter for widest, diameter in _APERTURES if module_mm <= widest)


def grade_linear(
    code: PlacedCode, picture: Image.Image, dots_per_mm: int, conditions: PrintConditions
) -> CodeGrade:
    """Grade a linear code from the label's picture (mode "L", 0 black)."""
    diameter_mm = aperture_mm(code.module_dots / dots_per_mm)
    radius = diameter_mm * dots_per_mm / 2
    ideal = tuple(sum(1 for _ in run) for _, run in groupby(code.modules.dark))
    band = code.area.height * _BAND
    first = code.area.top + (code.area.height - band) / 2
    lines = _lines(code, picture)
    scans = [
        _scan(
            _rows(lines, first + band * (number + 0.5) / SCANS - code.area.top, radius),
            ideal,
            code.symbology,
            radius,
            conditions,
        )
        for number in range(SCANS)
    ]
    return CodeGrade(
        symbology=code.symbology,
        content=code.content,
        dot_gain=conditions.dot_gain,
        aperture_mm=diameter_mm,
        grade=mean(min(parameter.grade for parameter in scan) for scan in scans),
        parameters=worst_of_each(scans),
    )


def _lines(code: PlacedCode, picture: Image.Image) -> list[bytes]:
    """The rows of dots of the bars, quiet zones included; one where they are all the same."""
    box = (code.quiet_area.left, code.area.top, code.quiet_area.right, code.area.bottom)
    width, height = box[2] - box[0], box[3] - box[1]
    dots = picture.crop(box).tobytes()
    row = dots[:width]
    if dots == row * height:
        return [row]
    return [dots[start : start + width] for start in range(0, len(dots), width)]


def _rows(lines: list[bytes], y: float, radius: float) -> tuple[tuple[float, bytes], ...]:
    """The rows under the opening when its middle is at `y`, each with its share."""
    shares: dict[bytes, float] = {}
    for line in range(max(0, math.floor(y - radius)), min(len(lines), math.ceil(y + radius))):
        share = max(0.0, 1 - ((line + 0.5 - y) / radius) ** 2) ** 0.5
        shares[lines[line]] = shares.get(lines[line], 0.0) + share
    whole = sum(shares.values())
    return tuple((share / whole, row) for row, share in shares.items()) if whole else ((1.0, lines[0]),)


@lru_cache(maxsize=_KEPT)
def _scan(
    rows: tuple[tuple[float, bytes], ...],
    ideal: tuple[int, ...],
    name: str,
    radius: float,
    conditions: PrintConditions,
) -> tuple[Parameter, ...]:
    """The parameters of one scan; `ideal` are the widths of bars and spaces in modules."""
    steps = [(share, steps_of(row, conditions.dot_gain)) for share, row in rows]
    elements = _elements(mixed(steps), len(rows[0][1]), radius, conditions)
    brightest = max(max(one.seen) for one in elements)
    darkest = min(min(one.seen) for one in elements)
    contrast = brightest - darkest
    inner = elements[1:-1]  # without the quiet zones
    is_decoded = len(inner) == len(ideal) and elements[0].is_bar is elements[-1].is_bar is False
    parameters = [
        passed("decode", float(is_decoded), ok=is_decoded),
        graded("symbol_contrast", contrast, _CONTRAST),
        passed("minimum_reflectance", darkest, ok=darkest <= _REFLECTANCE_SHARE_MAX * brightest),
    ]
    if not is_decoded or not contrast:
        return tuple(parameters)
    edge = min(abs(before.extreme - after.extreme) for before, after in pairwise(elements))
    return (
        *parameters,
        passed("edge_contrast", edge, ok=edge >= _EDGE_CONTRAST_MIN),
        graded("modulation", edge / contrast, _MODULATION),
        graded("defects", max(map(_irregularity, elements)) / contrast, _DEFECTS),
        graded(
            "decodability", _decodability(symbology(name), [one.width for one in inner], ideal), _DECODABILITY
        ),
    )


def _elements(
    steps: Sequence[Step], width: int, radius: float, conditions: PrintConditions
) -> list[_Element]:
    """Bars and spaces, quiet zones included: what lies on one side of the middle between brightest and darkest."""
    profile = Profile(steps, radius, conditions)
    borders = [0.0, *(place for place in profile.places if 0 < place < width), float(width)]
    places = [(before + after) / 2 for before, after in pairwise(borders)]
    seen = [profile.at(place) for place in places]
    middle = (max(seen) + min(seen)) / 2
    groups = [
        (is_bar, [place for place, _ in group])
        for is_bar, group in groupby(enumerate(seen), key=lambda one: one[1] < middle)
    ]
    edges = [
        _crossing(profile, places[before[-1]], places[after[0]], middle)
        for (_, before), (_, after) in pairwise(groups)
    ]
    bounds = [0.0, *edges, float(width)]
    return [
        _Element(is_bar, start, end, tuple(seen[number] for number in numbers))
        for (is_bar, numbers), (start, end) in zip(groups, pairwise(bounds), strict=True)
    ]


def _crossing(profile: Profile, low: float, high: float, middle: float) -> float:
    """Where between two places the scan passes the middle: never further from an edge of the dots than the opening."""
    low, high = profile.narrowed(low, high)
    low_off, high_off = profile.at(low) - middle, profile.at(high) - middle
    place = (low + high) / 2
    for _ in range(_STEPS):
        place = low - low_off * (high - low) / (high_off - low_off)
        off = profile.at(place) - middle
        if (off < 0) is (low_off < 0):
            low, low_off, high_off = place, off, high_off / 2
        else:
            high, high_off, low_off = place, off, low_off / 2
    return place


def _irregularity(element: _Element) -> float:
    """The highest peak within a bar over its lowest valley, or the deepest valley within a space under its peak."""
    signed = element.seen if element.is_bar else tuple(-value for value in element.seen)
    peaks = [
        here
        for before, here, after in zip(signed, signed[1:], signed[2:], strict=False)
        if before <= here >= after
    ]
    return max(peaks, default=min(signed)) - min(signed)


def _decodability(kind: Symbology, widths: Sequence[float], ideal: Sequence[int]) -> float:
    """How far the widths of the worst character stay from the limit to another one: 1 perfect, 0 at the limit."""
    found = 1.0
    for first, count in kind.characters(len(ideal)):
        character, modules = widths[first : first + count], ideal[first : first + count]
        if kind.wide_share:
            found = min(found, _of_two_widths(character, modules, kind.wide_share))
        else:
            found = min(found, _of_edges(character, modules, kind.bar_sum_limit))
    return max(0.0, found)


def _of_two_widths(widths: Sequence[float], modules: Sequence[int], wide_share: float) -> float:
    """Narrow and wide: how far each stays from the limit, a share of the character's width."""
    limit = sum(widths) * wide_share
    narrow = mean(width for width, module in zip(widths, modules, strict=True) if module == 1)
    wide = mean(width for width, module in zip(widths, modules, strict=True) if module > 1)
    if not narrow < limit < wide:
        return 0.0
    return min(
        (limit - width) / (limit - narrow) if module == 1 else (width - limit) / (wide - limit)
        for width, module in zip(widths, modules, strict=True)
    )


def _of_edges(widths: Sequence[float], modules: Sequence[int], bar_sum_limit: float) -> float:
    """From one edge to the next of its kind: gain moves both, so it does not matter. The sum of bars is checked too."""
    module = sum(widths) / sum(modules)
    off = max(
        abs((widths[place] + widths[place + 1]) / module - (modules[place] + modules[place + 1]))
        for place in range(len(widths) - 1)
    )
    found = 1 - off / 0.5
    if bar_sum_limit:
        bars_off = abs(sum(widths[::2]) / module - sum(modules[::2]))
        found = min(found, 1 - bars_off / bar_sum_limit)
    return found
