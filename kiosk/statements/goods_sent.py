"""Bundles set out for another workshop or plant: with whom, in what, how protected, in which condition."""

from collections.abc import Mapping, Sequence

from domain.events.production import GoodsSent
from domain.handoff import Leg
from domain.problem import Problem, refusal
from kiosk.activity import Desk
from kiosk.parts import Choice, Words
from kiosk.state import State
from kiosk.statement import Blank, Said, Statement, chosen
from kiosk.work.operations import operation_here
from kiosk.work.units import unit_choices

_PROTECTION = ("bag", "box", "trolley", "none")
_CONDITION = ("good", "damp", "dirty", "damaged")


def _blanks(state: State, desk: Desk) -> Sequence[Blank]:
    """Ask which bundles, where to, who carries them, in what, how protected, and how they are."""
    draft = state.work.draft
    bundles = ", ".join(draft.others)
    units = unit_choices(desk, (one for one in desk.floor.units() if one != desk.station.unit))
    in_hand = (
        Choice(value=one, title=one, icon="close", action="drop_ticket") for one in reversed(draft.others)
    )
    return (
        Blank(
            name="bundles",
            code=bundles,
            reads=f"{len(draft.others)}: {bundles}" if bundles else "",
            scans=frozenset({"tickets"}),
            choices=tuple(in_hand),
        ),
        chosen("sent_to", units, draft, can_type=True),
        chosen("carried_by", (), draft, can_type=True),
        chosen("container", (), draft, can_type=True, is_needed=False),
        chosen("protection", _own("protection", _PROTECTION), draft),
        chosen("condition", _own("condition", _CONDITION), draft),
    )


def _own(name: str, codes: Sequence[str]) -> tuple[Choice, ...]:
    return tuple(Choice(value=one, title=f"choice.{name}.{one}") for one in codes)


def _said(state: State, filled: Mapping[str, Blank], desk: Desk) -> Said | Problem:
    """Let them set out."""
    operation, bundles = operation_here(state, desk), state.work.draft.others
    if not operation:
        return refusal("operation_first")
    leg = Leg(
        carrier=filled["carried_by"].code,
        container=filled["container"].code,
        protection=filled["protection"].spoken(desk),
        condition=filled["condition"].spoken(desk),
    )
    destination = filled["sent_to"]
    event = GoodsSent(leg=leg, bundles=bundles, operation=operation, destination=destination.code)
    told = {"count": str(len(bundles)), "destination": destination.reads}
    return Said(event=event, numbers=state.numbers, says=Words(key="said.goods_sent", parameters=told))


STATEMENT = Statement(rank=9, icon="next", blanks=_blanks, said=_said)
