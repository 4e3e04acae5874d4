"""Symbology: how a content becomes bars or squares. The folder `symbologies/` holds them and is the registry.

The encoder is zxing-cpp. A GS1 content is given as people write it, with brackets: (10)L42(21)0007.
"""

import difflib
import importlib
import pkgutil
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import groupby
from typing import Any, cast

import zxingcpp

import labels.symbologies
from domain.gs1.checks import has_check_digit
from labels.placement import Application, Modules

CONTENT_CHARS_MAX = 800  # beyond this no symbol on a label is readable by hand scanners

# Its options are untyped keywords.
_create_barcode = cast("Callable[..., zxingcpp.Barcode]", zxingcpp.create_barcode)  # pyright: ignore[reportUnknownMemberType] untyped

_ENCODED_MAX = 256  # codes kept; copies of a label and its preview ask for the same ones

# GS1 General Specifications, section 7.11: AI encodable character set 82, without the brackets, which in our
# written form begin and end an application identifier.
_GS1_VALUE = r"[!\"%&'*+,\-./0-9:;<=>?A-Z_a-z]+"
_GS1_CONTENT = re.compile(rf"(?:\(\d{{2,4}}\){_GS1_VALUE})+")


class SymbologyError(ValueError):
    """A content that a symbology cannot carry, or a symbology that does not exist; says which and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How wide a module may be for one application, and how high the code at least, in millimetres."""

    module_mm_min: float
    module_mm_max: float
    height_mm_min: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LongestCode:
    """How much a symbology may say in one code, where its standard limits that.

    `chars` counts what a content has of the `chars_max`; `width_mm_max` includes the quiet zones.
    """

    chars: Callable[[str], int]
    chars_max: int
    width_mm_max: float


# Our own rules, for hand scanners at arm's length: what two dots of the coarsest printer in use print well.
HOUSE_LINEAR = Limits(module_mm_min=0.25, module_mm_max=1.016, height_mm_min=5.0)
HOUSE_MATRIX = Limits(module_mm_min=0.25, module_mm_max=1.5)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptionGroup:
    """Characters `first` up to `end` of the content, written under the modules from `left` to `right`.

    Modules count from the left edge of the bars; a negative one lies in the quiet zone.
    """

    first: int
    end: int
    left: int
    right: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixTraits:
    """What readers find a matrix code by, and how much of it may be wrong; all by its size in modules.

    `fixed`: the places (row by row) of each pattern that is the same in all codes of the size. `timing_row` and
    `timing_column`: where dark and light alternate. `mendable`: how many codewords of the weakest block may be wrong.
    """

    fixed: Callable[[int], Sequence[Sequence[int]]]
    timing_row: int
    timing_column: int
    mendable: Callable[[int], int]


def _no_characters(_elements: int) -> Sequence[tuple[int, int]]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Symbology:
    """One way to print a code.

    `quiet_modules` is the white its standard asks for: left and right of a linear code, all round a matrix;
    `quiet_right_modules` where the right side asks for less. `identifier` is what a reader reports (AIM symbology
    identifier, ISO/IEC 15424). `refusal` says why a content cannot be carried, before the encoder is asked, or None.
    `limits` has an entry for each application it may be used for, `longest` what holds for all of them. `wide_modules`
    makes the wide bars of a code that knows only narrow and wide ones so many modules wide. `bearer_modules`: bars
    along its top and bottom. `guards`: the modules, from and to, whose bars reach down into the caption;
    `caption_groups` its parts. `draws`: the code's own way from content to modules, where the encoder has none;
    `sets_up`: it is no data, but sets up the reader that scans it.

    For grading: `characters` says of a linear code with so many bars and spaces which of them are a character, as first
    and count; `wide_share` of a character's width parts narrow from wide; `bar_sum_limit` is by how many modules the
    bars of a character may be off in sum (0: not checked). `matrix` is what a matrix code is found and mended by.
    """

    name: str
    zxing: zxingcpp.BarcodeFormat
    options: dict[str, Any]
    is_linear: bool
    quiet_modules: int
    identifier: str
    refusal: Callable[[str], str | None]
    limits: Mapping[Application, Limits]
    longest: LongestCode | None = None
    quiet_right_modules: int | None = None
    wide_modules: int = 0
    bearer_modules: int = 0
    guards: tuple[tuple[int, int], ...] = ()
    caption_groups: tuple[CaptionGroup, ...] = ()
    characters: Callable[[int], Sequence[tuple[int, int]]] = _no_characters
    wide_share: float = 0.0
    bar_sum_limit: float = 0.0
    matrix: MatrixTraits | None = None
    draws: Callable[[str], Modules] | None = None
    sets_up: bool = False

    @property
    def quiet_sides(self) -> tuple[int, int]:
        """The modules of white left and right."""
        right = self.quiet_modules if self.quiet_right_modules is None else self.quiet_right_modules
        return self.quiet_modules, right

    @property
    def quiet_above(self) -> int:
        """The modules of white above and below: a linear code needs none."""
        return 0 if self.is_linear else self.quiet_modules

    def limits_for(self, application: Application) -> Limits:
        """The limits for an application; SymbologyError when the code is not made for it."""
        found = self.limits.get(application)
        if found is None:
            raise SymbologyError(
                f"{self.name} is not for {application!r}: it is for {', '.join(sorted(self.limits))}"
            )
        return found


