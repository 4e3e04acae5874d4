"""A plant's own label template is printed in place of the shipped one, as far as this version can read it."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import resources
from pathlib import Path

import msgspec
import pytest

from domain.events.terminal import RecordsNotUnderstood
from domain.label_template import LabelTemplate
from domain.wire import Change
from kiosk.devices import render_label
from kiosk.settings import LabelTable
from labels.template import TemplateError
from tests.kiosk.test_facts import page
from tests.kiosk.test_labels_fit import job, printer
from tests.terminal import Terminal

SHIPPED = (resources.files("labels") / "templates" / "badge.toml").read_text(encoding="utf-8")
OWN = SHIPPED.replace("{员工卡|Staff}", "{来宾|Guest}")


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    made = Terminal(tmp_path)
    yield made
    made.close()


def told(text: str, *, disabled: bool = False) -> Change:
    own = LabelTemplate(code="badge", text=text, disabled=disabled)
    return Change(kind="label_template", key="badge", body=msgspec.to_builtins(own))


def printed(terminal: Terminal) -> bytes:
    return render_label(job("badge"), printer(), LabelTable(), terminal.store.templates.text("badge"))


def test_the_plants_own_template_is_printed_until_it_is_taken_back(terminal: Terminal) -> None:
    shipped = printed(terminal)
    terminal.store.apply(page(told(OWN)))
    own = printed(terminal)
    assert own != shipped
    terminal.restarts()
    assert printed(terminal) == own, "it is in the kiosk's file: no hub is asked"
    terminal.store.apply(page(told(OWN, disabled=True)))
    assert printed(terminal) == shipped
    terminal.store.apply(page(told(OWN), Change(kind="label_template", key="badge", body=None)))
    assert printed(terminal) == shipped


@pytest.mark.parametrize("text", [SHIPPED.replace('"box"', '"hologram"'), "="])
def test_a_template_of_a_newer_version_is_kept_apart_and_told_and_the_shipped_one_is_printed(
    terminal: Terminal, text: str
) -> None:
    shipped = printed(terminal)
    terminal.store.apply(page(told(text)))
    assert printed(terminal) == shipped
    [event] = terminal.events(RecordsNotUnderstood)
    assert (event.kind, event.key) == ("label_template", "badge")
    terminal.store.apply(page(told(OWN)))
    assert printed(terminal) != shipped
    assert terminal.store.reference.strange() == 0


def test_what_another_version_took_and_this_one_cannot_read_gives_way_to_the_shipped_one(
    terminal: Terminal, caplog: pytest.LogCaptureFixture
) -> None:
    assert render_label(job("badge"), printer(), LabelTable(), "elements = 7") == printed(terminal)
    assert "shipped template is printed" in caplog.text


def test_what_a_new_version_cannot_print_by_any_more_is_told_and_seen_and_taken_up_by_the_next(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped = printed(terminal)
    terminal.store.apply(page(told(OWN)))
    assert printed(terminal) != shipped
    becomes(terminal, monkeypatch, "noac 2", TemplateError("no such kind"))
    assert printed(terminal) == shipped
    [event] = terminal.events(RecordsNotUnderstood)
    assert (event.kind, event.key) == ("label_template", "badge")
    assert [one.code for one in terminal.screen.frame.alarms] == ["template_not_understood"]
    becomes(terminal, monkeypatch, "noac 3", None)
    assert printed(terminal) != shipped
    assert terminal.screen.frame.alarms == ()
    assert len(terminal.events(RecordsNotUnderstood)) == 1


def becomes(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, software: str, refusal: TemplateError | None
) -> None:
    """The kiosk is updated to a version that refuses the plant's templates, or takes them."""

    def refuses(_name: str, _text: str) -> None:
        if refusal is not None:
            raise refusal

    with monkeypatch.context() as patched:
        patched.setattr("labels.own_template.own_template", refuses)
        terminal.software = software
        terminal.restarts()
