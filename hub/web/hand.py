"""Whose hand writes what a form asks for: whoever is signed on, never a name out of the form."""

from flask import request

from hub.office import Hand, OrderError
from hub.rights.reader import Reader

_DIGITS_MAX = 17  # fits 64 bits


def hand_of(asks: Reader, plant: str) -> Hand:
    """Return the hand of whoever is signed on, with the position their page showed. Raises OrderError."""
    if asks.person is None or asks.session is None or not asks.covers(plant):
        raise OrderError("desk.refused.no_right")
    seen = request.form.get("seen", "")
    is_position = seen.isascii() and seen.isdecimal() and len(seen) <= _DIGITS_MAX
    return Hand(
        person=asks.person.number,
        session=asks.session.name,
        strength="password",
        seen=int(seen) if is_position else 0,
    )
