"""A scanner's table: what it is for is the kiosk's, the rest the driver's."""

import pytest

from domain.place import PlaceId
from domain.scanner_duty import ScannerDuty, ScannerRole, duties_of, is_duty
from domain.settings import SettingsError
from kiosk.scanner_tables import duties_in, without_duties

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
