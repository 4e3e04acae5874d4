"""What the hub made of our events: those it could not book wait for somebody there."""

from kiosk.store.connection import Connection


def parked(connection: Connection) -> int:
    """Return how many of this kiosk's events the hub has put aside."""
    row = connection.row("SELECT count(*) FROM disposition WHERE state = 'parked'")
    return row[0] if row else 0
