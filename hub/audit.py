"""The check of the books: the ledger agrees with itself, and every balance with a second fold of its movements.

It goes along behind the projector in a thread of its own. Each round looks at what is new since the last one, at a
rolling part of what is old, and again at what was found wrong, so its cost does not grow with the history. What it
finds is a discrepancy of kind `books` until it is found right.
"""

import hashlib
import logging
import threading
import time
from collections.abc import Iterable, Mapping, Sequence

import msgspec
from msgspec.structs import replace
from sqlalchemy import Connection, Engine, and_, delete, func, insert, select, update

from drivers.clock import Clock
from hub.exception import first_owner
from hub.ledger_look import (
    FINDINGS_MAX,
    Finding,
    entries,
    event_key,
    look_at_chains,
    look_at_heads,
    look_at_parked,
    look_at_positions,
)
from hub.second_fold import Account, compare_account, compare_touched, fold, roll
from hub.store.bulk import bulk_for
from hub.store.database import StoreBusyError, reading, writing
from hub.store.tables import (
    AUDITED,
    audits,
    balances,
    cursors,
    discrepancies,
    dispositions,
    movements,
    plants,
)
from hub.store.values import amount, instant_text

EVENTS_MAX = 1_000
"""New events looked at in one round."""
ROLLING_EVENTS = 500
"""Old events looked at again in one round: four million in a day, at a round each PAUSE_S."""
ROLLING_ACCOUNTS = 500
ITEMS_ASKED_MAX = 500
PAUSE_S = 10.0
LOOK_S = 2.0
"""Whether something new is booked is looked for this often; the rolling look goes on each PAUSE_S."""
COST_SHARE = 5
"""A round that took long is followed by a rest this many times as long."""
BACKLOG_MAX = 500
"""While more than this waits to be booked the check rests: booking comes first. The tile tells how old the check is."""
STOP_WAIT_S = 10.0
KIND = "books"

_log = logging.getLogger(__name__)


