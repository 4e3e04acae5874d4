"""Drawing: pictures for labels. Vector drawings of our own lie in `pictures/`; photos and logos are imported.

What is imported is stored with its template, in base64, as a grey PNG without transparency; how it becomes black and
white is decided at the printer's dots, so that one picture serves every printer.
"""

import base64
import binascii
import io
import re
from functools import cache, lru_cache
from importlib import resources

import resvg_py
from PIL import Image, ImageOps

PICTURE_BYTES_MAX = 4_000_000
PICTURE_PIXELS_MAX = 20_000_000
PICTURE_SIDE_MAX = 1200
"""Pixels of a stored picture's longer side: 100 mm at 12 dots per mm."""
PICTURE_SIDE_MIN = 48
"""Pixels of the longer side below which a picture is none any more: 6 mm at 8 dots per mm."""

_FORMATS = ("PNG", "JPEG")
_KEPT = 64  # pictures in dots; a template uses a few, at one or two sizes
_WHITE = 255
# A drawing must be complete in itself: words need a font that another computer lacks, links need files.
_SVG_REFUSED = re.compile(
    r"<(?:\w+:)?(text|image|use|script|style|foreignObject)\b|<!(DOCTYPE|ENTITY)", re.IGNORECASE
)


class PictureError(ValueError):
    """A picture that cannot go on a label: what it is, why not, and what to do."""


@cache
def drawing_names() -> tuple[str, ...]:
    """The drawings that come with the program."""
    files = (resources.files("labels") / "pictures").iterdir()
    return tuple(sorted(file.name.removesuffix(".svg") for file in files if file.name.endswith(".svg")))


@lru_cache(maxsize=_KEPT)
def drawing(name: str) -> str:
    """The SVG text of a drawing that comes with the program; PictureError when there is none of that name."""
    if name not in drawing_names():
        raise PictureError(f"there is no drawing {name!r}: there are {', '.join(drawing_names())}")
    return (resources.files("labels") / "pictures" / f"{name}.svg").read_text(encoding="utf-8")


def import_picture(data: bytes, chars_max: int = PICTURE_BYTES_MAX) -> str:
    """A picture file as it is stored with a template. PictureError says why a file cannot be taken, and what to do.

    PNG and JPEG of any colour, and SVG drawings without words, links and scripts. Transparency becomes white paper.
    It is made smaller until its text has at most `chars_max` characters.
    """
    if len(data) > PICTURE_BYTES_MAX:
        raise PictureError(
            f"the file has {len(data) / 1e6:.1f} MB, at most {PICTURE_BYTES_MAX / 1e6:.0f}: save it smaller"
        )
    grey = _from_svg(data) if data.lstrip()[:1] == b"<" else _from_pixels(data)
    if grey.getextrema() == (_WHITE, _WHITE):
        raise PictureError("the picture is all white: nothing of it would be printed")
    side = PICTURE_SIDE_MAX
    while side >= PICTURE_SIDE_MIN:
        grey.thumbnail((side, side))
        file = io.BytesIO()
        grey.save(file, format="PNG", optimize=True)
        text = base64.b64encode(file.getvalue()).decode("ascii")
        if len(text) <= chars_max:
            return text
        side = side * 3 // 4
    raise PictureError("there is no room left for the picture: take another one out, or shorten the template")


def stored_picture(text: str) -> Image.Image:
    """A template's picture, in grey; PictureError when it was damaged, or never came from `import_picture`."""
    try:
        return _from_pixels(base64.b64decode(text, validate=True))
    except binascii.Error as error:
        raise PictureError("the stored picture is no base64 text: import the picture again") from error


def drawn_svg(text: str, width: int, height: int) -> Image.Image:
    """An SVG drawing in grey on white, as large as fits into so many dots, its shape kept."""
    try:
        # resvg (Rust, no browser): the same dots on every machine; no fonts are loaded, so that no machine's differ.
        png = resvg_py.svg_to_bytes(
            svg_string=text, width=width, height=height, background="white", skip_system_fonts=True
        )
    except ValueError as error:
        raise PictureError(f"the drawing cannot be understood ({error}): save it as PNG") from error
    with Image.open(io.BytesIO(bytes(png))) as drawn:
        return drawn.convert("L")


def _from_svg(data: bytes) -> Image.Image:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise PictureError("the drawing is no UTF-8 text: save it as PNG") from error
    refused = _SVG_REFUSED.search(text)
    if refused is not None:
        raise PictureError(
            f"the drawing has {refused[0]!r}; only shapes can be taken: turn words into paths, or save it as PNG"
        )
    return drawn_svg(text, PICTURE_SIDE_MAX, PICTURE_SIDE_MAX)


def _from_pixels(data: bytes) -> Image.Image:
    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as picture:
            is_small = picture.width * picture.height <= PICTURE_PIXELS_MAX
            upright = ImageOps.exif_transpose(picture).convert("RGBA") if is_small else None
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise PictureError("this is no whole PNG, JPEG or SVG file: save the picture as PNG") from error
    if upright is None:
        raise PictureError(
            f"the picture has over {PICTURE_PIXELS_MAX // 1_000_000} million pixels: save it smaller"
        )
    paper = Image.new("RGBA", upright.size, "white")
    return Image.alpha_composite(paper, upright).convert("L")
