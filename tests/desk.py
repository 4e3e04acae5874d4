"""One document in hand at a desk without a kiosk: what is given to it, and everything that happened with it."""

from __future__ import annotations

from domain.decide import offer, work_out_line
from domain.document import Accepted, Document
from domain.events.documents import DocumentCompleted, LineRecorded
from domain.field import Input
from domain.life import approve, complete, unapprove, undo
from domain.staff import Person
from domain.stock import Movement
from tests.stock import STOCK
from tests.world import KEEPER, World, case, codes_of


class Desk:
    """One document in hand, and everything that happened with it."""

    def __init__(self, document_type: str, world: World | None = None, operator: Person = KEEPER) -> None:
        self.world = world or World(balances=STOCK)
        self.document = Document(type=document_type, number=f"{document_type}20261122-A1-0001")
        self.operator = operator
        self.events: list[object] = []
        self.last: object = None

    def gives(self, given: Input, *confirmed: str):
        decision = offer(
            self.document,
            given,
            case(
                self.world,
                operator=self.operator,
                serial=self.document.lines + 1,
                confirmed=frozenset(confirmed),
            ),
        )
        return self._take(decision)

    def scans(self, *texts: str) -> None:
        for text in texts:
            decision = self.gives(Input(text=text))
            assert isinstance(decision, Accepted), (text, codes_of(decision))

    def tries(self, text: str) -> tuple[str, ...]:
        return codes_of(self.gives(Input(text=text)))

    def enters(self, field: str, text: str) -> None:
        decision = self.gives(Input(text=text, field=field))
        assert isinstance(decision, Accepted), codes_of(decision)

    def undoes(self):
        return self._take(undo(self.document, case(self.world, operator=self.operator)))

    def completes(self, *confirmed: str):
        return self._take(
            complete(self.document, case(self.world, operator=self.operator, confirmed=frozenset(confirmed)))
        )

    def approves(self, approver, proposed, ticked):
        return self._take(approve(self.document, proposed, frozenset(ticked), approver, case(self.world)))

    def takes_back(self, person: Person):
        return self._take(unapprove(self.document, "typing error", person, case(self.world)))

    def asks_for(self) -> str:
        return work_out_line(self.document, case(self.world)).missing[0].name

    def _take(self, decision):
        self.last = decision
        if isinstance(decision, Accepted):
            self.document = decision.document
            self.events += [one.event for one in decision.events]
            self.world.tell(decision.events)
        return decision

    @property
    def lines(self) -> list[LineRecorded]:
        return [one for one in self.events if isinstance(one, LineRecorded)]

    @property
    def movements(self) -> list[Movement]:
        return [one for event in self.events for one in getattr(event, "movements", ())]

    @property
    def proposed(self) -> list[Movement]:
        completed = [one for one in self.events if isinstance(one, DocumentCompleted)]
        return [one for event in completed for one in event.proposed]
