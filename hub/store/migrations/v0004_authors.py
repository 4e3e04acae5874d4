"""Version 4: it is kept who wrote which revisions of reference data, and when."""

from alembic.operations import Operations
from sqlalchemy import BigInteger, Column, String

from hub.store.migration import Migration


def _upgrade(op: Operations) -> None:
    op.create_table(
        "reference_acts",
        Column("plant", String(40), primary_key=True),
        Column("through_revision", BigInteger, primary_key=True, autoincrement=False),
        Column("from_revision", BigInteger, nullable=False),
        Column("person", String(40), nullable=False),
        Column("at", String(27), nullable=False),
        Column("means", String(12), nullable=False),
    )


MIGRATION = Migration(version=4, tells="who changed master data is kept", upgrade=_upgrade)
