"""What people may say of the work of others, at a kiosk as in the office: with which right, and by when it is due."""

from collections.abc import Mapping
from types import MappingProxyType

QUALITY_ACTS: Mapping[str, str] = MappingProxyType(
    {
        "open": "ticket.answer",
        "rate": "ticket.answer",
        "minutes": "ticket.answer",
        "hold": "ticket.quality",
        "lift": "ticket.quality",
        "raise": "",
    }
)
"""What can be said of quality, each with its right; empty: by whoever is signed on."""

VOICE_RIGHT = "voice.answer"
"""What it takes to answer a voice for a unit."""

TICKET_DAYS = 3
"""Days until the next act about a quality ticket is due, unless somebody says otherwise."""
ANSWER_DAYS = 7
"""Days a voice may wait for its answer."""
