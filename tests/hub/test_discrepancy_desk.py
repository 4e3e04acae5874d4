"""The discrepancy desk: everything not plainly booked stands on it once, and what people settle is a fact like any."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import func, select

import verify
from domain.events.desk import OFFICE, DiscrepancySettled
from domain.events.documents import (
    DocumentApproved,
    DocumentCompleted,
    DocumentJoined,
    DocumentOpened,
    DocumentSentBack,
    PlanLeft,
)
from domain.events.kept import ScanKept
from domain.events.labels import LabelReported
from domain.events.pins import PinRefused
from domain.events.quality import TicketActed, TicketOpened
from domain.events.terminal import DamageFound, RecordsNotUnderstood, SignedOn
from domain.item import Item, ItemId
from domain.log import seal
from domain.names import Names
from domain.place import PlaceId
from domain.plan import Plan, PlanLine, PlanRef
from domain.quality_ticket import Agree
from domain.route import OperationCode
from domain.staff import Person
from hub.audit import Auditor
from hub.early_reversals import ParkedLineRow
from hub.enrolment import EnrolmentError, enrol_kiosk
from hub.exception import exception_kind, exception_kinds
from hub.export import export_plant
from hub.inspection import inspect_books
from hub.office import Hand, Office, Order, OrderError
from hub.overlay import fits
from hub.projections.office import DeskActRow
from hub.releases import ReleaseRow
from hub.store import tables
from hub.store.database import StoreBusyError, reading, writing
from hub.store.devices import revoke
from hub.store.reference import Record, write_records
from hub.store.tables import desk_acts, discrepancies, dispositions, events, movements, releases
from tests.hub.floor import everything_wrong, floor_records
from tests.hub.plant import Kiosk, P, Plant, kg, moved

BOSS, CLERK = "1050", "1007"


class _BooksAtOnce:
    """A projector that books when it is asked how far it is."""

    def __init__(self, plant: Plant) -> None:
        self._plant = plant

    def position(self, plant: str) -> int:
        return self._plant.books()


class Floor:
    """A plant whose supervisor sits at the desk."""

    def __init__(self, url: str) -> None:
        self.plant = Plant(url)
        boss = Person(number=BOSS, names=Names(zh="主管"), rights=("desk.settle",))
        self.knows("person", BOSS, boss)
        self.office = Office(self.plant.engine, self.plant.ingest, _BooksAtOnce(self.plant), self.plant.clock)

    def knows(self, kind: str, key: str, body: object) -> None:
        with writing(self.plant.engine) as connection:
            write_records(connection, self.plant.log, P, [Record(kind=kind, key=key, body=body)])

    def hears(self, *kiosks: Kiosk) -> None:
        for kiosk in kiosks:
            self.plant.takes(kiosk)
        self.plant.books()

    def open(self, kind: str = "") -> list[dict[str, Any]]:
        rows = self.plant.rows(discrepancies, **({"kind": kind} if kind else {}))
        return [row for row in rows if row["closed_at"] is None]

    def does(self, act: str, *rows: dict[str, Any], **more: Any) -> list[str]:
        """Give an order about some rows; returns what came of each."""
        if act in ("accept", "correct", "set_aside"):
            more = {"reason": exception_kind(rows[0]["kind"]).reasons[0], **more}
        ids = tuple(row["id"] for row in rows)
        outcomes = self.office.carry_out(P, Hand(person=BOSS), Order(act=act, ids=ids, **more))
        return [one.outcome for one in outcomes]

    def ledger(self) -> int:
        with reading(self.plant.engine) as connection:
            return connection.execute(select(func.count()).select_from(events)).scalar_one()

    def rebuild_gives_the_same(self) -> None:
        before = self.plant.everything()
        self.plant.rebuilds()
        assert msgspec.json.encode(self.plant.everything()) == msgspec.json.encode(before)


@pytest.fixture
def floor(database_url: str) -> Iterator[Floor]:
    floor = Floor(database_url)
    yield floor
    floor.plant.close()


def unsound(kiosk: Kiosk) -> None:
    kiosk.says(SignedOn(person="1007"), type="LineRecorded")


def make_everything_go_wrong(floor: Floor) -> None:
    """One of each kind that events can show."""
    one, two = floor.plant.kiosk("K1"), floor.plant.kiosk("K2")
    one.moves(moved("A2", "A1", "10"))  # shortage
    one.receives("200", plan=PlanRef(number="PO1", line=1))  # over_plan
    one.opens("CS-1")
    two.opens("CS-1")  # document_number
    one.says(LabelReported(job="J9", state="failed"))  # label, unknown_label
    unsound(one)  # parked
    one.moves(moved("SUP", "A1", "1", item="I-NEW"))  # unknown_item
    one.moves(moved("SUP", "A9", "1"))  # unknown_place
    one.says(SignedOn(person="4711"))  # unknown_person
    one.receives("1", plan=PlanRef(number="PO9", line=1))  # unknown_plan
    there = (moved("SUP", "RCV", "5"), moved("RCV", "A1", "5"))
    entry = one.moves(*there, line=77)
    one.takes_back(entry, 77, *there)
    one.takes_back(entry, 77, *there)  # reversed_twice
    one.takes_back(entry, 99, *there)  # unknown_line
    one.says(DamageFound(epoch=1, first=3, last=4, count=2, reason="damaged"))  # damage
    one.says(RecordsNotUnderstood(kind="label_template", key="roll"))  # own_label_unprinted
    one.says(ScanKept(reason="settings"))  # scan_kept
    one.says(PinRefused(person="1007", act="approve", failures=5))  # pin_guessed
    sent = PlanLine(line=1, item=ItemId("I1"), quantity=kg("3"), place=PlaceId("A1"))
    plan = Plan(kind="transfer", number="YC-1", partner=PlaceId("A2"), lines=(sent,))
    one.says(PlanLeft(document="YC-1", document_type="YC", plan=plan))
    one.says(DocumentOpened(document="YCI-1", document_type="YCI", header={"plan": "YC-1"}))
    one.says(
        DocumentCompleted(document="YCI-1", document_type="YCI", outcome="closed", lines=0)
    )  # transit_difference
    one.opens("CS-3")
    one.says(DocumentApproved(document="CS-3", document_type="CS", approver="1002"))
    one.says(
        DocumentSentBack(document="CS-3", document_type="CS", person="1003", reason="no")
    )  # decided_apart
    due = date(2026, 11, 25)
    one.says(TicketOpened(ticket="QT1", finder="LINE-3", due=due, operation=OperationCode("HEM")))
    one.says(TicketActed(ticket="QT1", act=Agree(by="LINE-2", due=due)))  # ticket_contradiction
    for record in floor_records():
        floor.knows(record.kind, record.key, record.body)
    everything_wrong(one)  # what a production floor can show
    one.opens("CS-2")
    two.says(DocumentJoined(document="CS-2", document_type="CS", opened_on="K1", header={"partner": "SUP"}))
    two.says(DocumentCompleted(document="CS-2", document_type="CS", outcome="closed", lines=0))
    floor.hears(one, two)
    one.receives("1", document="CS-2")  # line_left_out
    floor.hears(one)
    fork(floor, two)
    floor.plant.books()


def fork(floor: Floor, kiosk: Kiosk) -> None:
    """An older copy of the kiosk's card gives its numbers to other facts."""
    clone = Kiosk(name=kiosk.name)
    clone.opens("CS-OTHER")
    floor.plant.takes(kiosk, clone.upload())


