"""One roll, cone or carton by its serial: our own code, an SSCC, or a partner's serial number."""

from domain.barcode import Gtin, HandlingUnitCode, Serial, Sscc, read
from domain.field import Clue, Field, Finding, Form
from domain.problem import refusal


def serial_of(clue: Clue) -> str:
    """Return the handling unit a clue names, or nothing.

    Our own serials are house codes, also when they travel inside a GS1 code as AI 21. A partner's serial is unique only
    together with its GTIN, so both make our name for it.
    """
    gtin = next((element.value for element in clue.elements if isinstance(element, Gtin)), "")
    for element in clue.elements:
        match element:
            case HandlingUnitCode(value=value) | Sscc(value=value):
                return value
            case Serial(value=value):
                return _own(value) or (f"{gtin}.{value}" if gtin else value)
            case _:
                continue
    return ""


def _own(serial: str) -> str:
    return next((one.value for one in read(serial).elements if isinstance(one, HandlingUnitCode)), "")


def resolve(wanted: Field, form: Form) -> Finding:
    """Take the unit scanned. One form holds one unit: a second one is refused, not merged."""
    named = [(clue, serial) for clue in form.scans() if (serial := serial_of(clue))]
    if not named:
        return Finding()
    used = frozenset(clue.index for clue, _ in named)
    serials = list(dict.fromkeys(serial for _, serial in named))
    if len(serials) > 1:
        return Finding(used=used, problems=(refusal("two_units", first=serials[0], second=serials[1]),))
    is_new = wanted.is_new(form)
    unit = form.facts.handling_unit(serials[0]) if is_new else form.known_unit(serials[0])
    if unit and is_new:
        problem = refusal(
            "already_received",
            unit=unit.serial,
            place=unit.place,
            document=unit.document,
            name=unit.operator,
            time=unit.event_time.isoformat() if unit.event_time else "",
        )
        return Finding(used=used, problems=(problem,))
    if unit is None and not is_new and not wanted.may_be_unknown:
        return Finding(used=used, problems=(refusal("unknown_unit", unit=serials[0]),))
    return Finding(value=serials[0], used=used)
