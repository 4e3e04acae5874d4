"""Drawings and imported pictures: what can be taken is stored small; what cannot is refused with a way out."""

import base64
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from labels.drawing import (
    PICTURE_BYTES_MAX,
    PICTURE_SIDE_MAX,
    PictureError,
    drawing,
    drawing_names,
    drawn_svg,
    import_picture,
    stored_picture,
)

SHAPE = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 12"><path d="M0 0h12v12H0z"/>{}</svg>'


def png(picture: Image.Image, kind: str = "PNG", **keys) -> bytes:
    file = io.BytesIO()
    picture.save(file, format=kind, **keys)
    return file.getvalue()


@pytest.mark.parametrize("name", drawing_names())
def test_every_drawing_that_comes_with_the_program_can_be_drawn_small(name: str):
    drawn = drawn_svg(drawing(name), 64, 64)
    assert max(drawn.size) == 64
    black = sum(drawn.histogram()[:128]) / (drawn.width * drawn.height)
    assert 0.03 < black < 0.6


def test_an_unknown_drawing_is_refused_with_the_known_ones():
    with pytest.raises(PictureError, match=r"no drawing 'washtub': there are .*command_yes"):
        drawing("washtub")


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_a_png_of_any_colour_is_taken(mode: str):
    made = Image.new("L", (30, 20), 255)
    made.paste(0, (0, 0, 15, 20))
    data = png(made.convert("I").convert("I;16") if mode == "I;16" else made.convert(mode))
    stored = stored_picture(import_picture(data))
    assert stored.size == (30, 20)
    assert set(stored.crop((0, 0, 15, 20)).tobytes()) == {0}


def test_a_jpeg_lies_as_its_camera_says():
    made = Image.new("RGB", (40, 20), "white")
    made.paste("black", (0, 0, 20, 20))
    turned = Image.Exif()
    turned[0x0112] = 6
    assert stored_picture(import_picture(png(made, "JPEG", exif=turned))).size == (20, 40)


def test_what_is_transparent_is_paper():
    made = Image.new("RGBA", (10, 10), (0, 0, 0, 0))
    made.paste((0, 0, 0, 255), (0, 0, 5, 10))
    stored = stored_picture(import_picture(png(made)))
    assert (stored.getpixel((2, 5)), stored.getpixel((7, 5))) == (0, 255)


def test_a_large_picture_is_stored_at_the_size_a_label_can_use():
    made = Image.new("L", (3000, 1500), 0)
    assert stored_picture(import_picture(png(made))).size == (PICTURE_SIDE_MAX, PICTURE_SIDE_MAX // 2)


def test_a_drawing_is_taken_as_a_picture():
    stored = stored_picture(import_picture(SHAPE.format("").encode()))
    assert stored.size == (1200, 600)
    assert (stored.getpixel((300, 300)), stored.getpixel((900, 300))) == (0, 255)


@pytest.mark.parametrize(
    ("data", "words_of_it"),
    [
        (b"", "no whole PNG, JPEG or SVG file: save the picture as PNG"),
        (b"%PDF-1.7", "no whole PNG, JPEG or SVG"),
        (b"GIF89a" + b"\0" * 40, "no whole PNG, JPEG or SVG"),
        (b"<svg", "cannot be understood"),
        (b"<svg \xff", "no UTF-8 text"),
        (SHAPE.format("<text>a</text>").encode(), "turn words into paths"),
        (SHAPE.format('<image href="/etc/passwd"/>').encode(), "only shapes can be taken"),
        (SHAPE.format("<script>1</script>").encode(), "only shapes can be taken"),
        (b'<!DOCTYPE svg [<!ENTITY a "b">]>' + SHAPE.format("").encode(), "only shapes can be taken"),
        (b"\x89PNG" + b"\0" * PICTURE_BYTES_MAX, "at most 4: save it smaller"),
    ],
)
def test_what_cannot_be_taken_is_refused_with_a_way_out(data: bytes, words_of_it: str):
    with pytest.raises(PictureError, match=words_of_it):
        import_picture(data)


def test_an_empty_picture_is_refused():
    with pytest.raises(PictureError, match="all white"):
        import_picture(png(Image.new("L", (20, 20), 255)))


def test_a_picture_of_too_many_pixels_is_refused_before_it_is_unpacked():
    with pytest.raises(PictureError, match="over 20 million pixels: save it smaller"):
        import_picture(png(Image.new("1", (5000, 5000), 0)))


def test_a_half_file_is_refused():
    whole = png(Image.effect_noise((200, 200), 80))
    with pytest.raises(PictureError, match="no whole PNG"):
        import_picture(whole[: len(whole) // 2])


def test_a_stored_picture_that_was_damaged_is_refused():
    with pytest.raises(PictureError, match="import the picture again"):
        stored_picture("not base64!")
    with pytest.raises(PictureError, match="no whole PNG"):
        stored_picture(base64.b64encode(b"something else").decode())


@given(st.binary(max_size=200))
def test_no_file_does_anything_but_be_taken_or_be_refused(data: bytes):
    for start in (b"", b"<svg>", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"):
        try:
            import_picture(start + data)
        except PictureError:
            continue
