"""Matrix: grades a code of squares from a picture of its dots, as a verifier would (ISO/IEC 15415).

Each module is looked at through an opening of 80 % of its width. Which codeword a wrong module belongs to is not worked
out: each counts as a codeword of its own, all in the weakest block, so that no code is graded better than it is.
"""

from collections.abc import Sequence

from PIL import Image, ImageFilter, ImageOps

from labels.grade import GRADE_MAX, CodeGrade, Parameter, graded, passed
from labels.placement import PlacedCode
from labels.printed import PrintConditions
from labels.symbology import MatrixTraits, symbology

_FINER = 2  # parts of a dot, so that a gain of one dot is half a dot on either side
_APERTURE_SHARE = 0.8
_WHITE = 255
_HALF = 128

_CONTRAST = (0.70, 0.55, 0.40, 0.20)
_MODULATION = ((0.50, 4.0), (0.40, 3.0), (0.30, 2.0), (0.20, 1.0))
_UNUSED_CORRECTION = (0.62, 0.50, 0.37, 0.25)
_AXIAL = (0.06, 0.08, 0.10, 0.12)
_GRID = (0.38, 0.50, 0.63, 0.75)
_PATTERN_DAMAGE = (0.0, 0.09, 0.13, 0.17)  # shares of a pattern's modules


def grade_matrix(
    code: PlacedCode, picture: Image.Image, dots_per_mm: int, conditions: PrintConditions
) -> CodeGrade:
    """Grade a matrix code from the label's picture (mode "L", 0 black); ValueError for a code without traits."""
    traits = symbology(code.symbology).matrix
    if traits is None:
        raise ValueError(f"{code.symbology} says nothing of how it is found and mended")
    area = code.area
    dots = picture.crop((area.left, area.top, area.right, area.bottom))
    parameters = _parameters(code, _grown(dots, conditions), traits, conditions)
    return CodeGrade(
        symbology=code.symbology,
        content=code.content,
        dot_gain=conditions.dot_gain,
        aperture_mm=round(_APERTURE_SHARE * code.module_dots / dots_per_mm, 3),
        grade=min(parameter.grade for parameter in parameters),
        parameters=tuple(parameters),
    )


def _grown(dots: Image.Image, conditions: PrintConditions) -> Image.Image:
    """The code in parts of dots, its black wider by the gain."""
    fine = ImageOps.scale(dots, _FINER, Image.Resampling.NEAREST)
    for _ in range(round(conditions.dot_gain * _FINER / 2)):
        fine = fine.filter(ImageFilter.MinFilter(3))
    return fine


def _parameters(
    code: PlacedCode, fine: Image.Image, traits: MatrixTraits, conditions: PrintConditions
) -> list[Parameter]:
    side, ideal = code.modules.width, code.modules.dark
    module = code.module_dots * _FINER
    seen = [_reflectance(level, conditions) for level in _looked_at(fine, code.modules.width, module)]
    contrast, middle = max(seen) - min(seen), (max(seen) + min(seen)) / 2
    wrong = [(value < middle) != bool(dark) for value, dark in zip(seen, ideal, strict=True)]
    mendable = max(1, traits.mendable(side))
    is_decoded = sum(wrong) <= mendable and contrast > 0
    found = [
        passed("decode", float(is_decoded), ok=is_decoded),
        graded("symbol_contrast", contrast, _CONTRAST),
        graded("unused_error_correction", _unused(sum(wrong), mendable), _UNUSED_CORRECTION),
        graded("fixed_pattern_damage", _damage(wrong, traits.fixed(side)), _PATTERN_DAMAGE),
    ]
    if is_decoded:
        found.append(_modulation(seen, wrong, contrast, middle, mendable))
    return [*found, *_evenness(code, fine, traits, module)]


def _looked_at(fine: Image.Image, side: int, module: int) -> list[int]:
    """The mean level of every module through the opening, row by row, 0 black to 255."""
    blurred = fine.filter(ImageFilter.BoxBlur((_APERTURE_SHARE * module - 1) / 2))
    centres = (module, 0, (module - 1) / 2 - module / 2 + 0.5, 0, module, (module - 1) / 2 - module / 2 + 0.5)
    return list(blurred.transform((side, side), Image.Transform.AFFINE, centres).tobytes())


def _reflectance(level: int, conditions: PrintConditions) -> float:
    return conditions.ink + (conditions.paper - conditions.ink) * level / _WHITE


def _unused(wrong: int, mendable: int) -> float:
    return max(0.0, 1 - wrong / mendable)


def _damage(wrong: Sequence[bool], fixed: Sequence[Sequence[int]]) -> float:
    """The share of wrong modules in the pattern that has most."""
    return max(sum(wrong[place] for place in pattern) / len(pattern) for pattern in fixed)


def _modulation(
    seen: Sequence[float], wrong: Sequence[bool], contrast: float, middle: float, mendable: int
) -> Parameter:
    """The best level that so many modules reach that the others could be mended, as good as that leaves it."""
    strengths = [
        0.0 if is_wrong else 2 * abs(value - middle) / contrast
        for value, is_wrong in zip(seen, wrong, strict=True)
    ]
    grade = 0.0
    for level, worth in _MODULATION:
        weak = sum(strength < level for strength in strengths)
        left = graded("unused_error_correction", _unused(weak, mendable), _UNUSED_CORRECTION).grade
        grade = max(grade, min(worth, left))
    return Parameter(name="modulation", value=min(strengths), grade=min(GRADE_MAX, grade))


def _evenness(code: PlacedCode, fine: Image.Image, traits: MatrixTraits, module: int) -> list[Parameter]:
    """Whether modules are as wide as high and where they should be, by the edges of the timing lines."""
    side, dark = code.modules.width, code.modules.dark
    row, column = traits.timing_row % side, traits.timing_column % side
    y, x = row * module + module // 2, column * module + module // 2
    across = fine.crop((0, y, fine.width, y + 1)).tobytes()
    down = fine.crop((x, 0, x + 1, fine.height)).tobytes()
    lines = (
        (_edges(across), _edges(bytes(255 * (1 - one) for one in dark[row * side : (row + 1) * side]))),
        (_edges(down), _edges(bytes(255 * (1 - one) for one in dark[column::side]))),
    )
    if any(len(found) != len(wanted) for found, wanted in lines):
        return [passed("axial_nonuniformity", 1.0, ok=False), passed("grid_nonuniformity", 1.0, ok=False)]
    pitches = [_pitch(found, wanted) for found, wanted in lines]
    uneven = abs(pitches[0] - pitches[1]) / (sum(pitches) / 2)
    off = max(
        abs(_middle(found, place) - module * _middle(wanted, place)) / module
        for found, wanted in lines
        for place in range(len(wanted) - 1)
    )
    return [graded("axial_nonuniformity", uneven, _AXIAL), graded("grid_nonuniformity", off, _GRID)]


def _edges(inner: bytes) -> list[int]:
    """Where dark and light meet on a line with white before and behind it."""
    line = b"\xff" + inner + b"\xff"
    return [
        place - 1 for place in range(1, len(line)) if (line[place] < _HALF) is not (line[place - 1] < _HALF)
    ]


def _pitch(found: Sequence[int], wanted: Sequence[int]) -> float:
    """The width of a module, between edges of one kind, which gain moves alike."""
    last = (len(found) - 1) // 2 * 2
    return (found[last] - found[0]) / (wanted[last] - wanted[0])


def _middle(edges: Sequence[int], place: int) -> float:
    """The middle between two edges: gain moves them apart, and leaves it where it is."""
    return (edges[place] + edges[place + 1]) / 2
