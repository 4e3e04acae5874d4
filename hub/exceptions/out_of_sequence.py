"""Work began before the operation before it was known to be finished; it closes when that is heard of."""

from hub.exception import ExceptionKind

EXCEPTION = ExceptionKind(
    name="out_of_sequence",
    owner="supervisor",
    acts=("accept",),
    late_h=8,
    reasons=("checked",),
    closes_itself=True,
)
