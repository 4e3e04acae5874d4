"""A bundle's progress: whatever is told of it, each operation is claimed once and each piece is counted once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from domain.bundle import Bundle, BundleSerial, Tally
from domain.events.production import (
    BundlesRemade,
    HandoffJudged,
    JobCrewChanged,
    JobFinished,
    JobPaused,
    JobResumed,
    JobStarted,
    JobUndone,
    PanelsReplaced,
    TicketRenewed,
)
from domain.handoff import Defect, Handoff, Rating, Verdict
from domain.job import Job, JobState, Share, evenly, shared
from domain.progress import Progress
from domain.progress_fold import Clash, Told, WorkEvent, after, cut
from domain.remade import Remade, remade
from domain.route import Flow, OperationCode, Route, Step

CUT, SEW, HEM, COLLAR, JOIN = map(OperationCode, ("CUT", "SEW", "HEM", "COLLAR", "JOIN"))
ROUTE = Route(
    code="R",
    version=1,
    flow=Flow.GARMENT,
    steps=(
        Step(operation=SEW, takes=("body",)),
        Step(operation=HEM, after=(SEW,), takes=("body",)),
        Step(operation=COLLAR, takes=("collar",)),
        Step(operation=JOIN, after=(HEM, COLLAR), takes=("body", "collar"), makes="garment"),
    ),
)
BUNDLE = Bundle(
    serial=BundleSerial("B1"), order="WO1", style="S", colour="navy", size="L", pieces=20, component="body"
)
BEGIN = datetime(2026, 11, 28, 8, tzinfo=UTC)
LI, WANG, ZHAO = "1012", "1007", "1015"


class Story:
    """Tells a bundle's events one after the other and keeps every clash."""

    def __init__(self, progress: Progress | None = None) -> None:
        self.progress = progress or cut(BUNDLE)
        self.clashes: list[Clash] = []
        self.count = 100 * len(self.progress.jobs)

    def tell(self, event: WorkEvent, operator: str = LI) -> Story:
        self.count += 1
        folded = after(self.progress, event, replace(self.told(), operator=operator), ROUTE)
        self.progress, self.clashes = folded.progress, [*self.clashes, *folded.clashes]
        return self

    def starts(
        self, job: str, operation: OperationCode, *people: str, pieces: int = 20, **more: Any
    ) -> Story:
        given = {"copy": 1, **more}
        return self.tell(
            JobStarted(
                job=job,
                bundle=self.progress.bundle.serial,
                operation=operation,
                pieces=pieces,
                people=people or (LI,),
                **given,
            )
        )

    def finishes(self, job: str, operation: OperationCode, good: int, **more: Any) -> Story:
        lost = {one: more.pop(one) for one in ("seconds", "scrap", "missing") if one in more}
        told = Tally(good=good, **lost)
        serial = self.progress.bundle.serial
        return self.tell(JobFinished(job=job, bundle=serial, operation=operation, told=told, **more))

    def does(self, operation: OperationCode, *people: str, good: int = 20, **more: Any) -> Story:
        name = f"J-{operation}-{self.count}"
        pieces = self.progress.left_for(operation, ROUTE)
        return self.starts(name, operation, *people, pieces=pieces).finishes(name, operation, good, **more)

    def told(self) -> Told:
        at = BEGIN + timedelta(minutes=self.count)
        return Told(event_id=f"e{self.count}", at=at, operator=LI, station="S1")

    def becomes(self, *parts: tuple[str, int, str]) -> Remade:
        """Split it into bundles: serial, pieces, and which operation is to do them again, if any."""
        bundles = tuple(
            replace(
                self.progress.bundle,
                serial=BundleSerial(serial),
                pieces=pieces,
                parents=(self.progress.bundle.serial,),
                sent_back_to=OperationCode(back),
            )
            for serial, pieces, back in parts
        )
        parents = (self.progress.bundle.serial,)
        event = BundlesRemade(act="split", parents=parents, bundles=bundles, operation=HEM)
        return remade((self.progress,), event, self.told(), ROUTE)

    def judges(
        self, verdict: Verdict, accepted: int, *, job: str = "", received: int = 20, **more: Any
    ) -> Story:
        people = more.pop("people", (WANG,))
        handoff = Handoff(
            bundle=self.progress.bundle.serial,
            before=SEW,
            operation=HEM,
            verdict=verdict,
            declared=20,
            received=received,
            accepted=accepted,
            **more,
        )
        return self.tell(HandoffJudged(handoff=handoff, job=job, people=people))

    def job(self, name: str) -> Job:
        found = self.progress.job(name)
        assert found
        return found

    @property
    def codes(self) -> list[str]:
        return [one.code for one in self.clashes]


