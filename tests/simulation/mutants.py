"""The protocol with one thing wrong in it: each mutant breaks the product in one place, and the laws must see it.

Not here: answers of an older generation believed. With one exchange at a time, and every request different, none ever
comes; `tests/kiosk/test_sync.py` holds it alone. Hub and kiosk both compare content, so that only both together can
be wrong: one that goes by the number alone is corrected by the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any
from unittest import mock

import msgspec

import hub.ingest
import hub.intake
import hub.projections.documents
import hub.projections.plans
import hub.projections.stock
import hub.projector
import hub.rebuild
import hub.recovery
import hub.store.database
import kiosk.store.reissue
import kiosk.sync
from domain.log import Head
from domain.wire import Fork
from hub.intake import Intake
from hub.overlay import Trail
from hub.store.event_log import EventLog
from kiosk.loop import Loop
from kiosk.recorder import Recorder
from kiosk.store.care import LogCare
from kiosk.store.reference import Reference
from kiosk.verdict import Advance, NewEpoch, Rewind

Broken = Callable[[], Any]

MUTANT_SEEDS_MAX = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """One thing done wrong: how, which laws see it, and which faults must strike for it to matter."""

    name: str
    breaks: Broken
    sees: tuple[str, ...]
    needs: tuple[str, ...] = ()


def _patch(owner: Any, name: str, made: Any) -> Broken:
    return lambda: mock.patch.object(owner, name, made)


@contextmanager
def _all(*patches: Any) -> Iterator[None]:
    if not patches:
        yield
        return
    with patches[0], _all(*patches[1:]):
        yield


_judge = kiosk.sync.judge


def _by_number(answer: Any, *, digest_at: Callable[[int], Head], **rest: Any) -> Any:
    del digest_at
    return _judge(answer, digest_at=lambda _sequence: answer.accepted, **rest)


def _as_sent(answer: Any, *, end: Head, **rest: Any) -> Any:
    judged = _judge(answer, end=end, **rest)
    return Advance(sequence=end.sequence) if isinstance(judged, Advance | Rewind) else judged


def _resend_one_late(answer: Any, **rest: Any) -> Any:
    judged = _judge(answer, **rest)
    return Rewind(sequence=judged.sequence + 1) if isinstance(judged, Rewind) else judged


def _no_new_epoch(answer: Any, *, end: Head, **rest: Any) -> Any:
    judged = _judge(answer, end=end, **rest)
    return Advance(sequence=end.sequence) if isinstance(judged, NewEpoch) else judged


def _forget(through: Callable[[LogCare], int]) -> Broken:
    def forget_some(care: LogCare, retention_days: int = 0) -> int:
        log = care._log
        if log.reissue or through(care) <= log.base.sequence:
            return 0
        with care._transaction():
            return care._forget(log.epoch, through(care))

    return _patch(LogCare, "forget_some", forget_some)


def _answers_before_commit() -> Any:
    real, count = hub.ingest.writing, [0]

    @contextmanager
    def writing(engine: Any) -> Iterator[Any]:
        count[0] += 1
        if count[0] % 5:
            with real(engine) as connection:
                yield connection
            return
        try:
            with real(engine) as connection:
                yield connection
                _lose()
        except _LostError:
            return

    return mock.patch.object(hub.ingest, "writing", writing)


def _lose() -> None:
    raise _LostError


class _LostError(Exception):
    """The commit never came."""


def _only_the_unsent() -> Any:
    real = kiosk.store.reissue._copy

    def copy(connection: Any, reissue: Any, checked: Sequence[Any]) -> Head:
        sent = int(connection.meta("acknowledged") or 0)
        return real(connection, reissue, [one for one in checked if one.row.sequence > sent])

    return mock.patch.object(kiosk.store.reissue, "_copy", copy)


def _new_ids() -> Any:
    real = kiosk.store.reissue._again

    def again(envelope: Any, epoch: int, head: Head) -> Any:
        made = real(envelope, epoch, head)
        return msgspec.structs.replace(made, event_id=f"{epoch:02x}{made.event_id[2:]}")

    return mock.patch.object(kiosk.store.reissue, "_again", again)


def _gaps() -> Any:
    real, count = EventLog.append, [0]

    def append(log: EventLog, connection: Any, plant: str, position: int, *rest: Any) -> int:
        count[0] += 1
        return real(log, connection, plant, position + (count[0] % 7 == 0), *rest)

    return mock.patch.object(EventLog, "append", append)


def _reversed_again() -> Any:
    def always(_fact: Any, line: Any) -> bool:
        return line is not None

    modules = (hub.projections.documents, hub.projections.stock, hub.projections.plans)
    holders = [one for one in modules if hasattr(one, "is_taken_back_by")]
    return _all(*(mock.patch.object(one, "is_taken_back_by", always) for one in holders))


def _green_without_a_commit() -> Any:
    def record(recorder: Recorder, facts: Any, session: Any, day: str) -> None:
        try:
            recorder._store.record(facts, session, day)
        except Exception:  # noqa: BLE001 the mutant's point: it says nothing
            return

    return mock.patch.object(Recorder, "record", record)


def _shown_inside() -> Any:
    real = Loop._commit

    def commit(loop: Any, *given: Any, **named: Any) -> Any:
        with loop._store.transaction():
            done = real(loop, *given, **named)
            loop._show()
        return done

    return mock.patch.object(Loop, "_commit", commit)


def _revoked_booked() -> Any:
    real = Intake._take

    def take(intake: Intake, key: Any, judged: Any, device: Any) -> None:
        real(intake, key, judged, msgspec.structs.replace(device, revoked=False))

    return mock.patch.object(Intake, "_take", take)


def _fork_overwrites() -> Any:
    real = hub.intake.judge

    def judge(held: Any, header: Any, lines: Any) -> Any:
        judged = real(held, header, lines)
        if isinstance(judged.verdict, Fork):
            from domain.wire import Accepted

            return replace(judged, verdict=Accepted())
        return judged

    return mock.patch.object(hub.intake, "judge", judge)


MUTANTS = (
    Mutant(
        name="acknowledged by the number alone",
        breaks=lambda: _all(_fork_overwrites(), mock.patch.object(kiosk.sync, "judge", _by_number)),
        sees=("L17",),
        needs=("card_put_back", "power_cut", "network_off"),
    ),
    Mutant(
        name="what was sent counts as taken",
        sees=("L17",),
        breaks=_patch(kiosk.sync, "judge", _as_sent),
        needs=("body_cut",),
    ),
    Mutant(
        name="sent again from one number too late",
        sees=("L17",),
        breaks=_patch(kiosk.sync, "judge", _resend_one_late),
        needs=("hub_restored", "bit_flip_on_the_way"),
    ),
    Mutant(
        name="a fork is passed over",
        sees=("L17",),
        breaks=_patch(kiosk.sync, "judge", _no_new_epoch),
        needs=("card_put_back",),
    ),
    Mutant(name="forgotten when sent", sees=("R8",), breaks=_forget(lambda care: care._log.head.sequence)),
    Mutant(
        name="forgotten when acknowledged, but not safe",
        sees=("R8",),
        breaks=_forget(lambda care: care._log.acknowledged),
    ),
    Mutant(name="the hub answers before it commits", sees=("L17",), breaks=_answers_before_commit),
    Mutant(
        name="a known event id is booked again",
        sees=("L20",),
        breaks=lambda: _all(
            *(mock.patch.object(one, "earlier_than", return_value={}) for one in (hub.projector, hub.rebuild))
        ),
        needs=("card_put_back",),
    ),
    Mutant(
        name="a new epoch repeats only what was not sent",
        sees=("L20", "L13"),
        breaks=_only_the_unsent,
        needs=("card_put_back", "hub_restored"),
    ),
    Mutant(name="a new epoch gives new ids", sees=("L20", "D3"), breaks=_new_ids, needs=("card_put_back",)),
    Mutant(name="positions have gaps", sees=("L11",), breaks=_gaps),
    Mutant(
        name="a line is taken back twice",
        sees=("L10", "L1", "L20"),
        breaks=_reversed_again,
        needs=("undo", "card_put_back", "card_cloned"),
    ),
    Mutant(
        name="green although nothing was stored",
        sees=("R1",),
        breaks=_green_without_a_commit,
        needs=("commit_fails", "disk_full", "read_only"),
    ),
    Mutant(name="shown before it is committed", sees=("R1",), breaks=_shown_inside),
    Mutant(
        name="a revoked device's uploads are booked", sees=("A3",), breaks=_revoked_booked, needs=("revoked",)
    ),
    Mutant(
        name="a failed event is left half booked",
        sees=("L1", "L12"),
        breaks=_patch(Trail, "roll_back", Trail.keep),
        needs=("poison",),
    ),
    Mutant(
        name="own figures stay beside the hub's",
        sees=("L13",),
        breaks=_patch(Reference, "_drop_own_through", lambda *_given: None),
    ),
    Mutant(
        name="a restored hub keeps its generation",
        sees=("L13", "L17", "L20", "H6"),
        breaks=_patch(hub.recovery, "set_generation", lambda *_given: None),
        needs=("hub_restored",),
    ),
)
"""Every mutant there is; each must be seen within MUTANT_SEEDS_MAX seeds."""
