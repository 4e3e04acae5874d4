"""The labels of what lines are about: finished goods come in cartons, all else in rolls or packages."""

from domain.carton_label import carton_labels
from domain.document import Posted
from domain.events.labels import LabelRequested
from domain.facts import Facts, RecordedLine
from domain.item import ItemClass
from domain.line import goods_of
from domain.roll_label import roll_label


def unit_labels(posted: Posted, facts: Facts) -> tuple[LabelRequested, ...]:
    """Ask for a label for each unit; goods without a number of their own get none."""
    numbered = [line for line in posted.lines if goods_of(line).handling_unit]
    cartons = [line for line in numbered if _is_finished(line, facts)]
    rolls = [line for line in numbered if not _is_finished(line, facts)]
    return (
        *carton_labels(cartons, posted, facts),
        *(roll_label(line, posted.header, facts) for line in rolls),
    )


def _is_finished(line: RecordedLine, facts: Facts) -> bool:
    item = facts.item(goods_of(line).item)
    return item is not None and item.item_class is ItemClass.FINISHED_GOODS
