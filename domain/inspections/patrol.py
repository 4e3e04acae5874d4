"""Patrol 巡检, a traffic light: a few pieces of a bundle in work. Red holds the bundle."""

from domain.events.quality import InspectionResult
from domain.inspection import Entry, Findings, InspectionType, Judged, Marking, Subject, of_pieces
from domain.problem import Problem

PIECES, PIECES_LEAST, PIECES_MOST = 7, 5, 20


def light(defective: int) -> InspectionResult:
    """Return the light: none with a defect is green, one yellow, two or more red."""
    match defective:
        case 0:
            return "green"
        case 1:
            return "yellow"
        case _:
            return "red"


def judge(found: Findings) -> Judged | Problem:
    """Show the light."""
    return of_pieces(found, light)


TYPE = InspectionType(
    kind="patrol",
    subjects=(Subject.BUNDLE, Subject.PERSON),
    entries=(
        Entry(name="checked", default=PIECES, least=PIECES_LEAST, most=PIECES_MOST, is_of_bundle=True),
        Entry(name="defective", counts_marks=True),
    ),
    marking=Marking.DEFECTS,
    judge=judge,
    is_of_maker=True,
    hold_reason="red_patrol",
)