def test_what_is_finished_is_awaited_by_the_next_operation() -> None:
    story = Story()
    assert story.progress.awaits(ROUTE) == (SEW,)
    story.starts("J1", SEW)
    assert story.progress.awaits(ROUTE) == ()
    story.finishes("J1", SEW, 18, scrap=1, missing=1)
    assert story.progress.awaits(ROUTE) == (HEM,)
    assert story.progress.left_for(HEM, ROUTE) == 18
    assert not story.clashes


def test_two_stations_that_did_not_hear_of_each_other_claim_a_bundle_and_one_of_them_counts() -> None:
    story = Story().starts("J1", SEW, LI).starts("J2", SEW, WANG)
    assert story.clashes == [Clash(code="claimed_twice", operation=SEW, job="J2", other="J1", pieces=20)]
    story.finishes("J2", SEW, 20).finishes("J1", SEW, 20)
    first, second = story.progress.jobs
    assert (first.tally.good, second.tally.good) == (20, 0)
    assert (first.shares, second.shares) == ((Share(person=LI, pieces=20),), ())
    assert second.claimed == 20
    assert story.progress.awaits(ROUTE) == (HEM,)


def test_half_a_bundle_each_is_no_clash() -> None:
    story = Story().starts("J1", SEW, LI, pieces=12).starts("J2", SEW, WANG, pieces=8)
    story.finishes("J1", SEW, 12)
    assert story.progress.awaits(ROUTE) == ()
    story.finishes("J2", SEW, 8)
    assert not story.clashes
    assert story.progress.awaits(ROUTE) == (HEM,)
    assert story.progress.whose(SEW) == (Share(person=LI, pieces=12), Share(person=WANG, pieces=8))


def test_a_void_ticket_moves_nothing() -> None:
    story = Story().tell(TicketRenewed(bundle=BUNDLE.serial, copy=2, reason="torn")).starts("J1", SEW)
    assert story.codes == ["ticket_void"]
    story.finishes("J1", SEW, 20)
    assert story.progress.jobs[0].tally.good == 0
    story.starts("J2", SEW, copy=2)
    assert story.codes == ["ticket_void"]
    assert story.progress.jobs[1].tally.received == 20


def test_what_was_begun_before_it_was_heard_to_be_finished_is_waited_for_and_then_right() -> None:
    story = Story().starts("J2", HEM, WANG, unheard=(SEW,))
    assert story.codes == ["out_of_sequence"]
    assert story.progress.jobs[0].unmet == (SEW,)
    story.does(SEW, LI)
    assert story.progress.jobs[0].unmet == ()


def test_everything_before_is_waited_for_not_only_the_last_of_it() -> None:
    collar_on = replace(ROUTE.by_operation[JOIN], takes=("body",), makes="", after=(HEM,))
    straight = replace(ROUTE, steps=(*ROUTE.steps[:2], collar_on))
    story = Story().starts("J2", HEM, WANG, unheard=(SEW,)).finishes("J2", HEM, 20)
    assert story.progress.lacks(JOIN, straight) == (SEW,)
    story.does(SEW, LI)
    assert story.progress.lacks(JOIN, straight) == ()


def test_the_check_in_is_the_verdict_and_nobody_gives_it_on_their_own_work() -> None:
    story = Story().does(SEW, LI).starts("J2", HEM, WANG, accepts=(SEW,))
    (taken,) = story.progress.taken
    assert (taken.verdict, taken.before, taken.operation, taken.people, taken.pieces) == (
        Verdict.ACCEPT,
        SEW,
        HEM,
        (WANG,),
        20,
    )
    own = Story().does(SEW, LI).starts("J2", HEM, LI, accepts=(SEW,))
    assert own.codes == ["own_handoff"]
    assert own.progress.taken == ()


