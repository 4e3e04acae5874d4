"""Who acts at the office's pages, and whether they may: a name out of the form, as at the desk, and its rights."""

from collections.abc import Sequence

import msgspec
from flask import request
from sqlalchemy import Connection, select

from domain.staff import Person
from hub.store.tables import reference
from hub.views.page import WORD_CHARS_MAX

PERSON_COOKIE = "noac_person"
"""Whose name was chosen last in this browser: offered again, and no proof of anything."""


def acting_person() -> str:
    """Return the employee number that the form in hand was sent under."""
    return request.form.get("person", "")[:WORD_CHARS_MAX].replace("\0", "")


def chosen_person() -> str:
    """Return who was chosen last in this browser."""
    return request.cookies.get(PERSON_COOKIE, "")


def entitled_to(connection: Connection, plant: str, subject: str, acts: Sequence[str]) -> list[Person]:
    """Return who may do one of some acts with an object, by employee number."""
    held = reference.c
    asked = (
        select(held.body_json)
        .where(held.plant == plant, held.kind == "person", held.body_json.is_not(None))
        .order_by(held.key)
    )
    people = (msgspec.json.decode(body, type=Person) for body in connection.execute(asked).scalars())
    return [one for one in people if any(one.may(subject, act) for act in acts)]


def may(connection: Connection, plant: str, person: str, subject: str, act: str) -> bool:
    """Tell whether somebody may do an act with an object."""
    held = reference.c
    asked = select(held.body_json).where(
        held.plant == plant, held.kind == "person", held.key == person, held.body_json.is_not(None)
    )
    body = connection.execute(asked).scalar()
    return body is not None and msgspec.json.decode(body, type=Person).may(subject, act)
