"""A kiosk in safe mode kept a scan and could not say what it was; nothing moved."""

from hub.exception import ExceptionKind

EXCEPTION = ExceptionKind(
    name="scan_kept",
    owner="warehouse",
    acts=("correct", "accept"),
    late_h=8,
    reasons=("recorded_anew", "nothing_missing"),
)
