"""Prices are not there for whoever may not see them: absent from forms, lists, files, answers and events, not blank."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import msgspec
from msgspec import structs

from domain import pay_slip
from domain.document import document_types
from domain.events.quality import PaySettled
from domain.field import FieldKind
from hub.object import ObjectType, objects
from hub.rights.reader import Reader
from hub.views.documents import DocumentView
from hub.views.events import EventView


def object_seen(declared: ObjectType, asks: Reader, plant: str) -> ObjectType:
    """Return an object as the reader may see it: without its fields of prices where prices are not theirs to see."""
    if asks.may(plant, f"{declared.name}.prices"):
        return declared
    return replace(
        declared,
        fields=tuple(one for one in declared.fields if not one.is_price),
        lines=tuple(one for one in declared.lines if not one.is_price),
    )


def record_seen(kind: str, body: Mapping[str, Any], asks: Reader, plant: str) -> dict[str, Any]:
    """Return a record of a kind as it is stored, without the prices that are not the reader's to see."""
    hidden = {
        one.name
        for declared in objects().values()
        if declared.kind == kind and not asks.may(plant, f"{declared.name}.prices")
        for one in declared.columns
        if one.is_price
    }
    return {name: value for name, value in body.items() if name not in hidden}


def document_seen(view: DocumentView, asks: Reader, plant: str) -> DocumentView:
    """Return a document without the prices in its header and lines that are not the reader's to see."""
    hidden = _hidden(view.document.type, asks, plant)
    if not hidden:
        return view
    return structs.replace(
        view,
        header=_without(view.header, hidden),
        lines=tuple(structs.replace(one, values=_without(one.values, hidden)) for one in view.lines),
    )


def event_seen(view: EventView, asks: Reader, plant: str) -> EventView:
    """Return an event; one with prices or pay that are not the reader's to see without its bytes and what was typed."""
    envelope = view.envelope or {}
    claim = _claim(envelope)
    if _tells_pay(envelope, claim) and not asks.may(plant, "pay.see"):
        kept = {name: value for name, value in envelope.items() if name not in ("raw", "fact")}
        return structs.replace(view, body="", is_withheld=True, envelope={**kept, "fact": {}})
    hidden = _hidden(claim.document_type, asks, plant)
    if not hidden & {*claim.values, *claim.header}:
        return view
    fact = {
        name: _without(value, hidden) if name in ("values", "header") else value
        for name, value in envelope["fact"].items()
    }
    kept = {name: value for name, value in envelope.items() if name != "raw"}
    return structs.replace(view, body="", is_withheld=True, envelope={**kept, "fact": fact})


class _Fact(msgspec.Struct, frozen=True):
    """As much of a fact as may hold prices."""

    document_type: str = ""
    template: str = ""
    values: dict[str, Any] = {}
    header: dict[str, Any] = {}


class _Claim(msgspec.Struct, frozen=True):
    fact: _Fact = _Fact()


def _tells_pay(envelope: Mapping[str, Any], claim: _Fact) -> bool:
    """Tell whether an event says what somebody earns: it is settled, or printed on a slip."""
    return envelope.get("type") == PaySettled.__name__ or claim.template == pay_slip.TEMPLATE


def _claim(envelope: Mapping[str, Any]) -> _Fact:
    try:
        return msgspec.convert(envelope, type=_Claim).fact
    except msgspec.ValidationError:
        return _Fact()


@cache
def _price_fields() -> Mapping[str, frozenset[str]]:
    """Return the fields of prices of every document type."""
    return {
        code: frozenset(one.name for one in (*kind.header, *kind.line) if one.kind is FieldKind.PRICE)
        for code, kind in document_types().items()
    }


def _hidden(document_type: str, asks: Reader, plant: str) -> frozenset[str]:
    is_seen = asks.may(plant, f"{document_type}.prices")
    return frozenset() if is_seen else _price_fields().get(document_type, frozenset())


def _without(values: Mapping[str, Any], hidden: frozenset[str]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in hidden}
