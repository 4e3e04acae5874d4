"""Whose hand writes what a form asks for: whoever is signed on, never a name out of the form."""

from flask import request

from hub.office import Hand, OrderError
from hub.rights.reader import Reader
from hub.views.page import whole_number


def hand_of(asks: Reader, plant: str) -> Hand:
    """Return the hand of whoever is signed on, with the position their page showed. Raises OrderError."""
    if asks.person is None or asks.session is None or not asks.covers(plant):
        raise OrderError("desk.refused.no_right")
    return Hand(
        person=asks.person.number,
        session=asks.session.name,
        strength="password",
        seen=whole_number(request.form.get("seen", "")),
    )
