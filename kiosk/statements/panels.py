"""Panels were cut anew for pieces a bundle had lost; they are done again where those were lost."""

from collections.abc import Mapping, Sequence

from domain.events.production import PanelsReplaced
from domain.panels import losses, why_not_replaced
from domain.problem import Problem, refusal
from domain.route import OperationCode
from kiosk.activity import Desk
from kiosk.parts import Choice, Words
from kiosk.state import State
from kiosk.statement import Blank, Said, Statement, chosen, counted, of_bundle
from kiosk.work.operations import operation_name, reason_choices


def _blanks(state: State, desk: Desk) -> Sequence[Blank]:
    """Ask for the bundle, where its pieces were lost, how many are cut anew, from which roll, and why."""
    draft = state.work.draft
    progress = desk.floor.progress(draft.bundle) if draft.bundle else None
    lost = losses(progress) if progress else {}
    told = draft.telling({"lost_at": next(iter(lost))}) if len(lost) == 1 else draft
    where = [
        Choice(value=code, title=operation_name(code, desk), badge=str(pieces))
        for code, pieces in lost.items()
    ]
    roll = draft.told.get("roll", "")
    is_dyed = bool(progress and progress.bundle.shade)
    return (
        of_bundle(draft),
        chosen("lost_at", where, told),
        counted("panels", draft),
        Blank(name="roll", code=roll, reads=roll, scans=frozenset({"roll"}), is_needed=is_dyed),
        chosen("remake_reason", reason_choices("remake", desk), draft, can_type=True),
    )


def _said(state: State, filled: Mapping[str, Blank], desk: Desk) -> Said | Problem:
    """Record them, where so many were lost and the roll is of the bundle's dye lot."""
    progress = desk.floor.progress(state.work.draft.bundle)
    if progress is None:
        return refusal("unknown_bundle", bundle=state.work.draft.bundle)
    roll, operation = filled["roll"].code, OperationCode(filled["lost_at"].code)
    unit = desk.knowledge.handling_unit(roll) if roll else None
    shades = {one.goods.lot for one in unit.contents} if unit else set[str]()
    pieces = int(filled["panels"].code)
    if problem := why_not_replaced(progress, operation, pieces, shades):
        return problem
    event = PanelsReplaced(
        bundle=progress.bundle.serial,
        operation=operation,
        pieces=pieces,
        reason=filled["remake_reason"].spoken(desk),
        roll=roll,
        shade=progress.bundle.shade if roll else "",
    )
    told = {
        "bundle": progress.bundle.serial,
        "pieces": str(pieces),
        "operation": operation_name(operation, desk),
    }
    return Said(event=event, numbers=state.numbers, says=Words(key="said.panels_replaced", parameters=told))


STATEMENT = Statement(rank=8, icon="plus", blanks=_blanks, said=_said)
