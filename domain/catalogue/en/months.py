"""Closing a month, in English."""

WORDS = {
    "month.title": "Months",
    "month.lead": "A month that is closed keeps its figures; what comes late counts in the next one.",
    "month.close": "Close this month and all before it",
    "month.told.closed": "The month is closed.",
    "month.told.stored": "It is stored, and will be booked after what came before it.",
    "month.refused.no_month": "{period} is no month: write it as 2026-10.",
    "month.refused.not_over": "{period} is not over: a month can be closed when the next one has begun.",
    "month.refused.closed": "{period} is closed already.",
    "month.refused.no_right": "Nothing was closed: whoever closes a month needs the right month.close.",
}
