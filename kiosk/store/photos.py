"""Which photos our own facts name, and how far each has come: to the hub, and out of our own log."""

from typing import Literal

from domain.event import Event
from domain.log import Envelope
from domain.photo import photos_of
from kiosk.store.connection import Connection

PhotoState = Literal["waiting", "sent", "lost"]
"""`lost`: its file is gone or damaged here, so that nothing can be sent any more."""


def keep_photos(connection: Connection, event: Event, envelope: Envelope) -> None:
    """Note the photos a fact names. Inside the transaction that writes the fact."""
    connection.change_many(
        "INSERT OR IGNORE INTO photo (digest, event_id, state, is_forgotten) VALUES (?, ?, 'waiting', 0)",
        [(digest, envelope.event_id) for digest in photos_of(event)],
    )


def entry_forgotten(connection: Connection, event_id: str) -> None:
    """Note that a fact was forgotten here, since a proven backup holds it: its photos may go as well, once sent."""
    connection.change("UPDATE photo SET is_forgotten = 1 WHERE event_id = ?", (event_id,))


def send_again(connection: Connection) -> None:
    """Note that the hub was put back: it may lack what it had. Inside a transaction."""
    connection.change("UPDATE photo SET state = 'waiting' WHERE state = 'sent'")


class PhotoNotes:
    """What the kiosk's file says of its photos."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def waiting(self) -> list[str]:
        """Return the photos the hub does not have yet, the oldest first."""
        rows = self._connection.rows(
            "SELECT digest FROM photo WHERE state = 'waiting' GROUP BY digest ORDER BY min(id)"
        )
        return [row[0] for row in rows]

    def note(self, digest: str, state: PhotoState) -> None:
        """Write down how far a photo has come. Raises StoreError."""
        with self._connection.transaction():
            self._connection.change("UPDATE photo SET state = ? WHERE digest = ?", (state, digest))

    def done_with(self) -> list[str]:
        """Return the photos the hub has, of facts that were all forgotten here."""
        rows = self._connection.rows(
            "SELECT digest FROM photo GROUP BY digest HAVING min(is_forgotten) = 1 AND min(state <> 'waiting') = 1"
        )
        return [row[0] for row in rows]

    def forget(self, digest: str) -> None:
        """Note nothing of a photo any more. Raises StoreError."""
        with self._connection.transaction():
            self._connection.change("DELETE FROM photo WHERE digest = ?", (digest,))

    def is_named(self, digest: str) -> bool:
        """Tell whether a fact of ours names a photo, or what somebody is telling just now."""
        if self._connection.row("SELECT 1 FROM photo WHERE digest = ? LIMIT 1", (digest,)):
            return True
        session = self._connection.row("SELECT body FROM session")
        return session is not None and digest.encode() in bytes(session[0])
