"""The exchange: exact bytes of an upload, its limits, and codes nobody else can make."""

from __future__ import annotations

import hashlib
import hmac

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from domain.log import Head
from domain.place import Station
from domain.wire import (
    BATCH_BYTES_MAX,
    BATCH_EVENTS_MAX,
    LEASE_S,
    Accepted,
    Acknowledgement,
    Change,
    Changes,
    Fork,
    Resend,
    Snapshot,
    UploadError,
    UploadHeader,
    answer_mac,
    decode_upload,
    encode_upload,
    macs_match,
    request_mac,
    take_batch,
)
from tests.conftest import GOLDEN_DIR, Golden
from tests.samples import BEGIN, BOOK, DEVICE, KEY, event_id, log
from tests.strategies import digests, heads, instants
from tests.world import BUTTON, KEEPER, ORDER, PLACES, STATION

SENT = log()[:14]
"""The log as it was when the worked examples were made; samples that joined later do not change them."""

STATION_THEN = Station(
    place=STATION.place,
    names=STATION.names,
    plant=STATION.plant,
    warehouse=STATION.warehouse,
    number_code=STATION.number_code,
    receiving=STATION.receiving,
    quarantine=STATION.quarantine,
    lost_and_found=STATION.lost_and_found,
    document_types=("CS", "YW", "PD"),
)
KEEPER_THEN = replace(KEEPER, rights=("CS.add", "YW.add", "PD.add"))
"""The station and its keeper as they were when the worked examples were made."""

TARGET = "/sync/v1/upload"
EXCHANGE = GOLDEN_DIR / "wire" / "exchange"


def header(events: int, **more: object) -> UploadHeader:
    return UploadHeader(
        device=DEVICE,
        epoch=1,
        first_sequence=1,
        previous_digest=Head().digest,
        events=events,
        head=SENT[-1].head,
        **more,  # pyright: ignore[reportArgumentType] (whatever the test names)
    )


UPLOAD = encode_upload(header(len(SENT), clock="synced", clock_time=BEGIN), [one.body for one in SENT])


# --- uploads ---------------------------------------------------------------------------------------------------------


def test_an_upload_is_a_header_and_the_exact_bytes_of_each_entry_a_line_each(golden: Golden):
    golden.check("wire/exchange/upload.ndjson", UPLOAD)
    assert UPLOAD.split(b"\n")[1:-1] == [one.body for one in SENT]
    assert UPLOAD.endswith(b"\n")


lines = st.binary(min_size=1, max_size=60).map(lambda text: text.replace(b"\n", b""))


@given(
    bodies=st.lists(lines, max_size=20),
    head=heads,
    before=digests,
    first=st.integers(1, 2**53),
    time=st.none() | instants,
)
def test_an_upload_read_back_is_the_same_upload(
    bodies: list[bytes], head: Head, before: str, first: int, time: object
):
    made = UploadHeader(
        device=DEVICE,
        epoch=2,
        first_sequence=first,
        previous_digest=before,
        events=len(bodies),
        head=head,
        generation=3,
        clock_time=time,  # pyright: ignore[reportArgumentType] (a datetime or None)
        pending=7,
    )
    again = decode_upload(encode_upload(made, bodies))
    assert (again.header, list(again.bodies)) == (made, bodies)


def test_an_upload_without_events_only_reports_the_kiosk():
    assert decode_upload(encode_upload(header(0), [])).bodies == ()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n",
        b"<html>please log on to the guest network</html>",
        UPLOAD[:-40] and UPLOAD[: UPLOAD.index(b"\n")] + b"\n",  # the entries are missing
        b"\n".join(UPLOAD.split(b"\n")[:-3]) + b"\n",  # some are
        UPLOAD + b"{}\n",  # one too many
        UPLOAD.replace(b'"events":14', b'"events":201', 1),
    ],
    ids=["nothing", "empty line", "portal", "header only", "cut", "one more", "too many"],
)
def test_what_is_no_upload_is_refused_as_a_whole(data: bytes):
    with pytest.raises(UploadError):
        decode_upload(data)


@given(st.binary(max_size=300))
def test_no_bytes_make_reading_an_upload_fail_otherwise(data: bytes):
    try:
        decode_upload(data)
    except UploadError:
        return


# --- batches ---------------------------------------------------------------------------------------------------------


def size(bodies: list[bytes]) -> int:
    return sum(len(body) + 1 for body in bodies)