def test_a_rating_stands_beside_the_check_in_it_belongs_to() -> None:
    story = Story().does(SEW, LI).starts("J2", HEM, WANG, accepts=(SEW,))
    story.judges(Verdict.ACCEPT, 20, job="J2", rating=Rating.B)
    assert [(one.rating, one.pieces) for one in story.progress.taken] == [(Rating.B, 20)]
    assert story.job("J2").tally.received == 20


def test_what_is_rejected_goes_back_and_is_done_again_and_counted_once() -> None:
    story = Story().does(SEW, LI).starts("J2", HEM, WANG, accepts=(SEW,))
    story.judges(Verdict.REJECT, 0, job="J2", defects=(Defect(code="seam", pieces=20),))
    assert story.progress.awaits(ROUTE) == (SEW,)
    assert story.job("J2").state is JobState.WITHDRAWN
    story.does(SEW, LI, good=19, scrap=1)
    assert story.progress.left_for(HEM, ROUTE) == 19
    story.does(HEM, WANG, good=19)
    assert story.progress.live() == 19
    assert not story.clashes


def test_fewer_came_than_were_declared() -> None:
    story = Story().does(SEW, LI).starts("J2", HEM, WANG, accepts=(SEW,))
    story.judges(Verdict.ACCEPT, 18, received=18, job="J2")
    assert story.progress.missed == {SEW: 2}
    assert story.job("J2").tally.received == 18
    story.finishes("J2", HEM, 18)
    assert (story.progress.live(), story.progress.has_passed(HEM, ROUTE)) == (18, True)


def test_a_part_is_taken_and_the_rest_is_a_bundle_of_its_own_that_goes_back() -> None:
    story = Story().does(SEW, LI).starts("J2", HEM, WANG, accepts=(SEW,))
    story.judges(Verdict.PART, 16, job="J2", defects=(Defect(code="seam", pieces=4),))
    made = story.becomes(("B2", 16, ""), ("B3", 4, SEW))
    taken, rest = made.bundles
    assert made.parents[0].became == ("B2", "B3")
    assert made.parents[0].awaits(ROUTE) == ()
    assert (taken.awaits(ROUTE), rest.awaits(ROUTE)) == ((HEM,), (SEW,))
    assert rest.senders(SEW) == (LI,)
    assert [(one.operation, one.shares) for one in made.taken_back] == [(SEW, (Share(person=LI, pieces=4),))]
    returned = Story(rest).does(SEW, LI, good=4)
    assert returned.progress.awaits(ROUTE) == (HEM,)
    assert returned.progress.whose(SEW) == (Share(person=LI, pieces=4),)
    assert not (*story.clashes, *made.clashes, *returned.clashes)


def test_only_what_is_left_of_a_bundle_is_split() -> None:
    story = Story().does(SEW, LI, good=18, scrap=2)
    assert story.progress.now().pieces == 18
    made = story.becomes(("B2", 10, ""), ("B3", 8, ""))
    assert [one.live() for one in made.bundles] == [10, 8]
    assert [one.whose(SEW) for one in made.bundles] == [
        (Share(person=LI, pieces=10),),
        (Share(person=LI, pieces=8),),
    ]
    assert not made.clashes


def test_who_splits_off_more_than_there_is_has_no_more_and_somebody_looks() -> None:
    story = Story().does(SEW, LI, good=18, scrap=2)
    made = story.becomes(("B2", 10, ""), ("B3", 10, ""))
    assert [one.live() for one in made.bundles] == [10, 8]
    assert [(one.code, one.pieces) for one in made.clashes] == [("remade_pieces", 2)]
    assert made.bundles[1].left_for(HEM, ROUTE) == 8


