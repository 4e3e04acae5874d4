"""What happens on the production floor: bundles are cut, checked in, finished, handed over, split and joined.

Every event names its bundle, operation and job, so that it can be read by itself. The envelope's `operator` is who was
signed on, its `device` the station.
"""

from typing import Literal

from msgspec import Struct

from domain.bundle import Bundle, BundleSerial, Tally
from domain.event import Event
from domain.handoff import Defect, Handoff, Leg
from domain.job import Share
from domain.quantity import Quantity
from domain.route import OperationCode

BUNDLES_CUT_MAX = 100
"""Bundles one event tells of; a lay with more is told of in several."""

CallKind = Literal["help", "material", "mechanic", "quality"]


class RollSpread(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A roll that went into a lay. `shade` is its dye lot; `used` and `remnant` are lengths."""

    roll: str
    shade: str
    plies: int
    used: Quantity
    remnant: Quantity | None = None


class LaySpread(Event, frozen=True, kw_only=True, omit_defaults=True):
    """A lay was spread for an order: from which rolls, how many plies of each, from the bottom up."""

    lay: str
    order: str
    style: str
    colour: str
    rolls: tuple[RollSpread, ...]
    marker: str = ""


class BundlesCut(Event, frozen=True, kw_only=True, omit_defaults=True):
    """Bundles were cut from a lay, at most BUNDLES_CUT_MAX in one event."""

    lay: str
    bundles: tuple[Bundle, ...]


class TicketRenewed(Event, frozen=True, kw_only=True, omit_defaults=True):
    """A bundle's ticket was printed anew: copy number `copy` is the live one, every older one is void."""

    bundle: BundleSerial
    copy: int
    reason: str


class BundlesRemade(Event, frozen=True, kw_only=True, omit_defaults=True):
    """Bundles became others, with every piece (law L7): `parents` are closed, `bundles` live from now on."""

    act: Literal["split", "merged", "joined"]
    parents: tuple[BundleSerial, ...]
    bundles: tuple[Bundle, ...]
    operation: OperationCode = OperationCode("")
    reason: str = ""


class PanelsReplaced(Event, frozen=True, kw_only=True, omit_defaults=True):
    """Pieces an operation had told of as lost were cut anew, and are to be done there again."""

    bundle: BundleSerial
    operation: OperationCode
    pieces: int
    reason: str
    roll: str = ""
    shade: str = ""


class JobStarted(Event, frozen=True, kw_only=True, omit_defaults=True):
    """People checked in on a bundle, and with that took it over from the operations in `accepts`.

    `copy` is the ticket's number as scanned. `pieces` is what they begin on. `unheard`: operations that should have
    finished it before, of which this station had not heard, being out of touch with the hub.
    """

    job: str
    bundle: BundleSerial
    operation: OperationCode
    copy: int
    pieces: int
    people: tuple[str, ...]
    accepts: tuple[OperationCode, ...] = ()
    unheard: tuple[OperationCode, ...] = ()
    confirmed: tuple[str, ...] = ()


class JobCrewChanged(Event, frozen=True, kw_only=True, omit_defaults=True):
    """Others work on a job from here on. `done`: pieces that were good by then, for whom they are."""

    job: str
    bundle: BundleSerial
    operation: OperationCode
    act: Literal["joined", "left", "taken_over"]
    people: tuple[str, ...]
    done: tuple[Share, ...] = ()


class JobPaused(Event, frozen=True, kw_only=True, omit_defaults=True):
    """Work on a bundle stands still. `reason` is a reason code."""

    job: str
    bundle: BundleSerial
    operation: OperationCode
    reason: str


class JobResumed(Event, frozen=True, kw_only=True, omit_defaults=True):
    """Work on a bundle goes on."""

    job: str
    bundle: BundleSerial
    operation: OperationCode


class JobFinished(Event, frozen=True, kw_only=True, omit_defaults=True):
    """Work on a bundle is done, and each of its pieces accounted for. `told.received` is not said here.

    `shares`: whose the good pieces are. `requirements_version`: the list of the next step that was shown.
    """

    job: str
    bundle: BundleSerial
    operation: OperationCode
    told: Tally
    shares: tuple[Share, ...] = ()
    defects: tuple[Defect, ...] = ()
    requirements_version: int = 0


class JobUndone(Event, frozen=True, kw_only=True, omit_defaults=True):
    """A check-in or a finish was taken back. The envelope's `corrects` names the original event."""

    job: str
    bundle: BundleSerial
    operation: OperationCode
    act: Literal["start", "finish"]


class HandoffJudged(Event, frozen=True, kw_only=True, omit_defaults=True):
    """The next operation said more than its check-in says by itself.

    `job` is the check-in it belongs to; empty where none was begun. Its verdict stands instead of the check-in's.
    """

    handoff: Handoff
    job: str = ""
    people: tuple[str, ...] = ()


class GoodsSent(Event, frozen=True, kw_only=True, omit_defaults=True):
    """Bundles set out for another workshop or plant."""

    leg: Leg
    bundles: tuple[BundleSerial, ...]
    operation: OperationCode
    destination: str


class CallMade(Event, frozen=True, kw_only=True, omit_defaults=True):
    """Somebody called from a station: for help, material, a mechanic or quality."""

    call: str
    kind: CallKind
    operation: OperationCode = OperationCode("")
    bundle: BundleSerial = BundleSerial("")
    reason: str = ""


class CallAnswered(Event, frozen=True, kw_only=True, omit_defaults=True):
    """Somebody came. `is_over`: what was called for is settled."""

    call: str
    is_over: bool = False


class WorkStopped(Event, frozen=True, kw_only=True, omit_defaults=True):
    """A station stands still: a break of its people, or a stoppage (machine, material, power …)."""

    stoppage: str
    kind: Literal["break", "stoppage"]
    reason: str = ""


class WorkResumed(Event, frozen=True, kw_only=True, omit_defaults=True):
    """A station works again."""

    stoppage: str
