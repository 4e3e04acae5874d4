"""The subcontractor's gate: whoever opened a link sees what we sent, and says once what came and once what comes back.

What is said stands in the hub's own log, signed by the link and in the name that was typed.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Row, select, true

from domain.event import Event
from domain.events.outside import Condition, GoodsAnswered, LineReceived, ReturnAnnounced
from domain.quantity import Quantity
from hub.cells import CellError, as_amount, as_whole
from hub.office import Hand, Office
from hub.outside_link import DAYS_VALID, Link, LinkError, read_link, sign
from hub.store.tables import outside_answers
from hub.views.plans import PlanView, plan_view, today_of

KIND = "subcontract"
"""The plans a link is for: goods sent to a subcontractor."""
NAME_CHARS_MAX = 60
NOTE_CHARS_MAX = 300
PACKAGES_MAX = 10_000
CONDITIONS: tuple[Condition, ...] = ("good", "damaged", "wet", "wrong_goods")
MORE_THAN_SENT = 2
"""More than so many times what was sent is a mistake in typing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What the page shows: what was sent, and what was said about it so far, by act."""

    view: PlanView
    said: Mapping[str, Row[Any]]
    today: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What somebody typed at the gate. `received` by line; a line left empty came whole."""

    name: str
    note: str = ""
    condition: str = "good"
    received: Mapping[int, str] | None = None
    packages: str = ""


def invite(connection: Connection, plant: str, document: str, key: str, now: datetime) -> str | None:
    """Return a fresh link for goods that were sent; None where this number sent none."""
    today = today_of(connection, plant, now)
    if _sent(connection, plant, document, now) is None:
        return None
    through = today + timedelta(days=DAYS_VALID)
    return sign(Link(plant, document, through.isoformat()), key)


def open_link(
    connection: Connection, plants: Sequence[str], text: str, key: str, now: datetime
) -> tuple[Link, Sent]:
    """Return what a link opens. Raises LinkError."""
    link = read_link(text, key, now.date())
    if link.plant not in plants:
        raise LinkError("outside.not_ours")
    view = _sent(connection, link.plant, link.document, now)
    if view is None:
        raise LinkError("outside.taken_back")
    held = outside_answers.c
    asked = select(outside_answers).where(held.plant == link.plant, held.document == link.document)
    said = {row.act: row for row in connection.execute(asked)}
    return link, Sent(view=view, said=said, today=today_of(connection, link.plant, now))


def answer(office: Office, link: Link, opened: Callable[[Connection], Sent], typed: Typed) -> bool:
    """Write down what came. Tells whether it is booked already. Raises LinkError, CellError, StoreBusyError."""

    def facts(connection: Connection) -> Sequence[Event]:
        sent = opened(connection)
        if "arrival" in sent.said:
            raise LinkError("outside.answered")
        if typed.condition not in CONDITIONS:
            raise LinkError("outside.no_condition")
        received = typed.received or {}
        lines = tuple(
            LineReceived(
                line=one.line.line, received=_typed(received.get(one.line.line, ""), one.line.quantity)
            )
            for one in sent.view.lines
        )
        return [
            GoodsAnswered(
                document=link.document,
                partner=sent.view.partner,
                name=_name(typed.name),
                condition=typed.condition,
                lines=lines,
                note=_text(typed.note, NOTE_CHARS_MAX),
            )
        ]

    return office.write(link.plant, Hand(person=""), facts)


def announce(office: Office, link: Link, opened: Callable[[Connection], Sent], typed: Typed) -> bool:
    """Write down that goods come back. Otherwise as `answer`."""

    def facts(connection: Connection) -> Sequence[Event]:
        sent = opened(connection)
        if "return" in sent.said:
            raise LinkError("outside.answered")
        packages = as_whole(typed.packages or "0")
        if packages > PACKAGES_MAX:
            raise CellError("import.number_too_large", value=typed.packages)
        return [
            ReturnAnnounced(
                document=link.document,
                partner=sent.view.partner,
                name=_name(typed.name),
                packages=packages,
                note=_text(typed.note, NOTE_CHARS_MAX),
            )
        ]

    return office.write(link.plant, Hand(person=""), facts)


def _sent(connection: Connection, plant: str, document: str, now: datetime) -> PlanView | None:
    view = plan_view(connection, plant, document, now, true())
    return view if view and view.kind == KIND and view.lines else None


def _typed(text: str, sent: Quantity) -> Quantity:
    """Return the quantity that came; all of it where nothing was typed. Raises CellError."""
    if not text.strip():
        return sent
    value = as_amount(text)
    if value > max(sent.value, Decimal(1)) * MORE_THAN_SENT:
        raise CellError("outside.more_than_sent", value=text)
    return Quantity(value, sent.unit)


def _name(text: str) -> str:
    name = _text(text, NAME_CHARS_MAX)
    if not name:
        raise LinkError("outside.no_name")
    return name


def _text(text: str, chars_max: int) -> str:
    return text.replace("\0", "").strip()[:chars_max]