def test_what_was_put_into_no_new_bundle_is_missing_where_it_was_split() -> None:
    story = Story().does(SEW, LI)
    made = story.becomes(("B2", 10, ""), ("B3", 7, ""))
    assert [(one.code, one.pieces) for one in made.clashes] == [("remade_pieces", 3)]
    assert made.parents[0].missed == {HEM: 3}


def test_a_bundle_that_two_stations_split_is_split_once() -> None:
    story = Story().does(SEW, LI)
    first = story.becomes(("B2", 10, ""), ("B3", 10, ""))
    again = Story(first.parents[0]).becomes(("B4", 5, ""), ("B5", 15, ""))
    assert [one.live() for one in again.bundles] == [0, 0]
    assert [one.code for one in again.clashes] == ["bundle_closed", "remade_pieces"]
    assert again.parents[0].became == ("B2", "B3")


def test_half_done_bundles_are_joined_and_the_other_half_is_still_to_be_done() -> None:
    done, open_one = Story().does(SEW, LI), Story(cut(replace(BUNDLE, serial=BundleSerial("B9"), pieces=5)))
    whole = replace(BUNDLE, serial=BundleSerial("B10"), pieces=25)
    event = BundlesRemade(act="merged", parents=(BUNDLE.serial, BundleSerial("B9")), bundles=(whole,))
    (merged,) = remade((done.progress, open_one.progress), event, done.told(), ROUTE).bundles
    assert (merged.left_for(SEW, ROUTE), merged.awaits(ROUTE)) == (5, (SEW,))
    assert Story(merged).does(SEW, WANG, good=5).progress.awaits(ROUTE) == (HEM,)


def test_who_is_at_work_on_a_bundle_that_is_split_is_so_no_longer() -> None:
    story = Story().starts("J1", SEW, LI)
    made = story.becomes(("B2", 10, ""), ("B3", 10, ""))
    assert [one.code for one in made.clashes] == ["closed_at_work"]
    late = Story(made.parents[0]).finishes("J1", SEW, 20)
    assert late.codes == ["not_at_work"]
    assert late.progress.whose(SEW) == ()


def test_a_closed_bundle_takes_no_more_work() -> None:
    story = Story().tell(BundlesRemade(act="split", parents=(BUNDLE.serial,), bundles=(BUNDLE,)))
    story.starts("J1", SEW)
    assert story.codes == ["bundle_closed"]
    assert story.progress.jobs[0].tally.received == 0


def test_a_garment_has_behind_it_what_its_body_and_collar_had() -> None:
    body = Story().does(SEW, LI).does(HEM, WANG)
    collar = Story(cut(replace(BUNDLE, serial=BundleSerial("C1"), component="collar"))).does(COLLAR, ZHAO)
    garment = replace(BUNDLE, serial=BundleSerial("G1"), component="garment")
    event = BundlesRemade(act="joined", parents=(BUNDLE.serial, BundleSerial("C1")), bundles=(garment,))
    made = remade((body.progress, collar.progress), event, body.told(), ROUTE)
    (joined,) = made.bundles
    assert {one.operation for one in joined.behind} == {SEW, HEM, COLLAR}
    assert joined.awaits(ROUTE) == (JOIN,)
    assert joined.senders(COLLAR) == (ZHAO,)
    assert not made.clashes


def test_a_collar_without_a_body_is_missing_where_they_were_joined() -> None:
    body = Story().does(SEW, LI).does(HEM, WANG, good=19, scrap=1)
    collar = Story(cut(replace(BUNDLE, serial=BundleSerial("C1"), component="collar"))).does(COLLAR, ZHAO)
    garment = replace(BUNDLE, serial=BundleSerial("G1"), component="garment")
    event = BundlesRemade(
        act="joined", parents=(BUNDLE.serial, BundleSerial("C1")), bundles=(garment,), operation=JOIN
    )
    made = remade((body.progress, collar.progress), event, body.told(), ROUTE)
    assert made.bundles[0].live() == 19
    assert [one.missed for one in made.parents] == [{}, {JOIN: 1}]
    assert [(one.code, one.pieces) for one in made.clashes] == [("remade_pieces", 1)]


