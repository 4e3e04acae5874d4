"""Samples of what happens on the production floor and is said about quality; `tests.samples` takes them up."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from domain.bundle import Bundle, BundleSerial, Tally
from domain.event import Event
from domain.events.production import (
    BundlesCut,
    BundlesRemade,
    CallAnswered,
    CallMade,
    GoodsSent,
    HandoffJudged,
    JobCrewChanged,
    JobFinished,
    JobPaused,
    JobResumed,
    JobStarted,
    JobUndone,
    LaySpread,
    PanelsReplaced,
    RollSpread,
    TicketRenewed,
    WorkResumed,
    WorkStopped,
)
from domain.events.quality import (
    Answer,
    HoldLifted,
    HoldPlaced,
    PayContestAnswered,
    PayContested,
    PayLocked,
    PiecesInspected,
    QuestionnaireAnswered,
    ScorePublished,
    TicketActed,
    TicketOpened,
    UnitRated,
    VoiceAnswered,
    VoiceRaised,
)
from domain.handoff import Defect, Handoff, Leg, Rating, Verdict
from domain.job import Share
from domain.quality_ticket import Decide, Party, Propose, Vote
from domain.quantity import Quantity
from domain.route import OperationCode
from domain.score import Counted, Part, Portion

SERIAL, CHILD, REST = map(BundleSerial, ("A101000001", "A101000002", "A101000003"))
OVERLOCK, HEM = OperationCode("OVERLOCK"), OperationCode("HEM")
JOB, DUE = "A101W000001", date(2026, 11, 25)
BUNDLE = Bundle(
    serial=SERIAL,
    order="WO-2026-0412",
    style="P2601",
    colour="navy",
    size="L",
    pieces=20,
    component="body",
    shade="D-118",
    lay="L-0412-03",
    plies=(1, 20),
)
STEP = {"job": JOB, "bundle": SERIAL, "operation": HEM}
STITCH = Defect(code="skipped_stitch", pieces=2, pictures=("9f2c",))

PRODUCTION: tuple[tuple[Event, dict[str, object]], ...] = (
    (
        LaySpread(
            lay="L-0412-03",
            order="WO-2026-0412",
            style="P2601",
            colour="navy",
            rolls=(
                RollSpread(
                    roll="A10001",
                    shade="D-118",
                    plies=20,
                    used=Quantity.of("93.5", "MTR"),
                    remnant=Quantity.of("1.5", "MTR"),
                ),
            ),
            marker="M-7",
        ),
        {"operator": "1001"},
    ),
    (BundlesCut(lay="L-0412-03", bundles=(BUNDLE,)), {"operator": "1001"}),
    (
        JobStarted(
            job=JOB,
            bundle=SERIAL,
            operation=HEM,
            copy=1,
            pieces=20,
            people=("1012", "1007"),
            accepts=(OVERLOCK,),
            unheard=(OVERLOCK,),
            confirmed=("shade_mixed",),
        ),
        {"operator": "1012", "read_point": "station"},
    ),
    (
        JobCrewChanged(**STEP, act="taken_over", people=("1015",), done=(Share(person="1012", pieces=8),)),
        {"operator": "1015"},
    ),
    (JobPaused(**STEP, reason="machine"), {"operator": "1015"}),
    (JobResumed(**STEP), {"operator": "1015"}),
    (
        JobFinished(
            **STEP,
            told=Tally(good=18, seconds=1, scrap=1),
            shares=(Share(person="1012", pieces=8), Share(person="1015", pieces=10)),
            defects=(STITCH,),
            requirements_version=3,
        ),
        {"operator": "1015"},
    ),
    (JobUndone(**STEP, act="finish"), {"operator": "1015"}),
    (
        HandoffJudged(
            handoff=Handoff(
                bundle=SERIAL,
                before=OVERLOCK,
                operation=HEM,
                verdict=Verdict.PART,
                declared=20,
                received=20,
                accepted=18,
                rating=Rating.D,
                reason="thread ends",
                defects=(STITCH,),
                leg=Leg(carrier="1031", container="trolley 7", protection="cover", is_damaged=False),
                requirements_version=3,
            ),
            job=JOB,
            people=("1015",),
        ),
        {"operator": "1015"},
    ),
    (
        BundlesRemade(
            act="split",
            parents=(SERIAL,),
            bundles=(
                Bundle(
                    serial=CHILD,
                    order="WO-2026-0412",
                    style="P2601",
                    colour="navy",
                    size="L",
                    pieces=18,
                    parents=(SERIAL,),
                ),
                Bundle(
                    serial=REST,
                    order="WO-2026-0412",
                    style="P2601",
                    colour="navy",
                    size="L",
                    pieces=2,
                    parents=(SERIAL,),
                    sent_back_to=OVERLOCK,
                ),
            ),
            operation=HEM,
            reason="skipped_stitch",
        ),
        {"operator": "1015"},
    ),
    (TicketRenewed(bundle=CHILD, copy=2, reason="torn"), {"operator": "1015"}),
    (
        PanelsReplaced(bundle=CHILD, operation=HEM, pieces=1, reason="oil", roll="A10001", shade="D-118"),
        {"operator": "1001"},
    ),
    (
        GoodsSent(
            leg=Leg(carrier="1031", container="trolley 7", protection="cover"),
            bundles=(CHILD,),
            operation=HEM,
            destination="P2",
        ),
        {"operator": "1031"},
    ),
    (
        CallMade(call="A101C000001", kind="mechanic", operation=HEM, bundle=CHILD, reason="needle"),
        {"operator": "1015"},
    ),
    (CallAnswered(call="A101C000001", is_over=True), {"operator": "1044"}),
    (WorkStopped(stoppage="A101P000001", kind="stoppage", reason="power"), {"operator": "1015"}),
    (WorkResumed(stoppage="A101P000001"), {"operator": "1015"}),
    (
        TicketOpened(
            ticket="QT20261122-A1-0001",
            finder="LINE-3",
            due=DUE,
            operation=HEM,
            origin=OVERLOCK,
            bundle=SERIAL,
            order="WO-2026-0412",
            defects=(STITCH,),
            note="every second piece",
        ),
        {"operator": "1015"},
    ),
    (
        TicketActed(ticket="QT20261122-A1-0001", act=Propose(by="LINE-3", unit="LINE-2", due=DUE)),
        {"operator": "1015"},
    ),
    (
        TicketActed(
            ticket="QT20261122-A1-0001",
            act=Decide(party=Party.QUALITY, vote=Vote(unit="LINE-2", due=DUE)),
        ),
        {"operator": "1050"},
    ),
    (
        HoldPlaced(
            hold="A101H000001", scope="shade", key="D-118", reason="shade", ticket="QT20261122-A1-0001"
        ),
        {"operator": "1050"},
    ),
    (HoldLifted(hold="A101H000001", reason="sorted"), {"operator": "1050"}),
    (
        PiecesInspected(
            inspection="A101I000001",
            kind="patrol",
            operation=HEM,
            checked=7,
            defective=1,
            result="yellow",
            bundle=CHILD,
            order="WO-2026-0412",
            people=("1015",),
            defects=(STITCH,),
            points=Decimal("12.5"),
        ),
        {"operator": "1050"},
    ),
    (
        UnitRated(judge="LINE-3", judged="MAINT", period="2026-11", rating=Rating.D, reason="slow"),
        {"operator": "1020"},
    ),
    (
        QuestionnaireAnswered(
            judge="LINE-3",
            judged="LINE-2",
            period="2026-11",
            answers=(Answer(question="on_time", points=4),),
            note="better",
        ),
        {"operator": "1020"},
    ),
    (
        VoiceRaised(voice="A101V000001", kind="thanks", unit="LINE-2", text="no loose ends", due=DUE),
        {"operator": "1020"},
    ),
    (VoiceAnswered(voice="A101V000001", text="told the team", is_done=True), {"operator": "1021"}),
    (
        ScorePublished(
            period="2026-11",
            unit="LINE-2",
            objective=Decimal("91.5"),
            subjective=None,
            total=Decimal("91.5"),
            attainment=Decimal("0.98"),
            coefficient=Decimal("0.98"),
            ratings=3,
            counted=Counted(
                rejected=Portion(count=6, of=1200),
                miscounted=Portion(count=1, of=60),
                late=Portion(count=2, of=60),
                closed=1,
                closing_days=Decimal(3),
                overdue=0,
                escapes=1,
                made=4900,
                target=5000,
            ),
            rated={Rating.A: 2, Rating.C: 1},
            parts=(
                Part(
                    name="reject",
                    points=Decimal("95.0"),
                    weight=Decimal("0.4"),
                    portion=Portion(count=6, of=1200),
                ),
            ),
        ),
        {
            "operator": "1002",
            "strength": "password",
            "read_point": "desk",
            "schema": 1,
        },  # as hubs wrote it before figures could be missing
    ),
    (PayContested(job=JOB, person="1012", reason="ten were mine"), {"operator": "1012"}),
    (
        PayContestAnswered(job=JOB, person="1012", reason="counted again", pieces=2),
        {"operator": "1002", "strength": "password", "read_point": "desk"},
    ),
    (PayLocked(period="2026-11"), {"operator": "1002", "strength": "password", "read_point": "desk"}),
)
