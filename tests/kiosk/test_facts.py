"""What the kiosk knows, from its file: found by every code, and the hub's picture with our own newest events on top."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest

from domain.events.terminal import RecordsNotUnderstood
from domain.item import Item, ItemCode, ItemId
from domain.names import Names
from domain.place import PlaceId
from domain.plan import PlanRef
from domain.quantity import Quantity
from domain.stock import Balance, Goods
from domain.wire import Change, Changes, Snapshot
from kiosk.store.log import Origin
from kiosk.store.reference import Progress
from kiosk.store.store import Store
from tests.terminal import Terminal, reference_changes
from tests.world import BUTTON, COTTON, KEEPER, NOW, ORDER, STATION, badge_code, order_code, place_code

COTTON_ROLL = "]C1" + "10LOT7\x1d240F-2041\x1d" + "3103025500" + "3111000800"
BIN = PlaceId("RM-A-01")


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    made = Terminal(tmp_path)
    yield made
    made.close()


def page(*changes: Change, through: int = 0, generation: int = 1, epoch: int = 1) -> Changes:
    return Changes(
        generation=generation,
        cursor="r2",
        changes=changes,
        epoch=epoch,
        complete_through=through,
        position=1,
        more=False,
        hub_time=NOW,
    )


def test_things_are_found_by_every_code_they_go_by(terminal: Terminal) -> None:
    facts = terminal.store.facts
    assert [one.item for one in facts.items_by_code("F-2041")] == [COTTON]
    [found] = facts.items_by_code("14006381333938")
    assert found.code
    assert found.code.pack == Quantity(Decimal(144), "C62")
    assert facts.place("RMA01") == facts.place("RM-A-01") != None  # noqa: E711 both must be there
    assert facts.person_by_badge(KEEPER.badge) == KEEPER
    assert facts.plan("purchase_order", "PO20260815") == facts.plan("purchase_order", ORDER.number) == ORDER


def test_of_receipts_that_may_be_returned_the_newest_are_offered_and_the_others_found(
    terminal: Terminal,
) -> None:
    numbers = ("CS20261101-A1-0001", "CS20261103-A1-0001", "CS20261102-A1-0001")
    left = [msgspec.structs.replace(ORDER, kind="receipt", number=number) for number in numbers]
    changes = [Change(kind="plan", key=one.number, body=msgspec.to_builtins(one)) for one in left]
    terminal.store.apply(page(*changes))
    facts = terminal.store.facts
    assert [one.number for one in facts.open_plans("receipt", 2)] == [numbers[1], numbers[2]]
    assert facts.plan("receipt", numbers[0]) == left[0]


def test_what_is_gone_is_found_no_more_and_what_changed_is_found_by_its_new_code(terminal: Terminal) -> None:
    renamed = msgspec.structs.replace(BUTTON, number="T-0999")
    terminal.store.apply(
        page(
            Change(kind="item", key=BUTTON.id, body=msgspec.to_builtins(renamed)),
            Change(kind="item", key=COTTON.id, body=None),
            Change(kind="of_the_future", key="x", body={"any": 1}),
        )
    )
    facts = terminal.store.facts
    assert facts.items_by_code("T-0107") == []
    assert facts.items_by_code("T-0999")[0].item == renamed
    assert facts.item(COTTON.id) is None


def test_what_was_asked_before_a_change_is_answered_anew_after_it(terminal: Terminal) -> None:
    facts, renamed = terminal.store.facts, msgspec.structs.replace(BUTTON, number="T-0999")
    change = Change(kind="item", key=BUTTON.id, body=msgspec.to_builtins(renamed))
    assert facts.item(BUTTON.id) == BUTTON
    with contextlib.suppress(KeyError), terminal.store.transaction():
        terminal.store.reference.take([change])
        assert facts.item(BUTTON.id) == renamed
        raise KeyError
    assert facts.item(BUTTON.id) == BUTTON, "the change was taken back"
    terminal.store.apply(page(change))
    assert facts.item(BUTTON.id) == renamed
    terminal.store.apply(page(generation=2))
    assert facts.item(BUTTON.id) is None


def test_own_events_count_once_before_and_after_the_hub_has_them(terminal: Terminal) -> None:
    terminal.scans(badge_code(KEEPER), order_code(ORDER), COTTON_ROLL, place_code("RM-A-01"))
    facts, head = terminal.store.facts, terminal.store.log.head.sequence
    [before] = facts.balances(BIN)
    done = facts.plan_done(PlanRef(number=ORDER.number, line=1), "KGM")
    assert done == before.quantity == Quantity(Decimal("25.5"), "KGM")
    plan_done = {"number": ORDER.number, "line": 1, "done": msgspec.to_builtins(done)}
    terminal.store.apply(
        page(
            Change(kind="balance", key="b1", body=msgspec.to_builtins(before)),
            Change(kind="plan_done", key="p1", body=plan_done),
            through=head,
        )
    )
    assert facts.balances(BIN) == [before]
    assert facts.plan_done(PlanRef(number=ORDER.number, line=1), "KGM") == done
    unit = facts.handling_unit(before.goods.handling_unit)
    assert unit
    assert (unit.place, unit.operator) == (BIN, KEEPER.number)


def test_a_page_of_another_epoch_leaves_our_own_events_in_the_picture(terminal: Terminal) -> None:
    terminal.scans(badge_code(KEEPER), order_code(ORDER), COTTON_ROLL, place_code("RM-A-01"))
    terminal.store.begin_epoch(2, NOW)
    terminal.store.apply(page(through=100, epoch=1))
    assert len(terminal.store.facts.balances(BIN)) == 1
    assert terminal.store.log.damages() == []
    terminal.store.apply(page(through=100, epoch=2))
    assert terminal.store.facts.balances(BIN) == []


@pytest.mark.fault("H7")
def test_a_record_of_no_known_shape_holds_up_nothing_and_is_told_once(terminal: Terminal) -> None:
    strange = Change(kind="place", key="p", body={"code": 3})
    terminal.store.apply(page(Change(kind="item", key=BUTTON.id, body=None), strange))
    assert terminal.store.facts.item(BUTTON.id) is None, "the rest of the page counts"
    assert terminal.store.reference.progress().cursor == page().cursor
    terminal.store.apply(page(strange, Change(kind="place", key="q", body={"code": 4})))
    assert [(one.kind, one.key) for one in terminal.events(RecordsNotUnderstood)] == [("place", "p")]
    assert terminal.store.reference.strange() == 2
    terminal.store.apply(page(Change(kind="place", key="p", body=None)))
    assert terminal.store.reference.strange() == 1


@pytest.mark.fault("H7")
def test_an_older_record_serves_until_the_newer_one_is_understood(terminal: Terminal) -> None:
    renamed = msgspec.structs.replace(BUTTON, number="T-0999")
    terminal.store.apply(page(Change(kind="item", key=BUTTON.id, body={"id": BUTTON.id, "shape": "newer"})))
    assert terminal.store.facts.item(BUTTON.id) == BUTTON
    terminal.store.apply(page(Change(kind="item", key=BUTTON.id, body=msgspec.to_builtins(renamed))))
    assert terminal.store.facts.item(BUTTON.id) == renamed
    assert terminal.store.reference.strange() == 0


@pytest.mark.fault("H7")
def test_what_an_older_program_did_not_understand_is_taken_by_the_next_one(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    renamed = msgspec.structs.replace(BUTTON, number="T-0999")
    with monkeypatch.context() as older:
        older.setattr("kiosk.store.reference.SHAPES", {})
        terminal.store.apply(page(Change(kind="item", key=BUTTON.id, body=msgspec.to_builtins(renamed))))
    terminal.close()
    origin = Origin(plant="P1", device="K1", boot_id="", software="noac next")
    with contextlib.closing(Store(terminal.folder, origin)) as store:
        assert store.facts.item(BUTTON.id) == renamed
        assert store.reference.strange() == 0


@pytest.mark.fault("H7")
def test_when_more_was_strange_than_is_kept_the_next_program_asks_for_everything(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kiosk.store.reference.STRANGE_MAX", 2)
    terminal.store.apply(page(*(Change(kind="hologram", key=f"S{one}", body={}) for one in range(3))))
    assert terminal.store.reference.strange() == 2
    terminal.close()
    for software, cursor in (("noac test", page().cursor), ("noac next", "")):
        origin = Origin(plant="P1", device="K1", boot_id="", software=software)
        with contextlib.closing(Store(terminal.folder, origin)) as store:
            assert store.reference.progress().cursor == cursor


def test_a_snapshot_takes_the_place_of_all_we_knew_at_once(terminal: Terminal) -> None:
    keeper = next(one for one in reference_changes() if one.kind == "person")
    snapshot = Snapshot(
        generation=1, cursor="c9", changes=(keeper,), epoch=1, complete_through=0, position=9, hub_time=NOW
    )
    with contextlib.suppress(KeyError), terminal.store.transaction():
        terminal.store.apply_snapshot(snapshot)
        raise KeyError
    assert terminal.store.facts.item(BUTTON.id) == BUTTON, "all of it or nothing"
    terminal.store.apply_snapshot(snapshot)
    assert terminal.store.facts.item(BUTTON.id) is None
    assert terminal.store.facts.person(keeper.key) is not None
    assert terminal.store.reference.progress().cursor == "c9"
    assert terminal.store.reference.is_complete()


def everything(generation: int = 1, cursor: str = "c9") -> Snapshot:
    return Snapshot(
        generation=generation,
        cursor=cursor,
        changes=(*reference_changes(), *(Change(kind="hologram", key=f"S{n}", body={}) for n in range(600))),
        epoch=1,
        complete_through=0,
        position=9,
        hub_time=NOW,
    )


@pytest.mark.fault("K1")
def test_a_snapshot_cut_off_half_way_changes_nothing_and_the_next_one_is_taken(terminal: Terminal) -> None:
    def cut() -> None:
        raise KeyboardInterrupt

    before = terminal.store.reference.progress()
    with contextlib.suppress(KeyboardInterrupt):
        terminal.store.apply_snapshot(everything(), breathe=cut)
    terminal.restarts()
    assert terminal.store.reference.progress() == before
    assert terminal.store.facts.item(BUTTON.id) == BUTTON
    assert terminal.store.reference.strange() == 0
    for number in range(3):
        terminal.store.apply_snapshot(everything(cursor=f"c{number}"))
        assert terminal.store.facts.items_by_code(BUTTON.number)[0].item == BUTTON
        assert terminal.store.reference.strange() == 600
        assert terminal.store.reference.progress().cursor == f"c{number}"
    assert len(terminal.events(RecordsNotUnderstood)) == 1, "said once, however often it comes"


def test_a_snapshot_is_written_in_small_steps_between_which_a_scan_gets_its_turn(terminal: Terminal) -> None:
    terminal.scans(badge_code(KEEPER), order_code(ORDER))
    turns: list[int] = []

    def scan() -> None:
        turns.append(1)
        terminal.scans(COTTON_ROLL)

    terminal.store.apply_snapshot(everything(), breathe=scan)
    assert len(turns) >= 3
    assert terminal.store.facts.plan(ORDER.kind, ORDER.number) == ORDER
    assert terminal.unspoken() == []


def test_a_file_in_which_snapshots_were_taken_can_be_brought_to_a_newer_schema(terminal: Terminal) -> None:
    terminal.store.apply_snapshot(everything())
    terminal.store.connection.row("PRAGMA user_version=1")
    terminal.restarts()
    names = {
        row[0]
        for row in terminal.store.connection.rows("SELECT name FROM sqlite_master WHERE type = 'index'")
    }
    assert {"lookup_by_key", "hub_balance_by_place"} <= names
    assert not [name for name in names if name.endswith(("_1", "_2")) and "autoindex" not in name]
    assert terminal.store.facts.item(BUTTON.id) == BUTTON
    terminal.store.apply_snapshot(everything(generation=2))
    assert terminal.store.facts.item(BUTTON.id) == BUTTON


@pytest.mark.fault("H6", "N9")
def test_what_an_older_generation_still_says_changes_nothing(terminal: Terminal) -> None:
    terminal.store.hear_generation(3)
    terminal.store.apply(page(Change(kind="item", key=BUTTON.id, body=None), generation=2))
    assert terminal.store.facts.item(BUTTON.id) == BUTTON


def test_an_order_in_metres_is_counted_by_the_metres_and_taken_back_by_them(terminal: Terminal) -> None:
    in_metres = msgspec.structs.replace(
        ORDER, lines=(msgspec.structs.replace(ORDER.lines[0], quantity=Quantity(Decimal(1000), "MTR")),)
    )
    terminal.store.apply(page(Change(kind="plan", key=ORDER.number, body=msgspec.to_builtins(in_metres))))
    terminal.scans(badge_code(KEEPER), order_code(ORDER), COTTON_ROLL, place_code("RM-A-01"))
    facts, ref = terminal.store.facts, PlanRef(number=ORDER.number, line=1)
    assert facts.plan_done(ref, "MTR") == Quantity(Decimal(80), "MTR")
    assert facts.plan_done(ref, "KGM") == Quantity(Decimal("25.5"), "KGM")
    terminal.touches("undo")
    assert facts.plan_done(ref, "MTR").is_zero
    assert facts.plan_done(ref, "KGM").is_zero
    terminal.store.apply(page(*reference_changes(), generation=2))
    while terminal.store.refold_some():
        pass
    assert facts.plan_done(ref, "MTR").is_zero


def test_a_plan_is_found_by_its_work_order_and_of_no_use_before_it_is_approved(terminal: Terminal) -> None:
    plan = msgspec.structs.replace(ORDER, work_order="WO-5", pending=True)
    terminal.store.apply(page(Change(kind="plan", key=ORDER.number, body=msgspec.to_builtins(plan))))
    facts = terminal.store.facts
    assert facts.plan("purchase_order", "WO-5") == facts.plan("purchase_order", "WO5") == plan
    assert facts.open_plans("purchase_order", 9) == []
    terminal.scans(badge_code(KEEPER), order_code(ORDER))
    assert "plan_not_approved" in terminal.says


def test_another_generation_begins_anew_and_keeps_our_own(terminal: Terminal) -> None:
    terminal.scans(badge_code(KEEPER), order_code(ORDER), COTTON_ROLL, place_code("RM-A-01"))
    terminal.store.apply(page(*reference_changes()[:4], generation=2))
    assert terminal.store.facts.place("RM-A-01") is None
    assert len(terminal.store.facts.balances(BIN)) == 1
    assert terminal.store.log.pending == terminal.store.log.head.sequence


@pytest.mark.fault("H6")
def test_what_a_hub_that_was_put_back_forgot_stays_in_our_picture(terminal: Terminal) -> None:
    terminal.scans(badge_code(KEEPER), order_code(ORDER), COTTON_ROLL, place_code("RM-A-01"))
    store, facts, head = terminal.store, terminal.store.facts, terminal.store.log.head.sequence
    [before] = facts.balances(BIN)
    reference = PlanRef(number=ORDER.number, line=1)
    done = facts.plan_done(reference, "KGM")
    plan_done = {"number": ORDER.number, "line": 1, "done": msgspec.to_builtins(done)}
    complete = (
        Change(kind="balance", key="b1", body=msgspec.to_builtins(before)),
        Change(kind="plan_done", key="p1", body=plan_done),
    )
    store.apply(page(*complete, through=head))
    store.apply(page(*reference_changes(), through=2, generation=2))
    assert facts.balances(BIN) == []
    while store.refold_some():
        pass
    assert facts.balances(BIN) == [before], "until the hub has it again"
    assert facts.plan_done(reference, "KGM") == done
    store.apply(page(*complete, through=head, generation=2))
    assert facts.balances(BIN) == [before]
    assert not store.refold_some()
    assert facts.balances(BIN) == [before]


@pytest.mark.fault("H6")
def test_what_the_hub_got_again_meanwhile_is_not_counted_twice(terminal: Terminal) -> None:
    terminal.scans(badge_code(KEEPER), order_code(ORDER), COTTON_ROLL, place_code("RM-A-01"))
    store, facts, head = terminal.store, terminal.store.facts, terminal.store.log.head.sequence
    [before] = facts.balances(BIN)
    store.apply(page(through=head))
    store.apply(page(*reference_changes(), through=0, generation=2))
    balance = Change(kind="balance", key="b1", body=msgspec.to_builtins(before))
    store.apply(page(balance, through=head, generation=2))
    while store.refold_some():
        pass
    assert facts.balances(BIN) == [before]


def test_practice_borrows_the_reference_data_and_nothing_of_the_log(terminal: Terminal) -> None:
    terminal.scans(badge_code(KEEPER), order_code(ORDER), COTTON_ROLL, place_code("RM-A-01"))
    terminal.store.close()
    practice = Store(terminal.folder / "practice", Origin(plant="P1", device="K1", boot_id="", software=""))
    practice.borrow_reference(terminal.folder)
    assert practice.facts.item(COTTON.id) == COTTON
    assert practice.facts.station() == STATION
    assert practice.facts.balances(BIN) == []
    assert practice.log.head.sequence == 0
    practice.close()


STEPS_MAX = 2_000
"""Two walks down an index and a few dozen rows; a scan of any large table takes a hundred times as many."""


def steps_of(store: Store, ask: Callable[[], object]) -> int:
    """How many steps of SQLite's virtual machine a question takes, in hundreds."""
    hundreds = 0

    def count() -> int:
        nonlocal hundreds
        hundreds += 1
        return 0

    sqlite = store.connection._sqlite
    sqlite.set_progress_handler(count, 100)
    ask()
    sqlite.set_progress_handler(None, 100)
    return hundreds * 100


