"""Panels cut anew for pieces an operation had told of as lost: no more than were lost, from the same dye lot. Pure."""

from collections.abc import Collection

from domain.problem import Problem, refusal
from domain.progress import Progress
from domain.route import OperationCode


def losses(progress: Progress) -> dict[OperationCode, int]:
    """Return where pieces of a bundle were lost and not replaced yet, and how many."""
    told = dict.fromkeys((*(one.operation for one in progress.jobs), *progress.missed))
    return {code: lost for code in told if (lost := progress.lost(code)) > 0}


def why_not_replaced(
    progress: Progress, operation: OperationCode, pieces: int, shades: Collection[str]
) -> Problem | None:
    """Say why panels cannot take the place of lost ones. `shades`: dye lots of the roll they were cut from."""
    bundle, lost = progress.bundle, losses(progress).get(operation, 0)
    if progress.became:
        return refusal("bundle_closed", bundle=bundle.serial, became=", ".join(progress.became))
    if not 0 < pieces <= lost:
        return refusal("panels_lost", bundle=bundle.serial, told=pieces, lost=lost)
    if bundle.shade and bundle.shade not in shades:
        found = ", ".join(sorted(shades)) or "–"
        return refusal("panels_shade", bundle=bundle.serial, shade=bundle.shade, found=found)
    return None
