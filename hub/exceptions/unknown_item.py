"""Goods were moved under a number no item is registered with."""

from hub.exception import ExceptionKind

EXCEPTION = ExceptionKind(
    name="unknown_item",
    owner="master_data",
    acts=("correct", "accept"),
    late_h=24,
    reasons=("registered", "mistaken_label"),
    counts_events=True,
)
