"""What may stand on the discrepancy desk: whose it is, by when, and what settles it.

This file is the contract; each file of `exceptions/` declares one kind in `EXCEPTION`, and the folder is the registry.
Words: `board.discrepancy.KIND` names it, `desk.cause.KIND` says why it is there (`desk.cause.KIND.CODE` where its
detail has a `code`), `desk.advice.KIND` what to do. The cause's blanks are the detail's names.
"""

import importlib
import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

import hub.exceptions

Act = Literal["release", "correct", "accept", "set_aside", "count"]
"""Book it now · it was put right · leave it as it is · never book it · count the place again."""

Owner = Literal["who_scanned", "kiosk", "warehouse", "purchasing", "master_data", "supervisor", "system"]
"""Whose it is until it is given to somebody: a person, a kiosk, or a role."""

ROLE_PREFIX = "role:"
"""What an owner begins with that is neither a person nor a kiosk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExceptionKind:
    """One kind. `acts`: what settles it, the usual one first; empty where only the cause going away does.

    `late_h`: older than that it is late, three times as old it is very late. `counts_events`: its amount is how many
    events are concerned. `reasons` are words of `desk.reason`, offered when it is settled. `is_register`: seen on
    arrival and not in the ledger, so it cannot be opened again by hand.
    """

    name: str
    owner: Owner
    acts: tuple[Act, ...]
    late_h: int
    reasons: tuple[str, ...] = ("checked",)
    counts_events: bool = False
    closes_itself: bool = False
    is_register: bool = False


_UNDECLARED = ExceptionKind(name="", owner="supervisor", acts=("accept",), late_h=24, counts_events=True)
"""How a kind is treated that this program does not know: it is shown and can be settled all the same."""


@cache
def exception_kinds() -> Mapping[str, ExceptionKind]:
    """Return every kind of the folder by its name."""
    found: list[ExceptionKind] = [
        importlib.import_module(f"hub.exceptions.{one.name}").EXCEPTION
        for one in pkgutil.iter_modules(hub.exceptions.__path__)
    ]
    return {kind.name: kind for kind in found}


def exception_kind(name: str) -> ExceptionKind:
    """Return how a kind is treated."""
    return exception_kinds().get(name, _UNDECLARED)


def first_owner(kind: str, operator: str, device: str) -> str:
    """Return whose a new discrepancy is: an employee number, a device, or a role behind ROLE_PREFIX."""
    owner = exception_kind(kind).owner
    match owner:
        case "who_scanned":
            return operator or device
        case "kiosk":
            return device
        case _:
            return ROLE_PREFIX + owner
