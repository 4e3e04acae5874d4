"""A second account of the hub: reads its file as a stranger would, checks each new row and folds it anew."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections import defaultdict
from pathlib import Path
from typing import Any

GENESIS = "0" * 64
UNMOVED = ("reversed_twice", "unknown_line")
"""Taken back already, or a line that is parked itself: the fact is kept, and nothing moves."""

Key = tuple[str, ...]


class LawError(AssertionError):
    """A law of the ledger does not hold."""


def law(name: str, holds: object, words: str) -> None:
    """Say which law is broken, and how."""
    if not holds:
        raise LawError(f"{name}: {words}")


class Mirror:
    """What the hub's ledger and projections say, row by row, checked as they grow."""

    def __init__(self, path: Path, plant: str) -> None:
        self._path, self._plant = path, plant
        self.revoked: dict[str, int] = {}
        """Devices whose uploads may only be parked after a position."""
        self.begin_anew()

    def begin_anew(self) -> None:
        """Another database lies there now, or the projections were made anew: everything is read again."""
        self._file: sqlite3.Connection | None = None
        self.position = 0
        self.cursor = 0
        self.heads: dict[tuple[str, int], tuple[int, str]] = {}
        self.ids: dict[str, list[int]] = defaultdict(list)
        self.events: dict[int, tuple[str, str, str, Any]] = {}
        self.states: dict[int, tuple[str, str]] = {}
        self.booked: dict[str, int] = {}
        self.balances: defaultdict[Key, list[int]] = defaultdict(lambda: [0, 0])
        self.reversals: dict[str, int] = {}

    def rows(self, sql: str, *given: object) -> list[tuple[Any, ...]]:
        """Ask the file."""
        if self._file is None:
            self._file = sqlite3.connect(self._path, isolation_level=None)
        return self._file.execute(sql, given).fetchall()

    def let_go(self) -> None:
        """Close the file, so that somebody may put another in its place."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def look(self) -> None:
        """Check what was added since the last look."""
        self._read_ledger()
        self._read_bookings()

    def holds(self, device: str, epoch: int, sequence: int, digest: str) -> bool:
        """Tell whether the ledger has this entry, durably."""
        found = self.rows(
            "SELECT digest FROM events WHERE plant = ? AND device = ? AND epoch = ? AND sequence = ?",
            self._plant,
            device,
            epoch,
            sequence,
        )
        return found == [(digest,)] if sequence else digest == GENESIS

    def _read_ledger(self) -> None:
        """L11: positions dense, chains dense and linked, digests true."""
        for position, device, epoch, sequence, event_id, digest, flaw, body in self.rows(
            "SELECT position, device, epoch, sequence, event_id, digest, flaw, body FROM events"
            " WHERE plant = ? AND position > ? ORDER BY position",
            self._plant,
            self.position,
        ):
            law("L11", position == self.position + 1, f"position {position} follows {self.position}")
            self.position = position
            law("L11", hashlib.sha256(body).hexdigest() == digest, f"position {position}: digest")
            before, linked = self.heads.get((device, epoch), (0, GENESIS))
            law("L11", sequence == before + 1, f"{device}/{epoch}: {sequence} follows {before}")
            said = _json(body)
            if flaw != "unreadable" and isinstance(said, dict):
                law("L11", said.get("previous_digest") == linked, f"{device}/{epoch}/{sequence}: the link")
            self.heads[device, epoch] = (sequence, digest)
            if event_id:
                self.ids[event_id].append(position)
            is_late = position > self.revoked.get(device, position)
            law("A3", flaw or not is_late, f"{device} is revoked, and {position} may be booked")
            self.events[position] = (event_id, device, flaw, said)

    def _read_bookings(self) -> None:
        found = self.rows("SELECT position FROM cursors WHERE plant = ?", self._plant)
        cursor = found[0][0] if found else 0
        law("L3", cursor >= self.cursor, f"the projections went back from {self.cursor} to {cursor}")
        law("L12", cursor <= self.position, f"booked through {cursor}, the ledger ends at {self.position}")
        if cursor == self.cursor:
            return
        self._read_dispositions(cursor)
        self._read_movements(cursor)
        self._compare_balances(cursor)
        self.cursor = cursor

    def _read_dispositions(self, cursor: int) -> None:
        """L12: one disposition each; nothing is booked twice, however often it came."""
        told: dict[int, tuple[str, str]] = {}
        for position, state, code in self.rows(
            "SELECT position, state, code FROM dispositions WHERE plant = ? AND position > ? AND position <= ?",
            self._plant,
            self.cursor,
            cursor,
        ):
            law("L12", position not in told, f"position {position} has two dispositions")
            told[position] = (state, code)
        for position in range(self.cursor + 1, cursor + 1):
            state, code = told.get(position, ("booked", ""))
            self.states[position] = (state, code)
            event_id, _, flaw, said = self.events[position]
            law("L12", not flaw or (state, code) == ("parked", flaw), f"{position}: {flaw} is {state} {code}")
            if not state.startswith("booked"):
                continue
            law(
                "L20",
                event_id not in self.booked,
                f"{event_id} is booked at {self.booked.get(event_id)} and {position}",
            )
            self.booked[event_id] = position
            if said["type"] == "LineReversed":
                self._note_reversal(said["corrects"], position, code)

    def _note_reversal(self, original: str, position: int, code: str) -> None:
        """L10: a line is taken back once; whatever else says so is an exception somebody sees, and moves nothing."""
        if code in UNMOVED:
            return
        first = self.reversals.setdefault(original, position)
        law("L10", first == position, f"{original} taken back at {first} and {position}")

    def _read_movements(self, cursor: int) -> None:
        """L1 and L3: what was booked moved exactly what its event says, and nothing else moved."""
        moved: defaultdict[int, list[tuple[Any, ...]]] = defaultdict(list)
        for row in self.rows(
            "SELECT position, source, target, item, lot, handling_unit, grade, owner, unit, value, second_unit, second"
            " FROM movements WHERE plant = ? AND position > ? AND position <= ? ORDER BY position, number",
            self._plant,
            self.cursor,
            cursor,
        ):
            moved[row[0]].append(row[1:])
        for position in range(self.cursor + 1, cursor + 1):
            said = self.events[position][3]
            state, code = self.states[position]
            moves_nothing = not state.startswith("booked") or code in UNMOVED
            wanted = [] if moves_nothing else _movements_of(said)
            law(
                "L1", moved[position] == wanted, f"position {position}: {moved[position]} instead of {wanted}"
            )
            for source, target, *goods, unit, value, second_unit, second in wanted:
                for place, sign in ((source, -1), (target, 1)):
                    held = self.balances[(place, *goods, unit, second_unit)]
                    held[0] += sign * value
                    held[1] += sign * second

    def _compare_balances(self, cursor: int) -> None:
        """L2, L3, L4: the world sums to zero, balances are the fold, less than nothing is one shortage."""
        told = {
            tuple(row[:8]): [row[8], row[9]]
            for row in self.rows(
                "SELECT place, item, lot, handling_unit, grade, owner, unit, second_unit, value, second FROM balances"
                " WHERE plant = ?",
                self._plant,
            )
        }
        for key in told.keys() | self.balances.keys():
            ours, theirs = self.balances.get(key, [0, 0]), told.get(key, [0, 0])
            law("L3", ours == theirs, f"{key}: the fold of the journal is {ours}, the balance says {theirs}")
        law("L2", not sum(value for value, _ in told.values()), "the world does not sum to zero")

    def check_shortages(self, physical: set[str]) -> None:
        """L4: a balance below nothing under our own roof is exactly one open shortage of that amount."""
        short: dict[str, int] = {}
        totals: defaultdict[Key, int] = defaultdict(int)
        for (place, item, lot, unit_serial, grade, owner, unit, _second_unit), (
            value,
            _,
        ) in self.balances.items():
            totals[place, item, lot, unit_serial, grade, owner, unit] += value
        for key, value in totals.items():
            if value < 0 and key[0] in physical:
                short[json.dumps(list(key), separators=(",", ":"))] = -value
        rows = self.rows(
            "SELECT key, amount FROM discrepancies WHERE plant = ? AND kind = 'shortage' AND closed_at IS NULL",
            self._plant,
        )
        told = dict(rows)
        law("L4", len(told) == len(rows), "two open shortages of one stock")
        law("L4", told == short, f"open shortages {told}, balances below nothing {short}")


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None


def _movements_of(said: Any) -> list[tuple[Any, ...]]:
    found: list[tuple[Any, ...]] = []
    for one in said["fact"].get("movements", ()):
        goods, second = one["goods"], one.get("second")
        found.append(
            (
                one["source"],
                one["target"],
                goods["item"],
                goods.get("lot", ""),
                goods.get("handling_unit", ""),
                goods.get("grade", ""),
                goods.get("owner", ""),
                one["quantity"]["unit"],
                _micros(one["quantity"]["value"]),
                second["unit"] if second else "",
                _micros(second["value"]) if second else 0,
            )
        )
    return found


def _micros(text: str) -> int:
    whole, _, fraction = str(text).partition(".")
    return int(whole + fraction.ljust(6, "0"))
