"""Version 3: a discrepancy has a due date and the fact that settled it, and events that took too long are withheld.

Programs of version 2 came to have these too, without a version of their own: what is there already is left as it is.
"""

from alembic.operations import Operations
from sqlalchemy import BigInteger, Column, String, inspect

from hub.store.migration import Migration


def _upgrade(op: Operations) -> None:
    held = inspect(op.get_bind())
    if not held.has_table("withheld"):
        op.create_table(
            "withheld",
            Column("plant", String(40), primary_key=True),
            Column("position", BigInteger, primary_key=True, autoincrement=False),
            Column("took_ms", BigInteger, nullable=False),
        )
    if "due" not in {column["name"] for column in held.get_columns("discrepancies")}:
        # Rows that are there get a value through a default, which then goes: the program itself always gives one.
        with op.batch_alter_table("discrepancies") as table:
            table.add_column(Column("due", String(10), nullable=False, server_default=""))
            table.add_column(Column("settled_position", BigInteger, nullable=False, server_default="0"))
        with op.batch_alter_table("discrepancies") as table:
            table.alter_column("due", server_default=None)
            table.alter_column("settled_position", server_default=None)


MIGRATION = Migration(
    version=3, tells="discrepancies can be given to somebody with a date, and be settled", upgrade=_upgrade
)
