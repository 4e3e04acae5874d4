"""Label order 标签任务: labels the office wants from one kiosk; whoever stands there puts the media in and prints.

What such labels are about is no process of the floor: price and care tags for an order that is packed, the label of a
pallet, a badge, a place.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from msgspec import Struct

from domain.events.labels import LabelRequested

COPIES_MAX = 2000
"""More of one label are two orders."""
JOB_COPIES = 50
"""As many copies go to the printer as one job: what goes wrong is cancelled or printed again in such parts."""
OFFERED_FOR = timedelta(days=14)
"""An order nobody printed by then is not offered any more: what it says has become old."""


class LabelOrder(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`device` prints it, `copies` of the label of a `template` filled with `data`; `about` is what people know it by.

    `printer` empty: the kiosk's first. `day`: when it was ordered.
    """

    number: str
    template: str
    device: str
    data: dict[str, str]
    copies: int = 1
    printer: str = ""
    about: str = ""
    day: str = ""
    closed: bool = False


def is_offered(order: LabelOrder, today: date) -> bool:
    """Tell whether a kiosk still offers an order."""
    if order.closed:
        return False
    return not order.day or date.fromisoformat(order.day) + OFFERED_FOR >= today


def first_job(number: str) -> str:
    """Return the first print job of an order: it is named after it, so that it is asked for once."""
    return f"LO-{number}.1"


def ordered_labels(order: LabelOrder) -> Iterator[LabelRequested]:
    """Yield what has to be asked for: one job, or several of JOB_COPIES."""
    batch = first_job(order.number).rpartition(".")[0]
    for number, before in enumerate(range(0, order.copies, JOB_COPIES), 1):
        yield LabelRequested(
            job=f"{batch}.{number}",
            template=order.template,
            data=order.data,
            copies=min(JOB_COPIES, order.copies - before),
            printer=order.printer,
            document=order.number,
        )
