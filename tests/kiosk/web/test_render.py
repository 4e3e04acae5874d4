"""Screens become HTML: complete, in one language, escaped, and fast."""

import re

import pytest
from msgspec.structs import replace

from domain.names import LANGUAGES, Language
from domain.words import speak
from drivers.language import BLOCKING, Condition
from kiosk.screen import Answer, DeviceHealth, Screen, SignOnView, Tone
from kiosk.web.render import Renderer, icons, is_new_answer, view_tags
from tests.browser.goods_views import HOME
from tests.browser.kiosk_screens import ALREADY, hostile_screen, screens
from tests.browser.screen_parts import button, frame, words


@pytest.fixture(scope="module")
def renderer() -> Renderer:
    return Renderer()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", screens("en"))
def test_every_screen_is_spoken_without_a_missing_word(renderer: Renderer, language: Language, name: str):
    html = renderer.screen(screens(language)[name], is_new=True)
    assert "⟦" not in html
    assert f'lang="{language}"' in html
    assert "style=" not in html


def test_the_screens_show_every_kind_of_view():
    shown = {screen.view.__struct_config__.tag for screen in screens("en").values()}
    assert shown == set(view_tags())


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_icon_on_every_screen_is_in_the_sprite(renderer: Renderer, language: Language):
    used = {
        name
        for screen in screens(language).values()
        for name in re.findall(r'href="#i-([^"]+)"', renderer.screen(screen, is_new=True))
    }
    assert used <= icons()
    assert {f"shape-{tone}" for tone in Tone} <= icons()


def test_an_icon_nobody_drew_becomes_a_document(renderer: Renderer):
    home = replace(HOME, documents=(button("open_document", "document.CS", "zz", value="CS"),))
    assert "#i-zz" not in renderer.screen(replace(screens("en")["home"], view=home))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.fault("A1", "S8")
def test_hostile_text_is_escaped(renderer: Renderer, language: Language):
    html = renderer.screen(hostile_screen(language))
    assert "&lt;script&gt;" in html
    assert "<script" not in html
    assert "<img" not in html


def test_a_moment_is_shown_as_the_wall_clock_here(renderer: Renderer):
    html = renderer.screen(screens("en")["receipt_refused"])
    assert ALREADY.parameters["time"] not in html
    assert re.search(r"11-2[01] \d\d:12", html.replace("\u2060", ""))


def test_an_amount_is_never_broken_from_its_unit(renderer: Renderer):
    says = words("said.line_recorded", item="F-2041", quantity="24.7 KGM")
    screen = replace(screens("zh-CN")["move"], answer=Answer(tone=Tone.STORED, says=says))
    assert '<span class="whole">24.7 千克</span>' in renderer.screen(screen)


@pytest.mark.parametrize(("language", "said"), [("zh-CN", "千克"), ("en", "kg")])
def test_a_unit_has_one_name_on_the_whole_screen(renderer: Renderer, language: Language, said: str):
    html = renderer.screen(screens(language)["move"])
    assert f"<i>{said}</i>" in html
    assert "KGM" not in html
    assert ("kg" in html) == (said == "kg")


@pytest.mark.fault("S1")
def test_a_scanner_that_is_gone_is_said_across_the_screen_until_one_is_back(renderer: Renderer):
    screen = screens("en")["move"]
    gun = DeviceHealth(name="gun", kind="scanner", is_ready=False, says=words("device.scanner.lost"))
    lost = renderer.screen(replace(screen, frame=frame("en", devices=(gun,))))
    assert speak("en", "frame.scanner_lost") in lost
    second = replace(gun, name="gun 2", is_ready=True)
    assert 'class="alarm"' not in renderer.screen(replace(screen, frame=frame("en", devices=(gun, second))))


def test_a_printer_in_trouble_says_how_many_labels_wait(renderer: Renderer):
    paper = words("device.printer.paper_out")
    printer = DeviceHealth(name="ZD421", kind="printer", is_ready=False, says=paper, queued=5)
    html = renderer.screen(replace(screens("en")["move"], frame=frame("en", devices=(printer,))))
    assert speak("en", "frame.queued", count="5") in html
    assert speak("en", "device.printer.paper_out") in html


@pytest.mark.parametrize("language", ["en", "zh-CN"])
@pytest.mark.parametrize("condition", list(Condition))
def test_whatever_a_printer_says_of_itself_is_said_on_the_screen(renderer: Renderer, language, condition):
    key = f"device.printer.{condition}"
    printer = DeviceHealth(
        name="TSC",
        kind="printer",
        is_ready=condition not in BLOCKING,
        warns=condition not in BLOCKING,
        says=words(key),
        queued=1,
    )
    html = renderer.screen(replace(screens(language)["move"], frame=frame(language, devices=(printer,))))
    assert speak(language, key) in html
    assert key not in html


def test_what_the_hub_could_not_book_stands_in_the_frame(renderer: Renderer):
    html = renderer.screen(replace(screens("en")["move"], frame=frame("en", parked=2)))
    assert f"2 {speak('en', 'frame.parked')}" in html


def test_the_age_of_the_hub_is_said(renderer: Renderer):
    cases = (
        (None, "never"),
        (0, "just now"),
        (42, "42 s ago"),
        (150, "2 min ago"),
        (7_300, "2 h ago"),
        (200_000, "2 d"),
    )
    for age_s, said in cases:
        screen = Screen(
            turn=1, frame=frame("en", hub_age_s=age_s, reference_age_s=9_999_999), view=SignOnView()
        )
        assert said in renderer.screen(screen)


def test_the_answer_flashes_once_and_not_with_every_clock():
    screen = screens("en")["receipt_stored"]
    assert is_new_answer(None, screen)
    assert not is_new_answer(screen, replace(screen, frame=frame("en", hub_age_s=5)))
    assert is_new_answer(screen, replace(screen, turn=screen.turn + 1))
    assert not is_new_answer(screen, replace(screen, turn=screen.turn + 1, answer=None))


@pytest.mark.parametrize("tone", Tone)
def test_every_tone_has_a_shape_and_a_colour(renderer: Renderer, tone: Tone):
    says = Answer(tone=tone, says=words("said.repeat"))
    html = renderer.screen(replace(screens("en")["move"], answer=says))
    assert f"tone-{tone}" in html
    assert f"#i-shape-{tone}" in html
