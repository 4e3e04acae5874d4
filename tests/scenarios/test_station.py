"""A day at a sewing station: badge, bundle, work; and everything that is not as it should be."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from domain.barcode import ControlCommand
from domain.barcodes.house import control_code
from domain.bundle import Tally
from domain.event import Event
from domain.events.production import (
    CallAnswered,
    CallMade,
    JobCrewChanged,
    JobFinished,
    JobPaused,
    JobResumed,
    JobStarted,
    JobUndone,
    WorkResumed,
    WorkStopped,
)
from domain.events.terminal import ScanRefused
from domain.handoff import Defect
from domain.job import Share
from domain.progress_fold import cut
from kiosk.screen import SignOnView, Standing, Tone
from kiosk.status import HubReport
from kiosk.work.views import CallView, CountView, StationView
from tests.sewing import BUNDLE, HEM, LI, LINE_3, OVERLOCK, SECOND, WANG, ZHAO, at_the_hem, ticket
from tests.terminal import Terminal
from tests.world import badge_code

TICKET, OTHER_TICKET = ticket(BUNDLE), ticket(SECOND)
DONE, UNDO = control_code(ControlCommand.DONE), control_code(ControlCommand.UNDO)


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    made = at_the_hem(tmp_path)
    yield made
    assert made.unspoken() == []
    made.close()


def only(terminal: Terminal, kind: type[Event]) -> Event:
    [found] = terminal.events(kind)
    return found


def view(terminal: Terminal) -> StationView:
    shown = terminal.view
    assert isinstance(shown, StationView)
    return shown


def test_badge_and_bundle_are_the_whole_good_path_and_the_ticket_again_ends_it(terminal: Terminal) -> None:
    terminal.scans(badge_code(WANG))
    assert view(terminal).asks.key == "ask.ticket"
    terminal.scans(TICKET)
    assert (terminal.tone, terminal.says) == (Tone.STORED, "said.job_started")
    assert "Taken over from Overlock (Li Jianguo)" in terminal.spoken()
    card = view(terminal).card
    assert card is not None
    assert (card.bundle, card.pieces, card.size, card.people) == (BUNDLE.serial, 20, "L", "Wang Xiulan")
    assert [one.parameters["name"] for one in card.from_whom] == ["Li Jianguo"]
    assert [one.rows[0].is_critical for one in view(terminal).lists] == [True, True]
    started = only(terminal, JobStarted)
    assert started == JobStarted(
        job="S301W000001",
        bundle=BUNDLE.serial,
        operation=HEM,
        copy=1,
        pieces=20,
        people=(WANG.number,),
        accepts=(OVERLOCK,),
    )
    terminal.waits(60)
    terminal.scans(TICKET)
    assert (terminal.tone, terminal.says) == (Tone.STORED, "said.job_finished")
    assert "Hand it on to: Buttonhole" in terminal.spoken()
    finished = only(terminal, JobFinished)
    assert finished == JobFinished(
        job="S301W000001", bundle=BUNDLE.serial, operation=HEM, told=Tally(good=20), requirements_version=1
    )
    assert view(terminal).pieces_today == 20
    assert [one.envelope.read_point for one in terminal.entries()][-1] == LINE_3.place


@pytest.mark.parametrize("how", ["card", "touch"])
def test_the_done_card_or_one_touch_ends_it_too(terminal: Terminal, how: str) -> None:
    terminal.scans(badge_code(WANG), TICKET)
    if how == "card":
        terminal.scans(DONE)
    else:
        terminal.touches("finish")
    assert terminal.says == "said.job_finished"
    assert terminal.events(JobFinished)


@pytest.mark.fault("S4")
def test_a_second_pull_of_the_trigger_is_no_finish(terminal: Terminal) -> None:
    terminal.scans(badge_code(WANG), TICKET)
    terminal.scans(TICKET, apart_s=2)
    assert (terminal.tone, terminal.says) == (Tone.LOOK, "said.job_is_on")
    assert not terminal.events(JobFinished)


def test_seconds_scrap_and_missing_are_typed_and_the_rest_is_good(terminal: Terminal) -> None:
    terminal.scans(badge_code(WANG), TICKET)
    terminal.touches("count")
    terminal.touches("tile", "seconds")
    terminal.types("2")
    terminal.touches("tile", "missing")
    terminal.types("1")
    terminal.touches("defect", "hem_wavy")
    terminal.touches("defect", "hem_wavy")
    shown = terminal.view
    assert isinstance(shown, CountView)
    assert [one.pieces for one in shown.tiles] == [17, 2, 0, 1]
    assert [one.badge for one in shown.defects] == ["2", "", ""]
    terminal.scans(DONE)
    finished = only(terminal, JobFinished)
    assert isinstance(finished, JobFinished)
    assert finished.told == Tally(good=17, seconds=2, missing=1)
    assert finished.defects == (Defect(code="hem_wavy", pieces=2),)
    assert terminal.says == "said.job_finished_less"
    assert view(terminal).pieces_today == 17


def test_more_than_came_cannot_be_told_of_and_what_was_typed_stays(terminal: Terminal) -> None:
    terminal.scans(badge_code(WANG), TICKET)
    terminal.touches("count")
    terminal.touches("tile", "scrap")
    terminal.types("25")
    terminal.touches("finish")
    assert terminal.says == "problem.more_than_came"
    terminal.touches("acknowledge")
    assert isinstance(terminal.view, CountView)
    assert terminal.view.tiles[2].pieces == 25
    assert not terminal.events(JobFinished)


def test_who_was_signed_off_while_counting_finds_the_counts_again_and_nobody_else_does(
    terminal: Terminal,
) -> None:
    terminal.scans(badge_code(WANG), TICKET)
    terminal.touches("count")
    terminal.touches("tile", "seconds")
    terminal.types("3")
    terminal.waits(200)
    assert terminal.shows(SignOnView)
    terminal.scans(badge_code(WANG))
    assert isinstance(terminal.view, CountView)
    assert [one.pieces for one in terminal.view.tiles] == [17, 3, 0, 0]
    terminal.touches("lock")
    terminal.scans(badge_code(ZHAO))
    assert isinstance(terminal.view, StationView)
    terminal.touches("lock")
    terminal.scans(badge_code(WANG))
    assert isinstance(terminal.view, StationView)


def test_the_power_goes_in_the_middle_of_the_work_and_nothing_is_forgotten(terminal: Terminal) -> None:
    terminal.scans(badge_code(WANG), TICKET)
    terminal.touches("count")
    terminal.touches("tile", "seconds")
    terminal.types("3")
    terminal.restarts()
    assert isinstance(terminal.view, CountView)
    assert [one.pieces for one in terminal.view.tiles] == [17, 3, 0, 0]
    terminal.scans(TICKET)
    assert [one.told for one in terminal.events(JobFinished)] == [Tally(good=17, seconds=3)]
    terminal.scans(OTHER_TICKET)
    assert [one.job for one in terminal.events(JobStarted)] == ["S301W000001", "S301W000002"]


def test_a_job_stands_still_for_a_reason_and_its_ticket_sets_it_going_again(terminal: Terminal) -> None:
    terminal.scans(badge_code(WANG), TICKET)
    terminal.touches("pause")
    assert terminal.screen.picker
    assert [one.value for one in terminal.screen.picker.choices] == ["machine"]
    terminal.touches("pick", "machine")
    assert only(terminal, JobPaused) == JobPaused(
        job="S301W000001", bundle=BUNDLE.serial, operation=HEM, reason="machine"
    )
    card = view(terminal).card
    assert card is not None
    assert card.state is not None
    assert (card.is_paused, card.state.parameters) == (True, {"reason": "Machine broken"})
    terminal.scans(TICKET)
    assert terminal.events(JobResumed)
    assert not terminal.events(JobFinished)


def test_done_already_says_by_whom_and_when(terminal: Terminal) -> None:
    terminal.scans(badge_code(WANG), TICKET, DONE, TICKET)
    assert (terminal.tone, terminal.says) == (Tone.REFUSED, "problem.done_already")
    assert any("Wang Xiulan" in one or "王秀兰" in one for one in terminal.spoken())
    assert [one.problem for one in terminal.events(ScanRefused)] == ["done_already"]


def test_who_is_not_on_a_job_cannot_end_it_and_is_told_who_is(terminal: Terminal) -> None:
    terminal.scans(badge_code(WANG), TICKET, badge_code(ZHAO), DONE)
    assert terminal.says == "problem.not_on_job"
    assert any("Wang Xiulan" in one for one in terminal.spoken())
    terminal.touches("acknowledge")
    terminal.scans(TICKET)
    assert terminal.says == "problem.begun_already"
    terminal.touches("acknowledge")
    assert {one.action for one in view(terminal).buttons} == {"join", "take_over"}
    assert not terminal.events(JobFinished)


def test_two_work_on_a_bundle_and_one_leaves_with_his_pieces(terminal: Terminal) -> None:
    terminal.scans(badge_code(WANG), TICKET, badge_code(ZHAO))
    terminal.touches("join")
    assert terminal.says == "said.crew.joined"
    terminal.scans(badge_code(WANG))
    terminal.touches("leave")
    terminal.types("8")
    terminal.scans(badge_code(ZHAO), DONE)
    joined, left = terminal.events(JobCrewChanged)
    assert (joined.act, joined.people) == ("joined", (WANG.number, ZHAO.number))
    assert (left.people, left.done) == ((ZHAO.number,), (Share(person=WANG.number, pieces=8),))
    finished = only(terminal, JobFinished)
    assert isinstance(finished, JobFinished)
    assert finished.shares == (
        Share(person=WANG.number, pieces=8),
        Share(person=ZHAO.number, pieces=12),
    )


def test_a_job_is_taken_over_and_what_was_done_stays_whose_it_was(terminal: Terminal) -> None:
    terminal.scans(badge_code(WANG), TICKET, badge_code(ZHAO))
    terminal.touches("take_over")
    terminal.types("25")
    assert terminal.says == "problem.more_than_came"
    terminal.touches("acknowledge")
    terminal.touches("take_over")
    terminal.types("5")
    terminal.touches("finish")
    [finished] = terminal.events(JobFinished)
    assert finished.shares == (Share(person=WANG.number, pieces=5), Share(person=ZHAO.number, pieces=15))


def test_the_last_one_on_a_job_cannot_leave_it(terminal: Terminal) -> None:
    terminal.scans(badge_code(WANG), TICKET)
    terminal.touches("leave")
    assert terminal.says == "problem.last_on_job"


def test_several_jobs_are_at_work_and_one_is_chosen(terminal: Terminal) -> None:
    terminal.scans(badge_code(WANG), TICKET, badge_code(ZHAO), OTHER_TICKET)
    assert [one.title for one in view(terminal).jobs] == [BUNDLE.serial]
    terminal.scans(badge_code(WANG))
    terminal.touches("select_work", "S301W000001")
    terminal.touches("finish")
    assert [one.job for one in terminal.events(JobFinished)] == ["S301W000001"]
    assert view(terminal).card is None, "what another does is nobody else's"
    assert [one.title for one in view(terminal).jobs] == [SECOND.serial]


def test_whoever_signs_on_has_their_own_job_in_hand(terminal: Terminal) -> None:
    terminal.scans(badge_code(WANG), TICKET, badge_code(ZHAO), OTHER_TICKET, badge_code(WANG))
    card = view(terminal).card
    assert card is not None
    assert card.bundle == BUNDLE.serial
    terminal.scans(DONE)
    assert [one.bundle for one in terminal.events(JobFinished)] == [BUNDLE.serial]


def test_the_undo_card_takes_back_the_finish_and_then_the_check_in(terminal: Terminal) -> None:
    terminal.scans(badge_code(WANG), TICKET, DONE, UNDO)
    assert terminal.says == "said.finish_undone"
    assert view(terminal).pieces_today == 0
    terminal.scans(UNDO)
    assert terminal.says == "said.start_undone"
    undone = [one.envelope for one in terminal.entries() if one.envelope.type == "JobUndone"]
    told = {one.envelope.event_id: one.envelope.type for one in terminal.entries()}
    assert [told[one.corrects] for one in undone] == ["JobFinished", "JobStarted"]
    assert [one.act for one in terminal.events(JobUndone)] == ["finish", "start"]
    terminal.scans(UNDO)
    assert terminal.says == "problem.nothing_to_undo"
    terminal.scans(TICKET)
    assert terminal.says == "said.job_started"


def test_nobody_takes_back_what_another_did(terminal: Terminal) -> None:
    terminal.scans(badge_code(WANG), TICKET, DONE, badge_code(ZHAO), UNDO)
    assert terminal.says == "problem.not_on_job"
    assert not terminal.events(JobUndone)


def test_a_bundle_that_was_not_sewn_is_refused_while_the_hub_is_heard(tmp_path: Path) -> None:
    terminal = at_the_hem(tmp_path, cut(BUNDLE))
    terminal.scans(badge_code(WANG))
    terminal.loop.step(online(terminal))
    terminal.scans(TICKET)
    assert terminal.says == "problem.out_of_sequence"
    assert any("Overlock" in one for one in terminal.spoken())
    terminal.close()


def test_out_of_touch_goods_are_taken_whose_earlier_finish_was_not_heard_of(tmp_path: Path) -> None:
    terminal = at_the_hem(tmp_path, cut(BUNDLE))
    terminal.scans(badge_code(WANG), TICKET)
    assert terminal.says == "said.job_started"
    assert any("Without the hub" in one for one in terminal.spoken())
    assert [one.unheard for one in terminal.events(JobStarted)] == [(OVERLOCK,)]
    terminal.close()


def online(terminal: Terminal) -> HubReport:
    return HubReport(state="online", contact=terminal.clock.now())


@pytest.mark.parametrize("code", ["PO-2026-0815", "06901234567892", ticket(replace(BUNDLE, serial="X1"))])
def test_what_is_no_ticket_of_a_known_bundle_says_what_to_do(terminal: Terminal, code: str) -> None:
    terminal.scans(badge_code(WANG), code)
    assert terminal.tone is Tone.REFUSED
    assert terminal.says in ("problem.no_ticket", "problem.unknown_bundle")


def test_a_station_of_several_operations_asks_once_and_remembers(tmp_path: Path) -> None:
    station = replace(LINE_3, operations=(OVERLOCK, HEM))
    terminal = at_the_hem(tmp_path, station=station)
    terminal.scans(badge_code(WANG), TICKET)
    assert terminal.says == "problem.operation_first"
    terminal.touches("acknowledge")
    assert [one.value for one in view(terminal).choices] == [OVERLOCK, HEM]
    terminal.touches("operation", HEM)
    terminal.scans(TICKET, DONE)
    assert [one.operation for one in terminal.events(JobStarted)] == [HEM]
    terminal.restarts()
    terminal.scans(badge_code(WANG), OTHER_TICKET)
    assert len(terminal.events(JobStarted)) == 2
    terminal.close()


def test_home_leads_to_documents_and_back_to_the_station(terminal: Terminal) -> None:
    terminal.scans(badge_code(WANG), TICKET)
    terminal.touches("home")
    terminal.touches("station")
    assert view(terminal).card is not None
    terminal.touches("lock")
    terminal.scans(badge_code(LI))
    assert view(terminal).card is not None


def test_a_call_is_made_answered_and_settled(terminal: Terminal) -> None:
    terminal.scans(badge_code(WANG), TICKET)
    terminal.touches("calls")
    terminal.touches("call", "mechanic")
    assert only(terminal, CallMade) == CallMade(
        call="S301C000001", kind="mechanic", operation=HEM, bundle=BUNDLE.serial
    )
    assert terminal.screen.standing is Standing.CALLING
    terminal.touches("call", "mechanic")
    assert terminal.says == "said.called_already"
    terminal.restarts()
    assert isinstance(terminal.view, CallView)
    terminal.touches("came", "S301C000001")
    terminal.touches("came", "S301C000001")
    assert [one.is_over for one in terminal.events(CallAnswered)] == [False, True]
    assert terminal.screen.standing is Standing.AT_WORK
    assert not terminal.view.calls


def test_after_a_break_the_next_ticket_sets_the_station_going(terminal: Terminal) -> None:
    terminal.scans(badge_code(WANG))
    terminal.touches("calls")
    terminal.touches("break")
    assert view(terminal).stopped is not None
    terminal.waits(900)
    terminal.scans(badge_code(WANG), TICKET)
    assert [one.kind for one in terminal.events(WorkStopped)] == ["break"]
    assert [one.stoppage for one in terminal.events(WorkResumed)] == ["S301P000001"]
    assert view(terminal).stopped is None


def test_a_stoppage_has_a_reason_and_ends_with_a_touch(terminal: Terminal) -> None:
    terminal.scans(badge_code(WANG))
    terminal.touches("calls")
    terminal.touches("stoppage")
    terminal.touches("pick", "machine")
    assert [one.reason for one in terminal.events(WorkStopped)] == ["machine"]
    terminal.touches("resume_station")
    assert terminal.events(WorkResumed)
