"""First piece 首件: the first one off a machine, before the others are made."""

from domain.inspection import Entry, Findings, InspectionType, Judged, Marking, Subject, of_pieces
from domain.problem import Problem


def judge(found: Findings) -> Judged | Problem:
    """Any defect fails it: set the machine right and show another."""
    return of_pieces(found, lambda defective: "failed" if defective else "passed")


TYPE = InspectionType(
    kind="first_piece",
    subjects=(Subject.BUNDLE, Subject.ORDER),
    entries=(
        Entry(name="checked", default=1, least=1, is_of_bundle=True),
        Entry(name="defective", counts_marks=True),
    ),
    marking=Marking.DEFECTS,
    judge=judge,
    is_of_maker=True,
)
