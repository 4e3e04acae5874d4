"""When good pieces are paid: as a plant says, kept with the reference data, so that a rebuild pays as was paid then."""

from collections.abc import Sequence

from msgspec import Struct
from sqlalchemy import Engine

from domain.pay import PaidOn
from hub.store.database import writing
from hub.store.event_log import EventLog
from hub.store.reference import Record, write_records

PAY_RULE = "pay_rule"
"""The kind of record, with one key: nothing. The hub keeps it for itself; kiosks do not get it."""


class PayRule(Struct, frozen=True, kw_only=True):
    """The record's body."""

    paid_on: PaidOn


def keep_pay_rule(engine: Engine, log: EventLog, plants: Sequence[str], paid_on: PaidOn) -> None:
    """Write down when pieces are paid; nothing is written where it is known. Raises StoreError."""
    for plant in plants:
        with writing(engine) as connection:
            write_records(
                connection, log, plant, [Record(kind=PAY_RULE, key="", body=PayRule(paid_on=paid_on))]
            )
