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
from dataclasses import dataclass, field
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


@dataclass(slots=True)
class _Drawn:
    """One room's tiles as last sent: HTML by name."""

    html: dict[str, str] = field(default_factory=dict[str, str])


@dataclass(slots=True)
class _Answer:
    """What a tile's question gave last, at which position, and when it may be asked again."""

    data: Mapping[str, Any]
    position: int
    again_at: float


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
        self._lock = threading.Lock()  # guards all below: drawing happens in one thread at a time
        self._watchers: dict[Room, int] = {}
        self._drawn: dict[Room, _Drawn] = {}
        self._answers: dict[tuple[Look, str], _Answer] = {}
        self._turn = int(
            time.time() * 1000
        )  # grows over restarts, so a page never takes an old message for new

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
        """Count one more who looks."""
        with self._lock:
            self._watchers[room] = self._watchers.get(room, 0) + 1

    def unwatch(self, room: Room) -> None:
        """Count one less; what nobody looks at any more is forgotten."""
        with self._lock:
            left = self._watchers.get(room, 1) - 1
            if left > 0:
                self._watchers[room] = left
                return
            self._watchers.pop(room, None)
            self._drawn.pop(room, None)
            if room.look.subject and all(one.look != room.look for one in self._watchers):
                for tile in tiles(room.look.board):
                    self._answers.pop((room.look, tile.name), None)

    def whole(self, room: Room) -> dict[str, Any]:
        """Return a message with every tile, for a page that has just opened. Raises StoreError."""
        with self._lock, reading(self._hub.engine) as connection:
            word = self._word(connection, room.look.plant)
            self._ask(connection, room.look, word.position)
            html = self._draw(room)
            positions = self._positions(room.look)
        return _message(word, html, positions)

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._woken.wait(WORD_S)
            self._woken.clear()
            begun = time.monotonic()
            for plant in {room.look.plant for room in list(self._watchers)}:
                self._push_safely(plant)
            self._stopping.wait(max(0.0, GAP_S - (time.monotonic() - begun)))

    def _push_safely(self, plant: str) -> None:
        """Nothing ends the board's thread: while it cannot draw, the pages see the age grow and say so."""
        try:
            self._push(plant)
        except Exception:  # noqa: BLE001 - named in the log, and every page shows that its data are old
            _log.exception("the board of %s could not be drawn", plant)

    def _push(self, plant: str) -> None:
        with self._lock:
            rooms = [room for room in self._watchers if room.look.plant == plant]
            with reading(self._hub.engine) as connection:
                word = self._word(connection, plant)
                for look in dict.fromkeys(room.look for room in rooms):
                    self._ask(connection, look, word.position)
            for room in rooms:
                drawn = self._drawn.setdefault(room, _Drawn())
                html = self._draw(room)
                changed = {name: text for name, text in html.items() if drawn.html.get(name) != text}
                drawn.html = html
                self._emit("board", _message(word, changed, self._positions(room.look)), to=room.name)

    def _word(self, connection: Connection, plant: str) -> Word:
        self._turn += 1
        position, ledger = booked_position(connection, plant), ledger_position(connection, plant)
        now = self._hub.clock.now()
        age_ms = 0
        if position < ledger:
            held = tables.events.c
            asked = select(held.received_at).where(held.plant == plant, held.position == position + 1)
            waiting = instant_of(connection.execute(asked).scalar() or "")
            age_ms = max(0, int((now - waiting).total_seconds() * 1000)) if waiting else 0
        return Word(
            turn=self._turn,
            position=position,
            ledger=ledger,
            hub_time_ms=int(now.timestamp() * 1000),
            age_ms=age_ms,
        )

    def _ask(self, connection: Connection, look: Look, position: int) -> None:
        """Ask every tile of a board whose rest is over."""
        scope = Scope(
            connection=connection,
            plant=look.plant,
            now=self._hub.clock.now(),
            zone=self._hub.settings.zone,
            subject=look.subject,
        )
        for tile in tiles(look.board):
            held = self._answers.get((look, tile.name))
            begun = time.monotonic()
            if held and begun < held.again_at:
                continue
            data = tile.query(scope)
            cost = time.monotonic() - begun
            rest = cost * COST_SHARE if cost > COST_FREE_S else 0.0
            self._answers[(look, tile.name)] = _Answer(data=data, position=position, again_at=begun + rest)

    def _draw(self, room: Room) -> dict[str, str]:
        zone = self._hub.settings.zone
        return {
            tile.name: self._renderer.tile(
                tile.name,
                language=room.language,
                plant=room.look.plant,
                zone=zone,
                data=self._answers[(room.look, tile.name)].data,
            )
            for tile in tiles(room.look.board)
        }

    def _positions(self, look: Look) -> dict[str, int]:
        return {tile.name: self._answers[(look, tile.name)].position for tile in tiles(look.board)}


def _message(word: Word, html: Mapping[str, str], positions: Mapping[str, int]) -> dict[str, Any]:
    return {
        "turn": word.turn,
        "position": word.position,
        "ledger": word.ledger,
        "hub_time_ms": word.hub_time_ms,
        "age_ms": word.age_ms,
        "tiles": dict(html),
        "positions": dict(positions),
    }
