"""Pictures in ESC/POS data: raster (GS v 0), columns (ESC *), stored graphics (GS ( L and GS 8 L).

Source: Epson ESC/POS Command Reference, commands as named; GS ( L functions 112 (store raster), 113 (store columns),
50 (print). Unlike in a picture file, 1 is black.
"""

from PIL import Image, ImageChops

_DOUBLE = 2


def raster(parameters: bytes) -> Image.Image:
    """GS v 0 m xL xH yL yH d1…dk: m says whether each dot is doubled across (bit 0) and down (bit 1)."""
    mode = parameters[1] % 48
    picture = _picture(int.from_bytes(parameters[2:4], "little") * 8, parameters[6:])
    return scaled(picture, 1 + (mode & 1), 1 + (mode >> 1 & 1))


def columns(parameters: bytes) -> Image.Image:
    """ESC * m nL nH d1…dk: columns of 8 or 24 dots; single density doubles, 8 dots are three times as high."""
    mode, count = parameters[0], int.from_bytes(parameters[1:3], "little")
    column_bytes = 3 if mode in {32, 33} else 1
    standing = _picture(column_bytes * 8, parameters[3:])  # a column is a row of it
    picture = standing.transpose(Image.Transpose.TRANSPOSE) if count else Image.new("1", (1, 1), 1)
    return scaled(picture, 1 if mode in {1, 33} else 2, 1 if column_bytes == 3 else 3)  # noqa: PLR2004  24 dots


class Pictures:
    """The print buffer of GS ( L: a picture is stored, then printed."""

    def __init__(self) -> None:
        self._stored: Image.Image | None = None

    def obey(self, name: str, parameters: bytes) -> list[Image.Image] | None:
        """What is to be printed now; None for a command that is none of these."""
        head = {"GS (": 3, "GS 8": 5}.get(name)
        if head is None or parameters[:1] != b"L":
            return None
        function, data = parameters[head + 1 : head + 2], parameters[head + 2 :]
        if function in {b"p", b"q"} and len(data) >= 8:  # noqa: PLR2004  tone, scale, colour, size
            self._stored = self._drawn(data, is_raster=function == b"p")
        elif function in {b"2", b"\x02"} and self._stored is not None:
            stored, self._stored = self._stored, None
            return [stored]
        return []

    def _drawn(self, data: bytes, *, is_raster: bool) -> Image.Image:
        """A bx by c xL xH yL yH d1…dk: size in dots; bx and by double."""
        width, height = int.from_bytes(data[4:6], "little"), int.from_bytes(data[6:8], "little")
        if is_raster:
            picture = _picture(-(-width // 8) * 8, data[8:]).crop((0, 0, max(width, 1), max(height, 1)))
        else:
            standing = _picture(-(-height // 8) * 8, data[8:]).transpose(Image.Transpose.TRANSPOSE)
            picture = standing.crop((0, 0, max(width, 1), max(height, 1)))
        return scaled(picture, _times(data[1]), _times(data[2]))


def _picture(width: int, dots: bytes) -> Image.Image:
    height = len(dots) // (width // 8) if width else 0
    if not height:
        return Image.new("1", (1, 1), 1)
    black_is_one = Image.frombytes("1", (width, height), dots[: width // 8 * height])
    return ImageChops.invert(black_is_one.convert("L")).convert("1", dither=Image.Dither.NONE)


def _times(value: int) -> int:
    return min(max(value, 1), _DOUBLE)


def scaled(picture: Image.Image, across: int, down: int) -> Image.Image:
    """Each dot so many dots wide and high."""
    size = (picture.width * across, picture.height * down)
    factors = (1 / across, 0, 0, 0, 1 / down, 0)
    return picture.transform(size, Image.Transform.AFFINE, factors, Image.Resampling.NEAREST)