@pytest.mark.slow
def test_an_answer_costs_the_same_among_a_hundred_thousand_items_and_fifty_thousand_lots(
    terminal: Terminal,
) -> None:
    """Counted in steps of SQLite's machine, which do not depend on how busy this one is."""
    store = terminal.store

    def items() -> Iterator[Change]:
        for number in range(100_000):
            item = Item(
                id=ItemId(f"i{number}"),
                number=f"N-{number}",
                names=Names(zh="纱", en="Yarn"),
                unit="KGM",
                codes=(ItemCode(code=f"{number:014d}"),),
            )
            yield Change(kind="item", key=item.id, body=msgspec.to_builtins(item))

    def lots() -> Iterator[Change]:
        for number in range(50_000):
            goods = Goods(item=ItemId(f"i{number}"), lot=f"L{number}", handling_unit=f"U{number}")
            place = PlaceId("RM-A-01" if number % 500 == 0 else f"BIN-{number % 5000}")
            held = Balance(place=place, goods=goods, quantity=Quantity(Decimal(number + 1), "KGM"))
            yield Change(kind="balance", key=f"b{number}", body=msgspec.to_builtins(held))

    with store.transaction():
        store.reference.take(items())
        store.reference.take(lots())
        store.reference.provisioned(Progress(generation=1, cursor="r9", hub_time=NOW))
    facts = store.facts
    questions = (
        lambda: facts.items_by_code("N-77777"),
        lambda: facts.items_by_code(f"{77_777:014d}"),
        lambda: facts.item(ItemId("i99999")),
        lambda: facts.handling_unit("U500"),
        lambda: facts.balances(PlaceId("BIN-7")),
        lambda: facts.plan_done(PlanRef(number=ORDER.number, line=1), "KGM"),
        lambda: facts.lines_on("20261122"),
    )
    for ask in questions:
        assert steps_of(store, ask) <= STEPS_MAX


