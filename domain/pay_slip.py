"""The slip of pay 计件小票 a worker takes along: pieces of today and of the month, and what they come to.

Its fields are those of the template `labels/templates/pay_slip.toml`.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from domain.events.labels import LabelRequested
from domain.label_words import in_both
from domain.names import Names
from domain.pay import CENT
from domain.pay_sheet import OperationPay, PayFigures, PaySheet

TEMPLATE = "pay_slip"
ROWS_MAX = 5
"""Operations on a slip; where there are more, the last row is all the others."""
_OTHERS = Names(zh="其他", en="Others")


def pay_slip(sheet: PaySheet, names: Names, now: datetime, job: str) -> LabelRequested:
    """Ask for the slip of somebody's sheet, by the name of its print job. `now`: by the clock on the wall."""
    data = {
        "name": in_both(names) or sheet.person,
        "number": sheet.person,
        "day": sheet.day.isoformat(),
        "time": f"{now:%H:%M}",
        "period": sheet.period,
        "today_all": str(sum(paid(one.today) for one in sheet.operations)),
        "month_all": str(sum(paid(one.month) for one in sheet.operations)),
    }
    for number, one in enumerate(_rows(sheet.operations), 1):
        data[f"operation_{number}"] = in_both(one.names) or one.operation
        data[f"today_{number}"] = str(paid(one.today))
        data[f"month_{number}"] = str(paid(one.month))
        data[f"amount_{number}"] = money(one.month.amount)
    if sheet.total is not None:
        bonus = sum((one.amount for one in sheet.bonuses), Decimal(0))
        data["bonus"] = money(bonus) if sheet.bonuses else ""
        data["total"] = money(sheet.total)
    return LabelRequested(job=job, template=TEMPLATE, data=data)


def paid(figures: PayFigures) -> int:
    """Return the pieces that are paid in the end."""
    return figures.good - figures.back


def money(amount: Decimal | None) -> str:
    """Return an amount to the cent; nothing where it is not to be seen."""
    return f"{amount.quantize(CENT, ROUND_HALF_UP)}" if amount is not None else ""


def _rows(operations: Sequence[OperationPay]) -> Sequence[OperationPay]:
    """Return what stands on the slip, those with most pieces first."""
    ranked = sorted(operations, key=lambda one: (-paid(one.month), one.operation))
    if len(ranked) <= ROWS_MAX:
        return ranked
    shown, rest = ranked[: ROWS_MAX - 1], ranked[ROWS_MAX - 1 :]
    others = OperationPay(
        operation="",
        names=_OTHERS,
        today=_all_of(one.today for one in rest),
        month=_all_of(one.month for one in rest),
    )
    return [*shown, others]


def _all_of(figures: Iterable[PayFigures]) -> PayFigures:
    listed = list(figures)
    amounts = [one.amount for one in listed if one.amount is not None]
    return PayFigures(
        good=sum(one.good for one in listed),
        back=sum(one.back for one in listed),
        amount=sum(amounts, Decimal(0)) if amounts else None,
    )