@cache
def symbologies() -> dict[str, Symbology]:
    """All symbologies by name: every module of `symbologies/` shows its value as `SYMBOLOGY`."""
    names = sorted(module.name for module in pkgutil.iter_modules(labels.symbologies.__path__))
    return {name: importlib.import_module(f"labels.symbologies.{name}").SYMBOLOGY for name in names}


def symbology(name: str) -> Symbology:
    """The symbology of that name; SymbologyError names the nearest one otherwise."""
    found = symbologies().get(name)
    if found is not None:
        return found
    near = difflib.get_close_matches(name, symbologies(), n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(symbologies())}"
    raise SymbologyError(f"there is no symbology {name!r}: {hint}")


@lru_cache(maxsize=_ENCODED_MAX)
def encode(name: str, content: str) -> Modules:
    """The dark and light modules of a content, without quiet zone; SymbologyError if it cannot be carried."""
    kind = symbology(name)
    if not content:
        raise SymbologyError(f"{name}: there is nothing to encode")
    if len(content) > CONTENT_CHARS_MAX:
        raise SymbologyError(f"{name}: {len(content)} characters, at most {CONTENT_CHARS_MAX} are readable")
    refusal = kind.refusal(content)
    if refusal is not None:
        raise SymbologyError(f"{name}: {refusal}")
    if kind.draws is not None:
        return kind.draws(content)
    try:
        barcode = _create_barcode(content, kind.zxing, **kind.options)
    except ValueError as error:
        raise SymbologyError(f"{name}: {error}") from error
    # The library says little about it: an array of bytes, 0 dark and 255 light, shaped rows x columns.
    image = cast("Any", zxingcpp.write_barcode_to_image(barcode, scale=1, add_quiet_zones=False))
    rows, columns = cast("tuple[int, int]", image.shape)
    height = 1 if kind.is_linear else rows  # the encoder repeats the one row of a linear code
    dark = bytes(0 if light else 1 for light in bytes(image)[: columns * height])
    if kind.wide_modules:
        dark = _widened(dark, kind.wide_modules)
    return Modules(len(dark) // height, height, dark)


def _widened(dark: bytes, wide_modules: int) -> bytes:
    """The row with every wide bar and space made so many modules wide."""
    runs = (bytes(run) for _, run in groupby(dark))
    return b"".join(run if len(run) == 1 else run[:1] * wide_modules for run in runs)


def refuse_unless_ascii(content: str) -> str | None:
    """Codes of ours and of others travel safely only in printable ASCII; say so of anything else."""
    if content.isascii() and content.isprintable():
        return None
    return f"{content!r} has characters other than printable ASCII, which scanners garble"


def refuse_unless_printable(content: str) -> str | None:
    """Say so of control characters; Chinese text is welcome."""
    return None if content.isprintable() else f"{content!r} has control characters"


def refuse_unless_digits(content: str, count: int) -> str | None:
    """Say so of anything but so many digits, the last of which is the right GS1 check digit."""
    if not (len(content) == count and content.isascii() and content.isdecimal()):
        return f"{content!r} is not {count} digits"
    if has_check_digit(content):
        return None
    right = next(last for last in "0123456789" if has_check_digit(content[:-1] + last))
    return f"the check digit of {content!r} should be {right}"


def refuse_unless_gs1(content: str) -> str | None:
    """Say so of a content that is not bracketed element strings in GS1's character set."""
    if _GS1_CONTENT.fullmatch(content):
        return None
    return (
        f"{content!r} is not of the form (10)LOT(21)SERIAL with values in GS1 character set 82 "
        "(no spaces, no brackets in a value)"
    )