def alone_for_a_month(store: Store, events: int) -> None:
    """Put into our own picture what the hub has not counted yet: one order's lines into a bin, and out again."""
    with store.transaction():
        store.connection.change_many(
            "INSERT INTO own_balance VALUES (1, ?, 'RM-A-01', 'i', ?, '', '', '', 'KGM', '', ?, 0)",
            [(9_000 + n, f"L{n % 7}", -1_000_000 if n % 2 else 2_000_000) for n in range(events)],
        )
        store.connection.change_many(
            "INSERT INTO own_plan_done VALUES (1, ?, ?, 1, 'KGM', 1000000)",
            [(9_000 + n, ORDER.number) for n in range(events)],
        )


def test_a_scan_after_a_month_without_the_hub_costs_what_the_first_one_did(terminal: Terminal) -> None:
    store, facts, ref = terminal.store, terminal.store.facts, PlanRef(number=ORDER.number, line=1)
    alone_for_a_month(store, 20_000)
    for ask in (
        lambda: facts.plan_done(ref, "KGM"),
        lambda: facts.balances(BIN, item=ItemId("i")),
        lambda: facts.where_is(ItemId("i"), 3),
    ):
        assert steps_of(store, ask) <= STEPS_MAX
    assert facts.plan_done(ref, "KGM") == Quantity(Decimal(20_000), "KGM")
    store.apply(page(through=9_000 + 14_000 - 1))
    assert facts.plan_done(ref, "KGM") == Quantity(Decimal(6_000), "KGM")
    assert sum(one.quantity.value for one in facts.balances(BIN)) == 3_000
    store.apply(page(through=30_000))
    assert facts.balances(BIN) == []
    assert store.connection.rows("SELECT * FROM own_stock") == []


def test_sums_of_our_own_events_are_made_from_what_an_older_file_holds(terminal: Terminal) -> None:
    alone_for_a_month(terminal.store, 100)
    connection = terminal.store.connection
    for change in ("INSERT", "DELETE"):
        connection.change(f"DROP TRIGGER own_stock_after_{change.lower()}")
        connection.change(f"DROP TRIGGER own_done_after_{change.lower()}")
    connection.change("DROP TABLE own_stock")
    connection.change("DROP TABLE own_done")
    connection.row("PRAGMA user_version=3")
    terminal.restarts()
    facts = terminal.store.facts
    assert sum(one.quantity.value for one in facts.balances(BIN)) == 50
    assert facts.plan_done(PlanRef(number=ORDER.number, line=1), "KGM") == Quantity(Decimal(100), "KGM")
    terminal.store.apply(page(through=9_000 + 100))
    assert facts.plan_done(PlanRef(number=ORDER.number, line=1), "KGM").is_zero
