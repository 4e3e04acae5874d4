"""Says a key with its parameters in somebody's language, moments by the clock on this wall."""

import re
from collections.abc import Mapping
from datetime import datetime

from domain.names import Language
from domain.words import speak
from kiosk.parts import Words

_TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})", re.ASCII)


def say(language: Language, words: Words | None) -> str:
    """Return the sentence; empty for none."""
    return speak(language, words.key, **by_the_wall(words.parameters)) if words else ""


def by_the_wall(parameters: Mapping[str, str]) -> dict[str, str]:
    """Return parameters with every moment (ISO 8601 with its offset) as the wall clock of this place shows it."""
    return {
        name: f"{datetime.fromisoformat(text).astimezone():%m-%d %H:%M}" if _TIME.fullmatch(text) else text
        for name, text in parameters.items()
    }
