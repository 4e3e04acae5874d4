"""Verdicts of the next operation while a batch is booked: a row for each, replaced where a later one stands instead."""

from collections.abc import Callable

import msgspec
from msgspec.structs import replace

from domain.events.production import HandoffJudged, JobStarted
from domain.handoff import Handoff
from domain.month import month_of
from domain.progress import Progress, Taken
from domain.route import OperationCode
from hub.bundle_book import HeldBundle
from hub.desk import Desk
from hub.production_rows import HandoffRow, people_json
from hub.projection import Fact
from hub.store.production_tables import handoffs
from hub.verdict_tally import VerdictTally

WITHDRAWN = "withdrawn"
"""The verdict of a check-in that was taken back."""

_handoff = msgspec.json.Decoder(Handoff)

UnitAt = Callable[[HeldBundle, OperationCode], str]
"""Returns the line or workshop that did an operation on a bundle."""


class HandoffBook:
    """The handoffs of one plant."""

    def __init__(self, desk: Desk, unit_at: UnitAt) -> None:
        self._desk, self._unit_at = desk, unit_at
        self._rows = desk.rows(handoffs, HandoffRow)
        self._tally = VerdictTally(desk)

    def follow(
        self, fact: Fact, event: JobStarted | HandoffJudged | None, held: HeldBundle, now: Progress
    ) -> None:
        """Write what an event says of the steps before; `event` is None where it can only take a verdict back."""
        before = held.progress
        if before.taken is now.taken:
            return
        standing = {_name(one) for one in now.taken}
        for one in before.taken:
            if _name(one) not in standing:
                self._withdraw(fact, before, one)
        known = set(before.taken)
        for one in now.taken if event else ():
            if event and one not in known:
                self._write(fact, event, held, one)

    def _write(self, fact: Fact, event: JobStarted | HandoffJudged, held: HeldBundle, taken: Taken) -> None:
        said = event.handoff if isinstance(event, HandoffJudged) else None
        bundle = held.progress.bundle
        row = HandoffRow(
            plant=fact.plant,
            bundle=bundle.serial,
            before=taken.before,
            operation=taken.operation,
            name=taken.job or fact.envelope.event_id,
            work_order=bundle.order,
            job=taken.job,
            verdict=taken.verdict,
            rating=taken.rating or "",
            pieces=taken.pieces,
            declared=said.declared if said else taken.pieces,
            received=said.received if said else taken.pieces,
            reason=said.reason if said else "",
            is_silent=said.is_silent if said else False,
            people_json=people_json(taken.people),
            senders_json=people_json(held.progress.senders(taken.before)),
            unit_judging=self._desk.known.unit(fact.envelope.device, fact.position),
            unit_judged=self._unit_at(held, taken.before),
            device=fact.envelope.device,
            month=month_of(fact.happened_at, self._desk.known.zone(fact.position)),
            at=fact.happened_at,
            handoff_json=msgspec.json.encode(said).decode() if said else "",
            position=fact.position,
        )
        if said and taken.job:
            self._take_off(fact, (fact.plant, row.bundle, row.before, row.operation, row.name))
        self._rows.save(row)
        self._tally.add(row, said)

    def _take_off(self, fact: Fact, key: tuple[str, ...]) -> HandoffRow | None:
        """Count no more what stands there; return it."""
        held = self._rows.get(key)
        if held and held.verdict != WITHDRAWN:
            said = _handoff.decode(held.handoff_json) if held.handoff_json else None
            self._tally.take_off(held, said, fact.position)
        return held

    def _withdraw(self, fact: Fact, progress: Progress, taken: Taken) -> None:
        key = (fact.plant, progress.bundle.serial, taken.before, taken.operation, taken.job)
        row = self._take_off(fact, key) if taken.job else None
        if row:
            self._rows.save(replace(row, verdict=WITHDRAWN, pieces=0, position=fact.position))


def _name(taken: Taken) -> tuple[str, str, str]:
    return (taken.before, taken.operation, taken.job)
