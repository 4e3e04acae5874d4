"""The USB stick that makes the machine a kiosk: a signed release, its settings, the units and rules of the tree."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from tests.scenarios.goods_in import set_up
from updates.build import make_bundle
from updates.keys import PRIVATE_NAME, PUBLIC_NAME, make_keys

TREE = Path(__file__).parents[2]
GUEST = Path(__file__).parent / "guest"
LABEL = "NOAC"
UNITS = (
    "noac-kiosk.service",
    "noac-kiosk-browser.service",
    "noac.sysusers.conf",
    "noac.tmpfiles.conf",
    "noac.modules-load.conf",
    "noac.policies.json",
)
RULES = "70-noac-scanners.rules"
Numbers = tuple[str, str]
"""Vendor and product of a device."""

KEYBOARDS = (("0627", "0001"), ("1209", "0001"))
"""QEMU's keyboard, and the scanner that `guest/made_gun.py` makes."""

LINES = (("0403", "6001"),)
"""QEMU's serial converter."""

FREE_BYTES = 16_000_000
BLOCK_BYTES = 4096


def make_stick(folder: Path, out: Path) -> None:
    """Write the image of a stick to `out`, made from this tree; `folder` is for what goes into it."""
    shutil.rmtree(folder, ignore_errors=True)
    content = folder / "content"
    content.mkdir(parents=True)
    make_keys(folder)
    make_bundle(
        TREE,
        folder / PRIVATE_NAME,
        content / "noac.bundle",
        comes_from="0",
        floor="0",
        platforms=(),
        python="",
        machine="",
        is_alone=False,
    )
    shutil.copy(folder / PUBLIC_NAME, content)
    site = folder / "site"
    site.mkdir()
    set_up(site)
    for name in ("credentials.toml", "reference.ndjson"):
        shutil.copy(site / name, content)
    for name in UNITS:
        shutil.copy(TREE / "systemd" / name, content)
    for path in sorted(GUEST.iterdir()):
        shutil.copy(path, content)
    (content / RULES).write_text(_rules(), encoding="utf-8")
    _written(content, out)


def _rules() -> str:
    """Return the rules as whoever sets a kiosk up writes them: one for each device at hand, with its numbers."""
    text = (TREE / "config" / "udev" / RULES).read_text(encoding="utf-8")
    text = _for_each(text, "id/vendor", "id/product", ("0c2e", "0b61"), KEYBOARDS)
    return _for_each(text, "idVendor", "idProduct", ("0c2e", "0b6a"), LINES)


def _for_each(text: str, vendor: str, product: str, example: Numbers, devices: Sequence[Numbers]) -> str:
    def named(numbers: Numbers) -> str:
        return f'ATTRS{{{vendor}}}=="{numbers[0]}", ATTRS{{{product}}}=="{numbers[1]}"'

    (rule,) = [one for one in re.split(r"(?<!\\)\n", text) if named(example) in one]
    return text.replace(rule, "\n".join(rule.replace(named(example), named(one)) for one in devices))


def _written(content: Path, out: Path) -> None:
    size = sum(path.stat().st_size for path in content.iterdir()) + FREE_BYTES
    out.unlink(missing_ok=True)
    shape = ("--block-size", str(BLOCK_BYTES), "--size-in-blocks", str(size // BLOCK_BYTES))
    command = [
        "genext2fs",
        *shape,
        "--volume-label",
        LABEL,
        "--squash-uids",
        "--root",
        str(content),
        str(out),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
