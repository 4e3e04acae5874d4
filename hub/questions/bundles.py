"""Bundles: of an order, a colour and size, a lay or a dye lot, and how many of their pieces are still good."""

from hub.question import Column, Kind, Question
from hub.views.bundle_list import BundlePage, BundleQuery, BundleRow, bundle_page


def _jobs(row: BundleRow, _query: BundleQuery) -> dict[str, str]:
    return {"bundle": row.bundle}


def _path(_row: BundleRow) -> str:
    return "/reports/work_done"


def _closed(row: BundleRow) -> tuple[str, ...]:
    return ("report.choice.bundles.state.remade",) if row.closed else ()


_COLUMNS = (
    Column(name="bundle", kind=Kind.LOT),
    Column(name="work_order"),
    Column(name="colour"),
    Column(name="size"),
    Column(name="component", is_spare=True),
    Column(name="shade", kind=Kind.LOT, is_spare=True),
    Column(name="lay", is_spare=True),
    Column(name="unit", kind=Kind.WORK_UNIT, is_spare=True),
    *(Column(name=name, kind=Kind.COUNT, leads=_path, opens=_jobs) for name in ("pieces", "live")),
    Column(name="lost", kind=Kind.COUNT, leads=_path, opens=_jobs, heading="report.column.lost_pieces"),
    Column(name="state", kind=Kind.WORDS, value=_closed, is_spare=True),
    Column(name="made_at", kind=Kind.INSTANT),
    Column(name="position", kind=Kind.EVENT),
)

QUESTION = Question(
    name="bundles",
    order=10,
    summary="List bundles of an order, a colour and size, a lay or a dye lot: pieces, still good, lost.",
    query=BundleQuery,
    answer=BundlePage,
    read=bundle_page,
    columns=lambda _query, _page: _COLUMNS,
)
