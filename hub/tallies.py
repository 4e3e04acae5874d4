"""What became of an order's pieces, and what each line finished by the hour: kept as sums while a batch is booked."""

from typing import TypeVar

from msgspec.structs import replace

from domain.bundle import Bundle, Tally
from domain.job import Job, JobState
from domain.progress import Progress
from hub.desk import Desk
from hub.overlay import Rows
from hub.production_rows import OrderTallyRow, UnitHourRow
from hub.store.production_tables import order_tally, unit_hours
from hub.store.values import HOUR_CHARS, instant_text

CUT = ""
"""The operation under which an order's cut pieces are counted."""

R = TypeVar("R", OrderTallyRow, UnitHourRow)


class Tallies:
    """Adds what an event changed of a bundle to the sums it counts in."""

    def __init__(self, desk: Desk) -> None:
        self._plant = desk.plant
        self._orders = desk.rows(order_tally, OrderTallyRow)
        self._hours = desk.rows(unit_hours, UnitHourRow)

    def cut(self, bundle: Bundle, position: int) -> None:
        """Count a bundle that was cut."""
        self._add_to_order(bundle, CUT, position, good=bundle.pieces)

    def worked(self, bundle: Bundle, before: Job | None, now: Job, unit: str, position: int) -> None:
        """Count what a job's change comes to. `unit`: of the station it was begun at."""
        change = now.tally + -(before.tally if before else Tally())
        at_work = now.is_at_work - (before.is_at_work if before else False)
        self._add_to_order(
            bundle,
            now.operation,
            position,
            received=change.received,
            good=change.good,
            seconds=change.seconds,
            scrap=change.scrap,
            missing=change.missing,
            at_work=at_work,
        )
        for job, times in ((before, -1), (now, 1)):
            if job and job.state is JobState.FINISHED and job.finished_at:
                hour = instant_text(job.finished_at)[:HOUR_CHARS]
                key = (self._plant, unit, job.operation, hour, bundle.order)
                held = self._hours.get(key) or UnitHourRow(*key)
                told = job.tally
                self._add(
                    self._hours,
                    held,
                    position,
                    good=times * told.good,
                    seconds=times * told.seconds,
                    scrap=times * told.scrap,
                    missing=times * told.missing,
                )

    def went_back(self, before: Progress, now: Progress, position: int) -> None:
        """Count what was sent back, did not come, or was cut anew."""
        for name, was, is_now in (
            ("returned", before.returned, now.returned),
            ("short", before.missed, now.missed),
            ("replaced", before.replaced, now.replaced),
        ):
            if was is not is_now:
                for operation in is_now:
                    more = is_now[operation] - was.get(operation, 0)
                    self._add_to_order(now.bundle, operation, position, **{name: more})

    def _add_to_order(self, bundle: Bundle, operation: str, position: int, **counts: int) -> None:
        key = (self._plant, bundle.order, bundle.colour, bundle.size, bundle.component, operation)
        held = self._orders.get(key) or OrderTallyRow(*key)
        self._add(self._orders, held, position, **counts)

    @staticmethod
    def _add(rows: Rows[R], held: R, position: int, **counts: int) -> None:
        if any(counts.values()):
            more = {name: getattr(held, name) + count for name, count in counts.items()}
            rows.save(replace(held, **more, position=position))
