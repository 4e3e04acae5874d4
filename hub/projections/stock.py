"""Stock: every movement in the journal, every balance as their fold, and every shortage with its amount."""

from collections.abc import Mapping

import msgspec

from domain.event import Event
from domain.events.documents import (
    DocumentApproved,
    DocumentCompleted,
    DocumentUnapproved,
    LineRecorded,
    LineReversed,
)
from hub.balances import Balances, KindOfStock
from hub.projection import Fact, Handler, Projection
from hub.projections.documents import DocumentLineRow, is_taken_back_by
from hub.projections.periods import PeriodRow, period_of
from hub.store.tables import document_lines, movements, periods
from hub.store.values import micros


class Stock(Projection):
    """Books movements. Less than nothing at a place of our own is one open shortage of exactly that amount (law L4)."""

    name = "stock"

    def handlers(self) -> Mapping[type[Event], Handler]:
        self._balances = Balances(self.desk.plant, self.desk.connection, self.desk.trail)
        self.desk.layers.append(self._balances)
        self._journal = self.desk.journal(movements)
        self._lines = self.desk.rows(document_lines, DocumentLineRow)
        self._closed = self.desk.rows(periods, PeriodRow)
        moving = (LineRecorded, LineReversed, DocumentCompleted, DocumentApproved, DocumentUnapproved)
        return dict.fromkeys(moving, self._move)

    def _move(
        self,
        fact: Fact,
        event: LineRecorded | LineReversed | DocumentCompleted | DocumentApproved | DocumentUnapproved,
    ) -> None:
        if not event.movements or (isinstance(event, LineReversed) and not self._takes_back(fact, event)):
            return
        self._write_journal(fact, event)
        grown = self._balances.move(event.movements, fact.position)
        for kind, change in grown.items():
            if self.desk.known.is_physical(kind[0], fact.position):
                self._watch(fact, kind, change)

    def _takes_back(self, fact: Fact, event: LineReversed) -> bool:
        line = self._lines.get((fact.plant, event.document, fact.envelope.device, event.line))
        return is_taken_back_by(fact, line)

    def _write_journal(
        self,
        fact: Fact,
        event: LineRecorded | LineReversed | DocumentCompleted | DocumentApproved | DocumentUnapproved,
    ) -> None:
        known, position = self.desk.known, fact.position
        of_the_event = (
            event.document,
            event.document_type,
            fact.envelope.operator,
            fact.happened_at,
            period_of(fact, known.zone(position), self._closed),
        )
        for number, one in enumerate(event.movements, 1):
            goods, second = one.goods, one.second
            inside = known.is_physical(one.source, position) + 2 * known.is_physical(one.target, position)
            self._journal.add(
                (
                    fact.plant,
                    position,
                    number,
                    one.source,
                    one.target,
                    goods.item,
                    goods.lot,
                    goods.handling_unit,
                    goods.grade,
                    goods.owner,
                    one.quantity.unit,
                    micros(one.quantity.value),
                    second.unit if second else "",
                    micros(second.value) if second else 0,
                    *of_the_event,
                    inside,
                )
            )

    def _watch(self, fact: Fact, kind: KindOfStock, change: int) -> None:
        """Keep the shortage of one kind of stock true.

        Where none is open the balance was not below nothing, so what grew needs no look: most of a goods-in day.
        """
        key = _key(kind)
        open_amount = self.desk.discrepancies.amount("shortage", key)
        if open_amount is None and change >= 0 and self.desk.known.was_always_physical(kind[0]):
            return
        total = self._balances.total(kind)
        if total < 0:
            names = ("place", "item", "lot", "handling_unit", "grade", "owner")
            about = {name: value for name, value in zip(names, kind, strict=False) if value}
            self.desk.discrepancies.open(fact, "shortage", key, detail=about, amount=-total, unit=kind[6])
        elif open_amount is not None:
            self.desk.discrepancies.close(fact, "shortage", key)


def _key(kind: KindOfStock) -> str:
    return msgspec.json.encode(kind).decode()


PROJECTION = Stock
