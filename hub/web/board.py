"""The live board: after each commit of the projector the changed tiles are drawn and pushed.

One thread draws. It gathers what was committed meanwhile (a push every `GAP_S` at most), reads all tiles in one
transaction, and sends whole tiles, so a message that is lost is made good by the next. Every message carries the
position it shows and how old the data are; without commits it still speaks every `WORD_S`, so a page can tell a calm
floor from a lost hub.
"""

import logging
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any, NamedTuple, Protocol, get_args

from sqlalchemy import Connection, select

from domain.names import Language
from hub.hub import Hub
from hub.store import tables
from hub.store.database import reading
from hub.store.values import instant_of
from hub.tile import WITH_SUBJECT, BoardName, Scope, tiles
from hub.views.stock import booked_position, ledger_position
from hub.web.render import Renderer

GAP_S = 0.1
"""Pushes are at least this far apart: ten a second, however fast the floor scans."""
WORD_S = 1.0
"""Without commits the board looks and speaks this often; ages and silences change without any event."""
COST_SHARE = 10
"""A tile whose question takes long rests this many times as long; its own position stands below it."""
COST_FREE_S = 0.02
STOP_WAIT_S = 5
SUBJECT_CHARS_MAX = 120

_log = logging.getLogger(__name__)


class Emit(Protocol):
    """Sends a message to the pages in a room."""

    def __call__(self, event: str, *args: Any, to: str) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """What every message says first: up to where it is booked, and how old that is by the hub's clock.

    `age_ms` is 0 when everything received is booked, else how long the oldest event not yet booked has waited.
    """

    turn: int
    position: int
    ledger: int
    hub_time_ms: int
    age_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    """What a tile's question gave, at which position, and when it may be asked again. `html`: as drawn so far."""

    data: Mapping[str, Any]
    position: int
    again_at: float
    html: dict[Language, str] = field(default_factory=dict[Language, str])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shown:
    """A board as it was asked last, and when; never changed, so it is read while the next is being asked."""

    word: Word
    asked_at: float
    answers: Mapping[str, _Answer]


class Look(NamedTuple):
    """What a page looks at: a board of a plant, of one thing (`subject`) where the board is about one."""

    plant: str
    board: BoardName = "goods"
    subject: str = ""


def look_of(given: Mapping[str, str], plant: str) -> Look:
    """Return which board of a plant is asked for; the goods' where none is that there is."""
    boards: Mapping[str, BoardName] = {one: one for one in get_args(BoardName)}
    board = boards.get(given.get("board", ""), "goods")
    subject = given.get("subject", "").replace("\0", "")[:SUBJECT_CHARS_MAX] if board in WITH_SUBJECT else ""
    return Look(plant, board, subject)


class Room(NamedTuple):
    """Those who look at the same in one language."""

    look: Look
    language: Language

    @property
    def name(self) -> str:
        """Return the socket room's name."""
        return "/".join((*self.look, self.language))


class Attendant(Protocol):
    """A thread that goes along behind the booking."""

    def start(self) -> None:
        """Begin."""
        ...

    def stop(self) -> None:
        """End after the round in hand."""
        ...


