"""The next operation is the customer: what it says of goods, with one touch or card for each verdict."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from domain.barcode import ControlCommand
from domain.barcodes.house import control_code
from domain.bundle import BundleSerial, Tally
from domain.bundle_label import bundle_label
from domain.events.labels import LabelRequested
from domain.events.production import (
    BundlesRemade,
    HandoffJudged,
    JobFinished,
    JobStarted,
    TicketRenewed,
)
from domain.events.terminal import SignedOn
from domain.handoff import Defect, Handoff, Leg, Rating, Verdict
from domain.progress_fold import cut
from domain.route import Flow, OperationCode, Route, Step
from domain.wire import Change
from kiosk.screen import Tone
from kiosk.work.views import HandoffView, RemakeView, StationView
from labels.layout import lay_out
from labels.template import bind, load_template
from tests.sewing import (
    BUNDLE,
    HEM,
    LI,
    LINE_3,
    ORDER,
    OVERLOCK,
    ROUTE,
    SECOND,
    WANG,
    ZHAO,
    at_the_hem,
    floor_changes,
    sewn,
    ticket,
)
from tests.terminal import Terminal
from tests.world import badge_code

TICKET, OTHER_TICKET = ticket(BUNDLE), ticket(SECOND)
DONE = control_code(ControlCommand.DONE)
ACCEPT, REJECT = control_code(ControlCommand.ACCEPT), control_code(ControlCommand.REJECT)
SERIALS = tuple(BundleSerial(f"S3010000{n:02}") for n in (1, 2))


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    made = at_the_hem(tmp_path)
    made.scans(badge_code(WANG))
    yield made
    assert made.unspoken() == []
    made.close()


def judged(terminal: Terminal) -> Handoff:
    [event] = terminal.events(HandoffJudged)
    return event.handoff


def awaited(terminal: Terminal, serial: BundleSerial, route: Route = ROUTE) -> tuple[OperationCode, ...]:
    progress = terminal.store.shop.progress(serial)
    assert progress is not None
    return progress.awaits(route)


def test_a_job_just_checked_in_is_rated(terminal: Terminal) -> None:
    terminal.scans(TICKET)
    terminal.touches("verdict")
    terminal.touches("rate", "A")
    terminal.touches("judge", "accept")
    assert (terminal.tone, terminal.says) == (Tone.STORED, "said.handoff.accept")
    assert judged(terminal) == Handoff(
        bundle=BUNDLE.serial,
        before=OVERLOCK,
        operation=HEM,
        verdict=Verdict.ACCEPT,
        declared=20,
        received=20,
        accepted=20,
        rating=Rating.A,
        requirements_version=3,
    )
    [event] = terminal.events(HandoffJudged)
    assert (event.job, event.people) == ("S301W000001", (WANG.number,))
    assert isinstance(terminal.view, StationView)
    terminal.scans(DONE)
    assert terminal.events(JobFinished)


def test_an_acceptance_that_says_no_more_than_the_check_in_is_only_the_check_in(terminal: Terminal) -> None:
    terminal.touches("verdict")
    terminal.scans(TICKET, ACCEPT)
    assert [one.accepts for one in terminal.events(JobStarted)] == [(OVERLOCK,)]
    assert not terminal.events(HandoffJudged)


def test_goods_are_sent_back_before_any_work_by_one_card(terminal: Terminal) -> None:
    terminal.touches("verdict")
    terminal.scans(TICKET)
    terminal.touches("defect", "skipped_stitch")
    terminal.scans(REJECT)
    assert (terminal.tone, terminal.says) == (Tone.STORED, "said.handoff.reject")
    assert judged(terminal).verdict is Verdict.REJECT
    assert judged(terminal).defects == (Defect(code="skipped_stitch", pieces=1),)
    assert not terminal.events(JobStarted)
    assert awaited(terminal, BUNDLE.serial) == (OVERLOCK,)


def test_a_job_that_was_begun_is_withdrawn_when_its_goods_go_back(terminal: Terminal) -> None:
    terminal.scans(TICKET, REJECT)
    assert isinstance(terminal.view, HandoffView)
    terminal.touches("defect", "oil")
    terminal.touches("judge", "reject")
    assert terminal.store.shop.jobs_here(9) == []
    assert awaited(terminal, BUNDLE.serial) == (OVERLOCK,)


def test_a_rejection_says_what_is_wrong_and_nothing_typed_is_lost(terminal: Terminal) -> None:
    terminal.touches("verdict")
    terminal.scans(TICKET)
    terminal.touches("damaged")
    terminal.touches("judge", "reject")
    assert terminal.says == "problem.reject_needs_defect"
    terminal.touches("acknowledge")
    terminal.touches("defect", "oil")
    terminal.touches("judge", "reject")
    assert judged(terminal).leg == Leg(is_damaged=True)


def test_a_bad_rating_needs_its_facts(terminal: Terminal) -> None:
    terminal.scans(TICKET)
    terminal.touches("verdict")
    terminal.touches("rate", "D")
    terminal.touches("judge", "accept")
    assert terminal.says == "problem.rating_needs_facts"
    terminal.touches("acknowledge")
    terminal.touches("reason")
    terminal.touches("pick", "quality")
    terminal.touches("defect", "oil")
    terminal.touches("judge", "accept")
    assert (judged(terminal).rating, judged(terminal).reason) == (Rating.D, "quality")


def test_a_concession_has_a_reason_and_the_badge_of_who_allows_it(terminal: Terminal) -> None:
    terminal.touches("verdict")
    terminal.scans(TICKET)
    terminal.touches("judge", "concession")
    terminal.touches("pick", "shade")
    assert (terminal.tone, terminal.says) == (Tone.LOOK, "ask.conceded_by")
    terminal.scans(badge_code(WANG))
    assert terminal.says == "problem.concede_yourself"
    terminal.touches("acknowledge")
    terminal.scans(badge_code(ZHAO))
    assert terminal.says == "said.handoff.concession"
    assert (judged(terminal).conceded_by, judged(terminal).reason) == (ZHAO.number, "shade")
    assert [one.person for one in terminal.events(SignedOn)] == [WANG.number], "nobody else signed on by that"
    [started] = terminal.events(JobStarted)
    [event] = terminal.events(HandoffJudged)
    assert event.job == started.job


def test_a_part_is_taken_and_the_rest_goes_back_as_a_bundle_of_its_own(terminal: Terminal) -> None:
    terminal.touches("verdict")
    terminal.scans(TICKET)
    for _ in range(2):
        terminal.touches("defect", "skipped_stitch")
    terminal.touches("judge", "part")
    assert (terminal.tone, terminal.says) == (Tone.STORED, "said.handoff.part")
    assert (judged(terminal).received, judged(terminal).accepted) == (20, 18)
    [remade] = terminal.events(BundlesRemade)
    taken, back = remade.bundles
    assert [(one.serial, one.pieces, one.sent_back_to) for one in (taken, back)] == [
        (SERIALS[0], 18, ""),
        (SERIALS[1], 2, OVERLOCK),
    ]
    assert awaited(terminal, BUNDLE.serial) == ()
    assert awaited(terminal, back.serial) == (OVERLOCK,)
    assert [one.data["code"] for one in terminal.events(LabelRequested)] == [ticket(taken), ticket(back)]
    terminal.scans(DONE)
    assert [one.told for one in terminal.events(JobFinished)] == [Tally(good=18)]
    terminal.scans(TICKET)
    assert terminal.says == "problem.bundle_closed"


def test_pieces_that_did_not_come_are_the_senders_and_not_anybodys_twice(terminal: Terminal) -> None:
    terminal.scans(TICKET)
    terminal.touches("verdict")
    terminal.touches("tile", "received")
    terminal.types("19")
    terminal.touches("judge", "accept")
    assert (judged(terminal).declared, judged(terminal).received) == (20, 19)
    terminal.scans(DONE)
    progress = terminal.store.shop.progress(BUNDLE.serial)
    assert progress is not None
    assert (progress.missed, progress.jobs[-1].tally) == ({OVERLOCK: 1}, Tally(received=19, good=19))


def test_nobody_judges_his_own_work(tmp_path: Path) -> None:
    terminal = at_the_hem(tmp_path, sewn(by=WANG.number))
    terminal.scans(badge_code(WANG), TICKET)
    assert [one.accepts for one in terminal.events(JobStarted)] == [()]
    terminal.touches("verdict")
    terminal.touches("rate", "A")
    terminal.touches("judge", "accept")
    assert terminal.says == "problem.own_handoff"
    assert not terminal.events(HandoffJudged)
    terminal.close()


def test_a_verdict_that_was_half_said_is_there_after_a_power_cut_and_gone_after_leaving(
    terminal: Terminal,
) -> None:
    terminal.touches("verdict")
    terminal.scans(TICKET)
    terminal.touches("rate", "B")
    terminal.restarts()
    assert isinstance(terminal.view, HandoffView)
    assert terminal.view.rating == "B"
    terminal.touches("leave_draft")
    terminal.touches("verdict")
    assert isinstance(terminal.view, HandoffView)
    assert terminal.view.card is None


def test_a_ticket_is_printed_anew_and_the_older_one_is_void(terminal: Terminal) -> None:
    terminal.touches("tickets")
    terminal.scans(TICKET)
    terminal.touches("renew")
    terminal.touches("pick", "damaged")
    assert [one.copy for one in terminal.events(TicketRenewed)] == [2]
    [label] = terminal.events(LabelRequested)
    assert (label.data["code"], label.reason) == (ticket(BUNDLE, 2), "damaged")
    terminal.scans(TICKET)
    assert terminal.says == "problem.ticket_void"
    terminal.touches("acknowledge")
    terminal.scans(ticket(BUNDLE, 2))
    assert terminal.says == "said.job_started"


def test_the_lost_ticket_of_the_bundle_in_hand_needs_no_scan(terminal: Terminal) -> None:
    terminal.scans(TICKET)
    terminal.touches("tickets")
    terminal.touches("renew")
    terminal.touches("pick", "lost")
    assert [one.bundle for one in terminal.events(TicketRenewed)] == [BUNDLE.serial]
    terminal.waits(60)
    terminal.scans(ticket(BUNDLE, 2))
    assert terminal.says == "said.job_finished"


def test_a_bundle_is_split_and_put_together_again_without_losing_a_piece(terminal: Terminal) -> None:
    terminal.touches("tickets")
    terminal.scans(TICKET)
    terminal.touches("split")
    terminal.types("8")
    [parts] = terminal.events(BundlesRemade)
    assert [(one.pieces, one.size, one.plies) for one in parts.bundles] == [(8, "L", None), (12, "L", None)]
    assert len(terminal.events(LabelRequested)) == 2
    terminal.touches("tickets")
    terminal.scans(*(ticket(one) for one in parts.bundles))
    assert isinstance(terminal.view, RemakeView)
    assert len(terminal.view.cards) == 2
    terminal.touches("put_together")
    whole = terminal.events(BundlesRemade)[1].bundles[0]
    assert (whole.pieces, whole.parents) == (20, tuple(one.serial for one in parts.bundles))
    assert awaited(terminal, whole.serial) == (HEM,)
    terminal.scans(ticket(whole), DONE)
    assert [one.told for one in terminal.events(JobFinished)] == [Tally(good=20)]


def test_a_split_that_loses_a_piece_or_is_of_a_bundle_in_work_is_refused(terminal: Terminal) -> None:
    terminal.touches("tickets")
    terminal.scans(TICKET)
    terminal.touches("split")
    terminal.types("20")
    assert terminal.says == "problem.split_parts"
    terminal.touches("acknowledge")
    terminal.touches("leave_draft")
    terminal.scans(TICKET)
    terminal.touches("tickets")
    terminal.touches("split")
    terminal.types("5")
    assert terminal.says == "problem.others_at_work"
    assert not terminal.events(BundlesRemade)


def test_what_is_not_equally_far_is_not_put_together(tmp_path: Path) -> None:
    terminal = at_the_hem(tmp_path, sewn(), cut(SECOND))
    terminal.scans(badge_code(WANG))
    terminal.touches("tickets")
    terminal.scans(TICKET, OTHER_TICKET, DONE)
    assert terminal.says == "problem.not_as_far"
    terminal.touches("acknowledge")
    terminal.scans(TICKET)
    assert terminal.says == "problem.together_parts"
    assert not terminal.events(BundlesRemade)
    terminal.close()


COLLAR, JOIN = OperationCode("COLLAR"), OperationCode("JOIN")
JOINING = Route(
    code=ROUTE.code,
    version=ROUTE.version,
    flow=Flow.GARMENT,
    steps=(
        Step(operation=OVERLOCK, takes=("body",)),
        Step(operation=COLLAR, takes=("collar",)),
        Step(operation=JOIN, after=(OVERLOCK,), takes=("body", "collar"), makes="garment"),
    ),
)


def joining(folder: Path, *, shade: str = "D-118") -> Terminal:
    """Return the kiosk where collars are set, with a body and a collar."""
    collar = replace(BUNDLE, serial=SECOND.serial, component="collar", shade=shade)
    terminal = Terminal(
        folder,
        more=[
            *floor_changes(sewn(), cut(collar), station=replace(LINE_3, operations=(JOIN,))),
            Change(kind="route", key=f"{ROUTE.code}/{ROUTE.version}", body=msgspec.to_builtins(JOINING)),
        ],
    )
    terminal.scans(badge_code(WANG))
    return terminal


def test_components_that_are_all_scanned_are_joined_and_work_begins(tmp_path: Path) -> None:
    terminal = joining(tmp_path)
    terminal.scans(TICKET)
    assert (terminal.tone, terminal.says) == (Tone.LOOK, "said.join_others")
    terminal.scans(OTHER_TICKET)
    assert (terminal.tone, terminal.says) == (Tone.STORED, "said.bundles.joined")
    [joined] = terminal.events(BundlesRemade)
    assert (joined.act, joined.bundles[0].component, joined.bundles[0].pieces) == ("joined", "garment", 20)
    [started] = terminal.events(JobStarted)
    assert (started.bundle, started.accepts) == (joined.bundles[0].serial, (OVERLOCK,))
    terminal.close()


def test_a_collar_of_another_shade_does_not_come_on_the_body(tmp_path: Path) -> None:
    terminal = joining(tmp_path, shade="D-119")
    terminal.scans(TICKET, OTHER_TICKET)
    assert terminal.says == "problem.not_together"
    assert not terminal.events(BundlesRemade)
    terminal.close()


def test_every_ticket_can_be_printed() -> None:
    label = bundle_label(replace(BUNDLE, copy=12, sent_back_to=OVERLOCK), "S301J000001")
    layout = lay_out(bind(load_template(label.template), label.data), dots_per_mm=8)
    assert layout.is_printable
    assert label.data["plies"] == "1–20"
    assert (ORDER.number, LI.number) == (label.data["order_number"], "1012")
