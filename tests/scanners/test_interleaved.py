"""Several scanners read at the same moment, as fast as they can: nothing of one is ever in a code of another."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from drivers.scanner import Scan, open_scanner
from tests.drivers.listening import ScannerListener
from tests.scanners.guns import GUNS, Gun

CODES = 150


def held(folder: Path) -> list[Gun]:
    return [
        kind(folder, f"{name}-{side}") for name, kind in sorted(GUNS.items()) for side in ("left", "right")
    ]


def whole(listener: ScannerListener, count: int) -> None:
    listener.waits_for(
        lambda heard: sum(isinstance(one, Scan) for one in heard) >= count, f"{count} codes", 60
    )


@pytest.mark.fault("S3")
def test_four_scanners_at_full_speed_mix_nothing_and_lose_nothing(tmp_path: Path) -> None:
    listener, guns = ScannerListener(), held(tmp_path)
    scanners = [open_scanner(gun.table) for gun in guns]
    for scanner, gun in zip(scanners, guns, strict=True):
        scanner.start(listener)
        gun.plug_in()
    listener.waits_for_state("ready", len(guns))

    def pours_out(gun: Gun) -> None:
        for number in range(CODES):
            gun.scans(f"{gun.name.upper()}-{number:04}")

    hands = [threading.Thread(target=pours_out, args=(gun,)) for gun in guns]
    for hand in hands:
        hand.start()
    whole(listener, CODES * len(guns))
    for hand, scanner in zip(hands, scanners, strict=True):
        hand.join()
        scanner.stop()
    for gun in guns:
        assert listener.texts(gun.name) == [f"{gun.name.upper()}-{number:04}" for number in range(CODES)]
        gun.unplug()
    assert listener.garbled() == []


@pytest.mark.fault("S3")
def test_pieces_of_codes_in_any_order_become_only_whole_codes_of_their_own_scanner(tmp_path: Path) -> None:
    listener, guns = ScannerListener(), held(tmp_path)
    scanners = [open_scanner({**gun.table, "quiet_gap_ms": 2_000}) for gun in guns]
    for scanner, gun in zip(scanners, guns, strict=True):
        scanner.start(listener)
        gun.plug_in()
    listener.waits_for_state("ready", len(guns))
    expected: dict[str, list[str]] = {gun.name: [] for gun in guns}

    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
    @given(
        codes=st.lists(st.text("ABCXYZ0123456789-/%", min_size=1, max_size=10), min_size=4, max_size=4),
        pieces=st.lists(st.tuples(st.integers(0, 3), st.integers(1, 300)), max_size=20),
    )
    def property_(codes: list[str], pieces: list[tuple[int, int]]) -> None:
        rests = [gun.bytes_of(code) for gun, code in zip(guns, codes, strict=True)]
        for number, size in [*pieces, *((number, 1_000_000) for number in range(4))]:
            guns[number].sends(rests[number][:size])
            rests[number] = rests[number][size:]
        for gun, code in zip(guns, codes, strict=True):
            expected[gun.name].append(code)
        whole(listener, sum(map(len, expected.values())))
        assert {gun.name: listener.texts(gun.name) for gun in guns} == expected

    property_()
    for scanner, gun in zip(scanners, guns, strict=True):
        scanner.stop()
        gun.unplug()
