"""A kiosk's version cannot print by the plant's own template of a label, and prints the shipped one."""

from hub.exception import ExceptionKind

EXCEPTION = ExceptionKind(
    name="own_label_unprinted",
    owner="master_data",
    acts=("correct", "accept"),
    late_h=24,
    reasons=("template_changed", "kiosk_updated"),
)
