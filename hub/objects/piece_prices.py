"""Piece prices 计件单价: what a good piece of an operation is paid, for an order or a style, from a day on."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from msgspec import Struct

from domain.pay import PiecePrice
from hub.draft import Draft
from hub.field_kind import AMOUNT, DAY, reference
from hub.object import Field, ObjectType
from hub.object_fields import CODE_FIELD, REMARK_FIELD
from hub.record_shape import fill_record
from hub.reference import ReferenceData


class PiecePriceRecord(PiecePrice, frozen=True, kw_only=True, omit_defaults=True):
    """A price as the office keeps it: a new one from a later day leaves what was done before at the old one."""

    code: str
    remark: str = ""
    disabled: bool = False


def _build(draft: Draft, held: Struct | None, _known: ReferenceData) -> PiecePriceRecord:
    valid_from = date.fromisoformat(draft.text("valid_from"))
    return fill_record(PiecePriceRecord, draft, held, valid_from=valid_from)


def _draw(price: PiecePrice, _key: str, _known: ReferenceData) -> Mapping[str, Any]:
    return {"valid_from": price.valid_from.isoformat()}


OBJECT = ObjectType(
    name="piece_prices",
    group="production",
    kind="piece_price",
    form=PiecePriceRecord,
    build=_build,
    draw=_draw,
    fields=(
        CODE_FIELD,
        Field(name="style", kind=reference("styles"), headers=("款号",), is_listed=True, is_query=True),
        Field(
            name="order", kind=reference("work_orders"), headers=("任务单号",), is_listed=True, is_query=True
        ),
        Field(
            name="operation",
            kind=reference("operations"),
            headers=("工序编码",),
            required=True,
            is_listed=True,
            is_query=True,
        ),
        Field(
            name="price",
            kind=AMOUNT,
            headers=("工价", "计件单价", "piece rate"),
            required=True,
            is_price=True,
        ),
        Field(name="valid_from", kind=DAY, headers=("生效日期", "valid from"), required=True, is_listed=True),
        REMARK_FIELD,
    ),
)
