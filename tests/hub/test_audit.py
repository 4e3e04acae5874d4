"""The check of the books: silent while all agrees; what is altered by hand is found, named, and closed when mended."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from sqlalchemy import Connection, Engine, event, text

import hub.audit
from domain.events.terminal import SignedOn
from domain.log import digest_of
from hub.audit import Auditor, audit_of
from hub.store.database import reading, writing
from hub.store.tables import audit_balances, balances, discrepancies
from tests.hub.plant import Kiosk, P, Plant, moved

Row = dict[str, Any]


GHOST = """
INSERT INTO balances SELECT plant, 'GHOST', item, lot, '', '', '', 'KGM', '', value, 0, 1 FROM balances
WHERE place = 'A2'
"""
MOVED_WHILE_PARKED = """
INSERT INTO movements SELECT plant, 4, 1, 'A1', 'A2', item, lot, '', '', '', 'KGM', 5, '', 0, '', '', '',
happened_at, period, 3 FROM movements WHERE position = 2
"""


class Books:
    """A plant with a morning behind it, and one who checks its books."""

    def __init__(self, url: str) -> None:
        self.plant = Plant(url)
        self.auditor = Auditor(self.plant.engine, [P], self.plant.clock)
        self.kiosks = [self.plant.kiosk("K1"), self.plant.kiosk("K2")]
        for kiosk in self.kiosks:
            self.works(kiosk)

    def works(self, kiosk: Kiosk) -> None:
        kiosk.receives("12.5")
        kiosk.moves(moved("A1", "A2", "4"))
        kiosk.moves(moved("SUP", "A1", "1", item="I-NEW"))
        kiosk.says(SignedOn(person="1007"), type="LineRecorded")  # parked
        self.plant.takes(kiosk)
        self.plant.books()

    def checks(self) -> list[Row]:
        """Look until nothing new waits, and once more; returns what is open then."""
        while self.auditor.round(P):
            pass
        self.auditor.round(P)
        return self.open()

    def open(self) -> list[Row]:
        rows = [row for row in self.plant.rows(discrepancies, kind="books") if row["closed_at"] is None]
        return [msgspec.json.decode(row["detail_json"]) for row in rows]

    def alter(self, *statements: str) -> None:
        """Do what somebody with the database's password could do."""
        with writing(self.plant.engine) as connection:
            _open_the_ledger(connection)
            for statement in statements:
                connection.execute(text(statement))

    def position(self) -> int:
        with reading(self.plant.engine) as connection:
            return audit_of(connection, P)[0]


