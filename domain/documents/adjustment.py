"""TZ adjustment 调整: storage ↔ adjustment, more or less, with a reason; nothing moves before somebody else approves.

Goods in transit and at the line side are never adjusted: a difference is settled between who gave and who took.
"""

from domain.document import DocumentType, Posted, Posts, is_always_approved
from domain.facts import Facts, RecordedLine
from domain.field import Field, FieldKind, always, never
from domain.line import GOODS_FIELDS, moves, place_of, takes_too_much, text_of
from domain.place import PlaceRole
from domain.problem import Problem, refusal
from domain.stock import Movement

MORE, LESS = "more", "less"
REASONS = ("typing_error", "weighed_again", "moisture", "sample", "other")
"""Why the book is changed without goods coming or going."""
HANDED_OVER = frozenset({PlaceRole.IN_TRANSIT, PlaceRole.LINE_SIDE})
"""Where goods are between one who gave and one who took; no override of a factory opens these."""


def _is_more(line: RecordedLine) -> bool:
    return text_of(line.values.get("side")) == MORE


def _check(posted: Posted, facts: Facts) -> tuple[Problem, ...]:
    found: list[Problem] = []
    for line in posted.lines:
        place = facts.place(place_of(line, "place"))
        if place and place.role in HANDED_OVER:
            found.append(refusal("not_adjusted_here", place=place.code, role=f"role.{place.role}"))
        elif place and not _is_more(line):
            found += takes_too_much(line, "place", facts)
    return tuple(found)


def _movements(posted: Posted, facts: Facts) -> tuple[Movement, ...]:
    account = facts.station().account(PlaceRole.ADJUSTMENT)
    moved: list[Movement] = []
    for line in posted.lines:
        place = place_of(line, "place")
        source, target = (account, place) if _is_more(line) else (place, account)
        moved += moves(line, source, target)
    return tuple(moved)


TYPE = DocumentType(
    code="TZ",
    prefix="TZ",
    biz_step="inventory_check",
    header=(Field(name="remark", kind=FieldKind.TEXT, required=never),),
    line=(
        Field(name="side", kind=FieldKind.SIDE, choices=dict.fromkeys((MORE, LESS)), sticky=always),
        *GOODS_FIELDS,
        Field(name="place", kind=FieldKind.PLACE, roles=frozenset({PlaceRole.STORAGE}), sticky=always),
        Field(name="reason", kind=FieldKind.CHOICE, choices=dict.fromkeys(REASONS), sticky=always),
    ),
    posts=Posts.COMPLETION,
    movements=_movements,
    accounts=(PlaceRole.ADJUSTMENT,),
    approval=is_always_approved,
    check=_check,
)
