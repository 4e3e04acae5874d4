"""The labels of what stays: places and the badges of people.

Their fields are those of the templates `labels/templates/place.toml` and `badge.toml`.
"""

from domain.barcodes.house import HouseType, house_body, house_code
from domain.place import Place
from domain.staff import Person


def place_label(place: Place) -> dict[str, str]:
    """Return what the label of a place says."""
    return {
        "place": place.code,
        "name_zh": place.names.zh,
        "name_en": place.names.en,
        "barcode": house_code(HouseType.PLACE, place.barcode or house_body(place.code)),
    }


def badge(person: Person) -> dict[str, str]:
    """Return what somebody's badge says."""
    return {
        "name": person.names.of("zh-CN"),
        "name_latin": person.names.en,
        "employee_number": person.number,
        "barcode": house_code(HouseType.STAFF, house_body(person.badge)),
    }
