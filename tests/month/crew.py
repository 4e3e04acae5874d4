"""The people of the group at work: they write documents, take lines back, leave things to colleagues, approve."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence

from domain.decide import clear_line
from domain.document import Accepted, Decision, Document
from domain.field import Input
from domain.problem import Problem
from domain.staff import Person
from tests.month.group import Group
from tests.month.job import Hand, Work, jobs
from tests.month.kiosk import Kiosk

TRIES = 6
"""Types looked at before somebody finds that there is nothing to do."""
LINE_S = 5.0
UNDONE_SHARE, LEFT_OPEN_SHARE, UNTICKED_SHARE = 0.03, 0.05, 0.1
LEFT_TO_APPROVE_SHARE = 0.15
MORE_THAN_THERE_IS = "more_than_on_hand"
BELIEVES_THE_EYES_SHARE = 0.3
"""How often somebody moves what the book does not have: it lies there all the same."""
FINISHED_KEPT = 60
OPEN_LOOKED_AT = 50


class Crew:
    """Everybody who works at the group's kiosks, and what came of it: acts are counted by name."""

    def __init__(self, group: Group) -> None:
        self._group = group
        self._some = random.Random(f"{group.sizes.seed}/crew")
        self._people = {plant: group.things.people(plant) for plant in group.plants}
        self._finished: dict[str, list[str]] = {one.device: [] for one in group.counters}
        self.acts: Counter[str] = Counter()
        self.refusals: Counter[str] = Counter()
        self.worked: set[str] = set()

    def works(self, kiosk: Kiosk) -> None:
        """Somebody comes to a kiosk and writes one document; now and then they look after an old one as well."""
        person = self._some.choice(self._people[kiosk.plant])
        self._looks_after(kiosk)
        for code in self._wanted(kiosk):
            hand = Hand(
                kiosk=kiosk,
                person=person,
                things=self._group.things,
                some=self._some,
                lines_max=self._group.sizes.document_lines,
            )
            work = jobs()[code].begins(hand)
            if work and self._writes(hand, code, work):
                return

    def _wanted(self, kiosk: Kiosk) -> Sequence[str]:
        """Types written here, those first that are furthest behind their share; or as it comes."""
        known = [code for code, job in jobs().items() if kiosk.warehouse in job.warehouses]
        if self._some.random() < 0.6:
            return sorted(known, key=lambda code: self._group.lines[code] / jobs()[code].share)[:TRIES]
        return self._some.choices(known, [jobs()[code].share for code in known], k=TRIES)

    # one document

    def _writes(self, hand: Hand, code: str, work: Work) -> bool:
        kiosk, person = hand.kiosk, hand.person
        document = kiosk.begins(code, person)
        for given in work.header:
            decision = kiosk.offers(document, given, person, self._agrees)
            if not isinstance(decision, Accepted):
                self._heard_no(code, decision)
                return False
            document = decision.document
        for line in work.lines:
            document = self._records(kiosk, document, line, person)
        if document.status != "open":
            return False
        self.worked.add(person.number)
        self.acts["opened"] += 1
        self._ends(kiosk, document, person)
        return True

    def _records(self, kiosk: Kiosk, document: Document, line: Sequence[Input], person: Person) -> Document:
        before = document.lines
        self._group.time.advance(LINE_S)
        for given in line:
            decision = kiosk.offers(document, given, person, self._agrees)
            if not isinstance(decision, Accepted):
                self._heard_no(document.type, decision)
                return clear_line(document)
            document = decision.document
        if document.lines == before:
            self.refusals[f"{document.type} line not complete"] += 1
            return clear_line(document)
        if self._some.random() < UNDONE_SHARE:
            undone = kiosk.undoes(document, person)
            if isinstance(undone, Accepted):
                self.acts["line taken back"] += 1
        return document

    def _ends(self, kiosk: Kiosk, document: Document, person: Person) -> None:
        is_empty = not kiosk.facts.lines_in_effect(document.number)
        if is_empty and isinstance(kiosk.voids(document, person), Accepted):
            self.acts["void"] += 1
            return
        if self._some.random() < LEFT_OPEN_SHARE:
            self.acts["left open"] += 1
            return
        self._completes(kiosk, document, person)

    def _completes(self, kiosk: Kiosk, document: Document, person: Person) -> None:
        decision = kiosk.completes(document, person, lambda _problem: True)
        if not isinstance(decision, Accepted):
            self._heard_no(f"{document.type} completing", decision)
            return
        self.acts[decision.document.status] += 1
        self._finished[kiosk.device] = [*self._finished[kiosk.device][-FINISHED_KEPT:], document.number]
        if decision.document.status == "submitted" and self._some.random() >= LEFT_TO_APPROVE_SHARE:
            self._approves(kiosk, decision.document)

    def _approves(self, kiosk: Kiosk, document: Document) -> None:
        authors = {line.operator for line in kiosk.facts.lines(document.number)}
        entitled = [one for one in self._people[kiosk.plant] if one.may(document.type, "approve")]
        approver = self._some.choice([one for one in entitled if one.number not in authors])
        proposed = range(len(kiosk.facts.proposed(document.number)))
        unticked = frozenset(
            one for one in proposed if document.type == "PD" and self._some.random() < UNTICKED_SHARE
        )
        decision = kiosk.approves(document, approver, unticked)
        if isinstance(decision, Accepted):
            self.acts["approved"] += 1
            self.worked.add(approver.number)
        else:
            self._heard_no(f"{document.type} approving", decision)

    # old documents

    def _looks_after(self, kiosk: Kiosk) -> None:
        luck = self._some.random()
        if luck < 0.06:
            self._takes_back(kiosk)
        elif luck < 0.25:
            self._takes_over(kiosk)

    def _takes_back(self, kiosk: Kiosk) -> None:
        """A document that was finished here was wrong altogether."""
        finished = self._finished[kiosk.device]
        if not finished:
            return
        document = kiosk.facts.finished_document(finished.pop(self._some.randrange(len(finished))))
        if document is None:
            return
        leaders = [one for one in self._people[kiosk.plant] if one.may(document.type, "unapprove")]
        decision = kiosk.takes_back(document, self._some.choice(leaders))
        if isinstance(decision, Accepted):
            self.acts["taken back"] += 1
        else:
            self._heard_no("taking back", decision)

    def _takes_over(self, kiosk: Kiosk) -> None:
        """A colleague left a document open, or waits for somebody to approve it."""
        mine = kiosk.facts.station().document_types
        for status in ("submitted", "open"):
            shared = [one for one in kiosk.facts.open_documents(status, OPEN_LOOKED_AT) if one.type in mine]
            if not shared:
                continue
            chosen = self._some.choice(shared)
            person = self._some.choice(self._people[kiosk.plant])
            decision = kiosk.joins(chosen, person)
            if not isinstance(decision, Accepted):
                self._heard_no("joining", decision)
                continue
            self.acts["joined"] += 1
            if status == "submitted":
                self._approves(kiosk, decision.document)
            else:
                self._completes(kiosk, decision.document, person)
            return

    # questions and refusals

    def _agrees(self, problem: Problem) -> bool:
        self.acts["asked"] += 1
        return problem.code != MORE_THAN_THERE_IS or self._some.random() < BELIEVES_THE_EYES_SHARE

    def _heard_no(self, what: str, decision: Decision) -> None:
        for problem in getattr(decision, "problems", ()):
            self.refusals[f"{what} {problem.code}"] += 1
