"""Pictures as a camera makes them, for tests."""

from __future__ import annotations

import io
import random

from PIL import Image


def jpeg(seed: int = 1, size: tuple[int, int] = (320, 240), **saved: object) -> bytes:
    """Return a JPEG picture of its own; `saved`: what else stands in its file."""
    colours = random.Random(seed)
    small = Image.new("RGB", (8, 6))
    small.putdata([tuple(colours.randbytes(3)) for _ in range(48)])
    out = io.BytesIO()
    small.resize(size, Image.Resampling.BICUBIC).save(out, "JPEG", quality=80, **saved)  # pyright: ignore[reportArgumentType] (its own words)
    return out.getvalue()


def claiming(width: int, height: int) -> bytes:
    """Return a small JPEG file that claims to be that large: what a decoder would need gigabytes for."""
    made = bytearray(jpeg(size=(16, 16)))
    at = made.index(b"\xff\xc0") + 5  # the frame header (ITU T.81, B.2.2): height, then width
    made[at : at + 4] = height.to_bytes(2, "big") + width.to_bytes(2, "big")
    return bytes(made)
