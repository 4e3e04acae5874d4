"""Goods that are finished and that nobody took over: silence is not acceptance, they are still their sender's."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct
from sqlalchemy import Connection, select

from domain.job import JobState
from domain.route import OperationCode, Route, route_key
from domain.work_order import OrderState, WorkOrder
from hub.handoff_book import WITHDRAWN
from hub.month_counts import every_record, records
from hub.store.production_tables import bundles, handoffs, jobs

_OVER = frozenset({OrderState.FINISHED, OrderState.CANCELLED})
SHOWN_MAX = 200
HOUR_S = 3600


class Unanswered(Struct, frozen=True, kw_only=True):
    """A bundle whose next operation has not said anything; `hours` since it was finished."""

    bundle: str
    work_order: str
    operation: str
    unit: str
    pieces: int
    finished_at: datetime
    hours: int
    next: tuple[str, ...]
    position: int


def unanswered(connection: Connection, plant: str, now: datetime, unit: str = "") -> tuple[Unanswered, ...]:
    """Return what waits for its customer's answer, the longest first; `unit`: only that one's."""
    job, said, goods = jobs.c, handoffs.c, bundles.c
    following = _Following(connection, plant)
    answered = select(said.bundle).where(
        said.plant == plant,
        said.bundle == job.bundle,
        said.before == job.operation,
        said.verdict != WITHDRAWN,
    )
    where = [
        job.plant == plant,
        job.state == JobState.FINISHED,
        job.good > 0,
        goods.work_order.in_(following.orders),
        job.operation.in_(following.operations),
        ~goods.closed,
        ~answered.exists(),
    ]
    if unit:
        where.append(job.unit == unit)
    joined = jobs.join(bundles, (goods.plant == job.plant) & (goods.serial == job.bundle))
    asked = select(jobs).select_from(joined).where(*where).order_by(job.finished_at, job.job)
    rows = connection.execute(asked).all()
    found: list[Unanswered] = []
    for row in rows:
        customers = following.of(row.work_order, row.operation)
        if customers and len(found) < SHOWN_MAX:
            at = datetime.fromisoformat(row.finished_at)
            found.append(
                Unanswered(
                    bundle=row.bundle,
                    work_order=row.work_order,
                    operation=row.operation,
                    unit=row.unit,
                    pieces=row.good,
                    finished_at=at,
                    hours=max(0, int((now - at).total_seconds()) // HOUR_S),
                    next=customers,
                    position=row.position,
                )
            )
    return tuple(found)


class _Following:
    """Who takes over what of the orders that are not over yet; what lies of the others is for a stocktake."""

    def __init__(self, connection: Connection, plant: str) -> None:
        held = every_record(connection, plant, "work_order", WorkOrder)
        self._routes = {
            number: route_key(one.route, one.route_version)
            for number, one in held.items()
            if one.state not in _OVER
        }
        self._known = records(connection, plant, "route", self._routes.values(), Route)

    @property
    def orders(self) -> Sequence[str]:
        """Return the orders whose goods wait for somebody."""
        return sorted(self._routes)

    @property
    def operations(self) -> Sequence[OperationCode]:
        """Return the operations that have a customer, on one route at least."""
        steps = ((route, step) for route in self._known.values() for step in route.steps)
        return sorted({step.operation for route, step in steps if route.next_of(step.operation)})

    def of(self, order: str, operation: OperationCode) -> tuple[OperationCode, ...]:
        """Return the customers of an operation; none behind the last one."""
        route = self._known.get(self._routes.get(order, ""))
        return tuple(step.operation for step in route.next_of(operation)) if route else ()
