"""Goods that are finished and that nobody took over: silence is not acceptance, they are still their sender's."""

from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, select

from domain.job import JobState
from domain.route import Route, route_key
from domain.work_order import WorkOrder
from hub.handoff_book import WITHDRAWN
from hub.month_counts import records
from hub.store.production_tables import bundles, handoffs, jobs
from hub.store.values import instant_text

DAYS_BACK = 60
"""How far back is looked: what lies longer is for a stocktake, not for an answer."""
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
        job.finished_at >= instant_text(now - timedelta(days=DAYS_BACK)),
        ~goods.closed,
        ~answered.exists(),
    ]
    if unit:
        where.append(job.unit == unit)
    joined = jobs.join(bundles, (goods.plant == job.plant) & (goods.serial == job.bundle))
    asked = select(jobs).select_from(joined).where(*where).order_by(job.finished_at, job.job)
    rows = connection.execute(asked).all()
    following = _following(connection, plant, {row.work_order for row in rows})
    found: list[Unanswered] = []
    for row in rows:
        customers = following(row.work_order, row.operation)
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


def _following(connection: Connection, plant: str, numbers: set[str]) -> Any:
    """Return what says the customers of an order's operation; none behind the last one."""
    orders = records(connection, plant, "work_order", numbers, WorkOrder)
    named = {number: route_key(one.route, one.route_version) for number, one in orders.items()}
    routes = records(connection, plant, "route", named.values(), Route)

    def customers(order: str, operation: Any) -> tuple[str, ...]:
        route = routes.get(named.get(order, ""))
        return tuple(step.operation for step in route.next_of(operation)) if route else ()

    return customers
