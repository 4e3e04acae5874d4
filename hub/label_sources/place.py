"""Place labels 库位标签, for shelves and areas."""

from collections.abc import Mapping

from domain.place import Place
from domain.site_labels import place_label
from hub.label_source import LabelSource
from hub.reference import ReferenceData


def _fill(place: Place, _known: ReferenceData) -> Mapping[str, str]:
    return place_label(place)


SOURCE = LabelSource(object="places", fill=_fill)
