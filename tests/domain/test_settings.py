"""Mistakes in settings files are named, all of them, with their place and a way out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.settings import PROBLEMS_SHOWN_MAX, SettingsError, convert_settings, parse_settings


class Serial(msgspec.Struct, frozen=True, kw_only=True, tag_field="driver", tag="serial_port"):
    port: str
    baud: int = 9600


class Hid(msgspec.Struct, frozen=True, kw_only=True, tag_field="driver", tag="hid"):
    usb: str


class HubAddress(msgspec.Struct, frozen=True, kw_only=True):
    url: str
    timeout_s: Annotated[float, msgspec.Meta(gt=0)] = 5.0


class Kiosk(msgspec.Struct, frozen=True, kw_only=True):
    station: str
    data_folder: Path = Path("/var/lib/noac")
    language: Literal["zh-CN", "en"] = "zh-CN"
    hub: HubAddress | None = None
    scanners: tuple[Serial | Hid, ...] = ()
    sounds: dict[str, int] = {}

    def __post_init__(self) -> None:
        if self.sounds and not self.scanners:
            raise ValueError("sounds need a scanner")


def problems(text: str) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        parse_settings(text, Kiosk, source="kiosk.toml")
    return str(caught.value).splitlines()


def test_a_right_file_becomes_the_declared_settings() -> None:
    settings = parse_settings(
        """
        station = "DOOR1"
        data_folder = "/srv/noac"
        hub = { url = "http://127.0.0.1:8080", timeout_s = 2 }
        sounds = { accept = 3 }
        [[scanners]]
        driver = "hid"
        usb = "1-1.2"
        """,
        Kiosk,
        source="kiosk.toml",
    )
    assert settings == Kiosk(
        station="DOOR1",
        data_folder=Path("/srv/noac"),
        hub=HubAddress(url="http://127.0.0.1:8080", timeout_s=2.0),
        scanners=(Hid(usb="1-1.2"),),
        sounds={"accept": 3},
    )


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (
            'station = "A"\nlangage = "en"',
            "kiosk.toml: langage: this key is not known; did you mean 'language'?",
        ),
        ('station = "A"\nzzz = 1', "kiosk.toml: zzz: this key is not known"),
        ("", "kiosk.toml: station: this key is missing"),
        ("station = 3", "kiosk.toml: station: expected a text in quotes, got a whole number"),
        ('station = "A"\nlanguage = "de"', "kiosk.toml: language: invalid enum value 'de'"),
        (
            'station = "A"\ndata_folder = 3',
            "kiosk.toml: data_folder: expected a file or folder name in quotes",
        ),
        (
            'station = "A"\n[hub]\nurl = "x"\ntimout_s = 3',
            "kiosk.toml: hub.timout_s: this key is not known; did you mean 'hub.timeout_s'?",
        ),
        (
            'station = "A"\n[hub]\nurl = "x"\ntimeout_s = 0',
            "kiosk.toml: hub.timeout_s: expected a number > 0.0",
        ),
        (
            'scanners = [{driver = "hid", usb = "1"}, {driver = "serial_port", prot = "x"}]',
            "kiosk.toml: scanners[1].prot: this key is not known; did you mean 'scanners[1].port'?",
        ),
        (
            'station = "A"\n[[scanners]]\ndriver = "serial"',
            "kiosk.toml: scanners[0].driver: invalid value 'serial'",
        ),
        (
            'station = "A"\n[sounds]\n"a b" = "loud"',
            'kiosk.toml: sounds."a b": expected a whole number, got a text in quotes',
        ),
        ('station = "A"\nsounds = { a = 1 }', "kiosk.toml: sounds need a scanner"),
        ("station = ", "kiosk.toml: this is not TOML: Invalid value (at end of document)"),
    ],
)
def test_a_mistake_is_named_with_its_place(text: str, line: str) -> None:
    assert line in problems(text)


def test_all_mistakes_are_named_at_once() -> None:
    found = problems('langage = "en"\n[hub]\nulr = "x"\n[[scanners]]\ndriver = "hid"\nbus = "1-1"')
    assert len(found) == 6
    assert {line.split(": ")[1] for line in found} == {
        "langage",
        "station",
        "hub.ulr",
        "hub.url",
        "scanners[0].bus",
        "scanners[0].usb",
    }


def test_a_file_of_another_program_is_refused_in_a_screenful() -> None:
    lines = problems("\n".join(f"k{number} = 1" for number in range(100)))
    assert len(lines) == PROBLEMS_SHOWN_MAX + 1
    assert lines[-1] == "kiosk.toml: and 81 more"


_toml_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
_keys = (
    st.sampled_from(["station", "language", "hub", "scanners", "sounds", "url", "driver", "usb"]) | st.text()
)


@given(data=st.dictionaries(_keys, _toml_values, max_size=5))
def test_whatever_the_file_holds_the_answer_is_settings_or_a_settings_error(data: dict[str, Any]) -> None:
    try:
        settings = convert_settings(data, Kiosk, source="kiosk.toml")
    except SettingsError:
        return
    assert settings.station == data["station"]