class State(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the check remembers beside its position: what became of the events so far, and where its rolling looks are.

    `turned_at` says when the last rolling look through the whole ledger was over, `fold` how far the second fold is.
    """

    fold: int = 0
    with_exception: int = 0
    parked: int = 0
    known: int = 0
    event: int = 0
    turned_at: str = ""
    balance: tuple[str, ...] = ()
    folded: tuple[str, ...] = ()


class Auditor:
    """Checks every plant's books, round after round."""

    def __init__(self, engine: Engine, plants_: Sequence[str], clock: Clock) -> None:
        self._engine, self._plants, self._clock = engine, tuple(plants_), clock
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._due_at: dict[str, float] = {}

    def start(self) -> None:
        """Begin to check. Call it in the process that serves."""
        self._stopping.clear()
        self._thread = threading.Thread(target=self._run, name="auditor", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End after the round in hand."""
        self._stopping.set()
        if self._thread:
            self._thread.join(STOP_WAIT_S)
            self._thread = None

    def _run(self) -> None:
        while not self._stopping.is_set():
            begun = time.monotonic()
            are_behind = [self._try(plant) for plant in self._plants]
            cost_s = time.monotonic() - begun
            pause_s = 0.0 if any(are_behind) else LOOK_S
            self._stopping.wait(max(pause_s, cost_s * COST_SHARE))

    def _try(self, plant: str) -> bool:
        try:
            if time.monotonic() < self._due_at.get(plant, 0.0) and not self._has_news(plant):
                return False
            self._due_at[plant] = time.monotonic() + PAUSE_S
            return self.round(plant)
        except StoreBusyError as error:
            _log.warning("%s: the check of the books waits: %s", plant, error)
        except Exception:  # noqa: BLE001 - the thread must live; the tile shows how old the last check is
            _log.exception("%s: the check of the books failed", plant)
        return False

    def _has_news(self, plant: str) -> bool:
        with reading(self._engine) as connection:
            return _cursor(connection, plant) != audit_of(connection, plant)[0]

    def round(self, plant: str) -> bool:
        """Look at what is new and at a part of what is old; tells whether more that is new waits.

        Only the second fold and the findings are written; all looking is done beside the writers.
        """
        with reading(self._engine) as connection:
            cursor, end = _cursor(connection, plant), _end(connection, plant)
            position, state = audit_of(connection, plant)
        if end - cursor > BACKLOG_MAX:
            return False
        is_anew = position > cursor  # the ledger was put back or folded anew behind our back
        through = min(cursor, (0 if is_anew else position) + EVENTS_MAX)
        if is_anew or state.fold < through:
            if not self._fold(plant, position, state, through, is_anew=is_anew):
                return True  # another process looks at the same
            position, state = (
                (0, State(fold=through)) if is_anew else (position, replace(state, fold=through))
            )
        with reading(self._engine) as connection:
            open_keys = _open_keys(connection, plant)
            checked, found = self._look(connection, plant, position, through, state, open_keys)
            later = _compare(connection, plant, position, through, state, open_keys, checked, found)
            later = _count(connection, plant, position, through, later)
        now = instant_text(self._clock.now())
        later = _turn(later, position, now)
        with writing(self._engine) as connection:
            if audit_of(connection, plant) != (position, state):
                return True
            self._tell(connection, plant, open_keys, checked, found)
            _save(connection, plant, through, now, later)
        return through < cursor

    def _fold(self, plant: str, position: int, state: State, through: int, *, is_anew: bool) -> bool:
        """Bring the second fold to a position; tells whether nobody else did meanwhile."""
        with writing(self._engine) as connection:
            if audit_of(connection, plant) != (position, state):
                return False
            if is_anew:
                for table in AUDITED:
                    connection.execute(delete(table).where(table.c.plant == plant))
                position, state = 0, State()
            fold(connection, plant, state.fold, through)
            _save(connection, plant, position, "", replace(state, fold=through))
        return True

    def _look(  # noqa: PLR0917 (one round's whole state)
        self,
        connection: Connection,
        plant: str,
        position: int,
        through: int,
        state: State,
        open_keys: Iterable[str],
    ) -> tuple[set[str], dict[str, Finding]]:
        """Look at entries and at the world's sums; returns what was looked at, and what is wrong with it."""
        found: dict[str, Finding] = {}
        new = entries(connection, plant, position, through)
        look_at_chains(connection, plant, new, found)
        look_at_positions(new, position, through, found)
        look_at_heads(connection, plant, new, found)
        look_at_parked(connection, plant, position, through, found)
        old = entries(connection, plant, state.event, min(state.event + ROLLING_EVENTS, position))
        look_at_chains(connection, plant, old, found)
        look_at_positions(old, state.event, min(state.event + ROLLING_EVENTS, position), found)
        again = [int(key.split("/")[1]) for key in open_keys if key.startswith("event/")]
        for one in again:
            entry = entries(connection, plant, one - 1, one)
            look_at_chains(connection, plant, entry, found)
            look_at_positions(entry, one - 1, one, found)
            look_at_heads(connection, plant, entry, found)
            look_at_parked(connection, plant, one - 1, one, found)
        checked = {event_key(row.position) for row in (*new, *old)} | {event_key(one) for one in again}
        items = _touched_items(connection, plant, position, through)
        items |= {key.split("/", 1)[1] for key in open_keys if key.startswith("item/")}
        _look_at_sums(connection, plant, sorted(items), found)
        return checked | {f"item/{item}" for item in items}, found

    def _tell(
        self,
        connection: Connection,
        plant: str,
        open_keys: Mapping[str, str],
        checked: set[str],
        found: Mapping[str, Finding],
    ) -> None:
        """Open a discrepancy for each new finding, and close those of what is right now."""
        now = instant_text(self._clock.now())
        mended = [named for key, named in open_keys.items() if key in checked and key not in found]
        if mended:
            column = discrepancies.c
            connection.execute(
                update(discrepancies)
                .where(column.plant == plant, column.id.in_(mended), column.closed_at.is_(None))
                .values(closed_at=now)
            )
        fresh = [key for key in sorted(found) if key not in open_keys]
        for key in fresh[: max(0, FINDINGS_MAX - len(open_keys))]:
            _log.error("%s: the books do not agree: %s %s", plant, key, dict(found[key]))
            _open(connection, plant, key, found[key], now)


def audit_of(connection: Connection, plant: str) -> tuple[int, State]:
    """Return through which position the books were checked, and what is remembered."""
    column = audits.c
    row = connection.execute(select(column.position, column.state_json).where(column.plant == plant)).first()
    if row is None:
        return 0, State()
    return int(row.position), msgspec.json.decode(row.state_json, type=State)


def _save(connection: Connection, plant: str, position: int, checked_at: str, state: State) -> None:
    """Write down how far the check is; with no time, the last check's stays."""
    if not checked_at:
        held = audits.c
        asked = select(held.checked_at).where(held.plant == plant)
        checked_at = connection.execute(asked).scalar() or ""
    row = (plant, position, checked_at, msgspec.json.encode(state).decode())
    bulk_for(connection).upsert(connection, audits, [row])


def _open(connection: Connection, plant: str, key: str, finding: Finding, now: str) -> None:
    position = int(finding.get("position", "0"))
    connection.execute(
        insert(discrepancies).values(
            plant=plant,
            id=hashlib.sha256(f"{KIND}\n{key}\n{now}".encode()).hexdigest()[:16],
            kind=KIND,
            key=key,
            is_projected=False,
            opened_position=position,
            position=position,
            owner=first_owner(KIND, "", ""),
            opened_at=now,
            closed_at=None,
            amount=0,
            unit="",
            detail_json=msgspec.json.encode(finding).decode(),
        )
    )


def _open_keys(connection: Connection, plant: str) -> dict[str, str]:
    """Return what is known to be wrong: ids by key."""
    column = discrepancies.c
    asked = select(column.key, column.id).where(
        column.plant == plant, column.kind == KIND, column.closed_at.is_(None)
    )
    return {row.key: row.id for row in connection.execute(asked)}


def _touched_items(connection: Connection, plant: str, after: int, through: int) -> set[str]:
    column = movements.c
    asked = select(column.item).where(
        column.plant == plant, column.position > after, column.position <= through
    )
    return set(connection.execute(asked.distinct()).scalars())


def _look_at_sums(
    connection: Connection, plant: str, items: Sequence[str], found: dict[str, Finding]
) -> None:
    """Over all places, suppliers and losses included, each item sums to zero (law L2)."""
    column = balances.c
    for start in range(0, len(items), ITEMS_ASKED_MAX):
        part = items[start : start + ITEMS_ASKED_MAX]
        asked = (
            select(column.item, column.unit)
            .where(column.plant == plant, column.item.in_(part))
            .group_by(column.item, column.unit)
            .having(func.sum(column.value) != 0)
        )
        for row in connection.execute(asked):
            found[f"item/{row.item}"] = {"check": "sum", "item": row.item, "unit": row.unit}


def _count(connection: Connection, plant: str, after: int, through: int, state: State) -> State:
    """Add up what became of the new events: all others are booked."""
    held = dispositions.c
    asked = (
        select(held.state, func.count())
        .where(held.plant == plant, held.position > after, held.position <= through)
        .group_by(held.state)
    )
    counts = {row[0]: int(row[1]) for row in connection.execute(asked)}
    return replace(
        state,
        with_exception=state.with_exception + counts.get("booked_with_exception", 0),
        parked=state.parked + counts.get("parked", 0),
        known=state.known + counts.get("known", 0),
    )


def _turn(state: State, position: int, now: str) -> State:
    """Move the rolling look at old entries on; at the end it begins again."""
    if state.event + ROLLING_EVENTS >= position:
        return replace(state, event=0, turned_at=now)
    return replace(state, event=state.event + ROLLING_EVENTS)


def _compare(  # noqa: PLR0917 (one round's whole state)
    connection: Connection,
    plant: str,
    after: int,
    through: int,
    state: State,
    open_keys: Iterable[str],
    checked: set[str],
    found: dict[str, Finding],
) -> State:
    """Compare the two folds: what the new movements touched, a rolling part, what was wrong before."""
    _note_accounts(compare_touched(connection, plant, after, through, FINDINGS_MAX), found)
    looked = roll(connection, plant, through, state.balance, state.folded, ROLLING_ACCOUNTS)
    _note_accounts(looked.differing, found)
    for key in open_keys:
        if key.startswith("account/"):
            account = msgspec.json.decode(key.split("/", 1)[1], type=tuple[str, ...])
            checked.add(key)
            differing = compare_account(connection, plant, account, through)
            _note_accounts([differing] if differing else [], found)
    return replace(state, balance=looked.balance, folded=looked.folded)


def _note_accounts(differing: Iterable[tuple[Account, int, int]], found: dict[str, Finding]) -> None:
    for account, book, second in differing:
        place, item, lot = account[:3]
        found[f"account/{msgspec.json.encode(account).decode()}"] = {
            "check": "balance",
            "place": place,
            "item": item,
            "lot": lot,
            "book": _plain(book),
            "folded": _plain(second),
        }


def _plain(whole: int) -> str:
    return f"{amount(whole).normalize():f}"


def _cursor(connection: Connection, plant: str) -> int:
    asked = select(cursors.c.position).where(cursors.c.plant == plant)
    return int(connection.execute(asked).scalar() or 0)


def _end(connection: Connection, plant: str) -> int:
    asked = select(plants.c.position).where(and_(plants.c.plant == plant))
    return int(connection.execute(asked).scalar() or 0)
