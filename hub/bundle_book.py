"""Bundles while a batch is booked: each is read and decoded once, folded in memory, and written once with the batch."""

from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec
from sqlalchemy import Connection, bindparam, select

from domain.bundle import BundleSerial
from domain.log import Envelope
from domain.progress import Progress
from hub.overlay import Overlay, Trail
from hub.store.bulk import Row, Write
from hub.store.production_tables import bundles

HELD_MAX = 5_000
"""Bundles remembered from batch to batch: a progress is some kilobytes."""
ASKED_MAX = 500
"""Bundles in one question to the database."""


class HeldBundle(msgspec.Struct, frozen=True, gc=False):
    """A bundle as the hub has it. `unit`: of the first station that checked it in; `made_at`: cut, or made anew."""

    progress: Progress
    unit: str
    made_at: str
    position: int


class _Concerns(msgspec.Struct, frozen=True):
    """As much of a fact as says which bundle it is about."""

    bundle: str = ""
    handoff: "_Concerns | None" = None
    parents: tuple[str, ...] = ()


_about = msgspec.json.Decoder(_Concerns)
_progress = msgspec.json.Decoder(Progress)
_encoder = msgspec.json.Encoder(order="sorted")


class BundleBook(Overlay[BundleSerial, HeldBundle]):
    """The bundles of one plant."""

    def __init__(self, plant: str, connection: Callable[[], Connection], trail: Trail) -> None:
        super().__init__(self._read, trail)
        self._plant, self._connection = plant, connection
        column = bundles.c
        read = (column.serial, column.unit, column.made_at, column.position, column.progress_json)
        self._one = select(*read).where(
            column.plant == bindparam("plant"), column.serial == bindparam("serial")
        )
        self._several = select(*read).where(
            column.plant == bindparam("plant"), column.serial.in_(bindparam("serials", expanding=True))
        )

    def begin(self) -> None:
        if len(self._values) > HELD_MAX:
            remembers, self.remembers = self.remembers, False
            super().begin()
            self.remembers = remembers

    def foresee_those_of(self, batch: Sequence[Envelope], types: frozenset[str]) -> None:
        """Read at once the bundles that a batch's events of these types are about."""
        wanted: dict[BundleSerial, None] = {}
        for envelope in batch:
            if envelope.type in types:
                for serial in _concerned(envelope):
                    wanted[serial] = None
        self.foresee(wanted, self._read_several)

    def take(self) -> Iterable[Write]:
        super().take()
        held = (self._values.get(serial) for serial in self._handed_over)
        return (Write(table=bundles, rows=sorted(self._row(one) for one in held if one is not None)),)

    def _row(self, held: HeldBundle) -> Row:
        progress, bundle = held.progress, held.progress.bundle
        return (
            self._plant,
            bundle.serial,
            bundle.order,
            bundle.style,
            bundle.colour,
            bundle.size,
            bundle.component,
            bundle.shade,
            bundle.lay,
            progress.pieces,
            progress.live(),
            bundle.copy,
            bool(progress.became),
            held.unit,
            held.made_at,
            held.position,
            _encoder.encode(progress).decode(),
        )

    def _read(self, serial: BundleSerial) -> HeldBundle | None:
        row = self._connection().execute(self._one, {"plant": self._plant, "serial": serial}).first()
        return _held(*row) if row else None

    def _read_several(self, serials: Sequence[BundleSerial]) -> Mapping[BundleSerial, HeldBundle]:
        found: dict[BundleSerial, HeldBundle] = {}
        for start in range(0, len(serials), ASKED_MAX):
            asked = {"plant": self._plant, "serials": serials[start : start + ASKED_MAX]}
            for row in self._connection().execute(self._several, asked):
                found[BundleSerial(row[0])] = _held(*row)
        return found


def _held(_serial: str, unit: str, made_at: str, position: int, progress_json: str) -> HeldBundle:
    return HeldBundle(_progress.decode(progress_json), unit, made_at, position)


def _concerned(envelope: Envelope) -> Iterable[BundleSerial]:
    try:
        about = _about.decode(envelope.fact)
    except msgspec.DecodeError:
        return ()  # booking it says what is wrong
    of_handoff = about.handoff.bundle if about.handoff else ""
    return [BundleSerial(one) for one in (about.bundle, of_handoff, *about.parents) if one]
