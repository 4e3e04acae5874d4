"""What people outside say of our goods, at a page they opened by a link: they are the next operation, and its customer.

The facts stand in the hub's own log (`domain.events.desk.OFFICE`); `name` is who said it, as typed.
"""

from typing import Literal

from msgspec import Struct

from domain.event import Event
from domain.quantity import Quantity

Condition = Literal["good", "damaged", "wet", "wrong_goods"]


class LineReceived(Struct, frozen=True, kw_only=True):
    """How much of one line of what was sent came."""

    line: int
    received: Quantity


class GoodsAnswered(Event, frozen=True, kw_only=True, omit_defaults=True):
    """A subcontractor's gate answered for goods we sent: what came, and how. It is the verdict on the transport leg.

    `document` sent them, `partner` is the subcontractor's place.
    """

    document: str
    partner: str
    name: str
    condition: Condition
    lines: tuple[LineReceived, ...]
    note: str = ""


class ReturnAnnounced(Event, frozen=True, kw_only=True, omit_defaults=True):
    """A subcontractor says that goods are on their way back, in so many packages."""

    document: str
    partner: str
    name: str
    packages: int
    note: str = ""
