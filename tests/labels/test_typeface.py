"""The typeface: what it has, and that it says so truthfully."""

from pathlib import Path

from fontTools.ttLib import TTFont
from PIL import Image, ImageDraw

from labels import typeface

FONTS = Path(typeface.__file__).parent / "fonts"


def leaves_ink(character: str) -> bool:
    left, top, right, bottom = typeface.ink(character, 24, 0.0)
    return left < right and top < bottom


def test_the_list_of_characters_is_exactly_what_the_font_can_draw():
    in_font = set(TTFont(FONTS / "wqy-microhei-gbk.ttf").getBestCmap() or ())
    listed = {code for code in range(0x30000) if typeface.has(chr(code))}
    assert listed <= in_font
    assert {chr(code) for code in listed if not leaves_ink(chr(code))} == {" ", "\xa0", "\u3000"}
    assert not any(leaves_ink(chr(code)) for code in in_font - listed)


def test_a_sign_the_font_lacks_is_written_out_where_that_says_the_same():
    assert typeface.drawable("30 ℃ Ⅴ") == ("30 °C V", "")


def test_every_character_of_gb_2312_can_be_drawn():
    for lead in range(0xB0, 0xF8):
        for trail in range(0xA1, 0xFF):
            character = bytes((lead, trail)).decode("gb2312", errors="ignore")
            assert not character or typeface.has(character), character


def test_rare_and_traditional_characters_of_names_can_be_drawn():
    assert typeface.drawable("喆堃镕玥國際紡織") == ("喆堃镕玥國際紡織", "")


def test_a_character_that_is_missing_becomes_a_hatched_box_and_is_named_once():
    assert typeface.drawable("纱🧶ab🧶") == ("纱▨ab▨", "🧶")


def test_the_marks_for_missing_and_cut_text_are_themselves_in_the_font():
    assert typeface.drawable(typeface.MISSING_MARK + typeface.ELLIPSIS)[1] == ""


def test_the_fonts_folder_stays_small_and_carries_its_licence():
    assert sum(file.stat().st_size for file in FONTS.glob("*.*")) <= 3 * 2**20
    assert "Apache License" in (FONTS / "LICENSE").read_text(encoding="utf-8")


def test_chinese_characters_are_drawn_each_in_its_own_way():
    pictures: set[bytes] = set()
    for character in "批号缸纱线布领片":
        picture = Image.new("1", (24, 24), 1)
        ImageDraw.Draw(picture).text((0, 21), character, font=typeface.face(24), fill=0, anchor="ls")
        assert picture.convert("L").histogram()[0] > 60
        pictures.add(picture.tobytes())
    assert len(pictures) == 8
