"""Less at a place than nothing: goods left it that the books do not have there."""

from hub.exception import ExceptionKind

EXCEPTION = ExceptionKind(
    name="shortage",
    owner="warehouse",
    acts=("count",),
    late_h=8,
    closes_itself=True,
)
