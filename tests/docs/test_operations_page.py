"""docs/operations.md and the READMEs: what they tell people to type and to look for is there."""

from __future__ import annotations

import re

import click
import msgspec
import pytest

from domain.words import has_words
from hub.settings import HubSettings
from kiosk.settings import KioskSettings
from noac import main
from tests.conftest import GOLDEN_DIR

ROOT = GOLDEN_DIR.parent.parent
PAGE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
PAGES = [
    ROOT / "README.md",
    ROOT / "README.zh-CN.md",
    *sorted((ROOT / "docs").glob("*.md")),
    ROOT / "domain" / "README.md",
]


def options_of(command: click.Command) -> set[str]:
    inner = command.commands.values() if isinstance(command, click.Group) else ()
    return {text for one in command.params for text in one.opts}.union(*(options_of(one) for one in inner))


def test_every_option_on_the_page_exists():
    known = {"--reload", "--no-index", "--find-links"} | {  # udevadm's and pip's
        option
        for name in ("hub", "kiosk", "update", "printer-emulator")
        if (command := main.get_command(click.Context(main), name))
        for option in options_of(command)
    }
    named = set(re.findall(r"(?<![\w-])(--[a-z][a-z-]+)", PAGE))
    assert len(named) >= 8
    assert not named - known


def test_every_command_on_the_page_exists():
    hub = main.get_command(click.Context(main), "hub")
    assert isinstance(hub, click.Group)
    named = set(re.findall(r"noac hub --config \S+ ([a-z]+)", PAGE))
    assert named == set(hub.commands)


def test_every_message_code_on_the_page_has_words():
    named = set(re.findall(r"`((?:store|disk|scanner)_[a-z]+)`", PAGE))
    assert len(named) >= 6
    assert all(has_words(f"problem.{code}") for code in named)


def test_the_ports_on_the_page_are_the_defaults():
    assert f"| {HubSettings().port} | hub |" in PAGE
    kiosk = next(one.default for one in msgspec.structs.fields(KioskSettings) if one.name == "port")
    assert f"| {kiosk} | kiosk |" in PAGE
    assert f"127.0.0.1:{kiosk}" in (ROOT / "systemd" / "noac-kiosk-browser.service").read_text()


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_somewhere(path):
    text = path.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)|src=\"([^\"]+)\"", text):
        name = target[0] or target[1]
        assert (path.parent / name).exists(), f"{path.name}: {name}"


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_heading_a_link_names_exists(path):
    text = path.read_text(encoding="utf-8")
    for name, anchor in re.findall(r"\]\(([^)#:\s]*)#([^)]+)\)", text):
        aim = (path.parent / name).read_text(encoding="utf-8") if name else text
        headings = {
            re.sub(r"[^\w -]", "", heading.lower()).strip().replace(" ", "-")
            for heading in re.findall(r"^#+ (.+)$", aim, re.MULTILINE)
        }
        assert anchor in headings, f"{path.name}: {name}#{anchor}"


def test_every_path_in_the_architecture_exists():
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    named = set(
        re.findall(r"`((?:domain|labels|drivers|kiosk|hub|config|systemd|setup|tests|docs)/[\w./-]*)`", text)
    )
    assert len(named) >= 25
    assert not {name for name in named if not (ROOT / name).exists()}
