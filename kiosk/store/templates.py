"""The plant's own label templates, as the hub let the kiosk know them; asked by the printers' threads."""

import msgspec

from domain.label_template import LabelTemplate
from kiosk.store.connection import Connection

_templates = msgspec.json.Decoder(LabelTemplate)


class Templates:
    """What stands in for the shipped template of a name; what this version could not read is not among it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def text(self, name: str) -> str:
        """Return the plant's own template of a name, empty where the shipped one holds."""
        row = self._connection.row(
            "SELECT body FROM reference WHERE kind = 'label_template' AND key = ?", (name,)
        )
        own = _templates.decode(row[0]) if row else None
        return own.text if own is not None and not own.disabled else ""
