"""Care tags 洗唛 of finished goods. Fibres, care and lot are typed: no record of ours knows them."""

from collections.abc import Mapping

from domain.item import Item
from hub.label_source import LabelSource
from hub.reference import ReferenceData


def _fill(item: Item, _known: ReferenceData) -> Mapping[str, str]:
    return {"size": item.size}


SOURCE = LabelSource(object="finished_goods", fill=_fill)
