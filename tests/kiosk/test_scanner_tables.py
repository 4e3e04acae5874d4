"""A scanner's table: what it is for is the kiosk's, the rest the driver's."""

from typing import Any, cast

import pytest

from domain.place import PlaceId
from domain.scanner_duty import ScannerDuty, ScannerRole, duties_of, is_duty
from domain.settings import SettingsError
from drivers.scanner import ScannerStatus
from kiosk.scanner_tables import CameraScan, closed_by_pauses, duties_in, with_camera, without_duties
from kiosk.status import Status

BADGES = {"kind": "virtual", "name": "badges", "role": "badges"}
BELT = {"kind": "virtual", "name": "belt", "destination": "RM-A-02"}
PLAIN = {"kind": "virtual", "name": "gun"}


def test_the_drivers_see_nothing_of_what_a_scanner_is_for():
    assert duties_in([BADGES, BELT, PLAIN]) == {
        "badges": ScannerDuty(role=ScannerRole.BADGES),
        "belt": ScannerDuty(destination=PlaceId("RM-A-02")),
    }
    assert without_duties([BADGES, PLAIN]) == ({"kind": "virtual", "name": "badges"}, PLAIN)


def test_an_unknown_role_is_refused_with_the_scanners_name():
    with pytest.raises(SettingsError, match="badges"):
        duties_in([{**BADGES, "role": "badgers"}])


def test_a_station_says_it_in_words_several_for_one_scanner():
    words = (
        "belt:goods",
        "belt:destination=RM-A-02",
        "belt:place=RM-A-01",
        "door:badges",
        "nonsense",
        "x:y=z",
    )
    assert duties_of(words) == {
        "belt": ScannerDuty(role=ScannerRole.GOODS, place=PlaceId("RM-A-01"), destination=PlaceId("RM-A-02")),
        "door": ScannerDuty(role=ScannerRole.BADGES),
    }
    assert [word for word in words if not is_duty(word)] == ["nonsense", "x:y=z"]


def test_the_camera_is_a_scanner_of_every_kiosk_with_a_page_under_a_name_that_is_free():
    camera = {"kind": "camera", "name": "camera"}
    assert with_camera([PLAIN], "without_scanner") == (PLAIN, camera)
    assert with_camera([], "always", ["camera"]) == ({"kind": "camera", "name": "page-camera"},)
    assert with_camera([PLAIN, camera], "never") == (PLAIN,)


def test_a_table_of_its_own_names_the_camera_and_gives_it_a_task():
    tablet = {"kind": "camera", "name": "tablet", "role": "badges"}
    assert with_camera([tablet, PLAIN], "without_scanner") == (PLAIN, tablet)
    with pytest.raises(SettingsError, match="one camera"):
        with_camera([tablet, {**tablet, "name": "other"}], "always")


def a_status(scan: CameraScan) -> Status:
    nowhere = cast("Any", None)  # nothing here is asked of the store
    return Status(
        nowhere, scanners=["gun", "camera"], printers=[], camera="camera", camera_scan=scan, is_practice=False
    )


@pytest.mark.parametrize(
    ("scan", "gun", "camera", "is_offered"),
    [
        ("without_scanner", "ready", "ready", False),
        ("without_scanner", "lost", "ready", True),
        ("without_scanner", "lost", "error", True),
        ("without_scanner", "lost", "lost", False),
        ("always", "ready", "ready", True),
        ("always", "ready", "lost", True),
    ],
)
def test_the_camera_is_offered_as_the_settings_have_it(
    scan: CameraScan, gun: Any, camera: Any, *, is_offered: bool
):
    status = a_status(scan)
    status.take(ScannerStatus(device="gun", state=gun))
    status.take(ScannerStatus(device="camera", state=camera))
    assert status.offers_camera is is_offered


def test_a_camera_that_is_not_offered_reads_nothing_for_the_scanner_beside_it():
    status = a_status("without_scanner")
    status.take(ScannerStatus(device="gun", state="ready"))
    status.take(ScannerStatus(device="camera", state="ready"))
    goods = ScannerDuty(role=ScannerRole.GOODS)
    assert status.duties({"gun": goods})["gun"].role is ScannerRole.ANY
    always = a_status("always")
    always.take(ScannerStatus(device="gun", state="ready"))
    always.take(ScannerStatus(device="camera", state="ready"))
    assert always.duties({"gun": goods})["gun"].role is ScannerRole.GOODS


def test_scanners_whose_codes_may_end_at_a_pause_are_known_by_name():
    tables = [
        {"name": "door", "kind": "hid"},
        {"name": "bench", "kind": "hid", "terminator": "enter"},
        {"name": "belt", "kind": "serial_port", "terminator": "any"},
    ]
    assert closed_by_pauses(tables) == {"door", "belt"}
