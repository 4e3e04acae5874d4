"""The chain answers: who made what a ticket tells of, and every step and inspector that took it over on the way.

Taken from verdicts alone: what an operation accepted before the ticket was opened, of the bundle and of those it was
made from. What nobody took over is still its sender's.
"""

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, select

from domain.handoff import Defect, Verdict
from domain.liability import Answerable, LiabilityRule, Passage, answerable, passed_through
from domain.route import OperationCode
from hub.reference import ReferenceData
from hub.store.production_tables import bundle_links, handoffs
from hub.store.reference import KEYS_ASKED_MAX

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
    [answers] = chains(connection, plant, [ticket], rule)
    return answers


def chains(
    connection: Connection, plant: str, tickets: Sequence[Row[Any]], rule: LiabilityRule
) -> list[tuple[Answerable, ...]]:
    """Share what each of some tickets tells of, as `chain` does one: many tickets take few questions."""
    told = [one for one in tickets if one.bundle and one.origin]
    made_from = ancestries(connection, plant, [one.bundle for one in told])
    verdicts = _verdicts(connection, plant, made_from)
    inspecting = _inspecting(connection, plant)
    return [
        _shared(one, made_from[one.bundle], verdicts, inspecting, rule) if one.bundle and one.origin else ()
        for one in tickets
    ]


def _shared(
    ticket: Row[Any],
    bundles: Iterable[str],
    verdicts: Mapping[str, Sequence[Any]],
    inspecting: Container[str],
    rule: LiabilityRule,
) -> tuple[Answerable, ...]:
    told = (row for serial in bundles for row in verdicts.get(serial, ()))
    rows = sorted((row for row in told if row.position < ticket.opened_position), key=_by_position)
    made = next((row for row in rows if row.before == ticket.origin), None)
    maker = Passage(
        before=OperationCode(""),
        operation=OperationCode(ticket.origin),
        unit=ticket.unit or (made.unit_judged if made else ""),
        people=_people.decode(made.senders_json) if made else (),
    )
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


def _by_position(row: Any) -> int:
    return row.position


def _verdicts(
    connection: Connection, plant: str, made_from: Mapping[str, Iterable[str]]
) -> Mapping[str, Sequence[Any]]:
    """Return what was taken over of some bundles and of those they were made from, by bundle."""
    held = handoffs.c
    said = (held.before, held.operation, held.unit_judged, held.unit_judging)
    columns = (held.bundle, *said, held.senders_json, held.people_json, held.is_silent, held.position)
    found: dict[str, list[Any]] = defaultdict(list)
    for some in _at_once({serial for each in made_from.values() for serial in each}):
        asked = select(*columns).where(held.plant == plant, held.bundle.in_(some), held.verdict.in_(_TAKEN))
        for row in connection.execute(asked):
            found[row.bundle].append(row)
    return found


def ancestries(connection: Connection, plant: str, serials: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
    """Return each of some bundles with all that it was made from, generation by generation."""
    parents: dict[str, list[str]] = defaultdict(list)
    begun = dict.fromkeys(serials)
    held, looked_at, waiting = bundle_links.c, set(begun), set(begun)
    while waiting:
        found: set[str] = set()
        for some in _at_once(waiting):
            asked = select(held.child, held.parent).where(held.plant == plant, held.child.in_(some))
            for child, parent in connection.execute(asked.order_by(held.parent)):
                parents[child].append(parent)
                found.add(parent)
        waiting = found - looked_at
        looked_at |= found
    return {serial: _ancestry(serial, parents) for serial in begun}


def _ancestry(serial: str, parents: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    found: dict[str, None] = {serial: None}
    waiting = [serial]
    while waiting and len(found) < ANCESTORS_MAX:
        waiting = [one for each in waiting for one in parents.get(each, ()) if one not in found]
        found.update(dict.fromkeys(waiting))
    return tuple(found)


def _at_once(serials: Iterable[str]) -> Iterator[Sequence[str]]:
    """Yield bundles as many at a time as one question names."""
    wanted = sorted(serials)
    for start in range(0, len(wanted), KEYS_ASKED_MAX):
        yield wanted[start : start + KEYS_ASKED_MAX]


def _inspecting(connection: Connection, plant: str) -> frozenset[str]:
    """Return which operations are inspections."""
    operations = ReferenceData(connection, plant).all_of("operation", _Operation)
    return frozenset(code for code, one in operations.items() if one.is_inspection)
