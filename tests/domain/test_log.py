"""The log: every damage is seen, and what was written once is readable for ever."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from domain.event import event_types
from domain.events.terminal import SignedOn
from domain.log import (
    ENTRY_BYTES_MAX,
    GENESIS_DIGEST,
    ChainError,
    Envelope,
    Head,
    Recorded,
    digest_of,
    encode_fact,
    event_of,
    follow,
    open_entry,
    seal,
)
from tests.conftest import GOLDEN_DIR, Golden
from tests.samples import EVENTS, entry, log
from tests.strategies import envelopes

WIRE = GOLDEN_DIR / "wire"
SUMS = "wire/SHA256SUMS"


def check(bodies: list[bytes], end: Head) -> None:
    """Read a stored log as a kiosk does at start: from genesis, ending at the head it keeps beside it."""
    head = Head()
    for body in bodies:
        head = follow(head, open_entry(body))
    if head != end:
        raise ChainError(head.sequence, "the log ends elsewhere than its head says")


BODIES = [one.body for one in log()]
END = log()[-1].head


def test_an_undamaged_log_is_followed_from_genesis_to_its_head():
    check(BODIES, END)
    assert Head() == Head(sequence=0, digest=GENESIS_DIGEST)


@pytest.mark.fault("D4")
def test_a_flip_of_any_single_bit_is_seen():
    flips = 0
    for place, body in enumerate(BODIES[:6]):
        for at in range(len(body)):
            damaged = bytearray(body)
            damaged[at] ^= 1 << (at % 8)
            with pytest.raises(ValueError, match=r".+"):  # ChainError, or no entry at all
                check([*BODIES[:place], bytes(damaged), *BODIES[place + 1 :]], END)
            flips += 1
    assert flips > 3000


@pytest.mark.parametrize("place", range(len(BODIES)))
def test_a_cut_is_seen_wherever_it_is(place: int):
    with pytest.raises(ChainError):
        check([*BODIES[:place], *BODIES[place + 1 :]], END)


@given(st.permutations(range(len(BODIES))).filter(lambda order: list(order) != sorted(order)))
def test_entries_that_changed_places_are_seen(order: list[int]):
    with pytest.raises(ChainError):
        check([BODIES[place] for place in order], END)


@pytest.mark.parametrize("place", range(len(BODIES) + 1))
def test_an_insertion_is_seen_also_when_it_follows_perfectly(place: int):
    before = open_entry(BODIES[place - 1]).head if place else Head()
    forged = entry(before, SignedOn(person="9999"))
    with pytest.raises(ChainError):
        check([*BODIES[:place], forged.body, *BODIES[place:]], END)


def test_a_break_names_the_first_number_that_cannot_be_trusted():
    with pytest.raises(ChainError, match="sequence 3") as caught:
        check([*BODIES[:2], *BODIES[3:]], END)
    assert caught.value.sequence == 3


def test_an_entry_of_another_history_with_the_right_number_is_refused():
    other = entry(Head(), SignedOn(person="1002"))
    second = open_entry(BODIES[1])
    assert follow(Head(), other).sequence == 1
    with pytest.raises(ChainError, match="another entry before it"):
        follow(other.head, second)


@given(envelopes())
def test_an_envelope_read_back_from_its_bytes_is_the_same_envelope(envelope: Envelope):
    recorded = seal(envelope)
    again = open_entry(recorded.body)
    assert again.digest == recorded.digest == hashlib.sha256(recorded.body).hexdigest()
    assert facts_apart(again) == facts_apart(recorded)
    assert seal(again.envelope).body == recorded.body


@given(envelopes())
def test_no_entry_holds_a_raw_line_end(envelope: Envelope):
    assert not {b"\n"[0], b"\r"[0]} & set(seal(envelope).body)


def facts_apart(recorded: Recorded) -> tuple[Envelope, bytes]:
    """Raw bytes compare by identity: take the fact out of the envelope."""
    fact = bytes(recorded.envelope.fact)
    return replace(recorded.envelope, fact=encode_fact(SignedOn(person=""))), fact


def test_an_entry_longer_than_the_limit_is_not_written():
    with pytest.raises(ValueError, match="longer than"):
        entry(Head(), SignedOn(person="x" * ENTRY_BYTES_MAX))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("sequence", b"0"),
        ("event_id", b'"0192F0"'),
        ("previous_digest", b'"00"'),
        ("event_time", b'"2026-11-22T08:30:01"'),
        ("clock", b'"good"'),
    ],
)
def test_an_envelope_with_an_impossible_field_is_no_entry(field: str, value: bytes):
    import msgspec

    plain = msgspec.json.decode(BODIES[0], type=dict[str, msgspec.Raw])
    with pytest.raises(msgspec.ValidationError):
        open_entry(msgspec.json.encode({**plain, field: msgspec.Raw(value)}))


# --- golden samples --------------------------------------------------------------------------------------------------


def name_of(recorded: Recorded) -> str:
    envelope = recorded.envelope
    return f"{envelope.sequence:02d}-{envelope.type}-{envelope.schema}.json"


@pytest.mark.parametrize("recorded", log(), ids=name_of)
def test_the_bytes_of_every_event_class_stay_as_they_were(recorded: Recorded, golden: Golden):
    golden.check(f"wire/{name_of(recorded)}", recorded.body)


def test_the_digests_of_the_samples_can_be_checked_with_sha256sum(golden: Golden):
    golden.check(SUMS, "".join(f"{one.digest}  {name_of(one)}\n" for one in log()))


@pytest.mark.parametrize("path", sorted(WIRE.glob("*.json")), ids=lambda path: path.name)
def test_a_sample_of_any_age_is_read_for_ever(path):
    recorded = open_entry(path.read_bytes())
    assert f"{recorded.digest}  {path.name}" in (GOLDEN_DIR / SUMS).read_text().splitlines()
    assert isinstance(event_of(recorded.envelope), event_types()[recorded.envelope.type])


def test_a_sample_once_taken_stays_in_the_folder():
    """Adding a class appends a sample; nothing is renamed or dropped."""
    stored = sorted(path.name for path in WIRE.glob("*.json"))
    assert stored[: len(EVENTS)] == sorted(name_of(one) for one in log())
    assert digest_of((WIRE / "01-KioskStarted-1.json").read_bytes()) == log()[0].digest