@given(st.lists(st.integers(1, BATCH_BYTES_MAX // 3).map(bytes), min_size=1, max_size=12))
def test_a_batch_is_as_long_as_both_limits_allow_and_never_empty(bodies: list[bytes]):
    count = take_batch(bodies)
    assert 1 <= count <= len(bodies)
    assert count == 1 or size(bodies[:count]) <= BATCH_BYTES_MAX
    assert count == len(bodies) or size(bodies[: count + 1]) > BATCH_BYTES_MAX


def test_a_batch_has_at_most_two_hundred_events():
    assert take_batch([b"x"] * 500) == BATCH_EVENTS_MAX == 200
    assert take_batch([b"x"] * 199) == 199


def test_a_batch_may_fill_its_limit_to_the_last_byte():
    half = bytes(BATCH_BYTES_MAX // 2 - 1)
    assert take_batch([half, half, b"x"]) == 2
    assert take_batch([half, half + b"x"]) == 1


def test_an_entry_longer_than_a_batch_still_goes_alone():
    assert take_batch([bytes(BATCH_BYTES_MAX + 1), b"x"]) == 1


def test_nothing_to_send_is_no_batch():
    assert take_batch([]) == 0


# --- keyed digests ---------------------------------------------------------------------------------------------------


def test_the_worked_examples_of_the_protocol_stay_as_they_were(golden: Golden):
    request = request_mac(KEY, "POST", TARGET, UPLOAD)
    answer = (EXCHANGE / "accepted.json").read_bytes()
    changes = "/sync/v1/changes?cursor=&limit=1000"
    vectors = {
        "key": KEY.hex(),
        "upload": {
            "method": "POST",
            "target": TARGET,
            "body": "upload.ndjson",
            "request_mac": request,
            "status": 200,
            "answer": answer.decode(),
            "answer_mac": answer_mac(KEY, request, 200, answer),
        },
        "changes": {
            "method": "GET",
            "target": changes,
            "body": "",
            "request_mac": request_mac(KEY, "GET", changes, b""),
        },
    }
    golden.check(
        "wire/exchange/macs.json", msgspec.json.format(msgspec.json.encode(vectors), indent=2).decode() + "\n"
    )


def test_a_keyed_digest_is_plain_hmac_sha_256():
    expected = hmac.new(KEY, b"POST /sync/v1/upload\nbody", hashlib.sha256).hexdigest()
    assert request_mac(KEY, "POST", TARGET, b"body") == expected
    again = hmac.new(KEY, expected.encode() + b" 200\nyes", hashlib.sha256).hexdigest()
    assert answer_mac(KEY, expected, 200, b"yes") == again


def test_every_part_of_a_request_and_an_answer_counts():
    request = request_mac(KEY, "POST", TARGET, b"body")
    answer = answer_mac(KEY, request, 200, b"yes")
    others = [
        request_mac(bytes(32), "POST", TARGET, b"body"),
        request_mac(KEY, "GET", TARGET, b"body"),
        request_mac(KEY, "POST", TARGET + "?x", b"body"),
        request_mac(KEY, "POST", TARGET, b"Body"),
        answer,
        answer_mac(bytes(32), request, 200, b"yes"),
        answer_mac(KEY, answer, 200, b"yes"),
        answer_mac(KEY, request, 201, b"yes"),
        answer_mac(KEY, request, 200, b"no"),
    ]
    assert len({request, *others}) == len(others) + 1
    assert macs_match(request, request)
    assert not any(macs_match(request, other) for other in others)


@given(st.text())
def test_any_text_may_come_as_a_keyed_digest(given_mac: str):
    assert macs_match("0" * 64, given_mac) is (given_mac == "0" * 64)


# --- answers ---------------------------------------------------------------------------------------------------------

ANSWERS = {
    "accepted": Accepted(),
    "resend": Resend(from_sequence=5, reason="gap"),
    "fork": Fork(sequence=5, next_epoch=2),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_the_three_answers_read_as_the_protocol_says(name: str, golden: Golden):
    held = SENT[-1].head if name == "accepted" else log()[3].head
    answer = Acknowledgement(
        generation=1, accepted=held, safe=Head(), verdict=ANSWERS[name], position=14, hub_time=BEGIN
    )
    data = msgspec.json.encode(answer)
    golden.check(f"wire/exchange/{name}-2.json", data)
    assert f'"verdict":{{"type":"{name}"'.encode() in data
    assert msgspec.json.decode(data, type=Acknowledgement) == answer


@pytest.mark.parametrize("name", ANSWERS)
@pytest.mark.fault("H7")
def test_an_answer_of_a_hub_that_says_less_is_read_with_what_holds_then(name: str):
    older = msgspec.json.decode((EXCHANGE / f"{name}.json").read_bytes(), type=Acknowledgement)
    newer = msgspec.json.decode((EXCHANGE / f"{name}-2.json").read_bytes(), type=Acknowledgement)
    assert older == newer
    assert (older.events_max, older.lease_s) == (BATCH_EVENTS_MAX, LEASE_S)


PAGE = Changes(
    generation=1,
    cursor="r12.p345",
    changes=(
        *(
            Change(kind=kind, key=key, body=msgspec.to_builtins(body))
            for kind, key, body in (
                ("item", BUTTON.id, BUTTON),
                ("place", "RM-A-01", PLACES[2]),
                ("person", KEEPER.number, KEEPER_THEN),
                ("plan", ORDER.number, ORDER),
                ("station", DEVICE, STATION_THEN),
                ("balance", "RM-A-02/i-button/C62", BOOK[0]),
            )
        ),
        Change(
            kind="plan_done",
            key="PO-2026-0815/1",
            body={"number": "PO-2026-0815", "line": 1, "done": {"value": "21.4", "unit": "KGM"}},
        ),
        Change(
            kind="disposition",
            key="1/4",
            body={
                "sequence": 4,
                "epoch": 1,
                "event_id": event_id(4),
                "state": "booked_with_exception",
                "code": "unknown_place",
                "detail": "RM-A-01",
            },
        ),
        Change(kind="person", key="1009"),
    ),
    epoch=1,
    complete_through=14,
    position=345,
    more=False,
    hub_time=BEGIN,
)


def test_a_page_of_changes_reads_back_and_a_thing_that_is_gone_has_no_body(golden: Golden):
    data = msgspec.json.encode(PAGE)
    golden.check("wire/exchange/changes.json", data)
    assert b'{"kind":"person","key":"1009"}' in data
    assert msgspec.json.encode(msgspec.json.decode(data, type=Changes)) == data


def test_a_snapshot_reads_back_as_it_was_and_is_read_for_ever(golden: Golden):
    snapshot = Snapshot(
        generation=2,
        cursor="g2.r12.p345",
        changes=PAGE.changes[:-1],
        epoch=1,
        complete_through=14,
        position=345,
        hub_time=BEGIN,
    )
    data = msgspec.json.encode(snapshot)
    golden.check("wire/exchange/snapshot.json", data)
    assert msgspec.json.encode(msgspec.json.decode(data, type=Snapshot)) == data
