"""`noac demo --chaos`: every act once with real processes, and the count that decides, which must be able to say no."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from demo.diary import Diary
from demo.floor import Floor as RealFloor
from demo.glass import Seen
from demo.goods import Package
from demo.line import Line
from demo.lorries import packages
from demo.morning import DOORS
from demo.site import DEVICES
from demo.spares import Copy
from demo.tally import JUST_NOW, MISSING_LOOKS, Tally
from demo.troubles import Troubles

ROOT = Path(__file__).parents[2]
TIMEOUT_S = 170
PLACE = {"fabric": "RM-A-01", "trims": "TR-B-01"}
LONG_AGO = datetime.now(UTC) - timedelta(hours=1)


class Hub:
    """What a hub would answer, as the test wants it."""

    def __init__(self) -> None:
        self.stock: dict[str, Decimal] = {}
        self.pending = 0
        self.unbooked = 0
        self.is_away = False
        self.last_seen = datetime.now(UTC)

    def ask_hub(self, path: str) -> Any:
        if self.is_away:
            raise ConnectionRefusedError
        name, _, query = path.partition("?")
        if name == "health":
            return {"generation": 1, "plants": [{"booked_position": 9, "ledger_position": 9 + self.unbooked}]}
        if name == "kiosks":
            return {
                "rows": [
                    {"device": device, "epoch": 1, "pending": self.pending, "last_seen": str(self.last_seen)}
                    for device in (DEVICES[door] for door in DOORS)
                ]
            }
        assert name == "stock"
        rows = [{"lot": lot, "quantity": {"value": str(value)}} for lot, value in self.stock.items()]
        return {"rows": rows if f"place={PLACE['fabric']}" in query else [], "next": ""}


def whole() -> datetime | None:
    return LONG_AGO


def broken() -> datetime | None:
    return None


def seen_green(tally: Tally, count: int) -> list[Package]:
    """So many packages turned green, some time ago."""
    goods = packages("fabric", 1)
    taken = [next(goods) for _ in range(count)]
    for package in taken:
        tally.confirm("fabric", package)
    for one in tally._confirmed.values():
        one.at -= 2 * JUST_NOW
    return taken


def look(tally: Tally, times: int) -> None:
    for _ in range(times):
        tally.look()


def test_a_package_that_turned_green_and_is_nowhere_is_lost_once_everything_has_arrived() -> None:
    hub = Hub()
    tally = Tally(hub, whole)  # type: ignore[arg-type]
    there, _gone = seen_green(tally, 2)
    hub.stock = {there.lot: there.quantity}
    look(tally, MISSING_LOOKS - 1)
    assert (tally.count.lost, tally.count.waiting, tally.count.proven_at) == (0, 1, None)
    look(tally, 1)
    assert (tally.count.confirmed, tally.count.in_hub, tally.count.waiting, tally.count.lost) == (2, 1, 0, 1)
    hub.is_away = True
    look(tally, 1)
    assert (tally.count.lost, tally.count.is_answering) == (1, False), "a hub that is away loses no bad news"


@pytest.mark.parametrize("what", ["pending", "unbooked", "unheard", "broken"])
def test_what_may_still_be_on_its_way_is_waiting_and_not_lost(what: str) -> None:
    hub = Hub()
    tally = Tally(hub, broken if what == "broken" else whole)  # type: ignore[arg-type]
    seen_green(tally, 1)
    hub.pending = int(what == "pending")
    hub.unbooked = int(what == "unbooked")
    if what == "unheard":
        hub.last_seen = LONG_AGO - timedelta(seconds=1)
    look(tally, MISSING_LOOKS + 1)
    assert (tally.count.waiting, tally.count.lost, tally.count.is_quiet) == (1, 0, False)


def test_more_in_the_books_than_there_is_counts_as_doubled() -> None:
    hub = Hub()
    tally = Tally(hub, whole)  # type: ignore[arg-type]
    once, twice = seen_green(tally, 2)
    hub.stock = {once.lot: once.quantity, twice.lot: 2 * twice.quantity}
    look(tally, 1)
    assert (tally.count.in_hub, tally.count.doubled, tally.count.lost) == (2, 1, 0)


def test_less_than_a_package_in_the_books_is_not_the_package() -> None:
    hub = Hub()
    tally = Tally(hub, whole)  # type: ignore[arg-type]
    [package] = seen_green(tally, 1)
    hub.stock = {package.lot: package.quantity - Decimal("0.1")}
    look(tally, MISSING_LOOKS)
    assert tally.count.lost == 1


def test_goods_in_the_books_that_nobody_saw_turn_green_are_named() -> None:
    hub = Hub()
    tally = Tally(hub, whole)  # type: ignore[arg-type]
    [package] = seen_green(tally, 1)
    hub.stock = {package.lot: package.quantity, "D-999": Decimal(5)}
    look(tally, 1)
    assert (tally.count.in_hub, tally.count.unseen) == (1, 1)
    assert tally.count.proven_at is not None


def test_a_person_believes_green_and_never_the_echo_of_what_was_scanned() -> None:
    echo = '<div class="scanned"><span>Scanned</span><code>…10DA00001</code></div>'
    refused = Seen(turn=1, html=echo, view="document", tone="refused", pending=0, hub="online")
    assert not refused.is_green("DA00001")
    assert not refused.lists("DA00001")
    line = '<span class="line-more">Jersey · DA00001</span>'
    assert Seen(turn=1, html=echo + line, view="document", tone="neutral", pending=0, hub="online").lists(
        "DA00001"
    )
    assert not Seen(turn=1, html=line, view="document", tone="stored", pending=0, hub="online").is_green(
        "DA00002"
    )


class Floor:
    """A plant of which only the folder is asked for."""

    folder = Path("nowhere")


def test_a_backup_is_put_back_only_where_it_holds_what_exists_at_the_hub_alone() -> None:
    troubles = Troubles(Floor(), {}, Diary(lambda _: None))  # type: ignore[arg-type]
    assert not troubles.may("restore"), "there is none"
    troubles.spares.backup_at, troubles.spares.is_backup_old = LONG_AGO, False
    assert troubles.may("restore")
    troubles.spares.is_backup_old = True  # a card was exchanged since
    assert not troubles.may("restore")
    assert not troubles.press("restore")


def test_a_card_is_exchanged_only_for_a_copy_that_was_taken() -> None:
    troubles = Troubles(Floor(), {}, Diary(lambda _: None))  # type: ignore[arg-type]
    assert not troubles.may("card", "fabric")
    troubles.spares._cards["fabric"].append(Copy(at=LONG_AGO, folder=Path("nowhere")))
    assert troubles.may("card", "fabric")
    assert not troubles.may("card", "trims")


def test_a_pulled_cable_ends_what_goes_over_it_and_lets_nothing_new_through() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, closing(Line(server.getsockname()[1])) as line:
        server.settimeout(5)
        with socket.create_connection(("127.0.0.1", line.port), timeout=5) as kiosk:
            hub, _ = server.accept()
            with hub:
                kiosk.sendall(b"to the hub")
                assert hub.recv(100) == b"to the hub"
                hub.sendall(b"to the kiosk")
                assert kiosk.recv(100) == b"to the kiosk"
                line.pull()
                assert kiosk.recv(100) == b""
        with socket.create_connection(("127.0.0.1", line.port), timeout=5) as kiosk:
            assert kiosk.recv(100) == b""
        line.plug()
        with socket.create_connection(("127.0.0.1", line.port), timeout=5) as kiosk:
            hub, _ = server.accept()
            hub.close()
            assert kiosk.recv(100) == b""


def wait_for(is_so: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + TIMEOUT_S / 2
    while not is_so():
        assert time.monotonic() < deadline, what
        time.sleep(0.1)


@pytest.mark.slow
def test_what_was_on_a_lost_card_alone_is_counted_as_lost(tmp_path: Path) -> None:
    with RealFloor(tmp_path, Diary(lambda _: None), seed=1, beat_s=0.5) as floor:
        site, tally = floor.site, floor.troubles.tally
        floor.begin_work()
        wait_for(lambda: floor.troubles.spares.backup_at and tally.count.in_hub >= 4, "nobody works")
        site.copy_card("trims", tmp_path / "copy")
        wait_for(lambda: not tally.missing_of("trims"), "it is not sent")
        site.lines["trims"].pull()
        before = tally.count.confirmed_at["trims"]
        wait_for(lambda: tally.count.confirmed_at["trims"] >= before + 4, "nobody works on")
        floor.end_work()
        site.kill_kiosk("trims")
        site.put_card("trims", tmp_path / "copy")
        site.start_kiosk("trims")
        site.lines["trims"].plug()
        wait_for(lambda: tally.count.lost and not tally.count.waiting, "nobody noticed")
        assert tally.count.lost >= 3
        assert tally.count.doubled == 0
        assert tally.count.confirmed == tally.count.in_hub + tally.count.lost


@pytest.mark.slow
def test_after_every_act_nothing_is_lost_nothing_doubled_and_the_books_balance(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "noac", "demo", "--chaos", "--check", "--folder", str(tmp_path / "demo")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-3000:]
    for told in (
        "the fabric kiosk is up again",
        "the cable is back",
        "the hub found the fork and epoch 2 began",
        "found the spoilt entry",
        "the hub was killed",
        "the hub is in generation 2",
        "0 waiting, lost 0, doubled 0; generation 2, epochs [1, 2]; the books balance",
    ):
        assert told in done.stdout
    assert "✕" not in done.stdout
