"""The own pay of whoever stands here, as the hub told it while they look: in memory, and gone when they go.

Nothing of it is ever written to the disk.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from msgspec import Struct

from domain.pay_sheet import PaySheet


class PayReport(Struct, frozen=True, kw_only=True, tag="pay_report"):
    """What came of asking for somebody's pay; without a sheet the hub is away."""

    person: str
    sheet: PaySheet | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PaySeen:
    """What is known here of the pay of whoever looks at it; `person` is empty while nobody does."""

    person: str = ""
    state: Literal["asking", "here", "away"] = "away"
    sheet: PaySheet | None = None


NOBODYS = PaySeen()
"""Nobody looks at their pay."""


class OwnPay:
    """Follows whose pay is looked at: asks when somebody begins to, forgets when they end. Used by the loop."""

    def __init__(self, ask: Callable[[str], None] | None = None) -> None:
        """`ask` begins to ask the hub and returns at once; None: there is no hub."""
        self._ask = ask
        self.seen = NOBODYS

    def follow(self, person: str) -> None:
        """Hear whose pay is on the screen now; empty: nobody's."""
        if person == self.seen.person:
            return
        self.seen = PaySeen(person=person, state="asking" if person and self._ask else "away")
        if person and self._ask:
            self._ask(person)

    def hear(self, report: PayReport) -> None:
        """Take over what the hub said; of somebody who has gone, nothing is kept."""
        if report.person and report.person == self.seen.person:
            state = "here" if report.sheet else "away"
            self.seen = PaySeen(person=report.person, state=state, sheet=report.sheet)
