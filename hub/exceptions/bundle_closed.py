"""Work on a bundle that had been split or joined already: what its pieces are now carries on."""

from hub.exception import ExceptionKind

EXCEPTION = ExceptionKind(
    name="bundle_closed",
    owner="supervisor",
    acts=("accept",),
    late_h=4,
    reasons=("checked", "counted_again"),
    closes_itself=True,
)
