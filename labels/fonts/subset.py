"""Make the typeface of the labels out of WenQuanYi Micro Hei: GBK Chinese, Latin, Greek, Cyrillic, signs.

Run by hand when the choice of characters changes: `python -m labels.fonts.subset` (needs fonttools and
Debian's package fonts-wqy-microhei). It writes the font and `characters.txt` next to itself; the licence of
the font lies there too.
"""

import sys
from itertools import pairwise
from pathlib import Path

from fontTools import subset  # pyright: ignore[reportMissingTypeStubs]  # has none
from fontTools.ttLib import TTFont  # pyright: ignore[reportMissingTypeStubs]  # the same

SOURCE = Path("/usr/share/fonts/truetype/wqy/wqy-microhei.ttc")
FOLDER = Path(__file__).parent

# Latin, Greek, Cyrillic; punctuation and currency; arrows, control pictures, boxes, shapes and signs.
_SIGNS = (
    (0x20, 0x7E),
    (0xA0, 0x24F),
    (0x370, 0x3FF),
    (0x400, 0x45F),
    (0x2010, 0x2030),
    (0x20AC, 0x20AC),
    (0x2190, 0x2199),
    (0x2400, 0x2421),
    (0x2500, 0x266F),
    (0x3000, 0x301F),
    (0xFFFD, 0xFFFD),
)


def _gbk() -> set[int]:
    """All characters of GBK (GB 13000.1 Annex), of which GB 2312 is a part, by asking Python's own codec."""
    found: set[int] = set()
    for lead in range(0x81, 0xFF):
        for trail in range(0x40, 0xFF):
            text = bytes((lead, trail)).decode("gbk", errors="ignore")
            if len(text) == 1:
                found.add(ord(text))
    return found


def _ranges(characters: list[int]) -> str:
    starts = [characters[0], *(after for before, after in pairwise(characters) if after != before + 1)]
    ends = [*(before for before, after in pairwise(characters) if after != before + 1), characters[-1]]
    lines = (f"{a:X}" if a == b else f"{a:X}-{b:X}" for a, b in zip(starts, ends, strict=True))
    return "\n".join(lines) + "\n"


def drawn(font: TTFont) -> list[int]:
    """The characters that leave ink, and the spaces: some signs of the source, as ℃, are there and empty."""
    outlines = font["glyf"]
    return sorted(
        code
        for code, glyph in (font.getBestCmap() or {}).items()
        if chr(code).isspace() or outlines[glyph].numberOfContours  # pyright: ignore[reportUnknownMemberType]  # the same
    )


def main() -> None:
    """Write the font and the list of what is in it."""
    font = TTFont(SOURCE, fontNumber=0)
    wanted = _gbk() | {code for first, last in _SIGNS for code in range(first, last + 1)}
    options = subset.Options(
        hinting=True,  # small Latin text is visibly better with its hints
        layout_features=[],
        name_IDs=["*"],
        notdef_outline=True,
        recalc_timestamp=False,  # the same source gives the same bytes
    )
    options.drop_tables += ["FFTM", "vhea", "vmtx", "GDEF", "GPOS", "GSUB"]
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=wanted)  # pyright: ignore[reportUnknownMemberType]  # fonttools is untyped
    subsetter.subset(font)  # pyright: ignore[reportUnknownMemberType]  # the same
    font.save(FOLDER / "wqy-microhei-gbk.ttf")
    characters = drawn(font)
    (FOLDER / "characters.txt").write_text(_ranges(characters), encoding="ascii")
    sys.stdout.write(f"{len(characters)} characters\n")


if __name__ == "__main__":
    main()
