"""Builds a kiosk from its settings and runs it until it is told to stop. Everything is made here, nothing at import."""

import errno
import gc
import logging
import sys
import threading
import time
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Literal

from uuid_utils import uuid7

from domain.barcode import read
from domain.pin import key_name
from domain.words import has_words
from drivers.clock import Clock, SystemClock
from drivers.lamp import LampStatus
from drivers.scale import ScaleOutput
from drivers.scanner import ScannerOutput
from drivers.spooler import SpoolerOutput
from kiosk.boot import StartError, boot_id
from kiosk.card import CardReport, CardWatch
from kiosk.devices import Devices
from kiosk.heartbeat import Heartbeat
from kiosk.kept import kept_facts, put_away
from kiosk.lamps import Lamps
from kiosk.loop import Loop, LoopSettings
from kiosk.make_page import camera_among, make_page, scanner_tables
from kiosk.mark import FileReplacedError, check_mark, keep_mark
from kiosk.own_pay import OwnPay, PayReport
from kiosk.photos import Photos
from kiosk.pins import Pins
from kiosk.provision import ProvisionError, provision
from kiosk.release_notes import changes_not_noted, note
from kiosk.scales import Scales
from kiosk.scanner_tables import closed_by_pauses, duties_in, without_duties
from kiosk.screen import Words
from kiosk.settings import Identity, KioskSettings
from kiosk.sound import Player, Speaker
from kiosk.speech import Speech
from kiosk.status import HubReport, Status
from kiosk.store.errors import StoreError, StoreRefusedError
from kiosk.store.log import Origin
from kiosk.store.store import Store
from kiosk.witness import Witness
from updates.trial import OwnRelease, TrialWatch

if TYPE_CHECKING:  # its library takes long to import, and a kiosk without a hub never needs it
    from kiosk.buddy import Buddy
    from kiosk.buddy_door import BuddyDoor
    from kiosk.hub_client import HubAddress, HubClient
    from kiosk.pay_asker import PayAsker
    from kiosk.photo_sync import PhotoSync
    from kiosk.sync import Connectivity, Sync

_LOG = logging.getLogger(__name__)
HOST = "127.0.0.1"
PRACTICE_FOLDER = "practice"
SWITCH_INTERVAL_S = 0.0005
"""How long a busy thread may keep the others from running: sending must not keep a scan waiting (default 5 ms)."""
SIGNAL_LOOK_S = 1.0
"""The main thread wakes this often to take a signal that the system handed to another thread."""


