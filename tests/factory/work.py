"""What people do at a station, tick by tick: begin, judge what they get, finish, and make their mistakes."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec.structs import replace

from domain.bundle import Tally
from domain.event import Event
from domain.events.production import (
    JobCrewChanged,
    JobFinished,
    JobPaused,
    JobResumed,
    JobStarted,
    JobUndone,
    PanelsReplaced,
    TicketRenewed,
)
from domain.job import Share
from domain.log import Recorded
from domain.route import OperationCode
from tests.factory.goods import Goods
from tests.factory.joining import Joining
from tests.factory.stations import Station, Work
from tests.factory.styles import FIRST_OF, JOINS, PACK
from tests.factory.verdicts import Verdicts

if TYPE_CHECKING:
    from tests.factory.factory import Factory

LOOKED_THROUGH = 12
"""So many bundles of a queue somebody looks at for one that may be begun."""


class Hands:
    """Everybody's. Each chance is that of one bundle at one station in a large factory."""

    def __init__(self, factory: Factory) -> None:
        self.factory, self.truth, self.some = factory, factory.truth, factory.some
        self.verdicts, self.joining = Verdicts(self), Joining(self)

    def chance(self, share: float) -> bool:
        """Tell whether something that goes wrong so often does now."""
        return self.some.random() < share * self.factory.sizes.mishaps

    def is_offline(self, station: Station) -> bool:
        return station.is_offline(self.factory.tick)

    def says(
        self,
        station: Station,
        event: Event,
        *,
        goods: Sequence[Goods] = (),
        finished: OperationCode | None = None,
        person: str = "",
        corrects: str = "",
    ) -> Recorded:
        """Let a station write an event down."""
        at, operator = self.factory.now(), person or station.crew[0]
        return station.says(event, at, operator, self.some, goods=goods, finished=finished, corrects=corrects)

    def works(self, station: Station) -> None:
        """One tick at one station: what is in hand is finished, and something else begun."""
        if station.false_work:
            self._finishes_falsely(station, station.false_work)
        if station.work:
            self._finishes(station, station.work)
        self._regrets_too_late(station)
        if station.operation and station.operation in JOINS:
            self.joining.tries(station, station.operation)
        else:
            goods = next((one for one in self._first(station) if self.may_begin(station, one)), None)
            if goods:
                station.queue.remove(goods)
                self.begins(station, self.joining.as_people_like(station, goods))

    def _first(self, station: Station) -> Sequence[Goods]:
        return [station.queue[at] for at in range(min(len(station.queue), LOOKED_THROUGH))]

    # what a station knows

    def may_begin(self, station: Station, goods: Goods) -> bool:
        """Tell whether the kiosk would let it: it knows the bundle and its ticket, and in touch what was done."""
        if goods.since >= self.factory.tick:
            return False  # it was put here just now
        if not self.is_offline(station):
            is_known = goods.known is not None and goods.changed < self.factory.tick
            return is_known and not self._unheard(station, goods)
        since = station.offline_since
        is_known = goods.born_at == station.name or (goods.known is not None and goods.known <= since)
        return is_known and goods.changed <= since

    def _unheard(self, station: Station, goods: Goods) -> tuple[OperationCode, ...]:
        """Return the operations before this one that the station has not heard to be finished."""
        since = station.offline_since if self.is_offline(station) else self.factory.tick
        component, operation = goods.bundle.component, station.operation
        assert operation
        route = goods.style.route
        return tuple(
            before
            for before in route.all_before(operation)
            if route.takes_part(before, component)
            and goods.by.get(before) != station.name
            and goods.heard.get(before, since + 1) > since
        )

    # begin

    def begins(self, station: Station, goods: Goods) -> None:
        """Check in, with the verdict that is; the chances decide what is wrong about it."""
        assert station.operation
        offline = self.is_offline(station)
        is_settled = goods.is_whole and goods.known is not None and not self._unheard(station, goods)
        if offline and is_settled and not station.false_work and self.chance(0.01):
            self._scans_a_void_ticket(station, goods)
            return
        if not offline and self.chance(0.001):
            self._regrets_at_once(station, goods)
            return
        people = tuple(
            self.some.sample(station.crew, min(1 + (self.some.random() < 0.08), len(station.crew)))
        )
        if len(station.crew) > 1 and self.chance(0.003):
            friend = self.some.choice([one for one in station.crew if one not in people] or station.crew)
            self.truth.plants("borrowed badge", f"{friend} for {people[0]}")
            people = (friend,)
        unheard = self._unheard(station, goods)
        is_whole = goods.todo == goods.pieces
        claimed = goods.todo + (goods.told - goods.pieces if is_whole else 0)
        if unheard and is_whole and goods.unseen:
            claimed += goods.unseen
            self.truth.plants("losses a station out of touch had not heard of", goods.bundle.serial)
        if unheard:
            self.truth.plants("begun out of touch, unheard", goods.bundle.serial)
        goods.unseen, was_as_told = 0, goods.is_whole
        befores = goods.style.route.by_operation[station.operation].after if is_whole else ()
        work = Work(job=station.next_name("W"), goods=goods, pieces=claimed, people=people)
        self.says(
            station,
            JobStarted(
                job=work.job,
                bundle=goods.bundle.serial,
                operation=station.operation,
                copy=goods.copy,
                pieces=claimed,
                people=people,
                accepts=() if unheard else befores,
                unheard=unheard,
            ),
            person=people[0],
        )
        if is_whole and befores and not unheard and station.operation not in JOINS:
            judged = self.verdicts.on_check_in(station, work, befores[0])
            if judged is None:
                return
            work = judged
        station.work = work
        if was_as_told:
            self._claims_twice(station, work)

    def _scans_a_void_ticket(self, station: Station, goods: Goods) -> None:
        """A ticket was lost and printed anew; the old one is found, and scanned where nobody knows better."""
        assert station.operation
        old, goods.copy, goods.changed = goods.copy, goods.copy + 1, self.factory.tick
        serial = goods.bundle.serial
        self.truth.plants("void ticket", serial)
        self.says(self.factory.printing, TicketRenewed(bundle=serial, copy=goods.copy, reason="lost"))
        person = self.some.choice(station.crew)
        work = Work(
            job=station.next_name("W"), goods=goods, pieces=goods.todo, people=(person,), is_false=True
        )
        self._starts_falsely(station, work, old)
        station.queue.appendleft(goods)

    def _claims_twice(self, station: Station, work: Work) -> None:
        """The other station of the line, out of touch too, checks the same bundle in: a copied ticket, or a mistake."""
        twin = self.factory.twin(station)
        if twin is None or twin.false_work or not self.is_offline(twin):
            return
        if work.pieces == work.goods.todo and self.chance(0.05) and self.may_begin(twin, work.goods):
            self.truth.plants("claimed twice", work.goods.bundle.serial)
            other = Work(
                job=twin.next_name("W"),
                goods=work.goods,
                pieces=work.pieces,
                people=(self.some.choice(twin.crew),),
                is_false=True,
            )
            self._starts_falsely(twin, other, work.goods.copy)
            station.work = dataclasses.replace(work, is_watched=True)

    def _starts_falsely(self, station: Station, work: Work, copy: int) -> None:
        assert station.operation
        station.false_work = work
        self.says(
            station,
            JobStarted(
                job=work.job,
                bundle=work.goods.bundle.serial,
                operation=station.operation,
                copy=copy,
                pieces=work.pieces,
                people=work.people,
            ),
            person=work.people[0],
        )

    def _finishes_falsely(self, station: Station, work: Work) -> None:
        assert station.operation
        station.false_work = None
        told = Tally(good=work.pieces)
        self.says(
            station,
            JobFinished(
                job=work.job, bundle=work.goods.bundle.serial, operation=station.operation, told=told
            ),
            person=work.people[0],
        )

    def _regrets_at_once(self, station: Station, goods: Goods) -> None:
        """Check in by mistake and take it back."""
        assert station.operation
        job, person = station.next_name("W"), self.some.choice(station.crew)
        step = {"job": job, "bundle": goods.bundle.serial, "operation": station.operation}
        begun = self.says(
            station, JobStarted(**step, copy=goods.copy, pieces=goods.todo, people=(person,)), person=person
        )
        self.says(
            station,
            JobUndone(**step, act="start"),
            person=person,
            corrects=begun.envelope.event_id,
        )
        self.truth.plants("check-in taken back", goods.bundle.serial)
        station.queue.appendleft(goods)

    # finish

    def _finishes(self, station: Station, work: Work) -> None:
        assert station.operation
        goods = work.goods
        work = self._between(station, work)
        scrap = seconds = 0
        if not work.is_watched and goods.todo > 1:
            scrap, seconds = int(self.chance(0.004)), int(self.chance(0.003))
        good, missing = goods.todo - scrap - seconds, work.pieces - goods.todo
        if good < 0:
            good, seconds = goods.todo - scrap, 0
        told = Tally(good=good, seconds=seconds, scrap=scrap, missing=missing)
        step = {"job": work.job, "bundle": goods.bundle.serial, "operation": station.operation}
        is_free = station.operation not in goods.built_on and not self.is_offline(station)
        if scrap and is_free and self.chance(0.2):
            self._tells_wrongly_first(station, work, told)
        shares = self._shares(work, good)
        is_cut = goods.bundle.component in FIRST_OF and goods.pieces == goods.told
        anew = scrap if is_cut and not self.is_offline(station) else 0
        last = self.says(
            station,
            JobFinished(**step, told=told, shares=shares),
            goods=() if anew else (goods,),
            finished=station.operation,
            person=work.people[0],
        )
        station.work = None
        station.last_finish = (work.job, goods, last.envelope.event_id)
        self._really(station, goods, told, is_watched=work.is_watched or bool(anew))
        self._goes_on(station, goods, anew)

    def _between(self, station: Station, work: Work) -> Work:
        """Somebody pauses, or somebody else takes over."""
        assert station.operation
        step = {"job": work.job, "bundle": work.goods.bundle.serial, "operation": station.operation}
        if self.chance(0.002):
            self.says(station, JobPaused(**step, reason="machine"), person=work.people[0])
            self.says(station, JobResumed(**step), person=work.people[0])
        if self.chance(0.002):
            people = (self.some.choice(station.crew),)
            self.says(station, JobCrewChanged(**step, act="taken_over", people=people), person=people[0])
            return dataclasses.replace(work, people=people)
        return work

    def _tells_wrongly_first(self, station: Station, work: Work, told: Tally) -> None:
        """Tell of a scrapped piece as a good one, see it, and take the finish back."""
        assert station.operation
        step = {"job": work.job, "bundle": work.goods.bundle.serial, "operation": station.operation}
        wrong = replace(told, good=told.good + told.scrap, scrap=0)
        said = self.says(station, JobFinished(**step, told=wrong), person=work.people[0])
        undo = JobUndone(**step, act="finish")
        self.says(station, undo, person=work.people[0], corrects=said.envelope.event_id)
        self.truth.plants("finish taken back", work.goods.bundle.serial)

    def _shares(self, work: Work, good: int) -> tuple[Share, ...]:
        if len(work.people) == 1 or self.some.random() < 0.5:
            return ()
        first = self.some.randint(0, good)
        counts = zip(work.people, (first, good - first), strict=True)
        return tuple(Share(person=person, pieces=pieces) for person, pieces in counts if pieces)

    def _really(self, station: Station, goods: Goods, told: Tally, *, is_watched: bool) -> None:
        """Write down what was really done, and what nobody notices yet."""
        assert station.operation
        truth, cell = self.truth, goods.cell
        truth.good[goods.bundle.order, station.operation] += told.good
        truth.scrap[cell] += told.scrap
        truth.seconds[cell] += told.seconds
        truth.lost[cell] += goods.told - goods.pieces
        gone = told.scrap + told.seconds
        if goods.todo == goods.pieces:
            goods.unseen = gone
        goods.pieces -= gone
        goods.told = goods.pieces
        goods.by[station.operation] = station.name
        if self.some.random() < 0.004 * min(self.factory.sizes.mishaps, 3) and goods.pieces:
            goods.hidden[station.operation] += 1
        if not is_watched and goods.pieces > 1 and station.operation != PACK and self.chance(0.002):
            goods.pieces -= 1
            truth.plants("miscount", goods.bundle.serial)

    def _goes_on(self, station: Station, goods: Goods, anew: int) -> None:
        """Have so many panels cut anew and do them here; else carry the goods on, or count them as packed."""
        assert station.operation
        goods.todo = goods.pieces
        if anew:
            self.says(
                self.factory.cutting,
                PanelsReplaced(
                    bundle=goods.bundle.serial, operation=station.operation, pieces=anew, reason="stain"
                ),
            )
            goods.built_on.add(station.operation)
            goods.pieces += anew
            goods.told += anew
            goods.todo, goods.unseen, goods.changed = anew, 0, self.factory.tick
            self.truth.recut[goods.cell] += anew
            station.queue.appendleft(goods)
            return
        onward = self.factory.next_operation(station.operation)
        if onward is None:
            self.truth.packed[goods.cell] += goods.pieces
        else:
            self.factory.carry(goods, onward)

    def _regrets_too_late(self, station: Station) -> None:
        """Out of touch, somebody takes a finish back on which the next station has built long since."""
        if not station.last_finish or not self.is_offline(station) or not self.chance(0.01):
            return
        assert station.operation
        job, goods, event_id = station.last_finish
        onward = self.factory.next_operation(station.operation)
        if onward and goods.heard.get(onward, self.factory.tick) < self.factory.tick:
            step = {"job": job, "bundle": goods.bundle.serial, "operation": station.operation}
            self.says(station, JobUndone(**step, act="finish"), corrects=event_id)
            self.truth.plants("finish taken back too late", goods.bundle.serial)
            station.last_finish = None
