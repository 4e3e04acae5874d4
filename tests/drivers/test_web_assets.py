"""The scripts of others that browsers load: what lies here is what the registry has, and each says its licence."""

from __future__ import annotations

import hashlib
import re
import tomllib

import pytest

from drivers.web_assets import DECODER, FOLDER, SOCKET_IO_CLIENT, policy_of
from labels.symbology import symbologies

PACKAGES = tomllib.loads((FOLDER / "sources.toml").read_text(encoding="utf-8"))["package"]
FILES = {name: source for package in PACKAGES for name, source in package["files"].items()}
OURS = {"README.md", "__init__.py", "camera_decode.js", "camera_scan.js", "sources.toml"}
FORMATS = {
    "code128": "Code128",
    "code128_setup": "Code128",
    "gs1_128": "Code128",
    "code39": "Code39Std",
    "ean13": "EAN13",
    "itf14": "ITF14",
    "qr": "QRCodeModel2",
    "datamatrix": "DataMatrix",
    "gs1_datamatrix": "DataMatrix",
}
"""What the decoder calls the symbologies of our labels."""


@pytest.mark.parametrize("name", FILES)
def test_a_file_of_others_is_exactly_the_one_that_is_named(name: str):
    assert hashlib.sha256((FOLDER / name).read_bytes()).hexdigest() == FILES[name]["sha256"]


def test_every_file_is_ours_or_named_with_its_package_and_each_package_has_its_licence():
    there = {path.name for path in FOLDER.iterdir() if path.is_file()}
    assert there == OURS | set(FILES)
    assert SOCKET_IO_CLIENT in FILES
    for package in PACKAGES:
        assert package["integrity"].startswith("sha512-")
        assert any(name.startswith("LICENSE") for name in package["files"])


def test_the_decoder_reads_every_symbology_of_our_labels():
    script = (FOLDER / DECODER).read_text(encoding="utf-8")
    [formats] = re.findall(r"const FORMATS = \[(.*)\];", script)
    assert set(FORMATS) == set(symbologies())
    assert {f'"{name}"' for name in FORMATS.values()} <= set(formats.split(", "))


def test_only_the_decoder_has_a_policy_of_its_own():
    assert "'wasm-unsafe-eval'" in (policy_of(DECODER) or "")
    assert [name for name in FILES if policy_of(name)] == []