class Kiosk:
    """A built kiosk. `start`, then `stop`."""

    def __init__(
        self,
        settings: KioskSettings,
        identity: Identity,
        clock: Clock | None = None,
        heartbeat: Heartbeat | None = None,
        *,
        starts: int = 0,
        release: OwnRelease | None = None,
    ) -> None:
        """Open the file and build everything. Raises StartError, SettingsError.

        `starts`: how many starts before this one did not last. `release`: the one this program runs from.
        """
        self._starts = starts
        self._release = release or OwnRelease()
        self._door: BuddyDoor | None = None
        self._heartbeat = heartbeat or Heartbeat()
        self._settings = settings
        self._identity = identity
        self._clock = clock or SystemClock()
        self._devices = Devices(
            scanners=without_duties(scanner_tables(settings)),
            printers=settings.printer,
            scales=settings.scale,
            lamps=settings.lamp,
            label=settings.label,
            clock=self._clock,
        )
        self.store = self._open_store()
        try:
            self._provision()
            self._photos = Photos(self.store.connection.path.parent, self.store.connection)
            self._page = make_page(settings, self._devices.scanners, self._camera)
            self._card = self._make_card()
            self._pay_asker = self._make_pay_asker()
            self.loop = self._make_loop()
            self._sync = self._make_sync()
            self._photo_sync = self._make_photo_sync()
        except BaseException:
            self.store.close()
            raise

    @property
    def address(self) -> str:
        """Where the page is; empty without one."""
        return self._page.address

    def start(self) -> None:
        """Serve the page, take up the session, then open the devices. Raises StartError."""
        try:
            self._begin()
            self._page.start(HOST, self._settings.port, self.loop.offer)
        except StoreError as error:
            raise StartError(
                f"数据文件不能写入 / the data file cannot be written: {error.reason} ({self._settings.data})"
            ) from error
        except OSError as error:
            reason = "已被占用 / is in use" if error.errno == errno.EADDRINUSE else str(error)
            raise StartError(f"端口 / port {self._settings.port}: {reason}") from error
        self._open_door()
        self.loop.start()
        self._card.start()
        self._devices.start(
            self.store.jobs,
            self._take,
            prints=not self._settings.practice,
            own_template=self.store.templates.text,
        )
        if self._sync:
            self._sync.start()
        if self._pay_asker:
            self._pay_asker.start()
        if self._photo_sync:
            self._photo_sync.start()
        else:
            self._photos.tidy()

    def stop(self) -> None:
        """Stop in the order in which things flow: scanners and scales, hub, printers, loop, page, file."""
        self._devices.stop_readers()
        if self._door:
            self._door.stop()
        if self._photo_sync:
            self._photo_sync.stop()
        if self._sync:
            self._sync.stop()
        if self._pay_asker:
            self._pay_asker.stop()
        self._devices.stop_printers()
        self._card.stop()
        self.loop.stop()
        self._page.stop()
        self._sound.stop()
        self._devices.stop_lamps()
        self.store.close()

    def _begin(self) -> None:
        """Take up the session, with what a start before this one could only keep."""
        read(
            "00"
        )  # loads the formats of codes and GS1's table, so that the first scan need not wait for them
        folder = self.store.connection.path.parent
        kept = kept_facts(folder, self.store)
        changes = changes_not_noted(self._release.changes, self.store)
        self.loop.begin(_software(), boot_id(), starts=self._starts, kept=kept, changes=changes)
        note(self._release.changes, self.store)
        put_away(folder, self._clock.now())

    def _take(
        self, given: ScannerOutput | ScaleOutput | LampStatus | SpoolerOutput | CardReport | PayReport
    ) -> None:
        self.loop.offer(given)

    def _open_store(self) -> Store:
        settings, identity = self._settings, self._identity
        folder = settings.data / PRACTICE_FOLDER if settings.practice else settings.data
        origin = Origin(plant=identity.plant, device=identity.device, boot_id=boot_id(), software=_software())
        try:
            store = Store(folder, origin, identity.station)
            try:
                self._make_fit(store)
            except BaseException:
                store.close()
                raise
        except FileReplacedError as error:
            raise StartError(
                f"数据文件被清空或换掉了，终端不能用旧身份继续；请在主机重新登记本终端（noac hub enrol） / {error}:"
                " this kiosk cannot go on under its old name; enrol it anew at the hub (noac hub enrol)"
            ) from error
        except StoreRefusedError as error:
            raise StartError(
                f"数据目录已被另一个终端进程使用或不属于本终端 / another kiosk has the data folder: {error}"
            ) from error
        except (StoreError, OSError) as error:
            raise StartError(f"数据目录不可用 / the data folder cannot be used: {folder}: {error}") from error
        return store

    def _make_fit(self, store: Store) -> None:
        """Check that the file is ours and its end is whole, begin our epoch, take along what practice needs."""
        check_mark(store, self._identity.epoch, uuid7().hex)
        for damage in store.inspect(self._clock.now()):
            _LOG.error(
                "log entry %d of epoch %d is damaged: %s", damage.sequence, damage.epoch, damage.reason
            )
        store.at_least_epoch(self._identity.epoch, self._clock.now())
        keep_mark(store)
        store.knows_by(key_name(self._identity.key))
        if self._settings.practice:
            store.borrow_reference(self._settings.data)

    def _provision(self) -> None:
        path = self._settings.provision
        if path is None:
            return
        try:
            count = provision(self.store, path, plant=self._identity.plant, device=self._identity.device)
        except (ProvisionError, OSError, StoreError) as error:
            raise StartError(f"基础数据文件不可用 / the reference data cannot be used: {error}") from error
        _LOG.info("%d records of reference data taken from %s", count, path)

    @property
    def _camera(self) -> Photos | None:
        return self._photos if self._settings.camera.enabled else None

    def _make_card(self) -> CardWatch:
        settings = self._settings
        return CardWatch(
            self.store.connection.path,
            ballast_bytes=0 if settings.practice else settings.ballast_mb * 1024 * 1024,
            on_change=self._take,
            after_look=self._keep_mark,
        )

    def _keep_mark(self) -> None:
        """Keep the mark as it is: a new epoch may have begun."""
        try:
            keep_mark(self.store)
        except (StoreError, OSError) as error:
            _LOG.warning("the mark cannot be kept: %s", error)

    def _make_loop(self) -> Loop:
        settings = self._settings
        speech = Speech(settings.speech)
        self._sound = Player(settings.sound, speech)
        camera = camera_among(self._devices.scanners)
        self._status = status = Status(
            self.store,
            scanners=[one.name for one in self._devices.scanners],
            printers=[one.name for one in self._devices.printers],
            scales=[one.name for one in self._devices.scales],
            lamps=[one.name for one in self._devices.lamps],
            camera=camera.name if camera else "",
            camera_scan=settings.camera.scan,
            is_practice=settings.practice,
        )
        return Loop(
            store=self.store,
            page=self._page,
            sound=self._sound,
            voice=Speaker(speech, self._sound),
            lamps=Lamps(self._devices.lamps),
            clock=self._clock,
            status=status,
            scales=Scales([one.name for one in self._devices.scales], self._clock.monotonic_ms),
            pins=Pins(
                self.store.connection, self._identity.key, self.store.log.boot_id, self._clock.monotonic_ms
            ),
            camera=self._camera,
            witness=Witness(lambda: uuid7().hex),
            settings=LoopSettings(
                repeat_window_ms=int(settings.repeat_window_s * 1000),
                idle_lock_ms=int(settings.idle_lock_s * 1000),
                language=settings.language,
                duties=duties_in(settings.scanner),
                pauses_close=closed_by_pauses(settings.scanner),
                volume=settings.sound.volume,
                volumes=settings.sound.volumes if self._sound.is_ready else (),
            ),
            wake=self._wake,
            beat=self._heartbeat.alive,
            make_room=self._card.make_room,
            own_pay=OwnPay(self._pay_asker.ask if self._pay_asker else None),
        )

    def _make_pay_asker(self) -> "PayAsker | None":
        if not self._has_hub:
            return None
        # Imported when there is a hub to talk to: a kiosk without one starts sooner.
        from kiosk.hub_client import HubClient  # noqa: PLC0415
        from kiosk.pay_asker import PayAsker  # noqa: PLC0415 for the same reason

        return PayAsker(HubClient(self._hub_address()), self._take)

    @property
    def _has_hub(self) -> bool:
        return not self._settings.practice and bool(self._identity.hub_url and self._identity.key)

    def _hub_address(self) -> "HubAddress":
        from kiosk.hub_client import HubAddress  # noqa: PLC0415 a kiosk without a hub starts sooner

        identity = self._identity
        return HubAddress(
            url=identity.hub_url, plant=identity.plant, device=identity.device, key=identity.key
        )

    def _make_sync(self) -> "Sync | None":
        if not self._has_hub:
            return None
        # Imported when there is a hub to talk to: a kiosk without one starts sooner.
        from kiosk.hub_client import HubClient  # noqa: PLC0415
        from kiosk.sync import Sync  # noqa: PLC0415 for the same reason

        client = HubClient(self._hub_address())
        sync = Sync(
            self.store,
            client,
            now=self._clock.now,
            monotonic_s=self._monotonic_s,
            on_change=self._hub_changed,
            retention_days=self._settings.retention_days,
            give_way=self.loop.wait_for_rest,
            buddy=self._make_buddy(client),
        )
        self._status.lease_left_s = sync.lease.left_s
        self._status.contact = lambda: sync.connectivity.last_answer
        return sync

    def _make_photo_sync(self) -> "PhotoSync | None":
        """Build what sends photos, also where the camera is gone by now: what waits is sent."""
        sync = self._sync
        if sync is None:
            return None
        from kiosk.hub_client import HubClient  # noqa: PLC0415 as for the sync
        from kiosk.photo_sync import PhotoSync  # noqa: PLC0415 as for the sync

        return PhotoSync(
            self._photos,
            HubClient(self._hub_address()),
            may_send=lambda: sync.connectivity.state == "online" and not self.store.log.pending,
            monotonic_s=self._monotonic_s,
        )

    def _make_buddy(self, hub: "HubClient") -> "Buddy | None":
        """Build the exchange with the neighbour kiosk, if one is named; its door too, if it leaves copies here."""
        table, identity = self._settings.buddy, self._identity
        if not table.neighbour:
            return None
        from kiosk.buddy import Buddy  # noqa: PLC0415 most kiosks have no neighbour
        from kiosk.buddy_door import BuddyDoor  # noqa: PLC0415
        from kiosk.shelf import Shelf  # noqa: PLC0415

        shelf = Shelf(self._settings.data, table.keep_mb * 1024 * 1024)
        buddy = Buddy(
            self.store,
            hub,
            shelf,
            plant=identity.plant,
            neighbour=table.neighbour,
            address=table.address,
            key=identity.key,
            monotonic_s=self._monotonic_s,
        )
        if table.port:
            self._door = BuddyDoor(
                shelf, plant=identity.plant, neighbour=table.neighbour, shared_key=buddy.shared_key
            )
        return buddy

    def _open_door(self) -> None:
        """Let the neighbour in. Raises StartError."""
        if self._door:
            table = self._settings.buddy
            try:
                self._door.start(table.host, table.port)
            except OSError as error:
                raise StartError(f"端口 / port {table.host}:{table.port} ([buddy]): {error}") from error

    def _monotonic_s(self) -> float:
        return self._clock.monotonic_ms() / 1000

    def _hub_changed(self, connectivity: "Connectivity") -> None:
        key = f"hub.{connectivity.reason}"
        says = Words(key=key if has_words(key) else "hub.refused") if connectivity.reason else None
        self.loop.offer(HubReport(state=connectivity.state, contact=connectivity.last_answer, says=says))

    def _wake(self, whom: Literal["sync", "printers", "card"]) -> None:
        match whom:
            case "printers":
                self._devices.wake_printers()
            case "card":
                self._card.wake()
            case "sync":
                if self._sync:
                    self._sync.wake()


