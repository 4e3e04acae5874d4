"""The units of a plant as its reference data have them."""

from collections.abc import Mapping

import msgspec
from sqlalchemy import Connection, select

from domain.work_unit import UnitRecord, WorkUnit, units_by_code
from hub.store.tables import reference

_record = msgspec.json.Decoder(UnitRecord)


def work_units(connection: Connection, plant: str) -> Mapping[str, WorkUnit]:
    """Return every line and workshop by its code."""
    held = reference.c
    asked = select(held.kind, held.key, held.body_json).where(
        held.plant == plant, held.kind.in_(("workshop", "line")), held.body_json.is_not(None)
    )
    records: dict[str, dict[str, UnitRecord]] = {"workshop": {}, "line": {}}
    for row in connection.execute(asked.order_by(held.key)):
        records[row.kind][row.key] = _record.decode(row.body_json)
    return units_by_code(records["workshop"], records["line"])
