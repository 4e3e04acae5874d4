"""What a camera sees of a code that is held up to it, and films of it for a browser whose camera is a file."""

from __future__ import annotations

import random
from base64 import b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageChops, ImageFilter
from playwright.sync_api import Page as Tab

from labels.symbology import encode, symbology

SIZE = (640, 480)
FRAMES_PER_S = 10
PAPER, INK, TABLE = 214, 38, 120
BAR_MODULES = 34
"""How many modules high the bars of a linear code are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A code as a hand holds it: how wide a module is in the picture, how it is turned, how far out of focus."""

    symbology: str
    content: str
    module_px: float = 3.0
    turned_deg: float = 0.0
    blur_px: float = 0.0
    noise: float = 6.0


def label_of(held: Held, scale: int) -> Image.Image:
    """Return the code on its white paper, quiet zone included."""
    kind, modules = symbology(held.symbology), encode(held.symbology, held.content)
    light = bytes(INK if dark else PAPER for dark in modules.dark)
    height = BAR_MODULES if kind.is_linear else modules.height
    code = Image.frombytes("L", (modules.width, modules.height), light)
    code = code.resize((modules.width * scale, height * scale), Image.Resampling.NEAREST)
    quiet = max(*kind.quiet_sides, 4) * scale
    paper = Image.new("L", (code.width + 2 * quiet, code.height + 2 * quiet), PAPER)
    paper.paste(code, (quiet, quiet))
    return paper


def seen(held: Held | None, size: tuple[int, int], seed: int = 0) -> Image.Image:
    """Return what the camera sees: the code in the middle of a grey table; only the table for None."""
    picture = Image.new("L", size, TABLE)
    if held is not None:
        fine = 8
        paper = label_of(held, fine)
        small = paper.resize(
            (round(paper.width * held.module_px / fine), round(paper.height * held.module_px / fine)),
            Image.Resampling.BOX,
        )
        turned = small.rotate(held.turned_deg, Image.Resampling.BICUBIC, expand=True, fillcolor=TABLE)
        picture.paste(turned, ((size[0] - turned.width) // 2, (size[1] - turned.height) // 2))
        if held.blur_px:
            picture = picture.filter(ImageFilter.GaussianBlur(held.blur_px))
    noise = held.noise if held is not None else 6.0
    grain = random.Random(seed).randbytes(1 << 16)
    table = [round(128 + (value - 128) / 128 * noise) for value in range(256)]
    spread = Image.frombytes("L", (256, 256), grain).point(table)
    tiles = Image.new("L", size)
    for top in range(0, size[1], 256):
        for left in range(0, size[0], 256):
            tiles.paste(spread, (left, top))
    return ImageChops.add(picture, tiles, 1, -128)


def film(path: Path, scenes: Iterable[tuple[Held | None, float]], size: tuple[int, int] = SIZE) -> Path:
    """Write a film of scenes, each so many seconds long, as a browser plays it for a camera: YUV4MPEG2, in a loop."""
    colour = bytes([128]) * (size[0] * size[1] // 2)
    with path.open("wb") as file:
        file.write(f"YUV4MPEG2 W{size[0]} H{size[1]} F{FRAMES_PER_S}:1 Ip A1:1 C420\n".encode())
        for held, seconds in scenes:
            frame = b"FRAME\n" + seen(held, size).tobytes() + colour
            file.write(frame * round(seconds * FRAMES_PER_S))
    return path


def in_turn(codes: Sequence[Held], shown_s: float, away_s: float) -> list[tuple[Held | None, float]]:
    """Show one code after the other, with nothing in view between them."""
    return [scene for held in codes for scene in ((held, shown_s), (None, away_s))]


_STAGE = """() => {
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width: 640, height: 480 });
  const context = canvas.getContext("2d");
  window.stageShows = (greys) => {
    const picture = context.createImageData(640, 480);
    picture.data.fill(255);
    const bytes = atob(greys);
    for (let at = 0; at < bytes.length; at += 1) picture.data.fill(bytes.charCodeAt(at), at * 4, at * 4 + 3);
    window.staged = picture;
  };
  setInterval(() => window.staged && context.putImageData(window.staged, 0, 0), 50);
  navigator.mediaDevices.getUserMedia = async () => canvas.captureStream(20);
}"""


def stage(tab: Tab) -> None:
    """Have the pages of a tab take a canvas for their camera, which `show` draws on."""
    tab.add_init_script(f"({_STAGE})()")


def show(tab: Tab, held: Sequence[Held]) -> None:
    """Hold codes up to the staged camera: the first in the middle, the second above it."""
    picture = seen(held[0] if held else None, SIZE)
    for other in held[1:]:
        paper = label_of(other, round(other.module_px))
        picture.paste(paper, ((SIZE[0] - paper.width) // 2, 8))
    tab.evaluate("(greys) => stageShows(greys)", b64encode(picture.tobytes()).decode())