def test_panels_cut_anew_are_done_where_they_were_lost() -> None:
    story = Story().does(SEW, LI, good=18, scrap=2)
    story.tell(PanelsReplaced(bundle=BUNDLE.serial, operation=SEW, pieces=2, reason="oil"))
    assert story.progress.left_for(SEW, ROUTE) == 2
    story.does(SEW, WANG, good=2)
    assert story.progress.left_for(HEM, ROUTE) == 20


def test_a_finish_is_taken_back_until_the_next_operation_has_the_goods() -> None:
    undo = JobUndone(job="J1", bundle=BUNDLE.serial, operation=SEW, act="finish")
    story = Story().starts("J1", SEW).finishes("J1", SEW, 20).tell(undo)
    assert story.progress.jobs[0].state is JobState.RUNNING
    story.finishes("J1", SEW, 19, scrap=1).starts("J2", HEM, WANG, pieces=19).tell(undo)
    assert story.codes == ["undone_too_late"]
    assert story.progress.jobs[0].tally.good == 19


def test_a_finish_is_not_taken_back_when_its_goods_were_sent_back_or_cut_anew() -> None:
    undo = JobUndone(job="J1", bundle=BUNDLE.serial, operation=SEW, act="finish")
    story = Story().starts("J1", SEW).finishes("J1", SEW, 20)
    story.judges(Verdict.REJECT, 0, defects=(Defect(code="seam", pieces=20),)).tell(undo)
    assert story.codes == ["undone_too_late"]
    anew = Story().starts("J1", SEW).finishes("J1", SEW, 18, scrap=2)
    anew.tell(PanelsReplaced(bundle=BUNDLE.serial, operation=SEW, pieces=2, reason="oil")).tell(undo)
    assert anew.codes == ["undone_too_late"]


def test_what_was_begun_on_panels_cut_anew_is_taken_back_like_any_other() -> None:
    story = Story().does(SEW, LI, good=18, scrap=2)
    story.tell(PanelsReplaced(bundle=BUNDLE.serial, operation=SEW, pieces=2, reason="oil"))
    story.starts("J2", SEW, WANG, pieces=2)
    story.tell(JobUndone(job="J2", bundle=BUNDLE.serial, operation=SEW, act="start"))
    assert not story.clashes
    assert story.progress.left_for(SEW, ROUTE) == 2


def test_pieces_sent_back_are_nobodys_until_they_are_done_again() -> None:
    story = Story().does(SEW, LI)
    reject = HandoffJudged(
        handoff=Handoff(
            bundle=BUNDLE.serial,
            before=SEW,
            operation=HEM,
            verdict=Verdict.REJECT,
            declared=20,
            received=20,
            accepted=0,
        ),
        people=(WANG,),
    )
    folded = after(story.progress, reject, story.told(), ROUTE)
    assert folded.taken_back == (Share(person=LI, pieces=20),)
    assert folded.progress.whose(SEW) == ()
    again = after(folded.progress, reject, story.told(), ROUTE)
    assert (again.taken_back, [one.code for one in again.clashes]) == ((), ["claimed_twice"])
    redone = Story(again.progress).does(SEW, ZHAO)
    assert redone.progress.whose(SEW) == (Share(person=ZHAO, pieces=20),)
    assert redone.progress.left_for(SEW, ROUTE) == 0


def test_a_verdict_told_twice_finds_nothing_missing_twice() -> None:
    story = Story().does(SEW, LI).starts("J2", HEM, WANG, accepts=(SEW,))
    story.judges(Verdict.ACCEPT, 18, received=18, job="J2")
    story.judges(Verdict.ACCEPT, 18, received=18, job="J2", rating=Rating.B)
    assert story.progress.missed == {SEW: 2}


def test_a_second_claim_cannot_reject_what_it_never_had() -> None:
    story = Story().does(SEW, LI).starts("J2", HEM, WANG).starts("J3", HEM, ZHAO)
    story.judges(Verdict.REJECT, 0, job="J3", people=(ZHAO,), defects=(Defect(code="seam", pieces=20),))
    assert story.codes == ["claimed_twice", "claimed_twice"]
    assert story.progress.left_for(SEW, ROUTE) == 0


