"""What the next operation says when it takes goods over: counts, ratings, rejections, and tickets for what it finds."""

from __future__ import annotations

import dataclasses
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

from msgspec.structs import replace

from domain.bundle import BundleSerial
from domain.events.production import BundlesRemade, HandoffJudged
from domain.events.quality import TicketActed, TicketOpened
from domain.handoff import BAD, Defect, Handoff, Leg, Verdict
from domain.quality_ticket import Agree, Propose
from domain.route import OperationCode
from tests.factory.goods import Goods
from tests.factory.judging import BLAME_TICKS, RATED_SHARE
from tests.factory.stations import Station, Work

if TYPE_CHECKING:
    from tests.factory.work import Hands

TICKET_DAYS = 2


class Verdicts:
    """Everybody's verdicts. `blamed`: when a unit last found fault with another's work."""

    def __init__(self, hands: Hands) -> None:
        self._hands, self._factory, self._truth = hands, hands.factory, hands.truth
        self.blamed: dict[tuple[str, str], int] = {}

    def on_check_in(self, station: Station, work: Work, before: OperationCode) -> Work | None:
        """Judge goods just checked in; None where they went back, or became another bundle."""
        goods = work.goods
        if goods.told > goods.pieces:
            return self._counts(station, work, before)
        if goods.told < goods.pieces or work.pieces != goods.pieces:
            return work
        sender = self._factory.unit_of(goods.by[before])
        if sender == station.unit:
            return work
        found = self._factory.judging.finds(station.unit, goods.hidden)
        if found:
            self._finds_fault(station, work, before, found)
            return None
        if self._hands.chance(0.0008) and goods.pieces > 1:
            self._damaged_on_the_way(station, work, before)
            return None
        if self._hands.some.random() < RATED_SHARE:
            self._rates(station, work, before, sender)
        return work

    def _counts(self, station: Station, work: Work, before: OperationCode) -> Work:
        """Fewer came than were declared: the careful say so now, the others when they finish."""
        goods = work.goods
        if self._hands.some.random() < 0.5:
            return work
        self._judged(station, goods, before, work.job, Verdict.ACCEPT, work.people, accepted=goods.pieces)
        self._truth.lost[goods.cell] += goods.told - goods.pieces
        goods.told = goods.pieces
        return dataclasses.replace(work, pieces=goods.pieces)

    def _rates(self, station: Station, work: Work, before: OperationCode, sender: str) -> None:
        since = self._factory.tick - self.blamed.get((sender, station.unit), -BLAME_TICKS)
        rating = self._factory.judging.rates(station.unit, sender, after_blame=since < BLAME_TICKS)
        defects = (Defect(code="finish", pieces=1),) if rating in BAD else ()
        if rating in BAD:
            self.blamed[station.unit, sender] = self._factory.tick
        handoff = self._handoff(station, work.goods, before, Verdict.ACCEPT, work.goods.pieces)
        rated = replace(handoff, rating=rating, reason="untidy" if defects else "", defects=defects)
        event = HandoffJudged(handoff=rated, job=work.job, people=work.people)
        self._hands.says(station, event, person=work.people[0])

    def _finds_fault(
        self, station: Station, work: Work, before: OperationCode, found: Counter[OperationCode]
    ) -> None:
        goods = work.goods
        self.opens_tickets(station, goods, found, work.people[0])
        goods.hidden -= found
        count = min(found.total(), goods.pieces)
        if count < goods.pieces and self._hands.some.random() < 0.6:
            self.takes_part(station, work, before, count)
        else:
            self.rejects(station, goods, before, work.job, work.people)

    def _damaged_on_the_way(self, station: Station, work: Work, before: OperationCode) -> None:
        self._truth.plants("damage on the way", work.goods.bundle.serial)
        self.takes_part(station, work, before, 1, Leg(carrier="trolley", is_damaged=True, condition="wet"))

    def opens_tickets(
        self, station: Station, goods: Goods, found: Counter[OperationCode], person: str
    ) -> None:
        """Open a ticket for each operation that made what was found; whoever made it says: it is ours."""
        now = self._factory.now()
        for origin, count in sorted(found.items()):
            station.numbers += 1
            ticket = f"QT{now:%Y%m%d}-{station.code}-{station.numbers:05d}"
            due = (now + timedelta(days=TICKET_DAYS)).date()
            maker = self._factory.unit_of(goods.by[origin])
            opened = TicketOpened(
                ticket=ticket,
                finder=station.unit,
                due=due,
                operation=station.operation or OperationCode(""),
                origin=origin,
                bundle=goods.bundle.serial,
                order=goods.bundle.order,
                defects=(Defect(code="seam", pieces=count),),
            )
            self._hands.says(station, opened, person=person)
            for act in (Propose(by=station.unit, unit=maker, due=due), Agree(by=maker, due=due)):
                if maker != station.unit or isinstance(act, Propose):
                    self._hands.says(station, TicketActed(ticket=ticket, act=act), person=person)

    def rejects(
        self, station: Station, goods: Goods, before: OperationCode, job: str, people: tuple[str, ...]
    ) -> None:
        """Send all of it back to the operation it came from."""
        self._truth.plants("rejected", goods.bundle.serial)
        goods.known = None  # till the hub hears of it, nobody else does
        self._judged(station, goods, before, job, Verdict.REJECT, people, accepted=0)
        self._back_to(goods, before)

    def takes_part(
        self, station: Station, work: Work, before: OperationCode, count: int, leg: Leg | None = None
    ) -> None:
        """Take what is good; the rest is a bundle of its own that goes back."""
        goods = work.goods
        self._truth.plants("part taken", goods.bundle.serial)
        good = goods.pieces - count
        self._judged(station, goods, before, work.job, Verdict.PART, work.people, accepted=good, leg=leg)
        taken, rest = self.splits(station, goods, (good, count), back=before)
        self._back_to(rest, before)
        station.queue.appendleft(taken)

    def splits(
        self, station: Station, goods: Goods, counts: tuple[int, int], back: OperationCode | None = None
    ) -> tuple[Goods, Goods]:
        """Make two bundles of one; what is hidden stays with the first."""
        bundles = tuple(
            replace(
                goods.bundle,
                serial=BundleSerial(station.next_name()),
                pieces=count,
                copy=1,
                parents=(goods.bundle.serial,),
                sent_back_to=OperationCode("") if back is None or not index else back,
            )
            for index, count in enumerate(counts)
        )
        first, second = (
            dataclasses.replace(
                goods,
                bundle=bundle,
                pieces=bundle.pieces,
                told=bundle.pieces,
                todo=bundle.pieces,
                unseen=0,
                known=None,
                copy=1,
                born_at=station.name,
                heard=dict(goods.heard),
                by=dict(goods.by),
                built_on=set() if back is None else {back},
                hidden=Counter(goods.hidden) if bundle is bundles[0] else Counter(),
            )
            for bundle in bundles
        )
        event = BundlesRemade(
            act="split",
            parents=(goods.bundle.serial,),
            bundles=bundles,
            operation=station.operation or OperationCode(""),
        )
        self._hands.says(station, event, goods=(first, second))
        return first, second

    def _back_to(self, goods: Goods, before: OperationCode) -> None:
        self._truth.good[goods.bundle.order, before] -= goods.pieces
        goods.todo, goods.unseen, goods.changed = goods.pieces, 0, self._factory.tick
        goods.heard.pop(before, None)
        self._factory.station_named(goods.by[before]).queue.appendleft(goods)

    def _handoff(
        self, station: Station, goods: Goods, before: OperationCode, verdict: Verdict, accepted: int
    ) -> Handoff:
        return Handoff(
            bundle=goods.bundle.serial,
            before=before,
            operation=station.operation or OperationCode(""),
            verdict=verdict,
            declared=goods.told,
            received=goods.pieces,
            accepted=accepted,
        )

    def counts_without_a_job(self, station: Station, goods: Goods, before: OperationCode) -> None:
        """Say that fewer came than were declared, before anything is begun."""
        self._judged(station, goods, before, "", Verdict.ACCEPT, (station.crew[0],), accepted=goods.pieces)
        self._truth.lost[goods.cell] += goods.told - goods.pieces
        goods.told = goods.todo = goods.pieces

    def _judged(  # noqa: PLR0917 - a verdict says many things
        self,
        station: Station,
        goods: Goods,
        before: OperationCode,
        job: str,
        verdict: Verdict,
        people: tuple[str, ...],
        *,
        accepted: int,
        leg: Leg | None = None,
    ) -> None:
        handoff = self._handoff(station, goods, before, verdict, accepted)
        goods.built_on.add(before)
        if refused := handoff.refused:
            defects = (Defect(code="seam", pieces=refused),)
            handoff = replace(handoff, defects=defects, reason="seam", leg=leg)
            sender = self._factory.unit_of(goods.by[before])
            self.blamed[station.unit, sender] = self._factory.tick
        is_back = verdict is Verdict.REJECT
        event = HandoffJudged(handoff=handoff, job=job, people=people)
        self._hands.says(station, event, goods=(goods,) if is_back else (), person=people[0])
