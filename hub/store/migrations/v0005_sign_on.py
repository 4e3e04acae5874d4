"""Version 5: people sign on to the hub's pages, and programs have tokens of their own."""

from alembic.operations import Operations
from sqlalchemy import Boolean, Column, Integer, String, Text

from hub.store.migration import Migration


def _upgrade(op: Operations) -> None:
    op.create_table(
        "credentials",
        Column("plant", String(40), primary_key=True),
        Column("person", String(120), primary_key=True),
        Column("password", Text, nullable=False),
        Column("must_change", Boolean, nullable=False),
        Column("given_at", String(27), nullable=False),
        Column("ends_at", String(27), nullable=False),
    )
    op.create_table(
        "sessions",
        Column("digest", String(64), primary_key=True),
        Column("plant", String(40), nullable=False),
        Column("person", String(120), nullable=False),
        Column("begun_at", String(27), nullable=False),
        Column("seen_at", String(27), nullable=False),
        Column("address", String(64), nullable=False),
        Column("browser", String(200), nullable=False),
    )
    op.create_index("ix_sessions_plant_person", "sessions", ["plant", "person"])
    op.create_table(
        "guesses",
        Column("lane", String(200), primary_key=True),
        Column("failures", Integer, nullable=False),
        Column("failed_at", String(27), nullable=False),
        Column("wait_until", String(27), nullable=False),
    )
    op.create_table(
        "api_tokens",
        Column("name", String(60), primary_key=True),
        Column("digest", String(64), nullable=False, unique=True),
        Column("plant", String(40), nullable=False),
        Column("rights_json", Text, nullable=False),
        Column("made_at", String(27), nullable=False),
        Column("made_by", String(120), nullable=False),
        Column("revoked_at", String(27), nullable=False),
    )


MIGRATION = Migration(version=5, tells="people sign on, programs have tokens", upgrade=_upgrade)