REAL_EVENTS = sorted(
    {*exception_kinds()}
    - {
        "backup",
        "badge_twice",
        "books",
        "outside_differs",
        "outside_twice",
        "slip_twice",
        "taken_back_too_late",
    }
)
"""Kinds that uploads show; `backup` and `books` come from the hub's own checks, `slip_twice` from two doors' paper,
`badge_twice` from two doors' badges, `taken_back_too_late` from two plants, the outside ones from a link."""


def test_row_types_are_the_tables_columns() -> None:
    assert fits(tables.desk_acts, DeskActRow)
    assert fits(tables.releases, ReleaseRow)
    assert fits(tables.parked_lines, ParkedLineRow)


@pytest.mark.fault("H3", "U4")
def test_every_kind_comes_to_the_desk_by_a_real_event_with_an_owner(floor: Floor) -> None:
    make_everything_go_wrong(floor)
    rows = floor.open()
    assert sorted({row["kind"] for row in rows}) == REAL_EVENTS
    assert all(row["owner"] for row in rows)
    owners = {row["kind"]: row["owner"] for row in rows}
    assert (owners["over_plan"], owners["unknown_item"]) == ("role:purchasing", "role:master_data")
    assert (owners["label"], owners["fork"]) == (CLERK, "K2")
    noted = {row["position"] for row in floor.plant.rows(dispositions)}
    assert noted, "what is not plainly booked"
    floor.rebuild_gives_the_same()


