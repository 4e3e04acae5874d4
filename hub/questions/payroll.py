"""The payroll: what each person earns in a month, base and bonuses, for the wage slip and the payroll's file."""

from hub.payroll import PayrollPage, PayrollQuery, PayrollRow, payroll_page
from hub.question import Column, Kind, Question


def _explained(row: PayrollRow) -> str:
    """Say how each bonus came about, in figures: its name, what was measured, and the percent of the base."""
    return "; ".join(
        f"{one.name}: {one.measured} % → {one.percent} % = {one.amount.normalize():f}"
        for one in row.bonuses or ()
    )


_COLUMNS = (
    Column(name="number", value=lambda row: row.person),
    Column(name="person", kind=Kind.PERSON),
    Column(name="period"),
    Column(name="pieces", kind=Kind.COUNT),
    Column(name="unpriced", kind=Kind.COUNT, is_spare=True),
    Column(name="base", kind=Kind.MONEY),
    Column(name="bonus", kind=Kind.MONEY),
    Column(name="total", kind=Kind.MONEY, leads=lambda row: f"/pay?period={row.period}&person={row.person}"),
    Column(name="bonuses", value=_explained, is_spare=True),
    Column(name="contested", kind=Kind.COUNT, is_spare=True),
)

QUESTION = Question(
    name="payroll",
    order=8,
    summary="List what each person earns in a month: pieces, what they come to, bonuses as declared, and the total.",
    query=PayrollQuery,
    answer=PayrollPage,
    read=payroll_page,
    columns=lambda _query, _page: _COLUMNS,
    hides=dict.fromkeys(("base", "bonus", "total", "bonuses"), "pay.see"),
)
