"""YC inter-warehouse move 移仓单, the way out: storage → in transit, scanned by who sends.

It leaves a transfer, which the receiving warehouse takes in with a document of its own (YCI): what was sent and did not
arrive stays in transit.
"""

from domain.document import DocumentType, Posted, Posts
from domain.facts import Facts
from domain.field import Field, FieldKind, always
from domain.line import GOODS_FIELDS, moves, not_enough, place_of, text_of, where_the_unit_is
from domain.place import PlaceRole
from domain.problem import Problem, refusal
from domain.stock import Movement


def _check(posted: Posted, facts: Facts) -> tuple[Problem, ...]:
    found: list[Problem] = []
    destination = facts.place(text_of(posted.header.get("destination")))
    for line in posted.lines:
        source = facts.place(place_of(line, "source"))
        if source and destination and source.warehouse == destination.warehouse:
            found.append(refusal("same_warehouse", source=source.code, target=destination.code))
        elif source:
            found += not_enough(line, source.code, facts)
    return tuple(found)


def _movements(posted: Posted, facts: Facts) -> tuple[Movement, ...]:
    transit = facts.station().account(PlaceRole.IN_TRANSIT)
    return tuple(
        movement for line in posted.lines for movement in moves(line, place_of(line, "source"), transit)
    )


TYPE = DocumentType(
    code="YC",
    prefix="YC",
    biz_step="shipping",
    header=(
        Field(
            name="destination",
            kind=FieldKind.PLACE,
            roles=frozenset({PlaceRole.STORAGE, PlaceRole.RECEIVING}),
        ),
    ),
    line=(
        Field(
            name="source",
            kind=FieldKind.PLACE,
            roles=frozenset({PlaceRole.STORAGE}),
            implied=where_the_unit_is,
            sticky=always,
        ),
        *GOODS_FIELDS,
    ),
    posts=Posts.LINE,
    movements=_movements,
    accounts=(PlaceRole.IN_TRANSIT,),
    leaves="transfer",
    leaves_partner="destination",
    awaits=True,
    check=_check,
)