class Board:
    """Draws the tiles of every plant somebody looks at, and keeps the pages up to date.

    What the board and its pages say rests on the work of its attendants: they work for as long as the board does.
    """

    def __init__(self, *, hub: Hub, renderer: Renderer, emit: Emit, attendants: Sequence[Attendant]) -> None:
        self._hub, self._renderer, self._emit, self._attendants = hub, renderer, emit, attendants
        self._woken = threading.Event()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()  # guards the three below; nobody asks or draws while holding it
        self._watchers: dict[Room, int] = {}
        self._shown: dict[Look, _Shown] = {}
        self._sent: dict[Room, dict[str, str]] = {}  # each room's tiles as last pushed
        # Grows over restarts, so a page never takes an old message for new.
        self._turns = count(int(time.time() * 1000))

    def start(self) -> None:
        """Begin to draw, also after `stop`. Call it in the process that serves."""
        self._stopping.clear()
        self._thread = threading.Thread(target=self._run, name="board", daemon=True)
        self._thread.start()
        for one in self._attendants:
            one.start()

    def stop(self) -> None:
        """End the drawing thread and its attendants: the check of the books, the registers of the journal."""
        self._stopping.set()
        self._woken.set()
        for one in self._attendants:
            one.stop()
        if self._thread:
            self._thread.join(STOP_WAIT_S)

    def wake(self, plant: str, position: int) -> None:
        """Take notice of a commit; the drawing is the thread's."""
        self._woken.set()

    def watch(self, room: Room) -> None:
        """Count one more who looks, and may have missed what the others in the room were sent: all get all of it."""
        with self._lock:
            self._watchers[room] = self._watchers.get(room, 0) + 1
            self._sent.pop(room, None)

    def unwatch(self, room: Room) -> None:
        """Count one less."""
        with self._lock:
            left = self._watchers.get(room, 1) - 1
            if left > 0:
                self._watchers[room] = left
            else:
                self._watchers.pop(room, None)

    def whole(self, room: Room) -> dict[str, Any]:
        """Return a message with every tile, for a page that has just opened. Raises StoreError.

        Where others look at the same, it is what they see; else it is asked now.
        """
        with self._lock:
            shown, is_watched = self._shown.get(room.look), room.look in {one.look for one in self._watchers}
        if not (shown and is_watched and time.monotonic() - shown.asked_at < WORD_S):
            with reading(self._hub.engine) as connection:
                shown = self._ask(connection, room.look)
        word = replace(shown.word, hub_time_ms=self._hub_time_ms())
        return _message(word, self._draw(room, shown), shown)

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._woken.wait(WORD_S)
            self._woken.clear()
            begun = time.monotonic()
            for plant in {room.look.plant for room in self._watched()}:
                self._push_safely(plant)
            self._forget()
            self._stopping.wait(max(0.0, GAP_S - (time.monotonic() - begun)))

    def _push_safely(self, plant: str) -> None:
        """Nothing ends the board's thread: while it cannot draw, the pages see the age grow and say so."""
        try:
            self._push(plant)
        except Exception:  # noqa: BLE001 - named in the log, and every page shows that its data are old
            _log.exception("the board of %s could not be drawn", plant)

    def _push(self, plant: str) -> None:
        rooms = [room for room in self._watched() if room.look.plant == plant]
        with reading(self._hub.engine) as connection:
            looks = {look: self._ask(connection, look) for look in dict.fromkeys(room.look for room in rooms)}
        for room in rooms:
            shown = looks[room.look]
            html = self._draw(room, shown)
            with self._lock:
                sent, self._sent[room] = self._sent.get(room, {}), html
            changed = {name: text for name, text in html.items() if sent.get(name) != text}
            self._emit("board", _message(shown.word, changed, shown), to=room.name)

    def _watched(self) -> list[Room]:
        with self._lock:
            return list(self._watchers)

    def _forget(self) -> None:
        """Drop what nobody looks at any more; of a page without a socket its answers' rest is kept."""
        now = time.monotonic()
        with self._lock:
            looks = {room.look for room in self._watchers}
            self._sent = {room: html for room, html in self._sent.items() if room in self._watchers}
            self._shown = {
                look: shown
                for look, shown in self._shown.items()
                if look in looks or any(now < one.again_at for one in shown.answers.values())
            }

    def _word(self, connection: Connection, plant: str) -> Word:
        position, ledger = booked_position(connection, plant), ledger_position(connection, plant)
        age_ms = 0
        if position < ledger:
            held = tables.events.c
            asked = select(held.received_at).where(held.plant == plant, held.position == position + 1)
            waiting = instant_of(connection.execute(asked).scalar() or "")
            waited_s = (self._hub.clock.now() - waiting).total_seconds() if waiting else 0
            age_ms = max(0, int(waited_s * 1000))
        return Word(
            turn=next(self._turns),
            position=position,
            ledger=ledger,
            hub_time_ms=self._hub_time_ms(),
            age_ms=age_ms,
        )

    def _hub_time_ms(self) -> int:
        return int(self._hub.clock.now().timestamp() * 1000)

    def _ask(self, connection: Connection, look: Look) -> _Shown:
        """Ask every tile of a board whose rest is over; the newest of what two asked at once is kept."""
        scope = Scope(
            connection=connection,
            plant=look.plant,
            now=self._hub.clock.now(),
            zone=self._hub.settings.zone,
            subject=look.subject,
        )
        word, asked_at = self._word(connection, look.plant), time.monotonic()
        held = self._shown.get(look)
        answers = dict(held.answers) if held else {}
        for tile in tiles(look.board):
            before, begun = answers.get(tile.name), time.monotonic()
            if before and begun < before.again_at:
                continue
            data = tile.query(scope)
            cost = time.monotonic() - begun
            rest = cost * COST_SHARE if cost > COST_FREE_S else 0.0
            answers[tile.name] = _Answer(data=data, position=word.position, again_at=begun + rest)
        shown = _Shown(word=word, asked_at=asked_at, answers=answers)
        with self._lock:
            newest = self._shown.get(look)
            if newest is None or newest.word.turn < word.turn:
                self._shown[look] = shown
        return shown

    def _draw(self, room: Room, shown: _Shown) -> dict[str, str]:
        """Return each tile's HTML; one that was not asked anew is not drawn anew."""
        for name, answer in shown.answers.items():
            if room.language not in answer.html:
                answer.html[room.language] = self._renderer.tile(
                    name,
                    language=room.language,
                    plant=room.look.plant,
                    zone=self._hub.settings.zone,
                    data=answer.data,
                )
        return {name: answer.html[room.language] for name, answer in shown.answers.items()}


def _message(word: Word, html: Mapping[str, str], shown: _Shown) -> dict[str, Any]:
    return {
        "turn": word.turn,
        "position": word.position,
        "ledger": word.ledger,
        "hub_time_ms": word.hub_time_ms,
        "age_ms": word.age_ms,
        "tiles": dict(html),
        "positions": {name: answer.position for name, answer in shown.answers.items()},
    }
