"""Every template, in every language, at 203 and 300 dpi, with short, long, Chinese and hostile data.

What was sent is drawn by the emulator's parser of that language (and in `test_peers.py` by programs that are not
ours) and must have the very dots of the layout; its codes must say the data. Templates and languages are found by
themselves. The golden files hold bytes and digests of what is sent; `make golden` writes them anew.
"""

import hashlib
import io
from collections import Counter

import msgspec
import pytest
from PIL import Image

from drivers.emulator.stream import Format, open_stream
from drivers.language import language_names
from drivers.print_data import encode
from drivers.profile import Profile, load_profile
from labels.layout import Layout
from labels.raster import rasterise
from labels.template import template_names
from labels.verify import verify
from tests.conftest import Golden
from tests.drivers.label_data import HOSTILE, KINDS, filled
from tests.drivers.pictures import same_dots
from tests.labels.readers import contents_read_by_others, contents_wanted

PROFILES = {"zpl": "zpl_203", "tspl": "tspl_203", "escpos": "escpos_112"}
WIDTH_MM_MAX = 120

COMMANDS = {
    "zpl": {"^XA", "^MM", "^PO", "^PW", "^LL", "^LH", "^LS", "^FO", "^GF", "^FS", "^PQ", "^XZ"},
    "tspl": {
        *("SIZE", "GAP", "DIRECTION", "REFERENCE", "OFFSET", "SHIFT", "SET", "CLS"),
        *("BAR", "BITMAP", "PRINT"),
    },
    "escpos": {"ESC @", "GS a", "GS v", "GS L", "GS V"},
}
"""All that a label may hold, whatever it says."""

ONCE = {"zpl": ("^XA", "^GF", "^PQ", "^XZ"), "tspl": ("SIZE", "CLS", "PRINT"), "escpos": ("ESC @", "GS V")}


def profile_of(language: str, dots_per_mm: int) -> Profile:
    return msgspec.structs.replace(
        load_profile(PROFILES[language]), dots_per_mm=dots_per_mm, width_mm_max=WIDTH_MM_MAX
    )


def drawn(language: str, data: bytes, dots_per_mm: int) -> tuple[Image.Image, Counter[str]]:
    """The one label that comes out, and the commands that were seen; nothing else may have been in the data."""
    stream = open_stream(language, dots_per_mm)
    (label,) = stream.feed(data)
    assert isinstance(label, Format)
    assert label.copies == 1
    assert not stream.unknown
    return label.image, stream.commands


def comes_out_as_it_is(layout: Layout, language: str) -> bytes:
    data = encode(layout, profile_of(language, layout.dots_per_mm))
    image, commands = drawn(language, data, layout.dots_per_mm)
    assert same_dots(image, rasterise(layout))
    assert set(commands) <= COMMANDS[language]
    assert all(commands[name] == 1 for name in ONCE[language])
    return data


def test_every_language_is_in_the_matrix():
    assert set(PROFILES) == set(COMMANDS) == set(language_names())


@pytest.mark.parametrize("dots_per_mm", [8, 12])
@pytest.mark.parametrize("template", template_names())
def test_every_language_prints_the_same_dots_whatever_the_label_says(
    template: str, dots_per_mm: int, golden: Golden
):
    lines: list[str] = []
    for kind in KINDS:
        layout = filled(template, kind, dots_per_mm).layout
        assert verify(layout) == ()
        lines.append(f"{kind} dots {_digest(rasterise(layout).tobytes())}")
        for language in language_names():
            data = comes_out_as_it_is(layout, language)
            lines.append(f"{kind} {language} {len(data)} bytes {_digest(data)}")
    golden.check(f"drivers/matrix/{template}-{dots_per_mm}.txt", "\n".join(lines) + "\n")


@pytest.mark.needs("zbar", "dmtx")
@pytest.mark.parametrize("kind", ["hostile", "chinese"])
@pytest.mark.parametrize("template", template_names())
def test_other_readers_read_the_data_off_what_each_language_prints(template: str, kind: str):
    layout = filled(template, kind).layout
    for language in language_names():
        image, _ = drawn(language, encode(layout, profile_of(language, 8)), 8)
        assert contents_read_by_others(layout, image) == contents_wanted(layout)


@pytest.mark.fault("P8", "A1")
@pytest.mark.parametrize("turn", range(len(HOSTILE)))
@pytest.mark.parametrize("template", template_names())
def test_no_data_becomes_a_command_of_any_language(template: str, turn: int):
    label = filled(template, "hostile", turn=turn)
    assert label.fields
    for language in language_names():
        comes_out_as_it_is(label.layout, language)


@pytest.mark.parametrize(("template", "kind"), [("roll", "hostile"), ("bundle_ticket", "chinese")])
def test_the_printed_label_looks_as_reviewed(template: str, kind: str, golden: Golden):
    layout = filled(template, kind).layout
    image, _ = drawn("tspl", encode(layout, profile_of("tspl", 8)), 8)
    file = io.BytesIO()
    image.save(file, format="PNG", optimize=True)
    golden.check_picture(f"drivers/{template}-{kind}.png", file.getvalue())


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:16]
