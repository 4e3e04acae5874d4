"""Where bundles become others: components are sewn together, bundles are split and put together again."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from msgspec.structs import replace

from domain.bundle import BundleSerial
from domain.events.production import BundlesRemade
from domain.route import OperationCode
from tests.factory.goods import Goods
from tests.factory.stations import Station
from tests.factory.styles import COLLAR_ON, GARMENT, JOINS, UPPER

if TYPE_CHECKING:
    from tests.factory.work import Hands

LOOKED_THROUGH = 30
Kind = tuple[str, str, str, str]
"""Order, colour, size, shade: what is joined must have the same."""
SPLIT_MIN = 4


class Joining:
    """Everybody's hands where goods are put together or taken apart."""

    def __init__(self, hands: Hands) -> None:
        self._hands, self._factory, self._truth = hands, hands.factory, hands.truth

    def tries(self, station: Station, operation: OperationCode) -> None:
        """Do what was sent back, or join the first two components that belong together."""
        main, _ = JOINS[operation]
        made = UPPER if operation == COLLAR_ON else GARMENT
        again = next(
            (
                one
                for one in station.queue
                if one.bundle.component == made and self._hands.may_begin(station, one)
            ),
            None,
        )
        if again:
            station.queue.remove(again)
            self._hands.begins(station, again)
            return
        if self._hands.is_offline(station):
            return  # what it has not heard of it cannot put together: it would not know what is behind it
        mains, parts = list[Goods](), dict[Kind, list[Goods]]()
        for one in station.queue:
            if one.bundle.component == main:
                mains.append(one)
            else:
                parts.setdefault(_kind_of(one), []).append(one)
        for body in mains[:LOOKED_THROUGH]:
            for part in parts.get(_kind_of(body), ()):
                if self._hands.may_begin(station, body) and self._hands.may_begin(station, part):
                    self._joins(station, operation, body, part, made)
                    return

    def _joins(self, station: Station, operation: OperationCode, body: Goods, part: Goods, made: str) -> None:
        verdicts = self._hands.verdicts
        for one in (body, part):
            before = self._before(operation, one)
            found = self._factory.judging.finds(station.unit, one.hidden)
            if one.told > one.pieces:
                verdicts.counts_without_a_job(station, one, before)
            elif found:
                station.queue.remove(one)
                verdicts.opens_tickets(station, one, found, station.crew[-1])
                one.hidden -= found
                verdicts.rejects(station, one, before, "", (station.crew[-1],))
                return
        station.queue.remove(body)
        station.queue.remove(part)
        body, part = self._alike(station, body, part)
        garment = self._garment(station, body, part, made)
        event = BundlesRemade(
            act="joined",
            parents=(body.bundle.serial, part.bundle.serial),
            bundles=(garment.bundle,),
            operation=operation,
        )
        self._hands.says(station, event, goods=(garment,))
        for one in (body, part):
            self._truth.joined[one.cell] += one.pieces
        garment.known = self._factory.tick
        self._hands.begins(station, garment)

    @staticmethod
    def _before(operation: OperationCode, goods: Goods) -> OperationCode:
        steps = goods.style.route.by_operation
        return next(one for one in steps[operation].after if steps[one].comes_out == goods.bundle.component)

    def _alike(self, station: Station, body: Goods, part: Goods) -> tuple[Goods, Goods]:
        """Split what is too much off the larger; it stays behind, in process, without anything to belong to."""
        fewer = min(body.pieces, part.pieces)
        alike = [
            one
            if one.pieces == fewer
            else self._hands.verdicts.splits(station, one, (fewer, one.pieces - fewer))[0]
            for one in (body, part)
        ]
        return alike[0], alike[1]

    def _garment(self, station: Station, body: Goods, part: Goods, made: str) -> Goods:
        bundle = replace(
            body.bundle,
            serial=BundleSerial(station.next_name()),
            component=made,
            pieces=body.pieces,
            copy=1,
            parents=(body.bundle.serial, part.bundle.serial),
            sent_back_to=OperationCode(""),
        )
        return Goods(
            bundle=bundle,
            style=body.style,
            line=body.line,
            pieces=body.pieces,
            told=body.pieces,
            todo=body.pieces,
            born_at=station.name,
            hidden=Counter(body.hidden) + Counter(part.hidden),
            heard={**part.heard, **body.heard},
            by={**part.by, **body.by},
        )

    def as_people_like(self, station: Station, goods: Goods) -> Goods:
        """Split a bundle that is too much for one, or put two small ones together; most are left as they are."""
        if self._hands.is_offline(station) or not goods.is_whole:
            return goods
        if goods.pieces >= SPLIT_MIN and self._hands.chance(0.001):
            half = goods.pieces // 2
            first, second = self._hands.verdicts.splits(station, goods, (half, goods.pieces - half))
            self._truth.plants("split", goods.bundle.serial)
            first.known = second.known = self._factory.tick
            station.queue.appendleft(second)
            return first
        other = next((one for one in station.queue if self._alike_in_all(station, goods, one)), None)
        return self._merged(station, goods, other) if other else goods

    def _alike_in_all(self, station: Station, goods: Goods, other: Goods) -> bool:
        """Tell whether two halves of the same bundle, both ready, lie here: people put these together again."""
        mine, theirs = goods.bundle, other.bundle
        return (
            bool(mine.parents)
            and mine.parents == theirs.parents
            and other.is_whole
            and not (mine.sent_back_to or theirs.sent_back_to)
            and goods.heard.keys() == other.heard.keys()
            and self._hands.may_begin(station, other)
        )

    def _merged(self, station: Station, goods: Goods, other: Goods) -> Goods:
        station.queue.remove(other)
        self._truth.plants("merged", goods.bundle.serial)
        bundle = replace(
            goods.bundle,
            serial=BundleSerial(station.next_name()),
            pieces=goods.pieces + other.pieces,
            copy=1,
            parents=(goods.bundle.serial, other.bundle.serial),
        )
        event = BundlesRemade(
            act="merged",
            parents=bundle.parents,
            bundles=(bundle,),
            operation=station.operation or OperationCode(""),
        )
        made = Goods(
            bundle=bundle,
            style=goods.style,
            line=goods.line,
            pieces=bundle.pieces,
            told=bundle.pieces,
            todo=bundle.pieces,
            born_at=station.name,
            hidden=goods.hidden + other.hidden,
            heard=dict(goods.heard),
            by=dict(goods.by),
        )
        self._hands.says(station, event, goods=(made,))
        made.known = self._factory.tick
        return made


def _kind_of(goods: Goods) -> Kind:
    one = goods.bundle
    return (one.order, one.colour, one.size, one.shade)
