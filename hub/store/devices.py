"""The register of devices: who may send, with which key, and what each said of itself last."""

from typing import Any

import msgspec
from sqlalchemy import Connection, func, insert, select, update

from domain.place import Station
from hub.store.tables import devices, heads


class Device(msgspec.Struct, frozen=True, kw_only=True):
    """One enrolled device."""

    plant: str
    device: str
    key: bytes
    number_code: str
    station: Station
    epoch: int
    revoked: bool


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What an upload says about its sender. `clock_offset_s` is device minus hub."""

    plant: str
    device: str
    epoch: int
    last_seen: str
    clock_offset_s: float | None
    clock: str
    pending: int
    oldest_event_time: str
    software: str


def device_of(connection: Connection, plant: str, device: str) -> Device | None:
    """Return an enrolled device; None if there is none of that name."""
    column = devices.c
    row = connection.execute(select(devices).where(column.plant == plant, column.device == device)).first()
    if row is None:
        return None
    return Device(
        plant=row.plant,
        device=row.device,
        key=bytes.fromhex(row.key),
        number_code=row.number_code,
        station=msgspec.json.decode(row.station_json, type=Station),
        epoch=row.epoch,
        revoked=row.revoked,
    )


def enrol(connection: Connection, device: Device, enrolled_at: str) -> None:
    """Add a device, or give one that is enrolled again its new key, station and epoch."""
    column = devices.c
    values: dict[str, Any] = {
        "key": device.key.hex(),
        "number_code": device.number_code,
        "station_json": msgspec.json.encode(device.station).decode(),
        "epoch": device.epoch,
        "revoked": device.revoked,
        "enrolled_at": enrolled_at,
    }
    where = (column.plant == device.plant, column.device == device.device)
    if connection.execute(select(column.device).where(*where)).first():
        connection.execute(update(devices).where(*where).values(**values))
        return
    unheard: dict[str, Any] = {
        "last_seen": "",
        "clock_offset_s": 0.0,
        "clock": "",
        "pending": 0,
        "oldest_event_time": "",
        "software": "",
    }
    connection.execute(insert(devices).values(plant=device.plant, device=device.device, **values, **unheard))


def note(connection: Connection, report: Report) -> None:
    """Write down what a device said of itself, with the epoch it is in; what it did not say stays."""
    column = devices.c
    values: dict[str, Any] = {
        "epoch": report.epoch,
        "last_seen": report.last_seen,
        "clock": report.clock,
        "pending": report.pending,
        "oldest_event_time": report.oldest_event_time,
    }
    if report.clock_offset_s is not None:
        values["clock_offset_s"] = report.clock_offset_s
    if report.software:
        values["software"] = report.software
    where = (column.plant == report.plant, column.device == report.device)
    connection.execute(update(devices).where(*where).values(**values))


def revoke(connection: Connection, plant: str, device: str) -> bool:
    """Stop a device from reading at once; what it still sends is parked. Tells whether there is such a device."""
    column = devices.c
    done = connection.execute(
        update(devices).where(column.plant == plant, column.device == device).values(revoked=True)
    )
    return done.rowcount > 0


def newest_epoch(connection: Connection, plant: str, device: str) -> int:
    """Return the highest epoch this device was given or has used."""
    used = connection.execute(
        select(func.max(heads.c.epoch)).where(heads.c.plant == plant, heads.c.device == device)
    ).scalar()
    column = devices.c
    given = connection.execute(
        select(column.epoch).where(column.plant == plant, column.device == device)
    ).scalar()
    return max(used or 0, given or 0)
