"""What bundles become: split, merged or joined, and no piece more or fewer by it (law L7). Pure.

As with all that has happened, nothing is refused: pieces the parents did not have are not counted, and pieces that were
not put into any new bundle are missing where it was done. Both are clashes, and somebody looks.
"""

from collections import Counter
from collections.abc import Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from domain.bundle import Bundle
from domain.events.production import BundlesRemade
from domain.job import Share, shared
from domain.progress import Behind, Progress
from domain.progress_fold import Clash, Folded, Told, after, cut, sent_back
from domain.route import OperationCode, Route


class TakenBack(Struct, frozen=True, kw_only=True):
    """Whose pieces of an operation are theirs no longer, for a customer sent them back (law L8)."""

    operation: OperationCode
    shares: tuple[Share, ...]


class Remade(Struct, frozen=True, kw_only=True):
    """What an event made of bundles: the `parents`, closed, the new `bundles`, and what of the event cannot be."""

    parents: tuple[Progress, ...]
    bundles: tuple[Progress, ...]
    clashes: tuple[Clash, ...] = ()
    taken_back: tuple[TakenBack, ...] = ()


def remade(parents: Sequence[Progress], event: BundlesRemade, told: Told, route: Route | None) -> Remade:
    """Return what becomes of bundles: each parent that is open gives all it has, and each new one takes its part."""
    folded = [after(parent, event, told, route) for parent in parents]
    givers = [one.progress for one, parent in zip(folded, parents, strict=True) if not parent.became]
    has = _pieces(parents, givers)
    stock = _Stock(givers, route, pieces=min(has.values(), default=0))
    born = [stock.give(bundle) for bundle in event.bundles]
    clashes = [clash for one in folded for clash in one.clashes]
    told_of = sum(bundle.pieces for bundle in event.bundles)
    if wrong := max(told_of, *has.values()) - stock.given:
        clashes.append(Clash(code="remade_pieces", operation=event.operation, pieces=wrong))
    return Remade(
        parents=_with_missing([one.progress for one in folded], givers, event.operation, has, stock.given),
        bundles=tuple(one.progress for one in born),
        clashes=tuple(clashes),
        taken_back=tuple(
            TakenBack(operation=one.taken_back_at, shares=one.taken_back) for one in born if one.taken_back
        ),
    )


class _Stock:
    """What the parents have to give, and what they had gone through: first come, first served."""

    def __init__(self, givers: Sequence[Progress], route: Route | None, *, pieces: int) -> None:
        self._pieces, self.given = pieces, 0
        self._behind = [
            _behind(operation, givers, route)
            for operation in dict.fromkeys(
                work.operation for giver in givers for work in (*giver.behind, *giver.jobs)
            )
        ]

    def give(self, bundle: Bundle) -> Folded:
        """Return a new bundle with what is left for it; what a customer did not take goes back at once."""
        pieces = max(0, min(bundle.pieces, self._pieces - self.given))
        self.given += pieces
        parts = [_part(one, pieces) for one in self._behind]
        self._behind = [_rest(one, part) for one, part in zip(self._behind, parts, strict=True)]
        behind = tuple(part for part in parts if part.pieces)
        progress = replace(cut(bundle), lacking=bundle.pieces - pieces, behind=behind)
        back = bundle.sent_back_to
        return sent_back(progress, back, progress.had_behind(back)) if back else Folded(progress=progress)


def _pieces(parents: Sequence[Progress], givers: Sequence[Progress]) -> Mapping[str, int]:
    """Return how many pieces there are of each component; none of one whose bundle was closed before."""
    has = dict.fromkeys((one.bundle.component for one in parents), 0)
    for one in givers:
        has[one.bundle.component] += one.live()
    return has


def _behind(operation: OperationCode, givers: Sequence[Progress], route: Route | None) -> Behind:
    """Return how many pieces an operation had done of every component that goes through it, and whose they are."""
    concerned = [one for one in givers if route is None or route.takes_part(operation, one.bundle.component)]
    through = dict.fromkeys((one.bundle.component for one in concerned), 0)
    theirs: Counter[str] = Counter()
    for one in concerned:
        through[one.bundle.component] += one.through(operation, route)
        theirs.update({share.person: share.pieces for share in one.whose(operation)})
    shares = tuple(Share(person=person, pieces=pieces) for person, pieces in theirs.items())
    return Behind(operation=operation, pieces=min(through.values(), default=0), shares=shares)


def _part(behind: Behind, pieces: int) -> Behind:
    taken = min(pieces, behind.pieces)
    return replace(behind, pieces=taken, shares=shared(taken, behind.shares))


def _rest(behind: Behind, part: Behind) -> Behind:
    """Return what is left when a part was given: of nobody's pieces more than they made, however they are divided."""
    gone = {share.person: share.pieces for share in part.shares}
    shares = (replace(one, pieces=one.pieces - gone.get(one.person, 0)) for one in behind.shares)
    return replace(
        behind, pieces=behind.pieces - part.pieces, shares=tuple(one for one in shares if one.pieces)
    )


def _with_missing(
    parents: Sequence[Progress],
    givers: Sequence[Progress],
    operation: OperationCode,
    has: Mapping[str, int],
    given: int,
) -> tuple[Progress, ...]:
    """Return the parents with what went into no new bundle told as missing, the last one of each component first."""
    over = {component: pieces - given for component, pieces in has.items()}
    open_ones = {one.bundle.serial for one in givers}
    found: list[Progress] = []
    for one in reversed(parents):
        component = one.bundle.component
        less = min(over[component], one.live()) if one.bundle.serial in open_ones else 0
        over[component] -= less
        missed = {**one.missed, operation: one.missed.get(operation, 0) + less}
        found.append(replace(one, missed=missed) if less else one)
    return tuple(reversed(found))
