"""The books do not agree with themselves: the check of the ledger found a difference."""

from hub.exception import ExceptionKind

EXCEPTION = ExceptionKind(
    name="books",
    owner="system",
    acts=(),
    late_h=1,
    closes_itself=True,
    is_register=True,
)
