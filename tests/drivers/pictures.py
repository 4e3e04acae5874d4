"""Pictures for the tests of printers: random ones, and whether two have the same dots."""

from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageDraw


def same_dots(left: Image.Image, right: Image.Image) -> bool:
    """Whether the black dots are the same; one may have more white to the right and below."""
    size = (max(left.width, right.width), max(left.height, right.height))
    framed = [Image.new("1", size, 1) for _ in range(2)]
    for frame, image in zip(framed, (left, right), strict=True):
        frame.paste(image, (0, 0))
    return ImageChops.logical_xor(*framed).getbbox() is None


@st.composite
def random_picture(draw: st.DrawFn) -> Image.Image:
    """Noise, lines, frames and blocks: what labels are made of, and what they are not."""
    width, height = draw(st.integers(1, 130)), draw(st.integers(1, 90))
    image = Image.new("1", (width, height), 1)
    pencil = ImageDraw.Draw(image)
    for left, top, right, bottom, line in draw(
        st.lists(
            st.tuples(*[st.integers(0, 129)] * 4, st.integers(0, 4)),
            max_size=6,
        )
    ):
        box = (min(left, right), min(top, bottom), max(left, right), max(top, bottom))
        if line:
            pencil.rectangle(box, outline=0, width=line)
        else:
            pencil.rectangle(box, fill=0)
    noise = draw(st.binary(max_size=120))
    rows = 2
    row_bytes = len(noise) // rows
    if row_bytes:
        stain = Image.frombytes("1", (8 * row_bytes, rows), noise[: row_bytes * rows])
        image.paste(stain, (draw(st.integers(0, 120)), draw(st.integers(0, 80))))
    return image
