"""A document of several kiosks was finished by one that did not know all lines of the others."""

from hub.exception import ExceptionKind

EXCEPTION = ExceptionKind(
    name="line_left_out",
    owner="supervisor",
    acts=("correct", "accept"),
    late_h=24,
    reasons=("checked",),
)
