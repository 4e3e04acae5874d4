"""End-line inspection 尾检: every piece of every bundle at the end of a line."""

from domain.inspection import Entry, Findings, InspectionType, Judged, Marking, Subject, of_pieces
from domain.problem import Problem


def judge(found: Findings) -> Judged | Problem:
    """Yellow: what has a defect goes back to be mended."""
    return of_pieces(found, lambda defective: "yellow" if defective else "green")


TYPE = InspectionType(
    kind="end_line",
    subjects=(Subject.BUNDLE,),
    entries=(
        Entry(name="checked", least=1, is_of_bundle=True),
        Entry(name="defective", counts_marks=True),
    ),
    marking=Marking.DEFECTS,
    judge=judge,
    goes_on=True,
)
