"""Judging an upload against what the hub holds of that log: accept, ask again, or see a fork. Pure: stores nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec

from domain.log import GENESIS_DIGEST, Envelope, Head, digest_of
from domain.wire import Accepted, Fork, Resend, Upload, UploadHeader, Verdict


class _Link(msgspec.Struct, frozen=True):
    """As much of an entry as ties it to the one before it; read where the rest says nothing to us."""

    previous_digest: str = ""


_decoder = msgspec.json.Decoder(Envelope)
_link_decoder = msgspec.json.Decoder(_Link)


class Line(msgspec.Struct, frozen=True, gc=False):
    """One line of an upload: its bytes, their digest, and what they say (None where they say nothing we can read)."""

    body: bytes
    digest: str
    envelope: Envelope | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What the hub holds of the log in that epoch.

    `digests`: of the sequences the upload repeats. `suspect`: the digest of the line that could not be read last time;
    when it comes again unchanged and confirmed, it is what the kiosk really wrote. `next_epoch`: free for a fork.
    """

    head: Head
    next_epoch: int
    digests: Mapping[int, str]
    suspect: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """The answer, the lines to append and where the log ends with them."""

    verdict: Verdict
    lines: Sequence[Line]
    head: Head
    suspect: str = ""


def examine(upload: Upload) -> list[Line]:
    """Read every line as far as it can be read. The expensive part, done before anyone waits for a lock."""
    return [read_line(body) for body in upload.bodies]


def read_line(body: bytes) -> Line:
    """Read one line as far as it can be read."""
    return Line(body, digest_of(body), _read(body))


def judge(held: Held, header: UploadHeader, lines: Sequence[Line]) -> Judgement:
    """Decide about an upload. What is appended always continues what is held (the hub's copy stays a prefix)."""
    head, first = held.head, header.first_sequence
    if first > head.sequence + 1:
        return _again(head, "gap")
    if first == 1 and header.previous_digest != GENESIS_DIGEST:
        return _again(head, "the first entry names one before it")
    if first == head.sequence + 1 and header.previous_digest != head.digest:
        return _fork(held, head.sequence)
    repeated = head.sequence + 1 - first
    for index, line in enumerate(lines[:repeated]):
        if _is_other(held, header, lines, index, line):
            return _fork(held, first + index)
    return _continue(held, header, lines[repeated:])


def _is_other(held: Held, header: UploadHeader, lines: Sequence[Line], index: int, line: Line) -> bool:
    """Tell whether a repeated line is truly another entry, not ours damaged: the next entry confirms which."""
    sequence = header.first_sequence + index
    ours = held.digests.get(sequence)
    return line.digest != ours and _stated_digest(header, lines, index, sequence) != ours


def _continue(held: Held, header: UploadHeader, lines: Sequence[Line]) -> Judgement:
    """Take the lines that follow our head, up to the first that does not."""
    good: list[Line] = []
    head = held.head
    for index, line in enumerate(lines):
        sequence = head.sequence + 1
        if not _follows(head, line):
            confirmed = _stated_digest(header, lines, index, sequence) == line.digest
            if _names_other(head, line) or not confirmed or line.digest != held.suspect:
                return _stop(held, good, line if confirmed else None, is_doubtful=_names_other(head, line))
            line = Line(line.body, line.digest, None)  # noqa: PLW2901 (it is kept, but not believed)
        good.append(line)
        head = Head(sequence=sequence, digest=line.digest)
    if good and header.head.sequence == head.sequence and header.head.digest != head.digest:
        return _stop(held, good, None, is_doubtful=True)
    return Judgement(verdict=Accepted(), lines=good, head=head)


def _stop(held: Held, good: list[Line], suspect: Line | None, *, is_doubtful: bool) -> Judgement:
    """Keep what is confirmed. When the break may lie in the last good line itself, that one comes again too."""
    kept = good[:-1] if is_doubtful else good
    head = held.head
    if kept:
        head = Head(sequence=head.sequence + len(kept), digest=kept[-1].digest)
    resend = Resend(from_sequence=head.sequence + 1, reason="damage")
    return Judgement(verdict=resend, lines=kept, head=head, suspect=suspect.digest if suspect else "")


def _follows(head: Head, line: Line) -> bool:
    envelope = line.envelope
    return (
        envelope is not None
        and envelope.sequence == head.sequence + 1
        and envelope.previous_digest == head.digest
    )


def _names_other(head: Head, line: Line) -> bool:
    return line.envelope is not None and line.envelope.previous_digest != head.digest


def _stated_digest(header: UploadHeader, lines: Sequence[Line], index: int, sequence: int) -> str:
    """Return what the sender says elsewhere about a line's digest: in the next line, or as its log's head."""
    if index + 1 < len(lines):
        return named_before(lines[index + 1])
    return header.head.digest if header.head.sequence == sequence else ""


def named_before(line: Line) -> str:
    """Return the digest that a line names as the one before it, also where the line says nothing else to us."""
    if line.envelope:
        return line.envelope.previous_digest
    try:
        return _link_decoder.decode(line.body).previous_digest
    except (msgspec.MsgspecError, ValueError):
        return ""


def _again(head: Head, reason: str) -> Judgement:
    return Judgement(verdict=Resend(from_sequence=head.sequence + 1, reason=reason), lines=(), head=head)


def _fork(held: Held, sequence: int) -> Judgement:
    return Judgement(
        verdict=Fork(sequence=sequence, next_epoch=held.next_epoch),
        lines=(),
        head=held.head,
        suspect=held.suspect,
    )


def _read(body: bytes) -> Envelope | None:
    try:
        return _decoder.decode(body)
    except (msgspec.MsgspecError, ValueError):  # ValueError: text that is not UTF-8
        return None
