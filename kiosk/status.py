"""The line that is always on screen: who, where, hub, what waits, how old the data are, how the devices are."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Literal

from msgspec import Struct

from domain.problem import Problem, fault, info
from domain.scanner_duty import ScannerDuty
from drivers.device import DeviceState
from drivers.job import PrinterHealth
from drivers.lamp import LampStatus
from drivers.scale import ScaleStatus
from drivers.scanner import ScannerStatus
from kiosk.activity import Desk
from kiosk.card import CardReport
from kiosk.duty import in_force, says
from kiosk.scanner_tables import CameraScan
from kiosk.screen import DeviceHealth, DeviceKind, Frame, Words
from kiosk.store.dispositions import parked
from kiosk.store.store import Store

REFERENCE_FRESH_S = 24 * 3600
"""Reference data younger than this are good enough to lose the hub now."""

CLOCK_BEHIND_S = 300
"""A clock further than this behind what the hub said before cannot be right: it stood still, or has no battery."""

ReaderStatus = ScannerStatus | ScaleStatus | LampStatus
"""What a device says that is there, or is not, and has no queue."""

TEMPLATES_NAMED_MAX = 2
"""Own templates of the plant that are named as of no use to this version."""
LABELS_ASKED_ABOUT = timedelta(days=1)
"""So long people are asked to look for a label of which the printer could not say whether it came out."""

KINDS: Mapping[type[ReaderStatus], DeviceKind] = {
    ScannerStatus: "scanner",
    ScaleStatus: "scale",
    LampStatus: "lamp",
}


class HubReport(Struct, frozen=True, kw_only=True, tag="hub_report"):
    """How the hub is, from the thread that talks to it. `contact` is the last time it answered as it should."""

    state: Literal["online", "slow", "offline"]
    contact: datetime | None = None
    says: Words | None = None


class Status:
    """What the frame needs to know of the world around; changed only by the loop."""

    def __init__(
        self,
        store: Store,
        *,
        scanners: Sequence[str],
        printers: Sequence[str],
        scales: Sequence[str] = (),
        lamps: Sequence[str] = (),
        camera: str = "",
        camera_scan: CameraScan = "without_scanner",
        is_practice: bool,
    ) -> None:
        """`camera`: which scanner is the page's camera; it is known once a page has one."""
        self._store = store
        self._camera, self._camera_scan = camera, camera_scan
        self._is_practice = is_practice
        self.hub = HubReport(state="offline")
        self.contact: Callable[[], datetime | None] = lambda: self.hub.contact
        """When the hub last answered; told anew for every screen, since nothing else changes while all is well."""

        self.lease_left_s: Callable[[], float | None] = lambda: None
        """For how long the kiosk may still work without a word from the hub; None: it never talks to one."""

        self.stuck: Callable[[], Mapping[str, int]] = dict
        """The scanners that pour out codes now, with how many of them were not taken."""

        self.card = CardReport()
        self._states: dict[DeviceKind, dict[str, DeviceState]] = {
            "scanner": dict.fromkeys((one for one in scanners if one != camera), "searching"),
            "scale": dict.fromkeys(scales, "searching"),
            "lamp": dict.fromkeys(lamps, "searching"),
        }
        self._printers: dict[str, PrinterHealth | None] = dict.fromkeys(printers)

    @property
    def default_printer(self) -> str:
        """Return the printer labels go to: the first of the settings."""
        return next(iter(self._printers), "")

    @property
    def printers(self) -> tuple[str, ...]:
        """Return the printers of the settings, in their order."""
        return tuple(self._printers)

    @property
    def is_lease_over(self) -> bool:
        """Tell whether the hub was silent for so long that nobody new may sign on."""
        return self.lease_left_s() == 0

    def take(self, status: ReaderStatus) -> bool:
        """Keep a device's state; tell whether it is another one than before."""
        states = self._states[KINDS[type(status)]]
        before = states.get(status.device)
        states[status.device] = status.state
        return before != status.state

    def duties(self, declared: Mapping[str, ScannerDuty]) -> Mapping[str, ScannerDuty]:
        """Return what the scanners are for as long as each has another one beside it for the rest."""
        states = self._shown_states("scanner")
        return in_force(declared, [name for name, state in states.items() if state == "ready"])

    @property
    def offers_camera(self) -> bool:
        """Tell whether the page should offer to scan with its camera."""
        if not self._camera or self._camera_scan == "never":
            return False
        if self._camera_scan == "always":
            return True
        states = self._states["scanner"]
        is_alone = all(state != "ready" for name, state in states.items() if name != self._camera)
        return is_alone and states.get(self._camera) in ("ready", "error")

    def _shown_states(self, kind: DeviceKind) -> Mapping[str, DeviceState]:
        """Return how the devices are that count now: a camera that is not offered is no scanner."""
        is_left_out = kind == "scanner" and not self.offers_camera
        return {
            name: state
            for name, state in self._states[kind].items()
            if not (is_left_out and name == self._camera)
        }

    def take_printer(self, health: PrinterHealth) -> None:
        """Keep a printer's health."""
        self._printers[health.printer] = health

    def frame(self, desk: Desk) -> Frame:
        """Show everything as of now."""
        progress = self._store.reference.progress()
        reference_age_s = _age_s(desk.now, progress.hub_time)
        is_fresh = reference_age_s is not None and reference_age_s <= REFERENCE_FRESH_S
        return Frame(
            language=desk.language,
            station=desk.station.place,
            station_names=desk.station.names,
            operator=desk.operator.names if desk.operator else None,
            hub=self.hub.state,
            hub_age_s=_age_s(desk.now, self.contact()),
            hub_says=self.hub.says,
            pending=self._store.log.pending,
            parked=parked(self._store.connection),
            reference_age_s=reference_age_s,
            is_ready_offline=is_fresh and self._store.reference.is_complete(),
            is_practice=self._is_practice,
            devices=(
                *(
                    one
                    for kind in self._states
                    for one in _healths(kind, self._shown_states(kind), desk.duties, self._camera)
                ),
                *self._printer_healths(),
            ),
            alarms=tuple(self._alarms(desk.now, progress.hub_time)),
            offers_camera=self.offers_camera,
        )

    def _alarms(self, now: datetime, hub_time: datetime | None) -> list[Problem]:
        alarms: list[Problem] = []
        if self.is_lease_over:
            alarms.append(fault("lease_over", pending=self._store.log.pending))
        if self.card.state == "low":
            alarms.append(fault("card_low", events=self.card.events_left))
        alarms += [fault("trigger_stuck", device=name, count=count) for name, count in self.stuck().items()]
        alarms += self._label_alarms(now)
        is_denied = self._store.log.clock == "unsure" and self.contact() is not None
        is_behind = hub_time is not None and now < hub_time - timedelta(seconds=CLOCK_BEHIND_S)
        if is_denied or is_behind:
            alarms.append(info("clock_unsure", time=f"{now.astimezone():%Y-%m-%d %H:%M}"))
        return alarms

    def _label_alarms(self, now: datetime) -> Iterator[Problem]:
        """What somebody must do about labels: look for one, change the roll, scan the first of a batch."""
        if unknown := self._store.jobs.unknown_since(now - LABELS_ASKED_ABOUT):
            yield info("labels_unknown", count=unknown)
        for name in self._store.reference.strange_keys("label_template", TEMPLATES_NAMED_MAX):
            yield info("template_not_understood", label=f"label.template.{name}")
        for other in self._store.jobs.other_media():
            yield info("labels_other_media", printer=other.printer, media=other.media, count=other.labels)
        if unproven := self._store.jobs.unproven():
            yield info("labels_unproven", count=len(unproven))

    def _printer_healths(self) -> list[DeviceHealth]:
        healths: list[DeviceHealth] = []
        for name, health in self._printers.items():
            # A printer may name several obstacles; the first is the one to mend first.
            obstacle = (health.detail.partition(",")[0] or health.state) if health else "unreachable"
            is_on_hold = self._store.jobs.is_on_hold(name)
            healths.append(
                DeviceHealth(
                    name=name,
                    kind="printer",
                    is_ready=health is not None and health.state == "ready" and not is_on_hold,
                    warns=health is not None and health.state == "ready" and bool(health.detail),
                    says=Words(key=f"device.printer.{'on_hold' if is_on_hold else obstacle}"),
                    queued=self._store.jobs.queued(name),
                )
            )
        return healths


def _healths(
    kind: DeviceKind, states: Mapping[str, DeviceState], duties: Mapping[str, ScannerDuty], camera: str
) -> list[DeviceHealth]:
    """A scanner that is there says what it is for, where it is not for everything; a camera, that it is one."""
    healths: list[DeviceHealth] = []
    for name, state in states.items():
        is_ready = state == "ready"
        duty = duties.get(name) if kind == "scanner" and is_ready else None
        spoken = "camera" if kind == "scanner" and name == camera else kind
        words = (says(duty) if duty else None) or Words(key=f"device.{spoken}.{state}")
        healths.append(DeviceHealth(name=name, kind=kind, is_ready=is_ready, says=words))
    return healths


def _age_s(now: datetime, moment: datetime | None) -> int | None:
    return max(0, int((now - moment).total_seconds())) if moment else None
