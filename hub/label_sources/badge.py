"""Badges 员工卡. Somebody without a badge code gets none: it is given at the office first."""

from collections.abc import Mapping

from domain.site_labels import badge
from domain.staff import Person
from hub.label_source import LabelSource, called_in_both
from hub.reference import ReferenceData


def _fill(person: Person, known: ReferenceData) -> Mapping[str, str]:
    filled = badge(person)
    return {
        **filled,
        "barcode": filled["barcode"] if person.badge else "",
        "team": called_in_both("teams", person.team, known),
    }


SOURCE = LabelSource(object="persons", fill=_fill)
