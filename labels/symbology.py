"""Symbology: how a content becomes bars or squares. The folder `symbologies/` holds them and is the registry.

The encoder is zxing-cpp. A GS1 content is given as people write it, with brackets: (10)L42(21)0007.
"""

import difflib
import importlib
import pkgutil
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, cast

import zxingcpp

import labels.symbologies
from labels.placement import Modules

CONTENT_CHARS_MAX = 800  # beyond this no symbol on a label is readable by hand scanners

# Its options are untyped keywords.
_create_barcode = cast("Callable[..., zxingcpp.Barcode]", zxingcpp.create_barcode)  # pyright: ignore[reportUnknownMemberType]

_ENCODED_MAX = 256  # codes kept; copies of a label and its preview ask for the same ones

# GS1 General Specifications, section 7.11: AI encodable character set 82, without the brackets, which in our
# written form begin and end an application identifier.
_GS1_VALUE = r"[!\"%&'*+,\-./0-9:;<=>?A-Z_a-z]+"
_GS1_CONTENT = re.compile(rf"(?:\(\d{{2,4}}\){_GS1_VALUE})+")


class SymbologyError(ValueError):
    """A content that a symbology cannot carry, or a symbology that does not exist; says which and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Symbology:
    """One way to print a code.

    `quiet_modules` is the white its standard asks for: left and right of a linear code, all round a matrix.
    `identifier` is what a reader reports (AIM symbology identifier, ISO/IEC 15424). `refusal` says why a
    content cannot be carried, before the encoder is asked, or None.
    """

    name: str
    zxing: zxingcpp.BarcodeFormat
    options: dict[str, Any]
    is_linear: bool
    quiet_modules: int
    identifier: str
    refusal: Callable[[str], str | None]


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
    try:
        barcode = _create_barcode(content, kind.zxing, **kind.options)
    except ValueError as error:
        raise SymbologyError(f"{name}: {error}") from error
    # The library says little about it: an array of bytes, 0 dark and 255 light, shaped rows x columns.
    image = cast("Any", zxingcpp.write_barcode_to_image(barcode, scale=1, add_quiet_zones=False))
    rows, columns = cast("tuple[int, int]", image.shape)
    height = 1 if kind.is_linear else rows  # the encoder repeats the one row of a linear code
    picture = bytes(image)[: columns * height]
    return Modules(columns, height, bytes(0 if light else 1 for light in picture))


def refuse_unless_ascii(content: str) -> str | None:
    """Codes of ours and of others travel safely only in printable ASCII; say so of anything else."""
    if content.isascii() and content.isprintable():
        return None
    return f"{content!r} has characters other than printable ASCII, which scanners garble"


def refuse_unless_printable(content: str) -> str | None:
    """Say so of control characters; Chinese text is welcome."""
    return None if content.isprintable() else f"{content!r} has control characters"


def refuse_unless_gs1(content: str) -> str | None:
    """Say so of a content that is not bracketed element strings in GS1's character set."""
    if _GS1_CONTENT.fullmatch(content):
        return None
    return (
        f"{content!r} is not of the form (10)LOT(21)SERIAL with values in GS1 character set 82 "
        "(no spaces, no brackets in a value)"
    )
