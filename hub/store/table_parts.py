"""Conditions and types that tables of several modules share."""

from sqlalchemy import (
    CheckConstraint,
    String,
    text,
)


def stays_whole(name: str) -> CheckConstraint:
    """Make SQLite refuse a sum beyond 64 bits, as PostgreSQL does; it would go on with a rounded number."""
    return CheckConstraint(f"typeof({name}) = 'integer'").ddl_if(dialect="sqlite")


IS_UNIT = text("handling_unit <> ''")
"""Goods in no handling unit are many, and nobody looks for them by one: an index over them would only cost."""

IS_LOT = text("lot <> ''")
"""Goods without a lot are many, and nobody looks for them by one."""

IS_THERE = text("(value <> 0 OR second <> 0)")
"""What is gone keeps its row for ever, and after years most rows are of such goods: questions about what there is say
so in these words, by which both databases know that an index over the rest serves."""

IS_FOR_A_PLAN = text("plan <> ''")
"""Documents without an order are looked for by no order."""


def bytewise(length: int) -> String:
    """Return text that both databases order byte by byte, as this program does: for keys that rows are merged by."""
    return String(length).with_variant(String(length, collation="C"), "postgresql")
