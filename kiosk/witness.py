"""Turns what happened into facts: names them, and says who, when, where and with what scan."""

import hashlib
import logging
from collections.abc import Callable, Sequence
from datetime import datetime

import msgspec
from msgspec import Struct

from domain.document import Happened, document_types
from domain.event import Event
from domain.events.documents import DocumentApproved, DocumentOpened
from domain.events.labels import LabelRequested
from domain.events.terminal import SignedOn
from domain.log import RawScan, Strength
from kiosk.activity import Desk
from kiosk.state import Numbers, State
from kiosk.store.log import Fact
from kiosk.store.store import Store

SEAL_CHARS = 16
_LOG = logging.getLogger(__name__)


class _OnlyNumbers(Struct, frozen=True):
    """What must be saved of a session that another version wrote."""

    numbers: Numbers = Numbers()


class Witness:
    """Makes facts, and takes the session up again at start."""

    def __init__(self, new_id: Callable[[], str]) -> None:
        """`new_id` gives a new event id: a UUIDv7 as 32 hexadecimal digits."""
        self.new_id = new_id

    def facts(
        self,
        events: Sequence[Happened],
        state: State,
        before: State,
        desk: Desk,
        *,
        raw: RawScan | None,
        monotonic_ms: int,
        printer: str,
        strength: Strength = "none",
    ) -> tuple[Fact, ...]:
        """Return the facts of a turn; the scan that caused them travels with each.

        `strength`: how it was proven who did it, where it was more than a badge.
        """
        return tuple(
            Fact(
                event=_with_printer(one.event, printer),
                event_id=self.new_id(),
                event_time=desk.now,
                monotonic_ms=monotonic_ms,
                operator=_operator(one.event, before, state),
                session=before.session or state.session,
                strength=_strength(one.event, before, state) if strength == "none" else strength,
                read_point=desk.station.place,
                biz_step=_biz_step(one.event),
                document=str(getattr(one.event, "document", "")),
                raw=raw,
                corrects=one.corrects,
            )
            for one in events
        )

    def restored(self, store: Store, now: datetime) -> State:
        """Return the session as the last turn left it. Numbers already used are never used again."""
        kept = store.session()
        if kept is None:
            return State(touched=now)
        body = _unsealed(kept)
        if body is not None:
            try:
                return msgspec.json.decode(body, type=State)
            except msgspec.MsgspecError:
                _LOG.exception("the session is of another version; work goes on with an empty one")
            try:
                return State(numbers=msgspec.json.decode(body, type=_OnlyNumbers).numbers, touched=now)
            except msgspec.MsgspecError:
                _LOG.exception("its numbers cannot be read either")
        # Spoilt: nobody knows which numbers were used. A new epoch is part of every number, so none is made twice.
        _LOG.error("the session is spoilt; a new epoch begins")
        store.begin_epoch(store.log.epoch + 1, now)
        return State(touched=now)


def sealed(state: State) -> bytes:
    """Return the session as it is kept: JSON behind a digest, so that what the disk spoilt is not believed."""
    body = msgspec.json.encode(state)
    return _digest(body) + body


def _unsealed(kept: bytes) -> bytes | None:
    body = kept[SEAL_CHARS:]
    return body if kept[:SEAL_CHARS] == _digest(body) else None


def _digest(body: bytes) -> bytes:
    return hashlib.sha256(body).hexdigest()[:SEAL_CHARS].encode()


def _with_printer(event: Event, printer: str) -> Event:
    if isinstance(event, LabelRequested) and not event.printer:
        return msgspec.structs.replace(event, printer=printer)
    return event


def _operator(event: Event, before: State, state: State) -> str:
    if isinstance(event, SignedOn):
        return event.person
    return before.operator or state.operator


def _strength(event: Event, before: State, state: State) -> Strength:
    if isinstance(event, DocumentOpened) and event.header.get("countersign"):
        opened = next((one for one in state.documents if one.number == event.document), None)
        return "pin" if opened and any(one.proven for one in opened.header_inputs) else "four_eyes"
    if isinstance(event, DocumentApproved):
        return "four_eyes"
    return "badge" if _operator(event, before, state) else "none"


def _biz_step(event: Event) -> str:
    kind = document_types().get(str(getattr(event, "document_type", "")))
    return kind.biz_step if kind else ""
