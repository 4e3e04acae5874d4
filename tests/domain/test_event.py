"""Events: every class on the wire, none lost, old ones understood for ever."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

import msgspec
import pytest
from hypothesis import given

import domain.event
from domain.event import Event, UnknownEventError, decode_event, event_types
from domain.events.terminal import SignedOn
from domain.log import encode_fact
from domain.quantity import Quantity
from tests.samples import EVENTS
from tests.strategies import events


def test_every_class_of_the_folder_is_an_event_by_its_own_name():
    assert event_types()["LineRecorded"].__module__ == "domain.events.documents"
    assert all(name == kind.__name__ for name, kind in event_types().items())


def test_every_event_class_has_a_golden_sample():
    assert {type(event).__name__ for event, _ in EVENTS} == set(event_types())


@given(events())
def test_an_event_read_back_from_its_bytes_is_the_same_event(event: Event):
    assert decode_event(type(event).__name__, event.schema, bytes(encode_fact(event))) == event


@given(events())
def test_the_same_event_is_always_the_same_bytes(event: Event):
    again = decode_event(type(event).__name__, event.schema, bytes(encode_fact(event)))
    assert bytes(encode_fact(again)) == bytes(encode_fact(event))


@pytest.mark.parametrize(("name", "schema"), [("RobotArrived", 1), ("SignedOn", 2), ("SignedOn", 0)])
@pytest.mark.fault("H7")
def test_an_event_from_the_future_is_told_apart_from_a_damaged_one(name: str, schema: int):
    with pytest.raises(UnknownEventError):
        decode_event(name, schema, b'{"person":"1001"}')


def test_a_fact_that_is_not_of_its_types_shape_is_refused():
    with pytest.raises(msgspec.ValidationError):
        decode_event("SignedOn", 1, b'{"person":1001}')


@pytest.mark.fault("H7")
def test_what_a_newer_kiosk_adds_to_a_fact_does_not_hinder_reading_it():
    fact = b'{"person":"1001","mood":"fine"}'
    assert decode_event("SignedOn", 1, fact) == SignedOn(person="1001")


def test_an_old_fact_is_lifted_through_every_version_to_todays(monkeypatch: pytest.MonkeyPatch):
    def give_unit(fact: dict[str, object]) -> dict[str, object]:
        return {"amount": {"value": fact["kilograms"], "unit": "KGM"}}

    def give_bin(fact: dict[str, object]) -> dict[str, object]:
        return {**fact, "place": "RM-RCV"}

    class Weighed(msgspec.Struct, frozen=True, kw_only=True):
        amount: Quantity
        place: str
        schema: ClassVar[int] = 3
        upcasts: ClassVar[dict[int, object]] = {1: give_unit, 2: give_bin}

    monkeypatch.setattr(domain.event, "event_types", lambda: {"Weighed": Weighed})
    expected = Weighed(amount=Quantity(Decimal("2.5"), "KGM"), place="RM-RCV")
    assert decode_event("Weighed", 1, b'{"kilograms":"2.5"}') == expected
    assert decode_event("Weighed", 2, b'{"amount":{"value":"2.5","unit":"KGM"}}') == expected
