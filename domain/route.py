"""Routes 工艺路线: the operations goods go through, partly side by side, and where parts come together. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import NewType

from msgspec import Struct

from domain.names import Names
from domain.problem import Problem, refusal

OperationCode = NewType("OperationCode", str)
STEPS_MAX = 200
"""The longest route: twice what the most involved jacket takes."""


class Flow(StrEnum):
    """What a route makes: anything with a hand-over at its end is one, and may be sold or go into the next."""

    WEAVING = "weaving"
    GARMENT = "garment"
    COLLAR = "collar"
    FINISHING = "finishing"


class ProcessKind(StrEnum):
    """What a process is there for (IATF 16949): the customer, its support, or its management."""

    CUSTOMER_ORIENTED = "COP"
    SUPPORT = "SP"
    MANAGEMENT = "MP"


class Operation(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something done to goods at a station. `qualification`: what a person must have learnt for it, if anything.

    `has_own_pay`: it is paid by the piece. `is_inspection`: whoever does it answers for what is let through.
    `makes_bundles`: it cuts lays into bundles.
    """

    code: OperationCode
    names: Names
    flow: Flow
    process_kind: ProcessKind = ProcessKind.CUSTOMER_ORIENTED
    workshop: str = ""
    qualification: str = ""
    has_own_pay: bool = True
    is_inspection: bool = False
    makes_bundles: bool = False


class Step(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One operation of a route.

    `after`: what has to be finished before. `takes`: the components that come in, more than one where they are joined;
    `makes`: what they are called from then on, the first of them where empty. `standard_minutes`: SMV, minutes a piece
    at rating 100. `plant`: where it is another plant's.
    """

    operation: OperationCode
    after: tuple[OperationCode, ...] = ()
    takes: tuple[str, ...] = ()
    makes: str = ""
    standard_minutes: Decimal = Decimal(0)
    plant: str = ""

    @property
    def is_join(self) -> bool:
        """Tell whether several components come together here."""
        return len(self.takes) > 1

    @property
    def comes_out(self) -> str:
        """Return what the component is called behind this step; empty where the route knows only whole pieces."""
        return self.makes or (self.takes[0] if self.takes else "")


class Route(Struct, frozen=True, kw_only=True, omit_defaults=True, dict=True):
    """The way one style goes, in one version: work in hand stays with the version it began with."""

    code: str
    version: int
    flow: Flow
    steps: tuple[Step, ...]

    @cached_property
    def by_operation(self) -> Mapping[OperationCode, Step]:
        """Return each step by its operation."""
        return {step.operation: step for step in self.steps}

    @cached_property
    def _following(self) -> Mapping[OperationCode, tuple[Step, ...]]:
        return {
            step.operation: tuple(one for one in self.steps if step.operation in one.after)
            for step in self.steps
        }

    def next_of(self, operation: OperationCode) -> tuple[Step, ...]:
        """Return the customers of an operation: the steps that take over from it. None at the end of the route."""
        return self._following.get(operation, ())

    def takes_part(self, operation: OperationCode, component: str) -> bool:
        """Tell whether a component goes through an operation at all; what a join makes goes through the join."""
        step = self.by_operation.get(operation)
        if step is None:
            return False
        return not step.takes or component in step.takes or (step.is_join and component == step.comes_out)

    def all_before(self, operation: OperationCode) -> tuple[OperationCode, ...]:
        """Return every operation that comes somewhere before one, in the route's order."""
        return self._all_before.get(operation, ())

    def before(self, operation: OperationCode) -> frozenset[OperationCode]:
        """Return the same as a set."""
        return self._before.get(operation, frozenset())

    @cached_property
    def _before(self) -> Mapping[OperationCode, frozenset[OperationCode]]:
        return {code: frozenset(codes) for code, codes in self._all_before.items()}

    def all_after(self, operation: OperationCode) -> tuple[OperationCode, ...]:
        """Return every operation that comes somewhere after one, in the route's order."""
        return self._all_after.get(operation, ())

    @cached_property
    def _all_before(self) -> Mapping[OperationCode, tuple[OperationCode, ...]]:
        return {step.operation: self._reached(step.after) for step in self.steps}

    @cached_property
    def _all_after(self) -> Mapping[OperationCode, tuple[OperationCode, ...]]:
        return {
            step.operation: tuple(
                one.operation for one in self.steps if step.operation in self.all_before(one.operation)
            )
            for step in self.steps
        }

    def _reached(self, begin: Iterable[OperationCode]) -> tuple[OperationCode, ...]:
        found: set[OperationCode] = set()
        waiting = list(begin)
        while waiting:
            one = waiting.pop()
            if one not in found and one in self.by_operation:
                found.add(one)
                waiting += self.by_operation[one].after
        return tuple(step.operation for step in self.steps if step.operation in found)


def route_key(code: str, version: int) -> str:
    """Return what one version of a route is known by: `POLO/2`."""
    return f"{code}/{version}"


def flaws(route: Route) -> tuple[Problem, ...]:
    """Say everything that makes a route one that nothing can go through."""
    known = route.by_operation
    if not route.steps or len(route.steps) > STEPS_MAX:
        return (refusal("route_length", route=route.code, most=STEPS_MAX),)
    found = [
        refusal("route_twice", route=route.code, operation=code)
        for code in _twice(step.operation for step in route.steps)
    ]
    found += [
        refusal("route_unknown_before", route=route.code, operation=step.operation, before=before)
        for step in route.steps
        for before in step.after
        if before not in known
    ]
    if not found and (round_about := _circle(route.steps)):
        found.append(refusal("route_circle", route=route.code, operations=" → ".join(round_about)))
    if not found:
        found += [
            refusal("route_never_made", route=route.code, operation=step.operation, component=component)
            for step in route.steps
            for component in step.takes
            if step.after and not any(known[before].comes_out in ("", component) for before in step.after)
        ]
    return tuple(found)


def _twice(codes: Iterable[OperationCode]) -> list[OperationCode]:
    seen: set[OperationCode] = set()
    return [code for code in codes if code in seen or seen.add(code)]


def _circle(steps: Sequence[Step]) -> list[OperationCode]:
    """Return the operations that wait for each other; none where every one can be reached."""
    waiting = {step.operation: set(step.after) for step in steps}
    while free := [code for code, before in waiting.items() if not before]:
        for code in free:
            del waiting[code]
        for before in waiting.values():
            before.difference_update(free)
    if not waiting:
        return []
    code = min(waiting)
    walked: list[OperationCode] = []
    while code not in walked:
        walked.append(code)
        code = min(waiting[code])
    return [*walked[walked.index(code) :], code]
