"""Version 2: backups are remembered, and how far the newest proven one holds each log."""

from alembic.operations import Operations
from sqlalchemy import BigInteger, Column, Integer, String, Text

from hub.store.migration import Migration


def _upgrade(op: Operations) -> None:
    op.create_table(
        "safe_heads",
        Column("plant", String(40), primary_key=True),
        Column("device", String(40), primary_key=True),
        Column("epoch", Integer, primary_key=True, autoincrement=False),
        Column("sequence", BigInteger, nullable=False),
        Column("digest", String(64), nullable=False),
    )
    op.create_table(
        "backups",
        Column("plant", String(40), primary_key=True),
        Column("made_at", String(27), primary_key=True),
        Column("folder", Text, nullable=False),
        Column("position", BigInteger, nullable=False),
        Column("problem", Text, nullable=False),
    )


MIGRATION = Migration(version=2, tells="proven backups and safe heads are remembered", upgrade=_upgrade)
