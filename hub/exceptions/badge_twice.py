"""One badge worked at two far kiosks at one time: it was copied, or somebody worked on under another's name."""

from hub.exception import ExceptionKind

EXCEPTION = ExceptionKind(
    name="badge_twice",
    owner="supervisor",
    acts=("accept",),
    late_h=4,
    reasons=("known_in_person", "checked"),
)
