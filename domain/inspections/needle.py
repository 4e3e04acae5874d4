"""Needle log 断针记录: a needle broke. Unless every piece of it is found, the bundle stands still."""

from domain.inspection import Findings, InspectionType, Judged, Options, Subject
from domain.problem import Problem

ALL_FOUND = "yes"


def judge(found: Findings) -> Judged | Problem:
    """Red: a piece of it may be in somebody's shirt."""
    return Judged(result="green" if found.chosen["fragments"] == ALL_FOUND else "red")


TYPE = InspectionType(
    kind="needle",
    subjects=(Subject.NAMED, Subject.BUNDLE),
    options=(Options(name="fragments", values=(ALL_FOUND, "no")),),
    judge=judge,
    hold_reason="needle_fragment",
)
