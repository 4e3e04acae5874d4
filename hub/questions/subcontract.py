"""What subcontractors have of ours, what came back of it and how, and what it costs."""

from urllib.parse import quote

from hub.question import Column, Kind, Question
from hub.views.subcontract import SubcontractPage, SubcontractQuery, SubcontractRow, subcontract_page


def _scans(row: SubcontractRow) -> str:
    return f"/plans/{quote(row.number, safe='')}"


def _share(row: SubcontractRow) -> str:
    return f"{row.loss_share:.1%}" if row.loss_share is not None else ""


_COLUMNS = (
    Column(name="number", kind=Kind.PLAN, heading="report.column.plan"),
    Column(name="partner", kind=Kind.PLACE),
    Column(name="card"),
    Column(name="operation", is_spare=True),
    Column(name="item", kind=Kind.ITEM),
    Column(name="lot", kind=Kind.LOT, is_spare=True),
    Column(name="sent", kind=Kind.QUANTITY, leads=_scans, has_unit=True),
    *(
        Column(name=name, kind=Kind.QUANTITY, leads=_scans)
        for name in ("good", "concession", "seconds", "scrap", "lost", "open")
    ),
    Column(name="loss_share", value=_share, is_spare=True),
    Column(name="fee", kind=Kind.MONEY, leads=_scans, is_spare=True),
    Column(name="due", is_spare=True),
    Column(name="overdue_days", kind=Kind.COUNT, is_spare=True),
)

QUESTION = Question(
    name="subcontract",
    order=7,
    summary="List what subcontractors were sent, per card and dye lot: good, seconds, scrap, loss, open, and the fee.",
    query=SubcontractQuery,
    answer=SubcontractPage,
    read=subcontract_page,
    columns=lambda _query, _page: _COLUMNS,
    hides={"fee": "processing_fees.prices"},
)