@pytest.mark.parametrize("kind", REAL_EVENTS)
def test_every_act_of_every_kind_settles_it_once(floor: Floor, kind: str) -> None:
    make_everything_go_wrong(floor)
    (row, *_) = floor.open(kind)
    for act in [one for one in exception_kind(kind).acts if one not in ("release", "count")]:
        assert floor.does(act, row) == ["done"]
        assert row["id"] not in {one["id"] for one in floor.open(kind)}
        end = floor.ledger()
        assert floor.does(act, row) == ["closed_already"]
        assert floor.ledger() == end, "what is settled already writes nothing"
        floor.rebuild_gives_the_same()
        if exception_kind(kind).is_register:
            assert floor.does("reopen", row) == ["not_settled_by_hand"]
        else:
            assert floor.does("reopen", row) == ["done"]
            assert row["id"] in {one["id"] for one in floor.open(kind)}
    floor.rebuild_gives_the_same()


def test_a_hundred_scans_of_one_unknown_item_are_one_cause(floor: Floor) -> None:
    kiosk = floor.plant.kiosk("K1")
    for _ in range(100):
        kiosk.moves(moved("SUP", "A1", "1", item="I-NEW"))
    floor.hears(kiosk)
    (row,) = floor.open("unknown_item")
    assert (row["key"], row["amount"] // 10**6) == ("I-NEW", 100)
    assert (row["opened_position"], row["position"]) == (1, 100)
    floor.does("correct", row)
    kiosk.moves(moved("SUP", "A1", "1", item="I-NEW"))
    floor.hears(kiosk)
    (again,) = floor.open("unknown_item")
    assert again["id"] != row["id"], "a new one, not the old one again"
    assert floor.does("reopen", row) == ["not_settled_by_hand"], "never two open of one cause"
    assert [one["id"] for one in floor.open("unknown_item")] == [again["id"]]
    floor.rebuild_gives_the_same()


def test_a_shortage_is_given_to_somebody_to_count_and_closes_by_itself(floor: Floor) -> None:
    kiosk = floor.plant.kiosk("K1")
    kiosk.moves(moved("A1", "A2", "10"))
    floor.hears(kiosk)
    (row,) = floor.open("shortage")
    assert floor.does("accept", row, reason="checked") == ["not_offered"], "the books would stay wrong"
    assert floor.does("count", row, owner=CLERK, due="2026-11-23") == ["done"]
    (row,) = floor.open("shortage")
    assert (row["owner"], row["due"]) == (CLERK, "2026-11-23")
    kiosk.receives("10")
    floor.hears(kiosk)
    assert floor.open("shortage") == []
    (row,) = floor.plant.rows(discrepancies, kind="shortage")
    assert row["settled_position"] == 0, "nobody settled it: it was covered"
    assert floor.does("reopen", row) == ["not_settled_by_hand"]
    floor.rebuild_gives_the_same()


# --- released ---------------------------------------------------------------------------------------------------------


def revoked_queue(floor: Floor, *amounts: str) -> Kiosk:
    """A kiosk that is stopped while honest work waits in it."""
    kiosk = floor.plant.kiosk("K1")
    with writing(floor.plant.engine) as connection:
        revoke(connection, P, "K1")
    for amount in amounts:
        kiosk.receives(amount)
    floor.hears(kiosk)
    return kiosk


def test_an_honest_queue_of_a_stopped_kiosk_is_booked_when_it_is_released(floor: Floor) -> None:
    revoked_queue(floor, "1", "2", "3")
    assert floor.plant.balances() == {}
    rows = floor.open("parked")
    assert floor.does("release", *rows, reason="checked") == ["done"] * 3
    assert floor.plant.balances() == {("SUP", "I1"): -6, ("A1", "I1"): 6}
    assert floor.open("parked") == []
    assert {row["position"] for row in floor.plant.rows(movements)} == {4, 5, 6}, (
        "booked where it was released"
    )
    assert {row["state"] for row in floor.plant.rows(dispositions)} == {"parked"}
    floor.rebuild_gives_the_same()


THERE = (moved("SUP", "RCV", "4"), moved("RCV", "A1", "4"))


def taken_back_while_parked(floor: Floor) -> Kiosk:
    """A line is parked, since its kiosk was revoked; enrolled again, the kiosk takes the line back."""
    kiosk = floor.plant.kiosk("K1")
    with writing(floor.plant.engine) as connection:
        revoke(connection, P, "K1")
    entry = kiosk.moves(*THERE, line=1)
    floor.hears(kiosk)
    floor.plant.kiosk("K1")
    kiosk.takes_back(entry, 1, *THERE)
    floor.plant.takes(kiosk, kiosk.upload(first=2))
    floor.plant.books()
    return kiosk


@pytest.mark.fault("U6")
def test_a_line_taken_back_while_it_was_parked_comes_and_goes_when_it_is_released(floor: Floor) -> None:
    kiosk = taken_back_while_parked(floor)
    assert floor.plant.balances() == {}
    line, reversal = sorted(floor.open("parked"), key=lambda row: row["opened_position"])
    about = msgspec.json.decode(reversal["detail_json"], type=dict[str, str])
    assert (about["code"], about["detail"]) == ("line_parked", "CS-K1/1")
    assert floor.open("unknown_line") == []
    assert floor.does("release", line, reason="checked") == ["done", "done"], "its reversal goes with it"
    assert floor.plant.balances() == {}
    assert floor.open() == []
    [row] = floor.plant.rows(tables.document_lines)
    assert row["reversed_position"] > row["position"]
    kiosk.takes_back(kiosk.entries[0], 1, *THERE)
    floor.plant.takes(kiosk, kiosk.upload(first=3))
    floor.plant.books()
    assert [one["kind"] for one in floor.open()] == ["reversed_twice"], "once, and once only"
    floor.rebuild_gives_the_same()


def test_a_reversal_alone_moves_nothing_while_its_line_is_parked(floor: Floor) -> None:
    taken_back_while_parked(floor)
    _, reversal = sorted(floor.open("parked"), key=lambda row: row["opened_position"])
    assert floor.does("release", reversal, reason="checked") == ["failed"]
    assert floor.plant.balances() == {}
    rows = sorted(floor.open("parked"), key=lambda row: row["opened_position"])
    assert floor.does("release", *rows, reason="checked") == ["done", "done"], "both chosen: each once"
    assert floor.plant.balances() == {}
    floor.rebuild_gives_the_same()


@pytest.mark.fault("N9")
def test_what_was_released_and_comes_again_in_a_new_epoch_is_known(floor: Floor) -> None:
    kiosk = revoked_queue(floor, "4")
    floor.does("release", *floor.open("parked"), reason="checked")
    again = floor.plant.kiosk("K1")  # enrolled again: it sends everything once more
    again.epoch = 2
    old = kiosk.entries[0].envelope
    again.entries.append(seal(msgspec.structs.replace(old, epoch=2)))
    floor.hears(again)
    assert floor.plant.balances() == {("SUP", "I1"): -4, ("A1", "I1"): 4}
    assert floor.plant.rows(dispositions)[-1]["state"] == "known"
    floor.rebuild_gives_the_same()


def test_what_came_again_before_it_was_released_is_not_booked_twice(floor: Floor) -> None:
    kiosk = revoked_queue(floor, "4")
    again = floor.plant.kiosk("K1")
    again.epoch = 2
    again.entries.append(seal(msgspec.structs.replace(kiosk.entries[0].envelope, epoch=2)))
    floor.hears(again)
    (row,) = floor.open("parked")
    assert floor.does("release", row, reason="checked") == ["known"]
    assert floor.plant.balances() == {("SUP", "I1"): -4, ("A1", "I1"): 4}
    assert floor.open("parked") == []
    floor.rebuild_gives_the_same()


def test_releasing_twice_books_once(floor: Floor) -> None:
    revoked_queue(floor, "4")
    (row,) = floor.open("parked")
    assert floor.does("release", row, reason="checked") == ["done"]
    assert floor.does("release", row, reason="checked") == ["closed_already"]
    assert floor.does("reopen", row) == ["done"]
    assert floor.does("release", row, reason="checked") == ["known"], "open again, and booked already"
    assert floor.plant.balances() == {("SUP", "I1"): -4, ("A1", "I1"): 4}
    floor.rebuild_gives_the_same()


@pytest.mark.fault("H3")
def test_what_cannot_be_booked_stays_parked_and_leaves_no_trace(floor: Floor) -> None:
    kiosk = floor.plant.kiosk("K1")
    unsound(kiosk)
    floor.hears(kiosk)
    (row,) = floor.open("parked")
    assert floor.does("release", row, reason="checked") == ["failed"]
    assert [one["id"] for one in floor.open()] == [row["id"]], "still the one it was, and no other"
    last = floor.plant.rows(dispositions)[-1]
    assert (last["state"], last["code"]) == ("parked", "release_failed")
    assert floor.plant.rows(releases) == []
    assert floor.does("set_aside", row, reason="cannot_be_read") == ["done"]
    floor.rebuild_gives_the_same()


def test_a_released_event_is_judged_by_what_is_known_when_it_is_released(floor: Floor) -> None:
    kiosk = floor.plant.kiosk("K1")
    with writing(floor.plant.engine) as connection:
        revoke(connection, P, "K1")
    kiosk.moves(moved("SUP", "A1", "1", item="I-NEW"))
    kiosk.moves(moved("SUP", "A1", "1", item="I-STRANGE"))
    floor.hears(kiosk)
    floor.knows("item", "I-NEW", Item(id=ItemId("I-NEW"), number="I-NEW", names=Names(), unit="KGM"))
    floor.does("release", *floor.open("parked"), reason="checked")
    assert [row["key"] for row in floor.open("unknown_item")] == ["I-STRANGE"]
    floor.rebuild_gives_the_same()


# --- who may, and what is refused ------------------------------------------------------------------------------------


@pytest.mark.fault("A8")
def test_a_kiosk_settles_nothing(floor: Floor) -> None:
    kiosk = floor.plant.kiosk("K1")
    kiosk.moves(moved("SUP", "A1", "1", item="I-NEW"))
    floor.hears(kiosk)
    (row,) = floor.open("unknown_item")
    kiosk.says(
        DiscrepancySettled(
            discrepancy=row["id"], kind="unknown_item", key="I-NEW", act="accepted", reason="checked"
        )
    )
    floor.hears(kiosk)
    assert [one["id"] for one in floor.open("unknown_item")] == [row["id"]]
    assert floor.plant.rows(desk_acts) == []
    station, now = floor.plant.device("K1").station, floor.plant.clock.now()
    with writing(floor.plant.engine) as connection, pytest.raises(EnrolmentError):
        enrol_kiosk(connection, floor.plant.log, OFFICE, station, now, replace=False)


def test_only_those_with_the_right_settle(floor: Floor) -> None:
    make_everything_go_wrong(floor)
    (row, *_) = floor.open("unknown_item")
    end = floor.ledger()
    for nobody in (CLERK, "4711", ""):
        with pytest.raises(OrderError, match="no_right"):
            floor.office.carry_out(
                P, Hand(person=nobody), Order(act="accept", ids=(row["id"],), reason="registered")
            )
    assert floor.ledger() == end
    gone = Person(number=BOSS, names=Names(zh="主管"), rights=("desk.settle",), disabled=True)
    floor.knows("person", BOSS, gone)
    with pytest.raises(OrderError, match="no_right"):
        floor.does("accept", row)


@pytest.mark.parametrize(
    ("more", "key"),
    [
        ({"act": "accept", "reason": ""}, "reason"),
        ({"act": "accept", "reason": "other"}, "other_needs_note"),
        ({"act": "accept", "reason": "registered", "note": "x" * 501}, "note"),
        ({"act": "accept", "reason": "registered", "note": "a\0b"}, "note"),
        ({"act": "accept", "reason": "registered", "ids": ()}, "nothing_chosen"),
        ({"act": "accept", "reason": "registered", "ids": ("x",) * 1001}, "too_many"),
        ({"act": "assign"}, "nobody"),
        ({"act": "assign", "owner": "4711"}, "nobody"),
        ({"act": "assign", "owner": CLERK, "due": "tomorrow"}, "date"),
    ],
)
def test_an_order_that_makes_no_sense_is_refused_in_words(
    tmp_path: Any, more: dict[str, Any], key: str
) -> None:
    floor = Floor(f"sqlite:///{tmp_path / 'hub.sqlite'}")
    try:
        order: dict[str, Any] = {"ids": ("x",), **more}
        with pytest.raises(OrderError, match=f"^desk.refused.{key}$"):
            floor.office.carry_out(P, Hand(person=BOSS), Order(**order))
        assert floor.ledger() == 0
    finally:
        floor.plant.close()


def test_many_of_one_kind_are_settled_with_one_reason(floor: Floor) -> None:
    kiosk = floor.plant.kiosk("K1")
    for number in range(150):
        kiosk.moves(moved("SUP", "A1", "1", item=f"NEW{number}"))
    floor.hears(kiosk)
    rows = floor.open("unknown_item")
    assert floor.does("correct", *rows, note="一次登记") == ["done"] * 150
    assert floor.open("unknown_item") == []
    acts = floor.plant.rows(desk_acts)
    assert {(row["person"], row["reason"], row["note"], row["outcome"]) for row in acts} == {
        (BOSS, "registered", "一次登记", "done")
    }
    assert floor.does("correct", *rows[:2], {"id": "nothing"} | {"kind": "unknown_item"}) == [
        "not_there",
        "closed_already",
        "closed_already",
    ]
    floor.rebuild_gives_the_same()


def test_the_office_has_a_log_of_its_own_that_continues_over_a_restart(floor: Floor) -> None:
    kiosk = floor.plant.kiosk("K1")
    for number in range(3):
        kiosk.moves(moved("SUP", "A1", "1", item=f"NEW{number}"))
    floor.hears(kiosk)
    first, second, third = floor.open("unknown_item")
    floor.does("accept", first)
    plant = floor.plant
    floor.office = Office(plant.engine, plant.ingest, _BooksAtOnce(plant), plant.clock)
    floor.does("accept", second)
    sealed = [row["sequence"] for row in floor.plant.rows(events, device=OFFICE)]
    assert sealed == [1, 2]
    with writing(floor.plant.engine) as connection:  # the hub was put back: a new generation, a new epoch
        connection.execute(tables.meta.update().where(tables.meta.c.key == "generation").values(value="2"))
    floor.does("accept", third)
    rows = floor.plant.rows(events, device=OFFICE)
    assert [(row["epoch"], row["sequence"]) for row in rows] == [(1, 1), (1, 2), (2, 1)]
    assert floor.open("unknown_item") == []


def test_a_closing_that_came_too_late_has_no_effect_and_says_so(floor: Floor) -> None:
    """The shortage of a label was covered while somebody was typing: one closing, not two (law L19)."""
    kiosk = floor.plant.kiosk("K1")
    kiosk.says(LabelReported(job="J9", state="failed"))
    floor.hears(kiosk)
    (row,) = floor.open("label")
    kiosk.says(LabelReported(job="J9", state="printed"))
    floor.plant.takes(kiosk)  # stored and not booked yet: the page still shows it open
    assert floor.does("correct", row) == ["closed_already"]
    (closed,) = floor.plant.rows(discrepancies, kind="label")
    assert closed["settled_position"] == 0
    assert [one["outcome"] for one in floor.plant.rows(desk_acts)] == ["closed_already"]
    floor.rebuild_gives_the_same()


def test_an_unknown_kind_can_be_settled_all_the_same() -> None:
    kind = exception_kind("of_a_later_version")
    assert (kind.acts, kind.owner) == (("accept",), "supervisor")


def test_two_who_settle_the_same_at_once_close_it_once(floor: Floor) -> None:
    kiosk = floor.plant.kiosk("K1")
    for number in range(8):
        kiosk.moves(moved("SUP", "A1", "1", item=f"NEW{number}"))
    floor.hears(kiosk)
    rows = floor.open("unknown_item")
    with ThreadPoolExecutor(4) as people:
        told = list(people.map(lambda _: floor.does("correct", *rows), range(4)))
    assert sorted(outcome for one in told for outcome in one) == ["closed_already"] * 24 + ["done"] * 8
    assert len(floor.plant.rows(desk_acts)) == 8
    assert floor.open("unknown_item") == []


def test_an_order_whose_answer_was_lost_is_not_carried_out_twice(
    floor: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    revoked_queue(floor, "4")
    (row,) = floor.open("parked")
    accept = floor.plant.ingest.accept

    def lost(*given: Any) -> Any:
        accept(*given)
        raise StoreBusyError("the writer did not come to this upload in time")

    monkeypatch.setattr(floor.plant.ingest, "accept", lost)
    with pytest.raises(StoreBusyError):
        floor.does("release", row, reason="checked")
    monkeypatch.setattr(floor.plant.ingest, "accept", accept)
    assert floor.does("release", row, reason="checked") == ["closed_already"]
    assert floor.plant.balances() == {("SUP", "I1"): -4, ("A1", "I1"): 4}
    assert floor.open("parked") == []
    floor.rebuild_gives_the_same()


# --- others' view of it ----------------------------------------------------------------------------------------------


def test_the_independent_checker_finds_the_books_sound_after_every_act(floor: Floor, tmp_path: Path) -> None:
    revoked_queue(floor, "1", "2", "3")
    floor.does("release", *floor.open("parked"), reason="checked")
    for row in floor.open():
        for act in exception_kind(row["kind"]).acts[:1]:
            floor.does(act, row, **({"owner": CLERK} if act == "count" else {}))
    auditor = Auditor(floor.plant.engine, [P], floor.plant.clock)
    while auditor.round(P):
        pass
    assert floor.open("books") == []
    export_plant(floor.plant.engine, P, tmp_path / "export", floor.plant.clock.now())
    _, found = verify.check(tmp_path / "export")
    assert [*found] == []
    assert inspect_books(floor.plant.engine, P) == []


def test_sound_books_stay_sound_when_everything_went_wrong(floor: Floor, tmp_path: Path) -> None:
    make_everything_go_wrong(floor)
    for row in floor.open():
        act = exception_kind(row["kind"]).acts[-1]
        more = {"owner": CLERK} if act == "count" else {"reason": exception_kind(row["kind"]).reasons[0]}
        floor.does(act, row, **more)
    export_plant(floor.plant.engine, P, tmp_path / "export", floor.plant.clock.now())
    _, found = verify.check(tmp_path / "export")
    assert [*found] == []
    assert inspect_books(floor.plant.engine, P) == []
