"""Enrolling a kiosk: its key, its number code and its station; and the files it takes along."""

import secrets
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import product
from string import ascii_uppercase, digits

import msgspec
from sqlalchemy import Connection, Engine, and_, not_, select

from domain.events.desk import OFFICE
from domain.place import Station
from hub.feed import snapshot
from hub.store.devices import Device, device_of, enrol, newest_epoch
from hub.store.event_log import EventLog
from hub.store.reference import Record, write_records
from hub.store.tables import devices, reference
from hub.store.values import instant_text

KEY_BYTES = 32


class EnrolmentError(Exception):
    """The kiosk cannot be enrolled like this; says what to do instead."""


def known_station(connection: Connection, plant: str, device: str) -> Station | None:
    """Return the station that reference data give a device."""
    column = reference.c
    body = connection.execute(
        select(column.body_json).where(column.plant == plant, column.kind == "station", column.key == device)
    ).scalar()
    return msgspec.json.decode(body, type=Station) if body else None


def enrol_kiosk(
    connection: Connection, log: EventLog, name: str, station: Station, now: datetime, *, replace: bool
) -> Device:
    """Enrol a kiosk with a new key, inside a transaction opened by `writing`; writes its station to the reference data.

    A station without a number code gets one that no kiosk of any plant has. Enrolling again needs `replace`: the old
    key ends, an epoch begins.
    Raises EnrolmentError.
    """
    plant = station.plant
    if name == OFFICE:
        raise EnrolmentError(f"{OFFICE} is the name of the hub's own desk; give the kiosk another")
    log.lock(connection, plant)
    held = device_of(connection, plant, name)
    if held and not replace:
        raise EnrolmentError(f"{name} is enrolled already; --replace ends its old key and begins a new epoch")
    column = devices.c
    # Of all plants: an allocation's number goes along to the plant that receives it, and must be one there too.
    others = not_(and_(column.plant == plant, column.device == name))
    taken = set(connection.execute(select(column.number_code).where(others)).scalars())
    code = station.number_code or (held.number_code if held else next(_free_codes(taken), ""))
    if not code or code in taken:
        raise EnrolmentError(
            f"the number code {code or '(none left)'} is taken; give another with --number-code"
        )
    station = msgspec.structs.replace(station, number_code=code)
    device = Device(
        plant=plant,
        device=name,
        key=secrets.token_bytes(KEY_BYTES),
        number_code=code,
        station=station,
        epoch=newest_epoch(connection, plant, name) + 1,
        revoked=False,
    )
    enrol(connection, device, instant_text(now))
    write_records(connection, log, plant, [Record(kind="station", key=name, body=station)])
    return device


def credentials_text(device: Device, hub_url: str) -> str:
    """Return the credentials file (TOML) a kiosk proves itself with. It holds the key: give it to nobody else."""
    top = {
        "plant": device.plant,
        "device": device.device,
        "key": device.key.hex(),
        "hub": hub_url,
        "number_code": device.number_code,
        "epoch": device.epoch,
    }
    station: dict[str, object] = msgspec.to_builtins(device.station)
    names = station.pop("names")
    lines = [*_toml(top), "", "[station]", *_toml(station), "", "[station.names]", *_toml(names)]
    return "\n".join(lines) + "\n"


def provision_lines(engine: Engine, device: Device, now: datetime) -> Iterator[bytes]:
    """Yield the lines of a snapshot file for a kiosk that has not seen the hub: its frame, then every change."""
    frame = snapshot(engine, device, now)
    head = {
        "generation": frame.generation,
        "cursor": frame.cursor,
        "plant": device.plant,
        "device": device.device,
        "epoch": device.epoch,
        "station": device.station,
        "time": now,
    }
    yield msgspec.json.encode(head)
    for change in frame.changes:
        yield msgspec.json.encode(change)


def _free_codes(taken: set[str]) -> Iterator[str]:
    for letter, digit in product(ascii_uppercase, digits):
        if letter + digit not in taken:
            yield letter + digit
    for pair in product(ascii_uppercase, repeat=2):
        if "".join(pair) not in taken:
            yield "".join(pair)


def _toml(table: object) -> Iterable[str]:
    """Write a flat table; a JSON text, number or list is the same in TOML."""
    values: dict[str, object] = msgspec.convert(table, dict[str, object])
    return [f"{key} = {msgspec.json.encode(value).decode()}" for key, value in values.items()]
