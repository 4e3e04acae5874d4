"""Verify: read every code of a label back from its picture, as a scanner would, before anything is printed."""

from typing import cast

import zxingcpp
from PIL import Image

from labels.layout import Layout
from labels.placement import LayoutProblem, PlacedCode
from labels.raster import rasterise
from labels.symbology import Symbology, symbology

_WHITE = 255

_MARGIN_DOTS = 8  # a scanner sees more than the code; so does the check


def verify(layout: Layout, image: Image.Image | None = None) -> tuple[LayoutProblem, ...]:
    """The codes that are wrong at printer resolution, empty when all is well.

    Each code must be read with exactly its content and its symbology identifier, and its quiet zone must be white.
    `image` is a picture of the label in the layout's dots, as decoded from a printer's data; without it the layout is
    drawn afresh. ValueError when it has another size.
    """
    picture = as_seen(layout, rasterise(layout) if image is None else image)
    found = (_check(code, picture) for code in layout.codes)
    return tuple(problem for problem in found if problem is not None)


def as_seen(layout: Layout, image: Image.Image) -> Image.Image:
    """A picture of the label as bytes, 0 black and 255 white; ValueError when it has another size than the layout."""
    if image.size != (layout.width_dots, layout.height_dots):
        raise ValueError(
            f"the picture has {image.size[0]} x {image.size[1]} dots, "
            f"the label {layout.width_dots} x {layout.height_dots}"
        )
    return image.convert("1", dither=Image.Dither.NONE).convert("L")


def _check(code: PlacedCode, picture: Image.Image) -> LayoutProblem | None:
    if not _is_quiet(code, picture):
        return LayoutProblem(code="quiet_zone_disturbed", element=-1, subject=code.content)
    kind = symbology(code.symbology)
    quiet = code.quiet_area
    seen = picture.crop(
        (
            max(0, quiet.left - _MARGIN_DOTS),
            max(0, quiet.top - _MARGIN_DOTS),
            min(picture.width, quiet.right + _MARGIN_DOTS),
            min(picture.height, quiet.bottom + _MARGIN_DOTS),
        )
    )
    read = [found for found in _read(kind, seen) if _sets_up(found) == kind.sets_up]
    said = [(found.symbology_identifier, found.text) for found in read]
    if (code.identifier, code.content) in said:
        return None
    heard = ", ".join(f"{identifier}{text}" for identifier, text in said) or "nothing"
    return LayoutProblem(
        code="code_unreadable",
        element=-1,
        subject=code.content,
        detail=f"should say {code.identifier}{code.content}, says {heard}",
    )


def _read(kind: Symbology, picture: Image.Image) -> list[zxingcpp.Barcode]:
    is_gs1 = kind.name.startswith("gs1_")
    return zxingcpp.read_barcodes(
        picture,
        formats=zxingcpp.BarcodeFormats([kind.zxing]),
        # A printer that swapped black and white must be noticed, not forgiven.
        try_invert=False,
        # Of GS1 codes the reader gives our written form, with brackets; of all others the plain text.
        text_mode=zxingcpp.TextMode.HRI if is_gs1 else zxingcpp.TextMode.Plain,
    )


def _sets_up(found: zxingcpp.Barcode) -> bool:
    """Whether the reader found a code that is no data but sets a reader up."""
    extra = cast("dict[str, object] | None", found.extra)  # None where there is nothing besides the text
    return bool(extra and extra.get("ReaderInit"))


def _is_quiet(code: PlacedCode, picture: Image.Image) -> bool:
    """Whether nothing black lies round the code, as far as its standard asks."""
    quiet, area = code.quiet_area, code.area
    strips = (
        (quiet.left, quiet.top, area.left, quiet.bottom),
        (area.right, quiet.top, quiet.right, quiet.bottom),
        (area.left, quiet.top, area.right, area.top),
        (area.left, area.bottom, area.right, quiet.bottom),
    )
    return all(
        picture.crop(strip).getextrema() == (_WHITE, _WHITE)
        for strip in strips
        if strip[2] > strip[0] and strip[3] > strip[1]
    )
