"""Real kiosk sync through a misbehaving network to a real hub process: in the end everything is there once."""

from __future__ import annotations

import contextlib
import random
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.plant_floor import HubProcess, Terminal, held_by, make_hub, running_hub
from tests.faults.proxy import CALM, PORTAL, Plan, Proxy, once, play, storm

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
KIOSKS = tuple(f"K{number:02}" for number in range(1, 13))
SEED = 20261122


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("floor") / "data"
    make_hub(made, KIOSKS)
    return made


@pytest.fixture(scope="module")
def hub(folder: Path) -> Iterator[HubProcess]:
    with running_hub(folder) as process:
        yield process


names = iter(KIOSKS)


@pytest.fixture
def proxy(hub: HubProcess) -> Iterator[Proxy]:
    with Proxy(hub.target) as made:
        yield made


@pytest.fixture
def kiosk(tmp_path: Path, proxy: Proxy) -> Iterator[Terminal]:
    made = Terminal(tmp_path / "kiosk", next(names), proxy.url)
    yield made
    made.close()


def assert_there_once(folder: Path, *kiosks: Terminal) -> None:
    held = held_by(folder)
    for one in kiosks:
        assert held.get(one.name, []) == one.ids()
        assert one.store.log.pending == 0


@pytest.mark.fault("N2", "H2", "N4")
@pytest.mark.parametrize("end", ["reset", "close"])
def test_an_answer_lost_at_any_byte_leaves_one_effect(
    folder: Path, kiosk: Terminal, proxy: Proxy, end
) -> None:
    kiosk.records(1)
    kiosk.drains()
    refused = 0
    for cut_at in range(0, 900, 1 if end == "reset" else 7):
        kiosk.client._session.close()  # each exchange on a connection of its own
        kiosk.records(1)
        proxy.weather = once(Plan(answer_cut_at=cut_at, end=end))
        kiosk.sync.round()
        is_pending = kiosk.store.log.pending > 0
        refused += is_pending
        if not is_pending:
            break
    assert refused > 300 / (1 if end == "reset" else 7)
    proxy.weather = lambda: CALM
    kiosk.drains()
    assert_there_once(folder, kiosk)


@pytest.mark.fault("N2", "N10")
def test_a_request_cut_at_any_byte_is_sent_again(folder: Path, kiosk: Terminal, proxy: Proxy) -> None:
    kiosk.records(1)
    kiosk.drains()
    cuts = 0
    for cut_at in range(0, 4000, 5):
        kiosk.client._session.close()
        kiosk.records(1)
        proxy.weather = once(Plan(request_cut_at=cut_at))
        kiosk.sync.round()
        if not kiosk.store.log.pending:
            break
        cuts += 1
        kiosk.drains()
    assert cuts > 100
    assert_there_once(folder, kiosk)


@pytest.mark.fault("N10")
def test_a_bit_that_flips_on_the_way_moves_nothing_and_spoils_nothing(
    folder: Path, kiosk: Terminal, proxy: Proxy
) -> None:
    chance = random.Random(SEED)
    kiosk.records(1)
    kiosk.drains()
    for _ in range(60):
        kiosk.client._session.close()
        kiosk.records(2)
        plan = (
            Plan(request_flip=chance.randrange(16_000))
            if chance.random() < 0.5
            else Plan(answer_flip=chance.randrange(5_000))
        )
        proxy.weather = once(plan)
        kiosk.sync.round()
        assert kiosk.store.log.epoch == 1, f"{plan} was taken for a fork"
    proxy.weather = lambda: CALM
    kiosk.drains()
    assert_there_once(folder, kiosk)


@pytest.mark.fault("N3", "A7", "N9")
def test_requests_that_come_twice_and_old_ones_played_again_have_one_effect(
    folder: Path, kiosk: Terminal, proxy: Proxy
) -> None:
    chance = random.Random(SEED)
    proxy.weather = lambda: Plan(again=2)
    for _ in range(10):
        kiosk.records(7)
        kiosk.drains()
        kiosk.client._session.close()
    kiosk.store.begin_epoch(2, kiosk.sync._now())
    kiosk.drains()
    recorded = [one for one in proxy.requests if b"/upload" in one]
    assert len(recorded) >= 10
    chance.shuffle(recorded)
    before = held_by(folder)
    for one in recorded:
        assert play(proxy.target, one).startswith(b"HTTP/1.1 200")
    assert held_by(folder) == before
    kiosk.records(1)
    kiosk.drains()
    assert len(held_by(folder)[kiosk.name]) == len(kiosk.ids()) == 71


