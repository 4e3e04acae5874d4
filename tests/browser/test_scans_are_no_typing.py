"""A scan is never typing: while a keyboard scanner is read, the page in a real browser hears no key.

The scanner's keys come through a pipe; that the kernel gives a grabbed keyboard's keys to nobody else takes a real
keyboard, or one of a virtual machine.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page as Tab
from playwright.sync_api import expect

from kiosk.app import Kiosk
from kiosk.settings import identity_of, read_settings
from tests.kiosk.process import write_settings
from tests.scanners.guns import HidGun
from tests.world import KEEPER, badge_code

pytestmark = pytest.mark.needs("chromium")

SCANS = 40
TRAP = """() => {
  window.heard = [];
  for (const kind of ["keydown", "keypress", "keyup", "beforeinput", "input", "paste", "compositionstart"])
    window.addEventListener(kind, (event) => window.heard.push(kind + " " + (event.key ?? event.data)), true);
  const field = document.createElement("input");
  field.id = "trap";
  document.body.append(field);
  field.focus();
}"""


@pytest.fixture
def gun(tmp_path: Path) -> HidGun:
    return HidGun(tmp_path, "keyboard")


@pytest.fixture
def kiosk(tmp_path: Path, gun: HidGun) -> Iterator[Kiosk]:
    table = f'[[scanner]]\nkind = "hid"\nname = "keyboard"\npath = "{gun.path}"\n'
    path = write_settings(tmp_path, table, page=True)
    settings = read_settings(path)
    made = Kiosk(settings, identity_of(settings, str(path)))
    plugging = threading.Thread(target=gun.plug_in)
    plugging.start()
    made.start()
    plugging.join(10)
    yield made
    made.stop()
    gun.unplug()


@pytest.mark.fault("S8", "A2")
def test_not_one_character_of_many_scans_reaches_the_page_though_a_field_has_the_focus(
    kiosk: Kiosk, gun: HidGun, page: Tab
) -> None:
    page.goto(kiosk.address)
    page.evaluate(TRAP)
    gun.scans(badge_code(KEEPER))
    for number in range(SCANS):
        gun.scans(f"<b>SCAN-{number:03}~!@#$%^&*()</b>")
        expect(page.locator("#screen")).to_contain_text(f"SCAN-{number:03}~")
    assert page.evaluate("() => window.heard") == []
    assert page.locator("#trap").input_value() == ""
    assert page.evaluate("() => document.activeElement.id") == "trap"
    page.keyboard.type("A")
    assert page.evaluate("() => window.heard.length") > 0, "the trap hears what is really typed"
