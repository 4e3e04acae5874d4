"""Version 6: people have PINs, asked for at the kiosks."""

from alembic.operations import Operations
from sqlalchemy import Column, String, Text

from hub.store.migration import Migration


def _upgrade(op: Operations) -> None:
    op.create_table(
        "pins",
        Column("plant", String(40), primary_key=True),
        Column("person", String(120), primary_key=True),
        Column("pin", Text, nullable=False),
        Column("given_at", String(27), nullable=False),
    )


MIGRATION = Migration(version=6, tells="people have PINs", upgrade=_upgrade)
