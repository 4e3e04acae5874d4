"""Rows of a kiosk's file were damaged; what could be read was sent."""

from hub.exception import ExceptionKind

EXCEPTION = ExceptionKind(
    name="damage",
    owner="system",
    acts=("correct", "accept"),
    late_h=24,
    reasons=("recorded_anew", "nothing_missing", "card_replaced"),
)
