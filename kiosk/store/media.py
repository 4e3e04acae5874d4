"""What is in the printers: what the settings say, until somebody at the kiosk says otherwise."""

from collections.abc import Sequence

from msgspec import Struct

from domain.media import read_media
from kiosk.store.connection import Connection


class OtherMedia(Struct, frozen=True, kw_only=True):
    """So many labels of a printer wait until other media are put into it."""

    printer: str
    media: str
    labels: int


def declare_media(connection: Connection, printer: str, media: str) -> None:
    """Keep what the settings say is in a printer; another word of theirs than before holds before all else."""
    with connection.transaction():
        row = connection.row("SELECT declared FROM media WHERE printer = ?", (printer,))
        if (row[0] if row else "") == media:
            return
        connection.change(
            "INSERT OR REPLACE INTO media (printer, declared, loaded) VALUES (?, ?, ?)",
            (printer, media, media),
        )
        _take_up(connection, printer, media)


def load_media(connection: Connection, printer: str, media: str) -> None:
    """Take note that other media are in a printer: what waited for them waits for its turn again."""
    connection.change(
        "INSERT INTO media (printer, declared, loaded) VALUES (?, '', ?)"
        " ON CONFLICT (printer) DO UPDATE SET loaded = excluded.loaded",
        (printer, media),
    )
    _take_up(connection, printer, media)


def _take_up(connection: Connection, printer: str, media: str) -> None:
    loaded = read_media(media) if media else None
    for other in other_media(connection):
        if other.printer == printer and (loaded is None or loaded.takes(read_media(other.media))):
            connection.change(
                "UPDATE job SET state = 'waiting', detail = '' WHERE printer = ? AND detail = ? AND state = 'aside'",
                (printer, other.media),
            )


def loaded_media(connection: Connection, printer: str) -> str:
    """Return what is in a printer now; empty where nobody said."""
    row = connection.row("SELECT loaded FROM media WHERE printer = ?", (printer,))
    return row[0] if row else ""


def other_media(connection: Connection) -> Sequence[OtherMedia]:
    """Return for which media labels wait, printer by printer."""
    rows = connection.rows(
        "SELECT printer, detail, count(*) FROM job INDEXED BY job_aside WHERE state = 'aside' GROUP BY printer, detail"
    )
    return [OtherMedia(printer=row[0], media=row[1], labels=row[2]) for row in rows]
