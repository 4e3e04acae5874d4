"""The last backup could not be proven; until one is, kiosks keep everything."""

from hub.exception import ExceptionKind

EXCEPTION = ExceptionKind(
    name="backup",
    owner="system",
    acts=(),
    late_h=4,
    closes_itself=True,
    is_register=True,
)
