"""More came in than the order asks for and the tolerance allows."""

from hub.exception import ExceptionKind

EXCEPTION = ExceptionKind(
    name="over_plan",
    owner="purchasing",
    acts=("accept",),
    late_h=24,
    reasons=("agreed_with_supplier", "order_changed"),
    closes_itself=True,
)
