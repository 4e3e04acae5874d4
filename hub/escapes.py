"""The chain answers: who made what a ticket tells of, and every step and inspector that took it over on the way.

Taken from verdicts alone: what an operation accepted before the ticket was opened, of the bundle and of those it was
made from. What nobody took over is still its sender's.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, select

from domain.handoff import Defect, Verdict
from domain.liability import Answerable, LiabilityRule, Passage, answerable, passed_through
from domain.route import OperationCode
from hub.store.production_tables import bundle_links, handoffs
from hub.store.tables import reference

ANCESTORS_MAX = 200
"""Bundles one was made from, through all splits and joins, that are looked at."""
_TAKEN = (Verdict.ACCEPT, Verdict.CONCESSION, Verdict.PART)
_people = msgspec.json.Decoder(tuple[str, ...])
_defects = msgspec.json.Decoder(tuple[Defect, ...])


class _Operation(msgspec.Struct, frozen=True):
    """What is asked of an operation's record."""

    is_inspection: bool = False


def chain(
    connection: Connection, plant: str, ticket: Row[Any], rule: LiabilityRule
) -> tuple[Answerable, ...]:
    """Share what a ticket tells of; nothing where it names no bundle or no origin.

    `ticket` is a row of `quality_tickets`. The unit that answers for it stands for the maker, once there is one.
    """
    if not ticket.bundle or not ticket.origin:
        return ()
    rows = _verdicts(connection, plant, ticket)
    made = next((row for row in rows if row.before == ticket.origin), None)
    maker = Passage(
        before=OperationCode(""),
        operation=OperationCode(ticket.origin),
        unit=ticket.unit or (made.unit_judged if made else ""),
        people=_people.decode(made.senders_json) if made else (),
    )
    inspecting = _inspecting(connection, plant, {row.operation for row in rows})
    passages = [
        Passage(
            before=OperationCode(row.before),
            operation=OperationCode(row.operation),
            unit=row.unit_judging,
            people=_people.decode(row.people_json),
            is_inspection=row.operation in inspecting,
        )
        for row in rows
        if not row.is_silent
    ]
    passed = passed_through(maker.operation, OperationCode(ticket.operation), passages)
    codes = [defect.code for defect in _defects.decode(ticket.defects_json)]
    return answerable(codes, maker, passed, rule)


def _verdicts(connection: Connection, plant: str, ticket: Row[Any]) -> Sequence[Row[Any]]:
    held = handoffs.c
    asked = (
        select(handoffs)
        .where(
            held.plant == plant,
            held.bundle.in_(ancestry(connection, plant, ticket.bundle)),
            held.verdict.in_(_TAKEN),
            held.position < ticket.opened_position,
        )
        .order_by(held.position)
    )
    return connection.execute(asked).all()


def ancestry(connection: Connection, plant: str, serial: str) -> tuple[str, ...]:
    """Return a bundle and all that it was made from."""
    held = bundle_links.c
    found: dict[str, None] = {serial: None}
    waiting = [serial]
    while waiting and len(found) < ANCESTORS_MAX:
        asked = select(held.parent).where(held.plant == plant, held.child.in_(waiting))
        waiting = [one for one in connection.execute(asked).scalars() if one not in found]
        found.update(dict.fromkeys(waiting))
    return tuple(found)


def _inspecting(connection: Connection, plant: str, operations: Iterable[str]) -> frozenset[str]:
    """Return which operations are inspections."""
    held = reference.c
    asked = select(held.key, held.body_json).where(
        held.plant == plant,
        held.kind == "operation",
        held.key.in_(sorted(operations)),
        held.body_json.is_not(None),
    )
    decoder = msgspec.json.Decoder(_Operation)
    return frozenset(
        row.key for row in connection.execute(asked) if decoder.decode(row.body_json).is_inspection
    )
