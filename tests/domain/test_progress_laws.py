"""Laws L5 to L8 of a bundle and all it becomes, after every event of any story, however wild."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from msgspec.structs import replace

from domain.bundle import Bundle, BundleSerial, Tally
from domain.events.production import (
    BundlesRemade,
    HandoffJudged,
    JobFinished,
    JobStarted,
    JobUndone,
    PanelsReplaced,
    TicketRenewed,
)
from domain.handoff import Defect, Handoff, Verdict
from domain.progress import Progress
from domain.progress_fold import Told, WorkEvent, after, cut
from domain.remade import remade
from domain.route import Flow, OperationCode, Route, Step

SEW, PRESS, HEM, COLLAR, JOIN, PACK = map(OperationCode, ("SEW", "PRESS", "HEM", "COLLAR", "JOIN", "PACK"))
ROUTE = Route(
    code="R",
    version=1,
    flow=Flow.GARMENT,
    steps=(
        Step(operation=SEW, takes=("body",)),
        Step(operation=PRESS, takes=("body",)),
        Step(operation=HEM, after=(SEW, PRESS), takes=("body",)),
        Step(operation=COLLAR, takes=("collar",)),
        Step(operation=JOIN, after=(HEM, COLLAR), takes=("body", "collar"), makes="garment"),
        Step(operation=PACK, after=(JOIN,), takes=("garment",)),
    ),
)
OPERATIONS = tuple(step.operation for step in ROUTE.steps)
PEOPLE = ("1007", "1012", "1015", "1031")
BEGIN = datetime(2026, 11, 28, 8, tzinfo=UTC)
COUNT = st.integers(0, 14)
LOST = st.sampled_from((0, 0, 1, 2, 12))


def bundle_of(serial: str, component: str, pieces: int) -> Bundle:
    return Bundle(
        serial=BundleSerial(serial),
        order="WO1",
        style="S",
        colour="navy",
        size="L",
        pieces=pieces,
        component=component,
    )


class Floor(RuleBasedStateMachine):
    """Tells anything of any bundle, in any order, and keeps what pay comes to by what the folds said."""

    def __init__(self) -> None:
        super().__init__()
        body, collar = bundle_of("B1", "body", 12), bundle_of("C1", "collar", 12)
        self.all = {one.serial: cut(one) for one in (body, collar)}
        self.count = 0
        self.taken_back = 0
        self.recut: Counter[str] = Counter({"body": 0, "collar": 0, "garment": 0})
        self.joined = 0

    def told(self) -> Told:
        self.count += 1
        at = BEGIN + timedelta(minutes=self.count)
        return Told(event_id=f"e{self.count}", at=at, operator=PEOPLE[0], station="S1")

    def one(self, number: int) -> Progress:
        return list(self.all.values())[number % len(self.all)]

    def tell(self, progress: Progress, event: WorkEvent) -> None:
        folded = after(progress, event, self.told(), ROUTE)
        self.all[progress.bundle.serial] = folded.progress
        self.taken_back += sum(share.pieces for share in folded.taken_back)

    @rule(
        at=st.integers(0, 50),
        operation=st.sampled_from(OPERATIONS),
        pieces=COUNT,
        who=st.sampled_from(PEOPLE),
        copy=st.sampled_from((1, 1, 1, 2)),
    )
    def starts(self, at: int, operation: OperationCode, pieces: int, who: str, copy: int) -> None:
        progress = self.one(at)
        if ROUTE.takes_part(operation, progress.bundle.component):
            serial = progress.bundle.serial
            begun = JobStarted(
                job=f"J{self.count}",
                bundle=serial,
                operation=operation,
                copy=copy,
                pieces=pieces,
                people=(who,),
            )
            self.tell(progress, begun)

    @rule(at=st.integers(0, 50), job=COUNT, good=COUNT, seconds=LOST, scrap=LOST, missing=LOST)
    def finishes(self, *, at: int, job: int, good: int, seconds: int, scrap: int, missing: int) -> None:
        progress = self.one(at)
        if progress.jobs:
            work = progress.jobs[job % len(progress.jobs)]
            told = Tally(good=good, seconds=seconds, scrap=scrap, missing=missing)
            self.tell(
                progress,
                JobFinished(job=work.name, bundle=work.bundle, operation=work.operation, told=told),
            )

    @rule(at=st.integers(0, 50), job=COUNT, act=st.sampled_from(("start", "finish")))
    def undoes(self, at: int, job: int, act: str) -> None:
        progress = self.one(at)
        if progress.jobs:
            work = progress.jobs[job % len(progress.jobs)]
            self.tell(
                progress,
                JobUndone(job=work.name, bundle=work.bundle, operation=work.operation, act=act),  # type: ignore[arg-type] (drawn from the words there are)
            )

    @rule(
        at=st.integers(0, 50),
        edge=st.sampled_from(((SEW, HEM), (PRESS, HEM), (HEM, JOIN), (JOIN, PACK), (SEW, PACK))),
        verdict=st.sampled_from(Verdict),
        received=COUNT,
        accepted=COUNT,
        job=st.integers(-3, 14),
        who=st.sampled_from(PEOPLE),
    )
    def judges(
        self,
        *,
        at: int,
        edge: tuple[OperationCode, OperationCode],
        verdict: Verdict,
        received: int,
        accepted: int,
        job: int,
        who: str,
    ) -> None:
        progress = self.one(at)
        before, operation = edge
        if not ROUTE.takes_part(before, progress.bundle.component):
            return
        work = progress.jobs[job % len(progress.jobs)] if job >= 0 and progress.jobs else None
        handoff = Handoff(
            bundle=progress.bundle.serial,
            before=before,
            operation=work.operation if work else operation,
            verdict=verdict,
            declared=12,
            received=received,
            accepted=min(accepted, received),
            defects=(Defect(code="seam", pieces=1),),
        )
        if before in ROUTE.all_before(handoff.operation):
            self.tell(progress, HandoffJudged(handoff=handoff, job=work.name if work else "", people=(who,)))

    @rule(at=st.integers(0, 50), copy=st.integers(1, 3))
    def prints_a_ticket_anew(self, at: int, copy: int) -> None:
        progress = self.one(at)
        self.tell(progress, TicketRenewed(bundle=progress.bundle.serial, copy=copy, reason="torn"))

    @rule(at=st.integers(0, 50), operation=st.sampled_from(OPERATIONS), pieces=st.integers(1, 3))
    def cuts_anew(self, at: int, operation: OperationCode, pieces: int) -> None:
        progress = self.one(at)
        if not progress.became and 0 < pieces <= progress.lost(operation):
            self.recut[progress.bundle.component] += pieces
            self.tell(
                progress,
                PanelsReplaced(
                    bundle=progress.bundle.serial, operation=operation, pieces=pieces, reason="oil"
                ),
            )

    @precondition(lambda self: len(self.all) < 12)
    @rule(
        at=st.integers(0, 50), first=COUNT, second=COUNT, back=st.sampled_from(("", "", SEW, PRESS, COLLAR))
    )
    def splits(self, at: int, first: int, second: int, back: OperationCode) -> None:
        progress = self.one(at)
        parts = tuple(
            replace(
                progress.bundle,
                serial=BundleSerial(f"N{self.count}-{part}"),
                pieces=pieces,
                sent_back_to=OperationCode(back if part else ""),
            )
            for part, pieces in enumerate((first, second))
        )
        self.makes("split", (progress,), parts)

    @precondition(lambda self: len(self.all) < 12)
    @rule(one=st.integers(0, 50), other=st.integers(0, 50), pieces=st.integers(0, 20))
    def puts_together(self, one: int, other: int, pieces: int) -> None:
        parents = (self.one(one), self.one(other))
        components = {parent.bundle.component for parent in parents}
        if parents[0].bundle.serial == parents[1].bundle.serial or (
            "garment" in components and len(components) > 1
        ):
            return
        act = "joined" if len(components) > 1 else "merged"
        component = "garment" if act == "joined" else parents[0].bundle.component
        made = bundle_of(f"N{self.count}", component, pieces)
        self.makes(act, parents, (made,))

    def makes(self, act: str, parents: tuple[Progress, ...], bundles: tuple[Bundle, ...]) -> None:
        serials = tuple(one.bundle.serial for one in parents)
        event = BundlesRemade(act=act, parents=serials, bundles=bundles, operation=HEM)  # type: ignore[arg-type] (drawn from the words there are)
        made = remade(parents, event, self.told(), ROUTE)
        for one in (*made.parents, *made.bundles):
            self.all[one.bundle.serial] = one
        self.taken_back += sum(share.pieces for one in made.taken_back for share in one.shares)
        if act == "joined":
            self.joined += sum(one.pieces for one in made.bundles)

    @invariant()
    def l5_no_piece_is_taken_up_twice(self) -> None:
        for one in self.all.values():
            for operation in OPERATIONS if not one.became else ():
                assert one.left_for(operation, ROUTE) >= 0

    @invariant()
    def l6_every_piece_is_somewhere_once(self) -> None:
        """Cut and recut is in process, lost, or joined into garments; closed bundles have given all they had."""
        for component in self.recut:
            own = [one for one in self.all.values() if one.bundle.component == component]
            lost = sum(one.lost(operation) for one in own for operation in OPERATIONS)
            live = sum(one.live() for one in own if not one.became)
            begun = self.joined if component == "garment" else 12
            joined = 0 if component == "garment" else self.joined
            assert begun == live + joined + lost, component
        for one in self.all.values():
            for job in one.jobs:
                assert 0 <= job.tally.accounted <= job.tally.received
                assert min(job.tally.good, job.tally.seconds, job.tally.scrap, job.tally.missing) >= 0

    @invariant()
    def l8_what_is_paid_was_good_and_nobodys_twice(self) -> None:
        paid = sum(share.pieces for one in self.all.values() for job in one.jobs for share in job.shares)
        good = sum(job.tally.good for one in self.all.values() for job in one.jobs)
        assert paid == good
        assert 0 <= self.taken_back <= paid
        for one in self.all.values():
            for operation in OPERATIONS:
                assert sum(share.pieces for share in one.whose(operation)) <= one.pieces + one.replaced.get(
                    operation, 0
                )


Floor.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestFloor = Floor.TestCase


def test_what_two_operations_beside_each_other_call_scrap_is_lost_once() -> None:
    floor = Floor()
    for job, operation in enumerate((SEW, PRESS)):
        floor.starts(at=0, operation=operation, pieces=12, who="1007", copy=1)
        floor.finishes(at=0, job=job, good=2, seconds=0, scrap=10, missing=0)
    body = floor.one(0)
    assert (body.lost(SEW), body.lost(PRESS), body.left_for(HEM, ROUTE)) == (10, 2, 0)
    floor.l6_every_piece_is_somewhere_once()


def test_a_piece_its_maker_says_is_a_second_was_not_missed_on_the_way() -> None:
    floor = Floor()
    floor.starts(at=0, operation=HEM, pieces=12, who="1007", copy=1)
    floor.judges(at=0, edge=(SEW, HEM), verdict=Verdict.ACCEPT, received=0, accepted=0, job=0, who="1007")
    floor.starts(at=0, operation=SEW, pieces=1, who="1007", copy=1)
    floor.finishes(at=0, job=1, good=0, seconds=1, scrap=0, missing=0)
    body = floor.one(0)
    assert (body.missed[SEW], body.lost(SEW), body.left_for(HEM, ROUTE)) == (11, 12, 0)
    floor.l6_every_piece_is_somewhere_once()
