"""A device is known by who it is, not by the path it has today."""

from pathlib import Path

import pytest

from drivers.usb_identity import UsbIdentity, find, input_devices

KEYBOARD = "3 ffffffffffffffff"
VOLUME_KEYS = "3e000000000000 0"


def device(
    sysfs: Path, number: int, *, phys: str, keys: str = KEYBOARD, product: str = "1300", serial: str = ""
) -> None:
    node = sysfs / f"event{number}" / "device"
    for name, value in {
        "name": "Handheld Scanner",
        "phys": phys,
        "uniq": serial,
        "id/vendor": "05e0",
        "id/product": product,
        "capabilities/key": keys,
    }.items():
        (node / name).parent.mkdir(parents=True, exist_ok=True)
        (node / name).write_text(value + "\n")


def paths(wanted: UsbIdentity, sysfs: Path) -> list[str]:
    return [found.path for found in find(wanted, input_devices(sysfs, Path("/dev/input")))]


@pytest.mark.fault("A2")
def test_a_scanner_is_found_by_vendor_and_product_whatever_its_number(tmp_path):
    device(tmp_path, 11, phys="usb-1/input0")
    device(tmp_path, 2, phys="usb-2/input0", product="9999")
    assert paths(UsbIdentity(vendor="05E0", product="1300"), tmp_path) == ["/dev/input/event11"]


def test_its_volume_keys_are_no_scanner(tmp_path):
    device(tmp_path, 3, phys="usb-1/input0")
    device(tmp_path, 4, phys="usb-1/input1", keys=VOLUME_KEYS)
    assert paths(UsbIdentity(vendor="05e0"), tmp_path) == ["/dev/input/event3"]


def test_two_equal_scanners_are_told_apart_by_their_socket(tmp_path):
    device(tmp_path, 3, phys="usb-1/input0")
    device(tmp_path, 4, phys="usb-2/input0")
    wanted = UsbIdentity(vendor="05e0", product="1300")
    assert len(paths(wanted, tmp_path)) == 2
    assert paths(UsbIdentity(vendor="05e0", product="1300", phys="usb-2/input0"), tmp_path) == [
        "/dev/input/event4"
    ]


def test_the_only_one_of_its_kind_is_found_in_another_socket_too(tmp_path):
    device(tmp_path, 9, phys="usb-7/input0")
    assert paths(UsbIdentity(vendor="05e0", phys="usb-1/input0"), tmp_path) == ["/dev/input/event9"]


@pytest.mark.fault("A2")
def test_by_socket_alone_only_what_is_plugged_in_there_is_found(tmp_path):
    device(tmp_path, 9, phys="usb-7/input0")
    assert paths(UsbIdentity(phys="usb-1/input0"), tmp_path) == []
    assert paths(UsbIdentity(phys="usb-7/input0"), tmp_path) == ["/dev/input/event9"]


@pytest.mark.parametrize("phys", [None, "usb-1", "usb-1/input0", "usb-1/input1"])
def test_the_event_nodes_of_one_scanner_are_found_together_and_are_one(tmp_path, phys):
    device(tmp_path, 3, phys="usb-1/input0")
    device(tmp_path, 4, phys="usb-1/input1")
    device(tmp_path, 5, phys="usb-2/input0", product="9999")
    found = find(
        UsbIdentity(vendor="05e0", product="1300", phys=phys), input_devices(tmp_path, Path("/dev/input"))
    )
    assert [one.path for one in found] == ["/dev/input/event3", "/dev/input/event4"]
    assert {one.whole for one in found} == {"usb-1"}


def test_keyboards_without_a_socket_are_each_one(tmp_path):
    device(tmp_path, 3, phys="")
    device(tmp_path, 4, phys="")
    found = find(UsbIdentity(vendor="05e0"), input_devices(tmp_path, Path("/dev/input")))
    assert len({one.whole for one in found}) == 2


@pytest.mark.parametrize(
    ("phys", "socket"),
    [
        ("usb-0000:01:00.0-1.2/input0", "usb-0000:01:00.0-1.2"),
        ("1-1.2:1.0", "1-1.2"),
        ("usb-0000:01:00.0-1.2", "usb-0000:01:00.0-1.2"),
        (None, ""),
    ],
)
def test_the_socket_is_what_the_parts_of_a_device_share(phys, socket):
    assert UsbIdentity(phys=phys).socket == socket


def test_a_machine_without_input_devices_has_none(tmp_path):
    assert input_devices(tmp_path / "nothing", tmp_path) == ()