def run(
    settings: KioskSettings,
    identity: Identity,
    *,
    heartbeat: Heartbeat | None = None,
    stopping: threading.Event | None = None,
    starts: int = 0,
    on_ready: Callable[[int], None] = lambda _port: None,
    on_settled: Callable[[], None] = lambda: None,
    settled_s: float = 60.0,
    release: OwnRelease | None = None,
) -> None:
    """Run a kiosk until `stopping` is set. Raises StartError, SettingsError.

    `starts`: how many starts before this one did not last. `on_ready` is told the page's port, `on_settled` that the
    kiosk has worked for `settled_s`, or was stopped by intent. `release`: the one it runs from; on trial, it signs
    there once the scan path has turned for long enough.
    """
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    heart, end = heartbeat or Heartbeat(), stopping or threading.Event()
    trial = TrialWatch(release or OwnRelease())
    kiosk = Kiosk(settings, identity, heartbeat=heart, starts=starts, release=release)
    try:
        kiosk.start()
        # What is here now stays: the collector need not walk through it in the middle of a scan.
        gc.collect()
        gc.freeze()
        heart.ready(kiosk.address)
        on_ready(int(kiosk.address.rpartition(":")[2] or 0))
        _say_ready(kiosk, identity)
        until_s = time.monotonic() + settled_s
        while not end.wait(SIGNAL_LOOK_S) and time.monotonic() < until_s:
            trial.look(heart.steady_s)
        on_settled()
        while not end.wait(SIGNAL_LOOK_S):
            trial.look(heart.steady_s)
    finally:
        kiosk.stop()


def _say_ready(kiosk: Kiosk, identity: Identity) -> None:
    name = f"{identity.plant}/{identity.device}"
    print(f"noac kiosk {name} ready: {kiosk.address or 'no page'}", flush=True)  # noqa: T201 the one line it says


def _software() -> str:
    try:
        return f"noac {version('noac')}"
    except PackageNotFoundError:
        return "noac (source tree)"
