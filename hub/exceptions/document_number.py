"""Two kiosks gave the same document number."""

from hub.exception import ExceptionKind

EXCEPTION = ExceptionKind(
    name="document_number",
    owner="supervisor",
    acts=("accept",),
    late_h=24,
    reasons=("told_apart",),
)
