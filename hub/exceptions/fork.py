"""A kiosk said something else under a number it had used before: its card was put back, or copied."""

from hub.exception import ExceptionKind

EXCEPTION = ExceptionKind(
    name="fork",
    owner="kiosk",
    acts=("correct",),
    late_h=4,
    reasons=("machine_found", "card_replaced"),
    closes_itself=True,
    is_register=True,
)