def _open_the_ledger(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        for act in ("update", "delete"):
            connection.execute(text(f"DROP TRIGGER IF EXISTS events_refuse_{act}"))
    else:
        connection.execute(text("DROP TRIGGER IF EXISTS events_refuse_change ON events"))


@pytest.fixture
def books(database_url: str) -> Iterator[Books]:
    books = Books(database_url)
    yield books
    books.plant.close()


def test_sound_books_are_found_sound_and_counted(books: Books) -> None:
    assert books.checks() == []
    assert books.position() == 8
    with reading(books.plant.engine) as connection:
        _, state = audit_of(connection, P)
    assert (state.with_exception, state.parked, state.known) == (2, 2, 0)
    first = {tuple(row.values())[:-1] for row in books.plant.rows(balances) if row["value"]}
    second = {tuple(row.values()) for row in books.plant.rows(audit_balances) if row["value"]}
    assert first == second
    books.works(books.kiosks[0])
    assert books.checks() == []
    assert books.position() == 12


ALTERED = {
    "a balance": ("UPDATE balances SET value = value + 1 WHERE place = 'A1' AND item = 'I1'", "balance"),
    "a balance taken away": ("DELETE FROM balances WHERE place = 'A2'", "balance"),
    "a balance out of nothing": (
        GHOST,
        "balance",
    ),
    "a digest": ("UPDATE events SET digest = '0000' || substr(digest, 5) WHERE position = 3", "bytes"),
    "a device": ("UPDATE events SET device = 'K9' WHERE position = 3", "chain"),
    "an epoch": ("UPDATE events SET epoch = 7 WHERE position = 3", "chain"),
    "a sequence": ("UPDATE events SET sequence = 77 WHERE position = 3", "chain"),
    "an event id": ("UPDATE events SET event_id = 'x' WHERE position = 3", "row"),
    "a type": ("UPDATE events SET type = 'SignedOff' WHERE position = 3", "row"),
    "a flaw": ("UPDATE events SET flaw = 'revoked' WHERE position = 3", "row"),
    "an entry taken out": ("DELETE FROM events WHERE position = 2", "missing"),
}


@pytest.mark.fault("B6", "B8", "A10")
@pytest.mark.parametrize("what", ALTERED)
def test_what_is_altered_after_it_was_checked_is_found_by_the_rolling_look(books: Books, what: str) -> None:
    statement, check = ALTERED[what]
    books.checks()
    books.alter(statement)
    found = books.checks()
    assert check in {one["check"] for one in found}, found


@pytest.mark.fault("B8", "A10")
@pytest.mark.parametrize(
    ("statement", "check", "position"),
    [
        ("UPDATE heads SET digest = '0000' || substr(digest, 5) WHERE device = 'K1'", "head", 4),
        ("DELETE FROM discrepancies WHERE kind = 'parked' AND \"key\" = '4'", "unseen", 4),
        (
            MOVED_WHILE_PARKED,
            "parked_moved",
            4,
        ),
        ("UPDATE balances SET value = value - 5 WHERE place = 'A1' AND item = 'I1'", "sum", None),
    ],
)
def test_what_was_altered_before_the_first_look_is_found(
    books: Books, statement: str, check: str, position: int | None
) -> None:
    books.alter(statement)
    found = books.checks()
    assert check in {one["check"] for one in found}, found
    if position:
        assert str(position) in {one.get("position") for one in found}


def test_an_entry_whose_bytes_and_digest_were_both_altered_is_seen_by_the_one_after_it(books: Books) -> None:
    books.checks()
    (entry, *_) = books.kiosks[0].entries
    forged = entry.body.replace(b"12.5", b"92.5")
    digest = digest_of(forged)
    with writing(books.plant.engine) as connection:
        _open_the_ledger(connection)
        given = {"body": forged, "digest": digest}
        connection.execute(text("UPDATE events SET body = :body, digest = :digest WHERE position = 1"), given)
    assert [(one["check"], one["position"]) for one in books.checks()] == [("chain", "2")]


def test_a_finding_closes_when_it_is_mended_and_stays_one_until_then(books: Books) -> None:
    books.checks()
    books.alter("UPDATE balances SET value = value + 1000000 WHERE place = 'A1' AND item = 'I1'")
    for _ in range(3):
        found = [one for one in books.checks() if one["check"] == "balance"]
        assert [(one["place"], one["book"], one["folded"]) for one in found] == [("A1", "18", "17")]
    books.alter("UPDATE balances SET value = value - 1000000 WHERE place = 'A1' AND item = 'I1'")
    assert books.checks() == []
    (row,) = [one for one in books.plant.rows(discrepancies, kind="books") if "account" in one["key"]]
    assert row["closed_at"] is not None
    assert row["owner"] == "role:system"


def test_after_a_rebuild_the_check_begins_anew_and_finds_the_same(books: Books) -> None:
    books.checks()
    books.plant.rebuilds()
    assert books.position() == 0
    assert books.checks() == []
    assert books.position() == 8


def test_a_round_costs_the_same_however_long_the_history_is(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counted in entries read and rows asked for, not in time."""
    monkeypatch.setattr(hub.audit, "EVENTS_MAX", 4)
    monkeypatch.setattr(hub.audit, "ROLLING_EVENTS", 4)
    monkeypatch.setattr(hub.audit, "ROLLING_ACCOUNTS", 3)
    books.checks()
    early = _statements(books.plant.engine, lambda: books.auditor.round(P))
    for _ in range(20):
        books.works(books.kiosks[0])
    books.checks()
    late = _statements(books.plant.engine, lambda: books.auditor.round(P))
    assert 0 < late <= early + 4
    assert books.open() == []


def _statements(engine: Engine, act: Any) -> int:
    asked: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        asked.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        act()
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return len(asked)


def test_two_that_check_the_same_do_not_fold_it_twice(books: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub.audit, "EVENTS_MAX", 3)
    other = Auditor(books.plant.engine, [P], books.plant.clock)
    looks = books.auditor._look

    def interrupted(*given: Any) -> Any:
        monkeypatch.setattr(books.auditor, "_look", looks)
        other.round(P)  # the other one is quicker
        return looks(*given)

    monkeypatch.setattr(books.auditor, "_look", interrupted)
    assert books.checks() == []
    assert books.position() == 8


def test_the_check_waits_while_much_is_to_be_booked(books: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub.audit, "BACKLOG_MAX", 2)
    for _ in range(3):
        books.kiosks[0].receives("1")
    books.plant.takes(books.kiosks[0])
    assert not books.auditor.round(P)
    assert books.position() == 0
    books.plant.books()
    assert books.checks() == []
    assert books.position() == 11
