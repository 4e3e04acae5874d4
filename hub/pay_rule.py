"""When good pieces are paid, and what is paid on top of them: as a plant says."""

from collections.abc import Sequence

from msgspec import Struct
from sqlalchemy import Connection, Engine

from domain.pay import BonusRule, PaidOn
from hub.plant_rule import keep_rule, rule_of
from hub.store.event_log import EventLog

PAY_RULE = "pay_rule"
"""The kind of record."""


class PayRule(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The record's body."""

    paid_on: PaidOn
    bonuses: tuple[BonusRule, ...] = ()


def bonuses_of(connection: Connection, plant: str) -> tuple[BonusRule, ...]:
    """Return what a plant pays on top of pieces now."""
    held = rule_of(connection, plant, PAY_RULE, PayRule)
    return held.bonuses if held else ()


def keep_pay_rule(
    engine: Engine,
    log: EventLog,
    plants: Sequence[str],
    paid_on: PaidOn,
    bonuses: tuple[BonusRule, ...] = (),
) -> None:
    """Write down when pieces are paid, and what is paid on top. Raises StoreError."""
    keep_rule(engine, log, plants, PAY_RULE, PayRule(paid_on=paid_on, bonuses=bonuses))
