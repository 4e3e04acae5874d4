"""Every language and every profile this build holds keeps its promises."""

import pytest

from domain.settings import SettingsError
from drivers.errors import LanguageError
from drivers.language import language_names, open_language
from drivers.printer import open_printer
from drivers.profile import load_profile, profile_names
from labels.layout import lay_out
from labels.template import bind, load_template


def layout_for(profile, template="place"):
    blank = load_template(template)
    return lay_out(bind(blank, blank.samples), profile.dots_per_mm)


@pytest.fixture(params=profile_names())
def profile(request):
    return load_profile(request.param)


@pytest.fixture(params=language_names())
def language(request):
    return open_language(request.param)


@pytest.mark.parametrize("template", ["place", "roll"])
def test_every_model_prints_every_goods_label(profile, template):
    data = open_language(profile.language).encode(layout_for(profile, template), profile, 1)
    assert 200 < len(data) < 200_000


def test_every_model_has_a_title_and_a_known_language(profile):
    assert profile.title
    assert profile.language in language_names()
    assert profile.chinese == "raster"


def test_every_model_opens_as_a_printer(profile):
    printer = open_printer({"name": "dock", "profile": profile.name, "address": "tcp://127.0.0.1:9100"})
    assert printer.profile == profile
    assert printer.tells_status is profile.status


def test_encoding_is_pure(language):
    model = next(load_profile(name) for name in profile_names())
    layout = layout_for(model)
    assert language.encode(layout, model, 2) == language.encode(layout, model, 2)
    assert language.encode(layout, model, 2) != language.encode(layout, model, 3)


def test_questions_print_nothing_and_noise_is_no_answer(language):
    assert language.status_query()
    assert not language.status_is_complete(b"")
    assert not language.counter_is_complete(b"")
    with pytest.raises(LanguageError):
        language.parse_status(b"noise")
    with pytest.raises(LanguageError):
        language.parse_counter(b"noise")


@pytest.mark.parametrize("copies", [0, -1, 1_000_000])
def test_impossible_copies_are_refused(language, copies):
    model = next(load_profile(name) for name in profile_names())
    with pytest.raises(LanguageError):
        language.encode(layout_for(model), model, copies)


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"name": "d", "profile": "zpl_230", "address": "tcp://127.0.0.1"}, "zpl_203"),
        ({"name": "d", "profile": "zpl_203", "adress": "tcp://127.0.0.1"}, "address"),
        ({"name": "d", "profile": "zpl_203", "address": "usb://1"}, "address"),
        ({"profile": "zpl_203", "address": "tcp://127.0.0.1"}, "name"),
    ],
)
def test_wrong_printer_settings_are_refused_by_name(settings, named):
    with pytest.raises(SettingsError, match=named):
        open_printer(settings)
