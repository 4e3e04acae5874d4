"""What people settle at the hub's discrepancy desk: facts as any other, in a log the hub itself keeps.

The envelope's `operator` is who did it; `document` is empty. A discrepancy is named by its `discrepancy` (its id), and
by kind and key for those who read the ledger alone.
"""

from typing import Literal

from domain.event import Event

OFFICE = "OFFICE"
"""The device in whose log these facts stand; its epoch is the hub's generation. Anybody else's are parked."""

SettlingAct = Literal["accepted", "corrected", "set_aside"]
"""Left as it is; put right by other means; kept, and never to be booked."""

Task = Literal["look", "count"]
"""What is asked of whoever gets it: find out, or count the place again (a stocktake)."""


class DiscrepancySettled(Event, frozen=True, kw_only=True, omit_defaults=True):
    """An entitled person closed a discrepancy. `reason` is a word of the desk's list, `note` the person's own."""

    discrepancy: str
    kind: str
    key: str
    act: SettlingAct
    reason: str
    note: str = ""


class DiscrepancyAssigned(Event, frozen=True, kw_only=True, omit_defaults=True):
    """A discrepancy was given to somebody. `owner` is an employee number, `due` a date (2026-11-30) or empty."""

    discrepancy: str
    kind: str
    key: str
    owner: str
    due: str = ""
    task: Task = "look"
    note: str = ""


class DiscrepancyReopened(Event, frozen=True, kw_only=True, omit_defaults=True):
    """A discrepancy that somebody had settled is open again."""

    discrepancy: str
    kind: str
    key: str
    note: str = ""


class EventReleased(Event, frozen=True, kw_only=True, omit_defaults=True):
    """A parked event is to be booked after all: now, at this fact's own place in the ledger.

    `position` and `digest` name the parked entry; what it moved is booked under the position of this fact. A fact that
    was booked meanwhile, or an entry that is not parked, is left alone.
    """

    position: int
    digest: str
    discrepancy: str
    reason: str = ""
    note: str = ""
