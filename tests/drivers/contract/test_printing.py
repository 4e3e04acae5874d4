"""Every language, every profile and every emulator this build holds keeps its promises."""

import socket
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.settings import SettingsError
from drivers import stream_connection
from drivers.emulator import EmulatedPrinter
from drivers.emulator.stream import Format, emulated_languages, open_stream
from drivers.errors import AnswerTimeoutError, LanguageError
from drivers.language import BLOCKING, Condition, Picture, language_names, open_language
from drivers.print_data import encode
from drivers.printer import open_printer
from drivers.profile import load_profile, profile_names
from labels.layout import lay_out
from labels.raster import rasterise
from labels.template import bind, load_template
from tests.drivers.listening import eventually
from tests.drivers.pictures import random_picture, same_dots
from tests.drivers.printing import printer_for

EMULATED = {"zpl": "emulator", "tspl": "emulator_tspl", "escpos": "emulator_escpos"}
"""The profile of the emulator as a printer of each language."""


def layout_for(profile, template="pay_slip"):
    blank = load_template(template)
    return lay_out(bind(blank, blank.samples), profile.dots_per_mm)


def inquiries(language):
    return [
        each for each in (language.STATUS, language.LONG_STATUS, language.LABEL_COUNTER) if each is not None
    ]


@pytest.fixture(params=profile_names())
def profile(request):
    return load_profile(request.param)


@pytest.fixture(params=language_names())
def name(request):
    return request.param


@pytest.fixture
def language(name):
    return open_language(name)


@pytest.fixture
def emulator(name, tmp_path, monkeypatch):
    monkeypatch.setattr(stream_connection, "ANSWER_TIMEOUT_S", 0.3)
    made = EmulatedPrinter(folder=tmp_path / "labels", language=name, ms_per_label=0)
    made.start()
    yield made
    made.stop()


def test_every_language_has_an_emulator_and_a_profile_for_it():
    assert set(emulated_languages()) == set(language_names()) == set(EMULATED)
    assert all(load_profile(profile).language == language for language, profile in EMULATED.items())


@pytest.mark.parametrize("template", ["control", "pay_slip"])
def test_every_model_prints_the_very_dots_of_a_slip_and_a_ticket(profile, template):
    layout = layout_for(profile, template)
    if layout.width_dots > profile.width_mm_max * profile.dots_per_mm:
        with pytest.raises(LanguageError, match="wide"):
            encode(layout, profile)
        return
    data = encode(layout, profile)
    assert 200 < len(data) < 200_000
    stream = open_stream(profile.language, profile.dots_per_mm)
    (label,) = [item for item in stream.feed(data) if isinstance(item, Format)]
    assert same_dots(label.image, rasterise(layout))
    assert not stream.unknown


def test_every_model_has_a_title_a_manual_and_a_known_language(profile):
    assert profile.title
    assert len(profile.manual) > 20
    assert profile.language in language_names()
    assert profile.chinese == "raster"
    assert not profile.status_long or open_language(profile.language).LONG_STATUS
    assert not profile.label_counter or open_language(profile.language).LABEL_COUNTER


def test_every_model_opens_as_a_printer(profile):
    printer = open_printer({"name": "dock", "profile": profile.name, "address": "tcp://127.0.0.1:9100"})
    assert printer.profile == profile
    assert printer.tells_status is profile.status


@given(st.data())
@pytest.mark.parametrize("profile_name", [*EMULATED.values(), "zpl_203"])
def test_any_picture_of_any_size_comes_out_as_it_is(profile_name, data):
    model = load_profile(profile_name)
    image = data.draw(random_picture())
    sent = open_language(model.language).encode(Picture(image=image, dots_per_mm=8, gap_dots=24), model, 1)
    stream = open_stream(model.language)
    (label,) = [item for item in stream.feed(sent) if isinstance(item, Format)]
    assert same_dots(label.image, image)
    assert not stream.unknown


def test_encoding_is_pure_and_copies_are_said(name, language):
    model = load_profile(EMULATED[name])
    layout = layout_for(model)
    assert encode(layout, model, 2) == encode(layout, model, 2)
    items = list(open_stream(name).feed(encode(layout, model, 3)))
    assert sum(item.copies for item in items if isinstance(item, Format)) == 3
    assert all(isinstance(item, Format) for item in items)


def test_noise_is_no_answer_and_nothing_is_no_whole_one(language):
    for inquiry in inquiries(language):
        assert inquiry.query
        assert not inquiry.is_complete(b"")
        with pytest.raises(LanguageError):
            inquiry.parse(b"noise")


@pytest.mark.parametrize("spoken", language_names())
@given(noise=st.binary(max_size=40))
def test_no_answer_makes_a_language_crash(spoken, noise):
    for inquiry in inquiries(open_language(spoken)):
        inquiry.is_complete(noise)
        try:
            inquiry.parse(noise)
        except LanguageError:
            continue


