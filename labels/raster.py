"""From layout to picture: one bit per dot, nothing grey, as the printer will burn it."""

import io
from functools import lru_cache

from PIL import Image, ImageDraw

from labels import typeface
from labels.layout import Layout
from labels.placement import Ink, PlacedBox, PlacedCode, PlacedPicture, PlacedText

_MM_PER_INCH = 25.4
_COLOURS: dict[Ink, int] = {"black": 0, "white": 1}
_TEXTS_KEPT = 512  # of a few hundred bytes each; a template has a dozen
_INKED = bytes([0] + [255] * 255)  # what a dot of a picture is in its mask


def rasterise(layout: Layout) -> Image.Image:
    """The label as a Pillow image of mode "1", one pixel per dot; 0 is black (burned), 1 is bare paper."""
    image = Image.new("1", (layout.width_dots, layout.height_dots), 1)
    draw = ImageDraw.Draw(image)
    for item in layout.items:
        match item:
            case PlacedText():
                _draw_text(image, item)
            case PlacedCode():
                _draw_code(image, item)
            case PlacedBox():
                _draw_box(draw, item)
            case PlacedPicture():
                _draw_picture(image, item)
    return image


def preview_png(layout: Layout) -> bytes:
    """The label as a PNG that shows at true size where the viewer honours its resolution."""
    dpi = layout.dots_per_mm * _MM_PER_INCH
    file = io.BytesIO()
    rasterise(layout).save(file, format="PNG", dpi=(dpi, dpi), optimize=True)
    return file.getvalue()


def preview_pdf(layout: Layout) -> bytes:
    """The label as a PDF of one page, exactly as large as the label; the same layout gives the same bytes."""
    file = io.BytesIO()
    rasterise(layout).save(
        file,
        format="PDF",
        resolution=layout.dots_per_mm * _MM_PER_INCH,
        creationDate=None,
        modDate=None,
    )
    return file.getvalue()


def _draw_text(image: Image.Image, item: PlacedText) -> None:
    place = (item.x - item.area.left, item.baseline - item.area.top)
    mask = _inked(item.text, item.size_dots, item.stroke_dots, place, (item.area.width, item.area.height))
    image.paste(_COLOURS[item.ink], (item.area.left, item.area.top), mask)


@lru_cache(maxsize=_TEXTS_KEPT)
def _inked(
    text: str, size_dots: int, stroke_dots: float, place: tuple[int, int], size: tuple[int, int]
) -> Image.Image:
    """The ink of a text, drawn once: most of what stands on a label stands on the next one too."""
    mask = Image.new("1", size, 0)
    draw = ImageDraw.Draw(mask)
    draw.fontmode = "1"  # without this Pillow smooths the edges, and a printer has no grey
    draw.text(place, text, font=typeface.face(size_dots), fill=1, anchor="ls", stroke_width=stroke_dots)
    return mask


def _draw_code(image: Image.Image, item: PlacedCode) -> None:
    modules = item.modules
    light = bytes(0 if dark else 255 for dark in modules.dark)
    picture = Image.frombytes("L", (modules.width, modules.height), light)
    # Nearest neighbour by a whole factor: every bar is exactly module_dots wide.
    size = (item.area.width, item.area.height)
    factors = (modules.width / size[0], 0, 0, 0, modules.height / size[1], 0)
    scaled = picture.transform(size, Image.Transform.AFFINE, factors, Image.Resampling.NEAREST)
    image.paste(scaled.convert("1", dither=Image.Dither.NONE), (item.area.left, item.area.top))


def _draw_box(draw: ImageDraw.ImageDraw, item: PlacedBox) -> None:
    corners = (item.area.left, item.area.top, item.area.right - 1, item.area.bottom - 1)
    colour = _COLOURS[item.ink]
    if item.line_dots is None:
        draw.rectangle(corners, fill=colour)
    else:
        draw.rectangle(corners, outline=colour, width=item.line_dots)


def _draw_picture(image: Image.Image, item: PlacedPicture) -> None:
    ink = Image.frombytes("L", (item.area.width, item.area.height), item.dots.translate(_INKED))
    mask = ink.convert("1", dither=Image.Dither.NONE)
    image.paste(_COLOURS[item.ink], (item.area.left, item.area.top), mask)