def test_what_never_came_is_lost_once_whoever_told_of_it_first() -> None:
    late = Story().starts("J2", HEM, WANG, unheard=(SEW,)).finishes("J2", HEM, 19, missing=1)
    late.starts("J1", SEW, LI).finishes("J1", SEW, 19, scrap=1)
    assert (late.job("J2").tally, late.progress.live()) == (Tally(received=19, good=19), 19)
    assert late.codes == ["out_of_sequence"]
    early = Story().starts("J1", SEW, LI).finishes("J1", SEW, 19, scrap=1)
    early.starts("J2", HEM, WANG, pieces=20).finishes("J2", HEM, 19, missing=1)
    assert (early.job("J2").tally, early.progress.live()) == (Tally(received=19, good=19), 19)
    assert early.codes == ["more_than_came"]


def test_more_good_pieces_than_came_are_not_counted_once_it_is_heard_of() -> None:
    story = Story().starts("J2", HEM, WANG, unheard=(SEW,)).finishes("J2", HEM, 20)
    story.starts("J1", SEW, LI).finishes("J1", SEW, 18, scrap=2)
    assert story.progress.whose(HEM) == (Share(person=WANG, pieces=18),)
    assert story.codes == ["out_of_sequence", "more_than_came"]
    assert story.progress.left_for(HEM, ROUTE) == 0


def test_a_check_in_by_mistake_is_taken_back() -> None:
    undo = JobUndone(job="J1", bundle=BUNDLE.serial, operation=SEW, act="start")
    story = Story().starts("J1", SEW).tell(undo)
    assert story.progress.awaits(ROUTE) == (SEW,)
    assert not story.progress.at(SEW)


def test_people_come_go_and_rest() -> None:
    step = {"job": "J1", "bundle": BUNDLE.serial, "operation": SEW}
    story = Story().starts("J1", SEW, LI)
    story.tell(JobCrewChanged(**step, act="joined", people=(LI, WANG)))
    story.tell(JobPaused(**step, reason="machine"))
    assert story.progress.jobs[0].state is JobState.PAUSED
    story.tell(JobResumed(**step)).finishes("J1", SEW, 19, scrap=1)
    assert story.progress.jobs[0].shares == (Share(person=LI, pieces=10), Share(person=WANG, pieces=9))


def test_a_job_nobody_heard_of_begin_changes_nothing() -> None:
    story = Story().finishes("J9", SEW, 20)
    assert (story.codes, story.progress.jobs) == (["unknown_job"], ())
    story.starts("J1", SEW).finishes("J1", SEW, 20).finishes("J1", SEW, 20)
    assert story.codes == ["unknown_job", "not_at_work"]


@given(st.integers(0, 60), st.integers(0, 9), st.integers(0, 9), st.integers(0, 9))
def test_more_is_never_counted_than_came(good: int, seconds: int, scrap: int, missing: int) -> None:
    story = Story().starts("J1", SEW)
    story.finishes("J1", SEW, good, seconds=seconds, scrap=scrap, missing=missing)
    tally = story.progress.jobs[0].tally
    assert tally.received == 20
    assert tally.in_hand == max(0, 20 - (good + seconds + scrap + missing))
    assert sum(one.pieces for one in story.progress.jobs[0].shares) == tally.good
    assert ("not_all_told" in story.codes) == (tally.in_hand > 0)


@given(st.integers(0, 500), st.lists(st.integers(0, 60), min_size=1, max_size=8))
def test_shares_are_whole_pieces_and_all_of_them(pieces: int, weights: list[int]) -> None:
    before = [Share(person=str(number), pieces=weight) for number, weight in enumerate(weights)]
    after_all = shared(pieces, before)
    assert sum(one.pieces for one in after_all) == (pieces if sum(weights) else 0)
    whole = sum(weights) or 1
    assert all(abs(one.pieces - pieces * weights[int(one.person)] / whole) < 1 for one in after_all)
    assert sum(one.pieces for one in evenly(pieces, ("a", "b", "c"))) == pieces