def test_questions_print_nothing_and_are_known_to_the_emulator(name, language):
    stream = open_stream(name)
    for inquiry in inquiries(language):
        assert not [item for item in stream.feed(inquiry.query) if isinstance(item, Format)]
    assert not stream.unknown
    assert stream.commands


@pytest.mark.parametrize("spoken", language_names())
@given(noise=st.binary(max_size=600))
def test_no_bytes_stop_the_emulator(spoken, noise):
    stream = open_stream(spoken)
    list(stream.feed(noise))
    stream.forget()
    model = load_profile(EMULATED[spoken])
    assert [type(item) for item in stream.feed(encode(layout_for(model), model))] == [Format]


@pytest.mark.parametrize("spoken", language_names())
@given(sizes=st.lists(st.integers(1, 400), max_size=40))
def test_a_stream_may_be_cut_anywhere(spoken, sizes):
    model = load_profile(EMULATED[spoken])
    layout = layout_for(model)
    data = encode(layout, model) + open_language(spoken).STATUS.query
    whole, cut = open_stream(spoken), open_stream(spoken)
    expected = list(whole.feed(data))
    items = []
    for size in sizes:
        items += cut.feed(data[:size])
        data = data[size:]
    items += cut.feed(data)
    assert [type(item) for item in items] == [type(item) for item in expected]
    assert cut.commands == whole.commands
    assert same_dots(items[0].image, rasterise(layout))


SWITCHES = [
    pytest.param(language, condition, id=f"{language}-{condition}")
    for language in language_names()
    for condition in sorted(open_stream(language).says | BLOCKING)
    if condition is not Condition.PARTIAL_FORMAT  # not a switch, but half a format
]


@pytest.mark.parametrize(("name", "condition"), SWITCHES)
@pytest.mark.fault("P1", "P2")
def test_each_condition_is_told_by_its_name_or_by_silence(emulator, name, condition):
    emulator.mechanism.set_condition(condition, on=True)
    link = printer_for(emulator, EMULATED[name]).connect()
    if condition in BLOCKING and condition not in open_stream(name).says:
        with pytest.raises(AnswerTimeoutError):
            link.status()
    else:
        assert link.status().conditions == (condition,)
    emulator.mechanism.set_condition(condition, on=False)
    link.close()
    link = printer_for(emulator, EMULATED[name]).connect()
    assert link.status().conditions == ()
    assert link.status().is_ready
    link.close()


@pytest.mark.parametrize("condition", [Condition.PAPER_OUT, Condition.HEAD_OPEN])
def test_what_waits_comes_out_when_the_printer_is_mended(emulator, name, condition):
    emulator.mechanism.set_condition(condition, on=True)
    printer = printer_for(emulator, EMULATED[name])
    link = printer.connect()
    link.send(printer.encode(layout_for(printer.profile), 2))
    eventually(lambda: not link.status().is_idle, "something waits")
    assert link.status().blocked_by == (condition,)
    assert not emulator.mechanism.labels
    emulator.mechanism.set_condition(condition, on=False)
    eventually(lambda: len(emulator.mechanism.labels) == 2, "two labels")
    eventually(lambda: link.status().is_idle, "idle")
    link.close()


def test_a_printer_at_work_is_not_idle_until_the_last_copy_is_out(emulator, name):
    emulator.mechanism.set_speed(150)
    printer = printer_for(emulator, EMULATED[name])
    link = printer.connect()
    link.send(printer.encode(layout_for(printer.profile), 2))
    seen = Counter[bool]()
    while not seen[True]:
        try:
            status = link.status()
        except AnswerTimeoutError:
            seen[False] += 1  # a receipt printer answers the last question when it has printed
            continue
        seen[status.is_idle] += 1
        if status.is_idle:
            assert len(emulator.mechanism.labels) == 2
    assert seen[False] >= 1
    link.close()


def test_a_language_nobody_emulates_is_refused_with_the_nearest(tmp_path):
    with pytest.raises(SettingsError, match="tspl"):
        EmulatedPrinter(folder=tmp_path, language="tsbl")


def test_power_off_in_the_middle_of_a_label_leaves_nothing_behind(emulator, name):
    printer = printer_for(emulator, EMULATED[name])
    data = printer.encode(layout_for(printer.profile))
    with socket.create_connection(("127.0.0.1", emulator.port), timeout=5) as link:
        link.sendall(data[: len(data) // 2])
        eventually(lambda: emulator.received_bytes > 0, "half a label")
    emulator.power_off()
    emulator.power_on()
    link = printer.connect()
    link.send(data)
    eventually(lambda: len(emulator.mechanism.labels) == 1, "one label")
    link.close()


@pytest.mark.parametrize("copies", [0, -1, 1_000_000])
def test_impossible_copies_are_refused(name, copies):
    model = load_profile(EMULATED[name])
    with pytest.raises(LanguageError, match="copies"):
        encode(layout_for(model), model, copies)


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
