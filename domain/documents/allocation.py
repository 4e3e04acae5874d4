"""DB allocation 调拨 to another plant, the way out: storage → in transit, at a settlement price of whoever may see it.

Each plant has its own ledger. The hub carries what was sent over to the other plant, which takes it in with a document
of its own (DBI): what is on the road between two plants is what one sent less what the other took in.
"""

from domain.document import DocumentType, Posted, Posts
from domain.facts import Facts
from domain.field import Field, FieldKind, always, never
from domain.line import GOODS_FIELDS, moves, not_enough, place_of, text_of, where_the_unit_is
from domain.place import PlaceRole
from domain.problem import Problem, refusal
from domain.stock import Movement


def _check(posted: Posted, facts: Facts) -> tuple[Problem, ...]:
    destination = facts.place(text_of(posted.header.get("other_plant")))
    if destination and destination.plant == facts.station().plant:
        return (refusal("same_plant", place=destination.code),)
    return tuple(
        problem for line in posted.lines for problem in not_enough(line, place_of(line, "source"), facts)
    )


def _movements(posted: Posted, facts: Facts) -> tuple[Movement, ...]:
    transit = facts.station().account(PlaceRole.IN_TRANSIT)
    return tuple(
        movement for line in posted.lines for movement in moves(line, place_of(line, "source"), transit)
    )


TYPE = DocumentType(
    code="DB",
    prefix="DB",
    biz_step="shipping",
    header=(
        Field(name="other_plant", kind=FieldKind.PARTNER, roles=frozenset({PlaceRole.IN_TRANSIT})),
        Field(name="remark", kind=FieldKind.TEXT, required=never),
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
        Field(name="price", kind=FieldKind.PRICE, right="DB.prices"),
    ),
    posts=Posts.LINE,
    movements=_movements,
    accounts=(PlaceRole.IN_TRANSIT,),
    leaves="allocation",
    leaves_partner="other_plant",
    awaits=True,
    check=_check,
)
