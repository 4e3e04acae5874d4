"""Work may go on: a hold that stands is lifted, here at once, hub or not."""

from collections.abc import Mapping, Sequence

from domain.events.quality import HoldLifted
from domain.inspection import spoken_reason
from domain.problem import Problem
from domain.quality_saying import QUALITY_ACTS
from domain.shop import Hold
from kiosk.activity import Desk
from kiosk.parts import Choice, Words
from kiosk.state import State
from kiosk.statement import Blank, Said, Statement, chosen
from kiosk.work.operations import person_name, reason_choices

HOLDS_SHOWN_MAX = 100


def _waits(desk: Desk) -> int:
    """Count what stands still."""
    return len(desk.floor.holds(HOLDS_SHOWN_MAX))


def _blanks(state: State, desk: Desk) -> Sequence[Blank]:
    """Ask which hold, by its row or by the ticket or roll it is on, and why it may go on."""
    draft, standing = state.work.draft, desk.floor.holds(HOLDS_SHOWN_MAX)
    of_thing = [one.name for one in _on_thing(state, standing, desk)]
    told = draft.telling({"hold": of_thing[0]}) if of_thing and not draft.told.get("hold") else draft
    hold = chosen("hold", [_choice(one, desk) for one in standing], told)
    return (
        Blank(
            name="hold",
            code=hold.code,
            reads=hold.reads,
            scans=frozenset({"ticket", "roll"}),
            choices=hold.choices,
        ),
        chosen("lift_reason", reason_choices("lift", desk), draft, can_type=True),
    )


def _on_thing(state: State, standing: Sequence[Hold], desk: Desk) -> list[Hold]:
    """Return what holds the bundle or roll that was scanned."""
    draft = state.work.draft
    progress = desk.floor.progress(draft.bundle) if draft.bundle else None
    keys = {("roll", draft.told.get("roll", ""))}
    if progress:
        bundle = progress.bundle
        keys |= {("bundle", bundle.serial), ("shade", bundle.shade), ("order", bundle.order)}
    return [one for one in standing if (one.scope, one.key) in keys]


def _choice(hold: Hold, desk: Desk) -> Choice:
    told = {
        "reason": spoken_reason(hold.reason),
        "name": person_name(hold.person, desk),
        "time": f"{hold.since.astimezone():%m-%d %H:%M}",
    }
    return Choice(
        value=hold.name,
        title=hold.key,
        badge=f"hold_scope.{hold.scope}",
        detail=Words(key="hold.row", parameters=told),
    )


def _said(state: State, filled: Mapping[str, Blank], desk: Desk) -> Said | Problem:
    """Lift it."""
    event = HoldLifted(hold=filled["hold"].code, reason=filled["lift_reason"].spoken(desk))
    says = Words(key="said.lifted", parameters={"key": filled["hold"].reads})
    return Said(event=event, numbers=state.numbers, says=says)


STATEMENT = Statement(
    rank=3, icon="retry", blanks=_blanks, said=_said, right=QUALITY_ACTS["lift"], waits=_waits
)
