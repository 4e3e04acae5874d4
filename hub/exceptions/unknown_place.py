"""Goods were moved to or from a place that is not registered."""

from hub.exception import ExceptionKind

EXCEPTION = ExceptionKind(
    name="unknown_place",
    owner="master_data",
    acts=("correct", "accept"),
    late_h=24,
    reasons=("registered", "mistaken_label"),
    counts_events=True,
)
