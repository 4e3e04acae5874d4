"""The one typeface of all labels: which characters it has, how wide they are, how to draw them without grey.

The font lies in `fonts/`; `fonts/characters.txt` lists what it has, as ranges of code points.
"""

import unicodedata
from bisect import bisect_right
from functools import lru_cache
from importlib import resources

from PIL import ImageFont

MISSING_MARK = "▨"  # drawn for a character the font lacks: plainly a substitute, in either language

ELLIPSIS = "…"

# Chinese characters reach from 0.88 em over the baseline to 0.12 em under it; a g or j goes to 0.22 em.
ASCENT_EM = 0.90
DESCENT_EM = 0.22
LINE_PITCH_EM = 1.18
MIDDLE_EM = 0.365  # half the height of capitals and digits, and nearly the middle of a Chinese character

FACES_MAX = 64  # sizes kept open; a template uses about ten
ADVANCES_MAX = 65536

_STROKE_EM = 0.02  # thickens the outline for bold; the typeface has one weight
_STROKE_DOTS_MIN = 0.4  # less than this changes nothing at small sizes


@lru_cache(maxsize=FACES_MAX)
def face(size_dots: int) -> ImageFont.FreeTypeFont:
    """The typeface at a size in dots per em. Basic layout: the same picture on every machine."""
    font = resources.files("labels") / "fonts" / "wqy-microhei-gbk.ttf"
    with resources.as_file(font) as path:
        return ImageFont.truetype(str(path), size_dots, layout_engine=ImageFont.Layout.BASIC)


@lru_cache(maxsize=1)
def _ranges() -> tuple[tuple[int, ...], tuple[int, ...]]:
    text = (resources.files("labels") / "fonts" / "characters.txt").read_text(encoding="ascii")
    pairs = [line.split("-") for line in text.split() if line]
    return tuple(int(pair[0], 16) for pair in pairs), tuple(int(pair[-1], 16) for pair in pairs)


def has(character: str) -> bool:
    """Whether the typeface has a picture of the character."""
    firsts, lasts = _ranges()
    position = bisect_right(firsts, ord(character)) - 1
    return position >= 0 and ord(character) <= lasts[position]


def drawable(text: str) -> tuple[str, str]:
    """The text as it can be drawn, and the characters for which that is `MISSING_MARK`, each once.

    A sign the typeface lacks is written out where Unicode says how: ℃ as °C, Ⅴ as V (compatibility decomposition).
    """
    lacking = dict.fromkeys(character for character in text if not has(character))
    if not lacking:
        return text, ""
    written = {character: _written_out(character) for character in lacking}
    missing = "".join(character for character, said in written.items() if said == MISSING_MARK)
    return text.translate({ord(character): said for character, said in written.items()}), missing


def _written_out(character: str) -> str:
    said = unicodedata.normalize("NFKC", character)
    return said if all(map(has, said)) else MISSING_MARK


def stroke_dots(size_dots: int) -> float:
    """How much bold thickens the outline at a size."""
    return max(_STROKE_DOTS_MIN, round(size_dots * _STROKE_EM, 2))


@lru_cache(maxsize=ADVANCES_MAX)
def _advance(character: str, size_dots: int) -> float:
    return face(size_dots).getlength(character, mode="1")


def width_dots(text: str, size_dots: int) -> float:
    """How far the text advances; bold is drawn round the same advance."""
    return sum(_advance(character, size_dots) for character in text)


def ink(text: str, size_dots: int, stroke: float) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of the ink, in dots from the start of the baseline."""
    left, top, right, bottom = face(size_dots).getbbox(text, mode="1", anchor="ls", stroke_width=stroke)
    return int(left // 1), int(top // 1), int(-(-right // 1)), int(-(-bottom // 1))