@pytest.mark.fault("N4")
@pytest.mark.parametrize(
    "plan", [Plan(answer_cut_at=0, end="silence"), Plan(request_cut_at=0, end="silence")]
)
def test_a_line_that_swallows_one_direction_is_given_up_and_nothing_counts_twice(
    folder: Path, kiosk: Terminal, proxy: Proxy, plan: Plan
) -> None:
    kiosk.records(30)
    proxy.weather = lambda: plan
    for _ in range(3):
        kiosk.sync.round()
        assert kiosk.sync.connectivity.reason == "timeout"
        assert kiosk.store.log.acknowledged == 0
    proxy.weather = lambda: CALM
    kiosk.drains()
    assert_there_once(folder, kiosk)


@pytest.mark.fault("N5")
def test_a_slow_line_that_loses_three_in_ten_gets_everything_through(
    folder: Path, kiosk: Terminal, proxy: Proxy
) -> None:
    chance = random.Random(SEED)
    kiosk.records(300)
    slow = Plan(bytes_per_s=400_000, slice_bytes=1400)
    proxy.weather = lambda: Plan(request_cut_at=chance.randrange(60_000)) if chance.random() < 0.3 else slow
    kiosk.drains()
    assert_there_once(folder, kiosk)


@pytest.mark.fault("N6")
def test_a_page_of_a_captive_portal_acknowledges_nothing(folder: Path, kiosk: Terminal, proxy: Proxy) -> None:
    kiosk.records(5)
    proxy.weather = lambda: Plan(instead=PORTAL)
    kiosk.sync.round()
    assert kiosk.sync.connectivity.reason == "not_the_hub"
    assert kiosk.store.log.acknowledged == 0
    proxy.weather = lambda: CALM
    kiosk.drains()
    assert_there_once(folder, kiosk)


@pytest.mark.fault("N7", "A6")
def test_another_hub_at_the_address_is_not_believed_and_a_hub_that_moved_is(
    folder: Path, kiosk: Terminal, proxy: Proxy, hub: HubProcess, tmp_path: Path
) -> None:
    stranger = tmp_path / "stranger"
    make_hub(stranger, ())
    with running_hub(stranger) as other:
        kiosk.records(5)
        proxy.target = other.target
        kiosk.sync.round()
        assert kiosk.sync.connectivity.state == "offline"
        assert kiosk.store.log.acknowledged == 0
    assert held_by(stranger) == {}
    kiosk.client._session.close()
    proxy.target = hub.target
    kiosk.drains()
    assert_there_once(folder, kiosk)


@pytest.mark.fault("N8", "N1")
def test_kiosks_that_come_back_together_from_a_long_absence_are_all_drained(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    make_hub(folder, KIOSKS)
    with running_hub(folder) as hub, Proxy(hub.target) as proxy:
        kiosks = [Terminal(tmp_path / name, name, proxy.url, patient=True) for name in KIOSKS]
        for one in kiosks:
            one.records(400)
        done: list[str] = []

        def drain(one: Terminal) -> None:
            one.drains()
            done.append(one.name)

        threads = [threading.Thread(target=drain, args=(one,), daemon=True) for one in kiosks]
        for thread in threads:
            thread.start()
        kiosks[0].records(20)  # somebody goes on scanning meanwhile
        for thread in threads:
            thread.join()
        kiosks[0].drains()
        assert sorted(done) == sorted(KIOSKS)
        assert_there_once(folder, *kiosks)
        for one in kiosks:
            one.close()


@pytest.mark.fault("N2", "N3", "N4", "N6", "N10", "H1")
def test_in_a_storm_with_a_hub_that_is_killed_everything_arrives_once(tmp_path: Path) -> None:
    chance = random.Random(SEED)
    folder = tmp_path / "data"
    make_hub(folder, KIOSKS[:3])
    with contextlib.ExitStack() as ends, Proxy(("127.0.0.1", 1), lambda: storm(chance)) as proxy:

        def starts() -> HubProcess:
            hub = HubProcess(folder)
            ends.callback(hub.kill)
            proxy.target = hub.target
            return hub

        hub = starts()
        kiosks = [Terminal(tmp_path / name, name, proxy.url) for name in KIOSKS[:3]]
        for one in kiosks:
            ends.callback(one.close)
        for round_ in range(60):
            one = chance.choice(kiosks)
            one.records(chance.randint(1, 20))
            one.sync.round()
            if chance.random() < 0.5:
                one.client._session.close()
            if round_ in (20, 40):
                hub.kill()
                hub = starts()
        proxy.weather = lambda: CALM
        for one in kiosks:
            one.client._session.close()
            one.drains()
        assert_there_once(folder, *kiosks)
