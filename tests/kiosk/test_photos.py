"""Photos at a kiosk: on the disk before they are named, at the hub in their turn, and never in the way of a verdict."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from domain.events.production import HandoffJudged
from domain.events.quality import TicketOpened
from domain.handoff import Verdict
from domain.photo import PHOTOS_MAX
from domain.wire import PhotoTaken
from kiosk.camera import NoPhotoTakenError
from kiosk.hub_client import HubUnreachableError
from kiosk.photo_sync import AGAIN_AFTER_S, PhotoSync
from kiosk.photos import UNNAMED_S_MAX
from kiosk.store.forget import forget_some
from kiosk.work.views import HandoffView, StatementView
from tests.pictures import jpeg
from tests.sewing import BUNDLE, WANG, ZHAO, at_the_hem, ticket
from tests.terminal import Terminal
from tests.world import badge_code


@pytest.fixture
def hem(tmp_path: Path) -> Iterator[Terminal]:
    terminal = at_the_hem(tmp_path, has_camera=True)
    yield terminal
    terminal.close()


def judging(hem: Terminal) -> None:
    """Somebody signs on and holds bundle goods that are not right."""
    hem.scans(badge_code(WANG))
    hem.touches("verdict")
    hem.scans(ticket(BUNDLE))
    hem.touches("defect", "oil")


def photographed(hem: Terminal, seed: int = 1) -> str:
    """A photo is taken as the page does it: first on the disk, then told."""
    digest = hem.photos.take(jpeg(seed))
    hem.touches("photo", digest)
    return digest


class FakeHub:
    """A hub that holds photos; what it does wrong is said before."""

    def __init__(self) -> None:
        self.held: dict[str, bytes] = {}
        self.sent = 0
        self.fails: list[Exception] = []

    def photo(self, digest: str, jpeg: bytes) -> PhotoTaken:
        self.sent += 1
        if self.fails:
            raise self.fails.pop(0)
        self.held[digest] = jpeg
        return PhotoTaken(digest=digest)

    def close(self) -> None:
        return None


def syncing(hem: Terminal, hub: FakeHub, may_send: Callable[[], bool] = lambda: True) -> PhotoSync:
    return PhotoSync(hem.photos, hub, may_send=may_send, monotonic_s=lambda: hem.clock.monotonic_ms() / 1000)


def test_a_rejection_and_its_ticket_name_the_photos_that_were_taken(hem: Terminal):
    judging(hem)
    one, two = photographed(hem, 1), photographed(hem, 2)
    assert isinstance(hem.view, HandoffView)
    assert hem.view.photos
    assert hem.view.photos.photos == (one, two)
    hem.touches("drop_photo", one)
    hem.touches("judge", Verdict.REJECT)
    [judged] = hem.events(HandoffJudged)
    assert judged.handoff.photos == (two,)
    hem.touches("open_ticket")
    assert [event.photos for event in hem.events(TicketOpened)] == [(two,)]


def test_a_quality_ticket_is_opened_with_a_photo(hem: Terminal):
    hem.scans(badge_code(WANG))
    hem.touches("say")
    hem.touches("statement", "quality_ticket")
    hem.scans(ticket(BUNDLE))
    hem.touches("told", "OVERLOCK")
    hem.touches("defect", "oil")
    digest = photographed(hem)
    assert isinstance(hem.view, StatementView)
    assert hem.view.photos
    hem.touches("say_it")
    assert [event.photos for event in hem.events(TicketOpened)] == [(digest,)]


@pytest.mark.fault("D1")
def test_a_power_cut_between_photo_and_verdict_loses_neither(hem: Terminal):
    judging(hem)
    digest = photographed(hem)
    hem.restarts()
    assert isinstance(hem.view, HandoffView)
    assert hem.view.photos
    assert hem.view.photos.photos == (digest,)
    assert hem.photos.read(digest)
    hem.touches("judge", Verdict.REJECT)
    assert [event.handoff.photos for event in hem.events(HandoffJudged)] == [(digest,)]
    assert hem.photos.waiting() == [digest]


def test_what_is_not_on_the_disk_is_in_no_draft_and_enough_is_enough(hem: Terminal):
    judging(hem)
    hem.touches("photo", "ab" * 32)
    assert not hem.loop.state.work.draft.photos
    for seed in range(PHOTOS_MAX + 1):
        photographed(hem, seed)
    assert len(hem.loop.state.work.draft.photos) == PHOTOS_MAX
    assert hem.says == "problem.photos_enough"
    assert not hem.unspoken()


@pytest.mark.fault("D2")
def test_a_full_card_takes_no_photo_says_so_and_the_verdict_goes_on(
    hem: Terminal, monkeypatch: pytest.MonkeyPatch
):
    judging(hem)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: SimpleNamespace(free=1_000_000))
    with pytest.raises(NoPhotoTakenError) as caught:
        hem.photos.take(jpeg())
    hem.touches("photo_refused", caught.value.code)
    assert hem.says == "problem.photo_no_room"
    assert not hem.unspoken()
    hem.touches("judge", Verdict.REJECT)
    assert [event.handoff.photos for event in hem.events(HandoffJudged)] == [()]


def test_a_disk_that_fails_halfway_leaves_nothing_under_the_name(
    hem: Terminal, monkeypatch: pytest.MonkeyPatch
):
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(NoPhotoTakenError, match="photo_not_stored"):
            hem.photos.take(jpeg())
    assert [path for path in (hem.folder / "photos").rglob("*") if path.is_file()] == []
    assert hem.photos.take(jpeg())


def test_a_kiosk_without_a_camera_shows_no_button_and_takes_no_photo(tmp_path: Path):
    hem = at_the_hem(tmp_path)
    judging(hem)
    photographed(hem)
    assert isinstance(hem.view, HandoffView)
    assert hem.view.photos is None
    assert not hem.loop.state.work.draft.photos
    hem.close()


@pytest.mark.fault("N1")
def test_photos_wait_for_the_hub_and_for_the_events_and_then_go_one_by_one(hem: Terminal):
    judging(hem)
    digests = [photographed(hem, seed) for seed in (1, 2)]
    hem.touches("judge", Verdict.REJECT)
    hub, is_there = FakeHub(), [False]
    sync = syncing(hem, hub, lambda: is_there[0])
    sync.round()
    assert hub.sent == 0, "while the hub is away, or events wait, no photo is sent"
    is_there[0] = True
    hub.fails = [HubUnreachableError("timeout")]
    assert sync.round() == AGAIN_AFTER_S
    sync.round()
    assert list(hub.held) == digests[1:]
    hem.clock.advance(AGAIN_AFTER_S)
    sync.round()
    assert list(hub.held) == [*digests[1:], digests[0]]
    assert hub.held[digests[0]] == hem.photos.read(digests[0])
    sync.round()
    assert (hub.sent, hem.photos.waiting()) == (3, [])


def test_one_photo_the_hub_does_not_want_lets_the_others_go_first_and_a_lost_one_is_not_tried_again(
    hem: Terminal,
):
    judging(hem)
    one, two, three = (photographed(hem, seed) for seed in (1, 2, 3))
    hem.touches("judge", Verdict.REJECT)
    (hem.folder / "photos" / two[:2] / f"{two}.jpg").write_bytes(b"spoilt")
    hub = FakeHub()
    hub.fails = [HubUnreachableError("not_the_hub", "status 400")]
    sync = syncing(hem, hub)
    for _ in range(4):
        sync.round()
    assert list(hub.held) == [three]
    assert hem.photos.waiting() == [one]


def test_a_hub_that_was_put_back_gets_every_photo_again(hem: Terminal):
    judging(hem)
    digest = photographed(hem)
    hem.touches("judge", Verdict.REJECT)
    hem.photos.sent(digest)
    hem.store.hear_generation(hem.store.generation + 1)
    assert hem.photos.waiting() == [digest]


def test_an_unused_photo_goes_after_a_day_and_a_named_one_with_its_forgotten_fact(hem: Terminal):
    judging(hem)
    named = photographed(hem, 1)
    hem.touches("judge", Verdict.REJECT)
    hem.touches("verdict")
    hem.scans(ticket(BUNDLE))
    unused = hem.photos.take(jpeg(3))
    later_s = (hem.folder / "photos" / named[:2] / f"{named}.jpg").stat().st_mtime + UNNAMED_S_MAX + 10
    assert hem.photos.tidy(later_s - UNNAMED_S_MAX) == 0
    assert hem.photos.tidy(later_s) == 1
    assert not hem.photos.has(unused)
    assert hem.photos.has(named), "the hub does not have it"
    hem.photos.sent(named)
    assert hem.photos.tidy(later_s) == 0, "no proven backup holds the fact yet"
    with hem.store.transaction():
        forget_some(hem.store.connection, hem.store.log.epoch, hem.store.log.base, 10_000, 10_000)
    assert hem.photos.tidy(later_s) == 1
    assert not hem.photos.has(named)


def test_a_photo_of_what_is_being_told_stays_however_long_it_takes(hem: Terminal):
    judging(hem)
    digest = photographed(hem)
    hem.scans(badge_code(ZHAO))
    later_s = (hem.folder / "photos" / digest[:2] / f"{digest}.jpg").stat().st_mtime + 5 * UNNAMED_S_MAX
    assert hem.photos.tidy(later_s) == 0
