"""Bundles 扎: pieces of one order, colour, size, shade and component that travel together, and where each piece is."""

from collections.abc import Sequence
from typing import NewType

from msgspec import Struct
from msgspec.structs import replace

from domain.problem import Problem, refusal
from domain.route import OperationCode

BundleSerial = NewType("BundleSerial", str)
PARTS_MAX = 20
"""So many bundles one is split into, or joined from."""


_COPIES = "123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
COPIES_MAX = len(_COPIES)
"""So often one ticket is printed; nobody needs more."""


def ticket_body(serial: BundleSerial, copy: int) -> str:
    """Return the body of the house code on a bundle's ticket: the serial, and one character for the copy.

    Raises ValueError for a copy that is not 1 to COPIES_MAX.
    """
    if not 1 <= copy <= COPIES_MAX:
        message = f"a ticket's copy is 1 to {COPIES_MAX}, not {copy}"
        raise ValueError(message)
    return f"{serial}{_COPIES[copy - 1]}"


def read_ticket(body: str) -> tuple[BundleSerial, int] | None:
    """Read the body of a ticket's code: the serial and the copy; None where it is no ticket's."""
    serial, copy = body[:-1], body[-1:]
    return (BundleSerial(serial), _COPIES.index(copy) + 1) if serial and copy and copy in _COPIES else None


class Bundle(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One bundle. `shade`: the dye lot all of it was cut from; `plies`: from which ply of the lay through which.

    `copy` is the number of the one live ticket 菲票: printing another makes every older copy void. `parents`: the
    bundles it was split or joined from; they are closed. `sent_back_to`: the operation that is to do it again, where it
    is what a customer did not take of its parent.
    """

    serial: BundleSerial
    order: str
    style: str
    colour: str
    size: str
    pieces: int
    component: str = ""
    shade: str = ""
    lay: str = ""
    plies: tuple[int, int] | None = None
    copy: int = 1
    parents: tuple[BundleSerial, ...] = ()
    sent_back_to: OperationCode = OperationCode("")


class Tally(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What became of the pieces that came to a step: each is counted exactly once (law L6).

    received = good + seconds 次品 + scrap 废品 + missing 缺数 + still in hand.
    """

    received: int = 0
    good: int = 0
    seconds: int = 0
    scrap: int = 0
    missing: int = 0

    @property
    def in_hand(self) -> int:
        """Return how many pieces the step still has to account for; below nothing where more was claimed than came."""
        return self.received - self.accounted

    @property
    def accounted(self) -> int:
        """Return how many pieces the step has told of."""
        return self.good + self.lost

    @property
    def lost(self) -> int:
        """Return how many pieces do not go on to the next step."""
        return self.seconds + self.scrap + self.missing

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            received=self.received + other.received,
            good=self.good + other.good,
            seconds=self.seconds + other.seconds,
            scrap=self.scrap + other.scrap,
            missing=self.missing + other.missing,
        )

    def __neg__(self) -> "Tally":
        return Tally(
            received=-self.received,
            good=-self.good,
            seconds=-self.seconds,
            scrap=-self.scrap,
            missing=-self.missing,
        )


def split(bundle: Bundle, parts: Sequence[tuple[BundleSerial, int]]) -> tuple[Bundle, ...] | Problem:
    """Return the bundles one is split into: together exactly its pieces (law L7); or why that cannot be.

    `parts`: a fresh serial for each, and how many pieces.
    """
    if not 1 < len(parts) <= PARTS_MAX or any(pieces <= 0 for _, pieces in parts):
        return refusal("split_parts", bundle=bundle.serial, most=PARTS_MAX)
    total = sum(pieces for _, pieces in parts)
    if total != bundle.pieces:
        return refusal("split_pieces", bundle=bundle.serial, pieces=bundle.pieces, total=total)
    return tuple(
        replace(bundle, serial=serial, pieces=pieces, plies=None, copy=1, parents=(bundle.serial,))
        for serial, pieces in parts
    )


def merge(bundles: Sequence[Bundle], serial: BundleSerial) -> Bundle | Problem:
    """Return the bundle that several of the same kind become: all of their pieces (law L7); or why that cannot be."""
    if problem := _why_apart(bundles, ("order", "colour", "size", "shade", "component")):
        return problem
    pieces = sum(one.pieces for one in bundles)
    parents = tuple(one.serial for one in bundles)
    return replace(bundles[0], serial=serial, pieces=pieces, plies=None, copy=1, parents=parents)


def join(bundles: Sequence[Bundle], component: str, serial: BundleSerial) -> Bundle | Problem:
    """Return what components become when they are sewn together, or why they do not belong together.

    Order, colour, size and shade must be the same, each component must be there once, and all with as many pieces.
    """
    if problem := _why_apart(bundles, ("order", "colour", "size", "shade")):
        return problem
    components = [one.component for one in bundles]
    if len(set(components)) < len(components):
        return refusal("joined_twice", component=next(one for one in components if components.count(one) > 1))
    pieces = {one.pieces for one in bundles}
    if len(pieces) > 1:
        counts = ", ".join(f"{one.component} {one.pieces}" for one in bundles)
        return refusal("joined_pieces", counts=counts)
    parents = tuple(one.serial for one in bundles)
    return replace(bundles[0], serial=serial, component=component, plies=None, copy=1, parents=parents)


def _why_apart(bundles: Sequence[Bundle], same: Sequence[str]) -> Problem | None:
    if not 1 < len(bundles) <= PARTS_MAX or len({one.serial for one in bundles}) < len(bundles):
        return refusal("together_parts", most=PARTS_MAX)
    first, *others = bundles
    for name in same:
        for other in others:
            if getattr(other, name) != getattr(first, name):
                return refusal(
                    "not_together",
                    what=f"bundle.{name}",
                    first=f"{first.serial} {getattr(first, name)}",
                    other=f"{other.serial} {getattr(other, name)}",
                )
    return None
