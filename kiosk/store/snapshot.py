"""Everything the hub lets a kiosk know, taken at once.

It is written beside what is there, a little at a time, and then put in its place in one short transaction: scanning
goes on meanwhile, with what was known before.
"""

from collections.abc import Sequence

from domain.events.terminal import RecordsNotUnderstood
from domain.wire import Change
from kiosk.store.connection import Connection
from kiosk.store.reference import Reference
from kiosk.store.schema import REFERENCE_TABLES, SNAPSHOT_SUFFIXES, reference_tables

BATCH_CHANGES = 250
"""Changes written in one transaction."""
_PREFIX, _OLD_PREFIX = "next_", "old_"


class Staging:
    """The tables of the next reference data while they are being written. Every change in the caller's transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._reference = Reference(connection, _PREFIX)

    def begin(self) -> None:
        """Make the tables, empty; what an interrupted snapshot left goes."""
        for table in REFERENCE_TABLES:
            self.clear_away(table)
            self._connection.change(f"DROP TABLE IF EXISTS {_PREFIX}{table}")
        first, second = SNAPSHOT_SUFFIXES
        taken = self._connection.row("SELECT 1 FROM sqlite_master WHERE name = ?", (f"lookup_by_key{first}",))
        for statement in reference_tables(_PREFIX, second if taken else first).split(";"):
            if statement.strip():
                self._connection.change(statement)

    def take(self, changes: Sequence[Change]) -> Sequence[RecordsNotUnderstood]:
        """Write some of it; returns what there is to tell of strange records."""
        return self._reference.take(changes)

    def put_in_place(self) -> None:
        """Let it take the place of what was there, which waits to be cleared away: that takes longer."""
        self._connection.reference_changes()
        for table in REFERENCE_TABLES:
            self._connection.change(f"ALTER TABLE {table} RENAME TO {_OLD_PREFIX}{table}")
            self._connection.change(f"ALTER TABLE {_PREFIX}{table} RENAME TO {table}")

    def clear_away(self, table: str) -> None:
        """Give the room of what was there before back to the file."""
        self._connection.change(f"DROP TABLE IF EXISTS {_OLD_PREFIX}{table}")
