"""What is said at a station besides the work: a scan and a few touches, offline too; and what the hub makes of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from domain.barcode import ControlCommand
from domain.barcodes.house import control_code
from domain.bundle import Tally
from domain.code_list import DefectCode
from domain.events.production import GoodsSent, JobStarted, PanelsReplaced
from domain.events.quality import (
    HoldLifted,
    HoldPlaced,
    QuestionnaireAnswered,
    TicketOpened,
    UnitRated,
    VoiceAnswered,
    VoiceRaised,
)
from domain.handoff import Defect, Leg, Rating
from domain.names import Names
from domain.questionnaire import QUESTIONS, SurveyQuestion
from domain.wire import Change
from domain.work_unit import UnitRecord
from hub.store.database import writing
from hub.store.production_tables import goods_sent
from hub.store.quality_tables import holds, quality_tickets, questionnaire_answers, unit_ratings, voices
from hub.store.reference import Record, write_records
from kiosk.screen import Tone
from kiosk.statement import statements
from kiosk.work.views import StatementView, StationView
from tests.hub.floor import SEW, Floor, bundle
from tests.hub.plant import P
from tests.line import Station
from tests.sewing import (
    ASKED_OF_US,
    BUNDLE,
    CHIEF,
    HEM,
    LI,
    ORDER,
    OVERLOCK,
    SECOND,
    WANG,
    cutting_changes,
    floor_changes,
    quality_changes,
    sewn,
    ticket,
)
from tests.terminal import Terminal
from tests.world import badge_code, unit_code

TICKET, OTHER_TICKET = ticket(BUNDLE), ticket(SECOND)
DONE, NO = control_code(ControlCommand.DONE), control_code(ControlCommand.NO)


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    known = [*floor_changes(sewn(), sewn(SECOND, lost=Tally(scrap=2))), *quality_changes()]
    made = Terminal(tmp_path, more=known)
    made.scans(badge_code(WANG))
    yield made
    assert made.unspoken() == []
    made.close()


def says(terminal: Terminal, statement: str, *touches: str) -> None:
    """Choose what to say from the station, and touch; what follows a colon is the value."""
    terminal.touches("say")
    terminal.touches("statement", statement)
    for one in touches:
        terminal.touches(*one.split(":", 1))


def shown(terminal: Terminal) -> StatementView:
    assert isinstance(terminal.view, StatementView)
    return terminal.view


def test_a_rejection_becomes_a_quality_ticket_by_one_touch(terminal: Terminal) -> None:
    terminal.touches("verdict")
    terminal.scans(TICKET)
    terminal.touches("defect", "oil")
    terminal.touches("judge", "reject")
    assert isinstance(terminal.view, StationView)
    assert "open_ticket" in {one.action for one in terminal.view.tools}
    terminal.restarts()
    terminal.touches("open_ticket")
    assert (terminal.tone, terminal.says) == (Tone.STORED, "said.ticket_opened")
    [opened] = terminal.events(TicketOpened)
    assert opened == TicketOpened(
        ticket=f"QT{terminal.loop.desk().day}-S3-0001",
        finder="LINE-3",
        due=opened.due,
        operation=HEM,
        origin=OVERLOCK,
        bundle=BUNDLE.serial,
        order=ORDER.number,
        defects=(Defect(code="oil", pieces=1),),
    )
    assert (opened.due - terminal.loop.desk().now.astimezone().date()).days == 3
    terminal.touches("open_ticket")
    assert len(terminal.events(TicketOpened)) == 1, "once for each rejection"


def test_what_the_carrier_damaged_is_no_operations_fault(terminal: Terminal) -> None:
    terminal.touches("verdict")
    terminal.scans(TICKET)
    for touch in ("damaged", "defect:oil", "reason", "pick:damaged", "judge:reject", "open_ticket"):
        terminal.touches(*touch.split(":", 1))
    [opened] = terminal.events(TicketOpened)
    assert (opened.origin, opened.note) == ("", "Damaged")


def test_something_is_wrong_without_a_rejection(terminal: Terminal) -> None:
    terminal.touches("home")
    terminal.touches("say")
    terminal.touches("statement", "quality_ticket")
    terminal.touches("say_it")
    assert terminal.says == "problem.blank_left"
    terminal.touches("acknowledge")
    terminal.scans(TICKET)
    assert [one.value for one in shown(terminal).choices] == [OVERLOCK, HEM]
    terminal.touches("told", OVERLOCK)
    for _ in range(2):
        terminal.touches("defect", "skipped_stitch")
    terminal.scans(DONE)
    [opened] = terminal.events(TicketOpened)
    assert (opened.origin, opened.defects) == (OVERLOCK, (Defect(code="skipped_stitch", pieces=2),))


def test_what_is_half_said_outlasts_a_power_cut_and_a_sign_off_and_ends_with_no(terminal: Terminal) -> None:
    says(terminal, "voice", "told:thanks", "told:LINE-2")
    terminal.restarts()
    assert [one.value for one in shown(terminal).blanks] == ["voice_kind.thanks", "Line 2", ""]
    terminal.touches("lock")
    terminal.scans(badge_code(WANG))
    assert [one.is_next for one in shown(terminal).blanks] == [False, False, True]
    terminal.touches("blank", "to_unit")
    terminal.touches("told", "LINE-3")
    terminal.scans(NO)
    assert isinstance(terminal.view, StationView)
    assert not terminal.events(VoiceRaised)


def test_only_who_is_entitled_holds_work_and_it_stands_still_here_at_once(terminal: Terminal) -> None:
    terminal.touches("say")
    assert {one.value for one in shown(terminal).kinds} == {
        name for name, one in statements().items() if not one.right
    }
    terminal.touches("statement", "hold")
    assert shown(terminal).kinds, "not hers to say"
    terminal.scans(badge_code(CHIEF))
    terminal.touches("statement", "hold")
    terminal.scans(OTHER_TICKET)
    terminal.touches("told", "shade")
    terminal.touches("told", "shade")
    terminal.scans(badge_code(WANG), DONE)
    assert terminal.says == "problem.not_entitled"
    terminal.touches("acknowledge")
    terminal.scans(badge_code(CHIEF), DONE)
    assert terminal.says == "said.held"
    [held] = terminal.events(HoldPlaced)
    assert (held.hold, held.scope, held.key) == ("S301H000001", "shade", "D-118")
    assert held.reason == "Shade differs"
    terminal.scans(badge_code(WANG), TICKET)
    assert terminal.says == "problem.on_hold"
    assert not terminal.events(JobStarted)


def test_a_hold_is_lifted_by_the_ticket_of_what_it_is_on(terminal: Terminal) -> None:
    terminal.scans(badge_code(CHIEF))
    says(terminal, "hold", f"told:{HEM}", "told:measure", "say_it")
    says(terminal, "hold")
    terminal.scans(TICKET)
    terminal.touches("told", "order")
    terminal.touches("told", "quality")
    terminal.touches("say_it")
    says(terminal, "hold")
    terminal.scans(TICKET)
    for touch in ("told:order", "told:quality", "say_it"):
        terminal.touches(*touch.split(":"))
    assert terminal.says == "problem.held_already"
    terminal.touches("acknowledge")
    terminal.touches("leave_draft")
    terminal.touches("say")
    assert {one.value: one.badge for one in shown(terminal).kinds}["lift"] == "2"
    terminal.touches("statement", "lift")
    terminal.scans(TICKET)
    terminal.touches("told", "looked_at")
    terminal.touches("say_it")
    assert [one.hold for one in terminal.events(HoldLifted)] == ["S301H000002"]
    terminal.scans(TICKET)
    assert terminal.says == "problem.on_hold", "the operation stands still besides"
    terminal.touches("acknowledge")
    says(terminal, "lift", "told:S301H000001", "told:mistake", "say_it")
    terminal.restarts()
    terminal.scans(TICKET)
    assert terminal.says == "said.job_started"


def test_a_roll_on_hold_is_not_spread(tmp_path: Path) -> None:
    table = Terminal(tmp_path, more=[*cutting_changes(), *quality_changes()])
    table.scans(badge_code(CHIEF))
    says(table, "hold")
    table.scans(unit_code("R0001"))
    table.touches("told", "quality")
    table.touches("say_it")
    assert [(one.scope, one.key) for one in table.events(HoldPlaced)] == [("roll", "R0001")]
    table.touches("lay")
    table.touches("lay_order", ORDER.number)
    table.touches("lay_colour", "navy")
    table.scans(unit_code("R0001"))
    assert table.says == "problem.roll_on_hold"
    assert table.unspoken() == []
    table.close()


def test_a_word_goes_to_a_unit_in_the_words_of_who_says_it(terminal: Terminal) -> None:
    says(terminal, "voice", "told:complaint", "told:LINE-2", "told:mixed", "say_it")
    says(terminal, "voice", "told:suggestion", "told:SEW-1", "type_blank")
    for key in "HOOK 7":
        terminal.touches("text_key", key)
    terminal.touches("overlay_done")
    terminal.touches("say_it")
    assert [(one.voice, one.kind, one.unit, one.text) for one in terminal.events(VoiceRaised)] == [
        ("S301V000001", "complaint", "LINE-2", "Sizes or shades come mixed"),
        ("S301V000002", "suggestion", "SEW-1", "HOOK 7"),
    ]


def test_what_was_said_to_the_unit_is_answered_at_its_station(terminal: Terminal) -> None:
    terminal.scans(badge_code(CHIEF))
    terminal.touches("say")
    assert {one.value: one.badge for one in shown(terminal).kinds}["voice_answer"] == "1"
    terminal.touches("statement", "voice_answer")
    assert [one.title for one in shown(terminal).choices] == [ASKED_OF_US.text]
    for touch in ("told:V1", "told:will_do", "told:not_yet", "say_it"):
        terminal.touches(*touch.split(":"))
    assert terminal.events(VoiceAnswered) == [VoiceAnswered(voice="V1", text="We will do it")]
    terminal.touches("say")
    assert {one.value: one.badge for one in shown(terminal).kinds}["voice_answer"] == ""


def test_a_unit_is_rated_in_the_name_of_ones_own_and_a_bad_one_says_why(terminal: Terminal) -> None:
    terminal.scans(badge_code(CHIEF))
    month = f"{terminal.loop.desk().now.astimezone():%Y-%m}"
    says(terminal, "unit_rating")
    assert "LINE-3" not in {one.value for one in shown(terminal).choices}, "nobody judges himself"
    for touch in ("told:LINE-2", f"told:{month}", "told:D", "say_it"):
        terminal.touches(*touch.split(":"))
    assert terminal.says == "problem.blank_left"
    terminal.touches("acknowledge")
    terminal.touches("told", "late")
    terminal.touches("say_it")
    assert terminal.events(UnitRated) == [
        UnitRated(judge="LINE-3", judged="LINE-2", period=month, rating=Rating.D, reason="Too late")
    ]


def test_a_questionnaire_is_answered_question_by_question(terminal: Terminal) -> None:
    terminal.scans(badge_code(CHIEF))
    month = f"{terminal.loop.desk().now.astimezone():%Y-%m}"
    points = [f"told:{number}" for number in (5, 4, 3, 2, 1)]
    says(terminal, "questionnaire", "told:SEW-1", f"told:{month}", *points, "say_it")
    [answered] = terminal.events(QuestionnaireAnswered)
    assert (answered.judge, answered.judged, answered.period) == ("LINE-3", "SEW-1", month)
    assert {one.question: one.points for one in answered.answers} == dict(
        zip(QUESTIONS, (5, 4, 3, 2, 1), strict=True)
    )


def test_a_plant_asks_its_own_questions_of_each_unit(tmp_path: Path) -> None:
    questions = (
        SurveyQuestion(code="order", names=Names(zh="扎捆顺序对吗", en="Bundles in order?")),
        SurveyQuestion(code="tags", names=Names(zh="唛头齐吗", en="Tags complete?"), units=("LINE-2",)),
        SurveyQuestion(code="gone", names=Names(en="No longer asked"), disabled=True),
    )
    asked = [Change(kind="survey_question", key=one.code, body=msgspec.to_builtins(one)) for one in questions]
    terminal = Terminal(tmp_path, more=[*floor_changes(sewn()), *quality_changes(), *asked])
    terminal.scans(badge_code(CHIEF))
    month = f"{terminal.loop.desk().now.astimezone():%Y-%m}"
    says(terminal, "questionnaire", "told:LINE-2", f"told:{month}", "told:5")
    assert shown(terminal).asks.key == "ask.say.question"
    assert [one.label.parameters.get("name") for one in shown(terminal).blanks[3:5]] == [
        "Bundles in order?",
        "Tags complete?",
    ]
    terminal.touches("say_it")
    assert terminal.says == "problem.blank_left"
    terminal.touches("acknowledge")
    terminal.touches("told", "2")
    terminal.touches("say_it")
    [answered] = terminal.events(QuestionnaireAnswered)
    assert {one.question: one.points for one in answered.answers} == {"order": 5, "tags": 2}
    terminal.close()


def test_panels_are_cut_anew_from_the_same_dye_lot_and_go_through_the_operation_again(tmp_path: Path) -> None:
    rolls = [one for one in cutting_changes() if one.kind == "balance"]
    terminal = Terminal(tmp_path, more=[*floor_changes(sewn(lost=Tally(scrap=2))), *rolls])
    terminal.scans(badge_code(WANG))
    says(terminal, "panels")
    terminal.scans(TICKET)
    terminal.touches("blank", "panels")
    terminal.types("3")
    terminal.scans(unit_code("R0002"))
    terminal.touches("told", "scrap")
    terminal.touches("say_it")
    assert terminal.says == "problem.panels_lost"
    terminal.touches("acknowledge")
    terminal.touches("blank", "panels")
    terminal.types("2")
    terminal.touches("say_it")
    assert terminal.says == "problem.panels_shade"
    terminal.touches("acknowledge")
    terminal.scans(unit_code("R0001"))
    terminal.touches("say_it")
    assert terminal.says == "said.panels_replaced"
    [replaced] = terminal.events(PanelsReplaced)
    assert (replaced.operation, replaced.pieces, replaced.roll) == (OVERLOCK, 2, "R0001")
    progress = terminal.store.shop.progress(BUNDLE.serial)
    assert progress is not None
    assert progress.live() == 20
    assert terminal.unspoken() == []
    terminal.close()


def test_goods_set_out_with_their_carrier_and_how_they_are(terminal: Terminal) -> None:
    says(terminal, "goods_sent")
    terminal.scans(TICKET, OTHER_TICKET, TICKET)
    assert terminal.says == "problem.ticket_in_hand"
    terminal.touches("acknowledge")
    terminal.touches("told", "SEW-1")
    terminal.touches("blank", "carried_by")
    for key in "A7":
        terminal.touches("text_key", key)
    terminal.touches("overlay_done")
    for touch in ("told:bag", "told:good", "say_it"):
        terminal.touches(*touch.split(":"))
    assert terminal.events(GoodsSent) == [
        GoodsSent(
            leg=Leg(carrier="A7", protection="Bagged", condition="Clean and dry"),
            bundles=(BUNDLE.serial, SECOND.serial),
            operation=HEM,
            destination="SEW-1",
        )
    ]


def test_the_hub_hears_what_was_said_offline_and_every_station_knows_what_stands_still(
    tmp_path: Path,
) -> None:
    hub = Floor(f"sqlite:///{tmp_path / 'hub.sqlite'}")
    one, two, three = (bundle(f"C10100000{number}") for number in (1, 2, 3))
    chief = replace(CHIEF, team="L1")
    records = [
        *(Record(kind="person", key=person.number, body=person) for person in (LI, WANG, chief)),
        Record(kind="defect_code", key="oil", body=DefectCode(code="oil", names=Names(en="Oil"))),
        *(Record(kind="line", key=unit, body=UnitRecord(names=Names(en=unit))) for unit in ("L1", "L2")),
    ]
    with writing(hub.engine) as connection:
        write_records(connection, hub.log, P, records)
    hub["C1"].cuts(one, two, three)
    hub.hears("C1")
    hub["S1"].does(one, LI.number)
    hub["S1"].does(two, LI.number)
    hub.hears("S1")
    hems, other = Station(tmp_path, hub, "H1"), Station(tmp_path, hub, "S2")
    hems.wire.is_cut = True
    hems.scans(badge_code(chief))
    hems.touches("verdict")
    hems.scans(ticket(one))
    for touch in ("defect:oil", "judge:reject", "open_ticket"):
        hems.touches(*touch.split(":"))
    says(hems, "hold")
    hems.scans(ticket(one))
    for touch in ("told:shade", "told:quality", "say_it"):
        hems.touches(*touch.split(":"))
    says(hems, "voice", "told:complaint", "told:L2", "told:late", "say_it")
    says(hems, "unit_rating", "told:L2", "told:2026-11", "told:A", "say_it")
    says(hems, "questionnaire", "told:L2", "told:2026-11", *["told:4"] * len(QUESTIONS), "say_it")
    says(hems, "goods_sent")
    hems.scans(ticket(two))
    hems.touches("told", "L2")
    hems.touches("type_blank")
    hems.touches("text_key", "A")
    hems.touches("overlay_done")
    for touch in ("told:box", "told:good", "say_it"):
        hems.touches(*touch.split(":"))
    hems.wire.is_cut = False
    hems.talks()
    [opened] = hub.rows(quality_tickets)
    assert (opened["finder"], opened["origin"], opened["state"], opened["pieces"]) == ("L1", SEW, "open", 1)
    [held] = hub.rows(holds)
    assert (held["scope"], held["key"], held["reason"]) == ("shade", "D-118", "Quality is in doubt")
    [voice] = hub.rows(voices)
    assert (voice["kind"], voice["unit"], voice["text"]) == ("complaint", "L2", "Goods come too late")
    assert [row["rating"] for row in hub.rows(unit_ratings)] == ["A"]
    assert [row["points"] for row in hub.rows(questionnaire_answers)] == [4] * len(QUESTIONS)
    assert [row["destination"] for row in hub.rows(goods_sent)] == ["L2"]
    assert hems.store.connection.row("SELECT count(*) FROM own_record") == (0,), "the hub counts it now"
    other.talks()
    other.scans(badge_code(chief), ticket(three))
    assert other.says == "problem.on_hold"
    other.touches("acknowledge")
    says(other, "voice_answer", f"told:{voice['name']}", "told:will_do", "told:not_yet", "say_it")
    says(other, "lift", f"told:{held['name']}", "told:looked_at", "say_it")
    other.talks()
    hems.talks()
    assert [row["answer"] for row in hub.rows(voices)] == ["We will do it"]
    assert [row["lifted_by"] for row in hub.rows(holds)] == [chief.number]
    assert (hems.store.shop.holds(9), other.store.shop.voices(9)) == ([], [])
    for station in (hems, other):
        station.close()
    hub.close()


def test_what_a_red_patrol_held_goes_on_once_somebody_entitled_says_so(terminal: Terminal) -> None:
    terminal.touches("inspection")
    terminal.touches("inspection_kind", "patrol")
    terminal.scans(TICKET)
    for touch in ("defect:oil", "defect:skipped_stitch"):
        terminal.touches(*touch.split(":"))
    terminal.scans(DONE)
    terminal.touches("leave_draft")
    terminal.scans(TICKET)
    assert terminal.says == "problem.on_hold"
    terminal.touches("acknowledge")
    terminal.scans(badge_code(CHIEF))
    says(terminal, "lift")
    [held] = shown(terminal).choices
    assert held.detail
    assert held.detail.parameters["reason"] == "quality.red_patrol"
    terminal.scans(TICKET)
    terminal.touches("told", "mended")
    terminal.touches("say_it")
    terminal.scans(badge_code(WANG), TICKET)
    assert terminal.says == "said.job_started"
