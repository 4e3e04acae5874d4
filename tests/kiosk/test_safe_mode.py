"""A kiosk that cannot start keeps every scan, whatever is broken; the next good start takes them in, once."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from domain.events.kept import ScanKept
from domain.events.terminal import KioskStarted
from domain.log import event_of
from domain.settings import SettingsError
from drivers.scanner import Scan
from kiosk import safe_mode
from kiosk.heartbeat import Heartbeat
from kiosk.kept import KEPT_NAME, KeptScan, keep, kept_facts, put_away
from kiosk.page import Touch
from kiosk.safe_mode import LAST_GOOD_NAME, LastGood, SafeMode, claim, keep_last_good
from kiosk.screen import FaultView, SafeModeView, Tone
from kiosk.settings import identity_of, read_settings
from kiosk.start import Start, find_data
from kiosk.starts import FAILED_MAX, Starts, keep_starts, read_starts
from tests.kiosk.process import KioskProcess, entries_of, write_settings
from tests.terminal import RecordingPage, RecordingSound, Terminal, VirtualClock
from tests.world import NOW

EXAMPLE = Path(__file__).parents[2] / "config" / "kiosk.example.toml"
GOOD = LastGood(plant="P1", device="K1", port=0, page=False, language="en", number_code="A1")


def scan(text: str, at_ms: int = 0) -> Scan:
    return Scan(text=text, device="gun", event_time=NOW, monotonic_ms=at_ms)


def kept_scan(number: int) -> KeptScan:
    return KeptScan(
        event_id=f"{number:032x}", text=f"CODE-{number}", device="gun", event_time=NOW, reason="settings"
    )


class Safe:
    """Safe mode with a page and a sound that remember."""

    def __init__(self, folder: Path) -> None:
        self.page, self.sound, self._ids = RecordingPage(), RecordingSound(), 0
        self.mode = SafeMode(
            GOOD,
            folder,
            reason="settings",
            cause="kiosk.toml: port: this must be a whole number",
            clock=VirtualClock(),
            page=self.page,
            sound=self.sound,
            new_id=self._new_id,
        )
        self.mode.show()

    def _new_id(self) -> str:
        self._ids += 1
        return f"{self._ids:032x}"


@pytest.mark.fault("K6")
def test_what_is_scanned_in_safe_mode_is_kept_shown_and_heard(tmp_path: Path) -> None:
    safe = Safe(tmp_path)
    safe.mode.step(scan("CODE-1", 1_000))
    safe.mode.step(scan("CODE-1", 1_100))
    safe.mode.step(scan("CODE-1", 9_000))
    view = safe.page.screens[-1].view
    assert isinstance(view, SafeModeView)
    assert view.count == 2
    assert "CODE-1" in view.last
    assert "kiosk.toml" in view.cause
    assert safe.sound.tones == [Tone.LOOK, Tone.TICK, Tone.LOOK]
    assert len((tmp_path / KEPT_NAME).read_text().splitlines()) == 2


@pytest.mark.fault("K6", "D5")
def test_what_cannot_even_be_kept_is_said_and_people_write_on_paper(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    safe = Safe(tmp_path)

    def refuse(*_given: object) -> None:
        raise OSError("read-only")

    with monkeypatch.context() as broken:
        broken.setattr(safe_mode, "keep", refuse)
        safe.mode.step(scan("CODE-1", 1_000))
    view = safe.page.screens[-1].view
    assert isinstance(view, FaultView)
    assert view.slip == "A1-0001"
    assert safe.sound.tones == [Tone.FAULT]
    safe.mode.step(scan("CODE-1", 1_100))
    assert safe.sound.tones == [Tone.FAULT, Tone.LOOK]


def test_try_again_ends_safe_mode_so_that_the_service_starts_anew(tmp_path: Path) -> None:
    safe = Safe(tmp_path)
    safe.mode.offer(Touch(action="retry", turn=0))
    beats: list[int] = []
    safe.mode.run(lambda: len(beats) > 5, lambda: beats.append(1), tick_s=0.01)
    assert safe.mode.wants_restart


@pytest.mark.fault("K6")
def test_kept_scans_come_into_the_log_once_also_when_the_power_goes_in_between(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path)
    for number in (901, 902):
        keep(tmp_path, kept_scan(number))
    with (tmp_path / KEPT_NAME).open("ab") as file:
        file.write(b'{"event_id":"cut')
    keep(tmp_path, kept_scan(903))
    facts = kept_facts(tmp_path, terminal.store)
    assert [fact.raw.text for fact in facts if fact.raw] == ["CODE-901", "CODE-902", "CODE-903"]
    terminal.loop.begin("noac test", "boot-1", starts=4, kept=facts)
    assert terminal.says == "said.kept_taken"
    assert kept_facts(tmp_path, terminal.store) == ()  # the power went before the file was put away
    put_away(tmp_path, NOW)
    assert not (tmp_path / KEPT_NAME).exists()
    assert len(list(tmp_path.glob("kept-scans-*.taken"))) == 1
    assert kept_facts(tmp_path, terminal.store) == ()
    assert [one.reason for one in terminal.events(ScanKept)] == ["settings"] * 3  # type: ignore[attr-defined]
    assert terminal.events(KioskStarted)[-1] == KioskStarted(software="noac test", boot="boot-1", starts=4)
    assert terminal.store.log.damages() == []
    assert terminal.unspoken() == []
    terminal.close()


@pytest.mark.fault("D10")
def test_reboots_in_a_row_are_waited_out_and_starts_of_one_boot_are_not() -> None:
    starts = Starts()
    pauses: list[float] = []
    for boot in range(8):
        starts = starts.begun(f"boot-{boot}")
        pauses.append(starts.pause_s)
        starts = starts.ready()
    assert pauses == [0, 0, 5, 10, 20, 40, 60, 60]
    assert starts.unsettled == 8
    assert starts.settled().begun("boot-8").pause_s == 0
    many = Starts()
    for _ in range(300):
        many = many.begun("boot").ready()
    assert (many.pause_s, many.failed) == (0, 0)


@pytest.mark.fault("D10", "K6")
def test_a_start_that_never_became_ready_counts_and_another_boot_counts_anew(tmp_path: Path) -> None:
    starts = read_starts(tmp_path)
    for _ in range(FAILED_MAX):
        starts = starts.begun("boot")
    keep_starts(tmp_path, starts)
    assert read_starts(tmp_path).failed == FAILED_MAX
    assert starts.begun("other").failed == 1
    (tmp_path / "starts.json").write_text("[")
    assert read_starts(tmp_path) == Starts()
    keep_starts(tmp_path / "starts.json" / "no folder", starts)


def begin(config: Path) -> None:
    """One start; safe mode ends at once."""
    stopping = threading.Event()
    Start(config, lambda settings: settings, Heartbeat(), stopping).run()


@pytest.fixture
def safe_starts(monkeypatch: pytest.MonkeyPatch) -> list[Exception]:
    """What led into safe mode; it keeps one scan and ends."""
    led: list[Exception] = []

    def keep_one(good: LastGood, folder: Path, error: Exception, **_named: object) -> None:
        assert good.device == "K1"
        led.append(error)
        keep(folder, kept_scan(len(led)))

    monkeypatch.setattr("kiosk.start.keep_scans", keep_one)
    return led


def example(folder: Path) -> Path:
    """Settings as an installed kiosk has them, after a good start."""
    config = folder / "kiosk.toml"
    config.write_text(EXAMPLE.read_text(encoding="utf-8"), encoding="utf-8")
    settings = read_settings(config)
    settings.data.mkdir()
    keep_last_good(settings.data, settings, identity_of(settings, "test"), 8001)
    return config


KEYS = [
    line.partition("=")[0].strip()
    for line in EXAMPLE.read_text(encoding="utf-8").splitlines()
    if "=" in line and line[0] not in "#["
]


@pytest.mark.fault("K6")
@pytest.mark.parametrize("key", [*dict.fromkeys(KEYS)])
def test_a_setting_broken_at_any_key_ends_in_safe_mode_at_the_third_start(
    tmp_path: Path, key: str, safe_starts: list[Exception]
) -> None:
    config = example(tmp_path)
    lines = config.read_text(encoding="utf-8").splitlines()
    broken = [
        f"{key} = @broken" if line.partition("=")[0].strip() == key and line[0] != "#" else line
        for line in lines
    ]
    config.write_text("\n".join(broken), encoding="utf-8")
    if key == "data":  # as systemd tells it
        safe_mode.keep_last_good(
            tmp_path / "kiosk-data",
            read_settings(EXAMPLE),
            identity_of(read_settings(EXAMPLE), "test"),
            8001,
        )
    for number in range(1, FAILED_MAX):
        with pytest.raises(SettingsError):
            begin_with_state(config, tmp_path)
        assert safe_starts == [], number
    begin_with_state(config, tmp_path)
    assert len(safe_starts) == 1


def begin_with_state(config: Path, state: Path) -> None:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("STATE_DIRECTORY", str(state))
        begin(config)


@pytest.mark.fault("K6")
@pytest.mark.parametrize("key", [*dict.fromkeys(KEYS)])
def test_a_setting_of_the_wrong_kind_at_any_key_does_too(
    tmp_path: Path, key: str, safe_starts: list[Exception]
) -> None:
    config = example(tmp_path)
    lines = config.read_text(encoding="utf-8").splitlines()
    broken = [
        f"{key} = [[]]" if line.partition("=")[0].strip() == key and line[0] != "#" else line
        for line in lines
    ]
    config.write_text("\n".join(broken), encoding="utf-8")
    for _ in range(FAILED_MAX - 1):
        with pytest.raises(SettingsError):
            begin_with_state(config, tmp_path)
    begin_with_state(config, tmp_path)
    assert len(safe_starts) == 1


@pytest.mark.fault("K6")
def test_a_program_that_cannot_be_imported_is_a_start_that_failed(
    tmp_path: Path, safe_starts: list[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    config = example(tmp_path)
    monkeypatch.setitem(__import__("sys").modules, "kiosk.app", None)
    for _ in range(FAILED_MAX - 1):
        with pytest.raises(ImportError):
            begin(config)
    begin(config)
    assert isinstance(safe_starts[0], ImportError)


@pytest.mark.fault("K6")
def test_a_kiosk_that_never_started_well_says_only_what_is_wrong(
    tmp_path: Path, safe_starts: list[Exception]
) -> None:
    config = example(tmp_path)
    (tmp_path / "kiosk-data" / LAST_GOOD_NAME).unlink()
    config.write_text("port = 'x'\n" + config.read_text(encoding="utf-8"), encoding="utf-8")
    for _ in range(FAILED_MAX + 2):
        with pytest.raises(SettingsError):
            begin(config)
    assert safe_starts == []


@pytest.mark.fault("K7")
def test_beside_a_kiosk_that_works_nobody_goes_into_safe_mode(
    tmp_path: Path, safe_starts: list[Exception]
) -> None:
    import os

    config = example(tmp_path)
    config.write_text("port = 'x'\n" + config.read_text(encoding="utf-8"), encoding="utf-8")
    lock = claim(tmp_path / "kiosk-data")
    try:
        for _ in range(FAILED_MAX + 2):
            with pytest.raises(SettingsError):
                begin(config)
    finally:
        os.close(lock)
    assert safe_starts == []


def test_the_data_folder_is_found_in_settings_that_cannot_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("STATE_DIRECTORY", raising=False)
    config = example(tmp_path)
    assert find_data(config) == tmp_path / "kiosk-data"
    config.write_text('data = "kiosk-data"\n= nothing\n', encoding="utf-8")
    assert find_data(config) == tmp_path / "kiosk-data"
    config.write_bytes(b"\xff\xfe")
    assert find_data(config) is None
    monkeypatch.setenv("STATE_DIRECTORY", str(tmp_path))
    assert find_data(config) == tmp_path / "kiosk-data"
    assert find_data(tmp_path / "gone.toml") == tmp_path / "kiosk-data"


@pytest.mark.fault("K6")
def test_a_real_kiosk_with_broken_settings_keeps_scans_and_brings_them_in_when_they_are_mended(
    tmp_path: Path,
) -> None:
    settings = write_settings(tmp_path)
    good = KioskProcess(tmp_path, settings)
    assert good.stop() == 0
    mended = settings.read_text(encoding="utf-8")
    settings.write_text("langage = 'en'\n" + mended, encoding="utf-8")
    for _ in range(FAILED_MAX - 1):
        with pytest.raises(RuntimeError, match="langage"):
            KioskProcess(tmp_path, settings)
    broken = KioskProcess(tmp_path, settings, ready="safe mode", port=good.port)
    broken.scan("ANYTHING-1", "ANYTHING-2")
    assert broken.stop() == 0
    settings.write_text(mended, encoding="utf-8")
    again = KioskProcess(tmp_path, settings)
    assert again.stop() == 0
    entries = entries_of(tmp_path)
    kept = [one.envelope.raw.text for one in entries if one.envelope.type == "ScanKept" and one.envelope.raw]
    assert kept == ["ANYTHING-1", "ANYTHING-2"]
    started = [event_of(one.envelope) for one in entries if one.envelope.type == "KioskStarted"]
    assert [one.starts for one in started if isinstance(one, KioskStarted)][-1] == FAILED_MAX
