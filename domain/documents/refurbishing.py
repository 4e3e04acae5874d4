"""CZ refurbishing 退货重整单: one kind of returned goods becomes first quality, seconds and scrap.

All of it posts at once when it is finished, through the place of conversion, and says which goods came from which. Of
what goes in everything comes out again: pieces that are missing are asked about and need an approval.
"""

from domain.conversion import converted, derived, losses, on_side, out_of_balance
from domain.document import DocumentType, Posted, Posts
from domain.events.labels import LabelRequested
from domain.facts import Facts, RecordedLine
from domain.field import Field, FieldKind, Form, always, never
from domain.line import (
    GRADE_FIELD,
    INPUT,
    OUTPUT,
    OWNER_FIELD,
    SIDES,
    goods_of,
    has_lots,
    has_second_unit,
    is_input,
    is_one_kind,
    is_output,
    place_of,
    takes_too_much,
    where_the_unit_is,
    wrong_grade,
)
from domain.place import PlaceRole, Store
from domain.problem import Problem, question, refusal
from domain.unit_labels import unit_labels

DEFECTS = ("stain", "hole", "stitching", "size", "shade", "trim", "other")
"""What was wrong with the goods; the words are `choice.defect.<code>`."""
WORK = ("washed", "pressed", "mended", "relabelled", "repacked", "none")
"""What was done about it; the words are `choice.work.<code>`."""


def _where_the_input_is(form: Form) -> str:
    return where_the_unit_is(form) if is_input(form) else ""


def _check(posted: Posted, facts: Facts) -> tuple[Problem, ...]:
    returned = [line for line in posted.lines if line in on_side(posted, INPUT)]
    made = on_side(posted, OUTPUT)
    return (
        *(
            problem
            for line in returned
            for problem in (
                *_misplaced(line, (Store.RETURNED,), facts),
                *takes_too_much(line, "place", facts),
            )
        ),
        *(
            problem
            for line in made
            for problem in (
                *_misplaced(line, (Store.FINISHED, Store.SECONDS), facts),
                *wrong_grade(line, "place", facts),
            )
        ),
    )


def _misplaced(line: RecordedLine, stores: tuple[Store, ...], facts: Facts) -> tuple[Problem, ...]:
    """Refuse a place for something else than this side of the document."""
    place = facts.place(place_of(line, "place"))
    if place is None or place.store in (Store.ANY, *stores):
        return ()
    return (refusal("other_store", place=place.code, store=f"store.{place.store}"),)


def _check_completion(posted: Posted, _facts: Facts) -> tuple[Problem, ...]:
    """One kind of goods goes in, the same item comes out of it, and all of it."""
    if unbalanced := out_of_balance(posted):
        return unbalanced
    went_in = {goods_of(line) for line in on_side(posted, INPUT)}
    if len({(one.item, one.lot, one.grade, one.owner) for one in went_in}) > 1:
        return (refusal("one_input_only"),)
    if {one.item for one in went_in} != {goods_of(line).item for line in on_side(posted, OUTPUT)}:
        return (refusal("other_item_out"),)
    if is_short(posted, _facts):
        return (question("not_all_out", share=f"{max(losses(posted).values()):.1%}"),)
    return ()


def is_short(posted: Posted, _facts: Facts) -> bool:
    """Hold where less comes out than went in."""
    return any(share > 0 for share in losses(posted).values())


def _labels(posted: Posted, facts: Facts) -> tuple[LabelRequested, ...]:
    made = Posted(
        document=posted.document, header=posted.header, lines=on_side(posted, OUTPUT), plan=posted.plan
    )
    return unit_labels(made, facts)


TYPE = DocumentType(
    code="CZ",
    prefix="CZ",
    biz_step="repairing",
    header=(
        Field(name="defect", kind=FieldKind.CHOICE, choices=dict.fromkeys(DEFECTS)),
        Field(name="operation", kind=FieldKind.TEXT),
        Field(name="work", kind=FieldKind.CHOICE, choices=dict.fromkeys(WORK)),
    ),
    line=(
        Field(name="side", kind=FieldKind.SIDE, choices=dict.fromkeys(SIDES), sticky=always),
        Field(name="handling_unit", kind=FieldKind.HANDLING_UNIT, required=never, is_new=is_output),
        Field(name="item", kind=FieldKind.ITEM),
        Field(name="lot", kind=FieldKind.LOT, required=has_lots),
        GRADE_FIELD,
        OWNER_FIELD,
        Field(name="quantity", kind=FieldKind.QUANTITY, required=is_one_kind),
        Field(name="second_quantity", kind=FieldKind.SECOND_QUANTITY, required=has_second_unit),
        Field(
            name="place",
            kind=FieldKind.PLACE,
            roles=frozenset({PlaceRole.STORAGE, PlaceRole.SCRAP}),
            implied=_where_the_input_is,
        ),
    ),
    posts=Posts.COMPLETION,
    movements=converted,
    accounts=(PlaceRole.CONVERSION,),
    derives=derived,
    approval=is_short,
    check=_check,
    check_completion=_check_completion,
    labels=_labels,
)
