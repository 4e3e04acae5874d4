"""Parcels: what a kiosk that could not reach the hub gave a neighbour to carry. Taken in as the kiosk's own upload."""

from domain.log import Head
from domain.parcel import (
    NeighbourKey,
    ParcelError,
    ParcelLabel,
    ParcelTaken,
    label_of,
)
from domain.seal import neighbour_key, open_parcel
from domain.wire import Upload, UploadError, decode_upload
from hub.hub import Hub
from hub.store.database import reading
from hub.store.devices import Device, device_of
from hub.store.event_log import head_of


def take_parcel(hub: Hub, carrier: Device, body: bytes) -> ParcelTaken:
    """Open a parcel with the key of the device it is of, and take it in; who carried it decides nothing.

    A parcel that cannot be opened is answered with a code, not refused: the carrier shall not try it for ever.
    """
    try:
        label = label_of(body)
    except ParcelError:
        return ParcelTaken(code="not_a_parcel")
    sender = _device(hub, label) if label.plant == carrier.plant else None
    if sender is None:
        return ParcelTaken(code="unknown_device")
    try:
        upload = decode_upload(open_parcel(sender.key, body))
    except (ParcelError, UploadError):
        return ParcelTaken(code="not_a_parcel", accepted=_held(hub, label))
    if not _fits(label, upload):
        return ParcelTaken(code="not_a_parcel", accepted=_held(hub, label))
    held = _held(hub, label)
    if held.sequence >= label.last:
        return ParcelTaken(
            accepted=held
        )  # it is here already: the sender's own word of how it is must not grow old
    return ParcelTaken(accepted=hub.ingest.accept(sender, upload).accepted)


def shared_key(hub: Hub, device: Device, other: str) -> NeighbourKey | None:
    """Return the key two kiosks of a plant prove themselves to each other with; None where there is no such other."""
    with reading(hub.engine) as connection:
        found = device_of(connection, device.plant, other) if "\0" not in other else None
    if found is None or found.revoked or found.device == device.device:
        return None
    return NeighbourKey(device=other, key=neighbour_key(device.key, found.key).hex())


def _device(hub: Hub, label: ParcelLabel) -> Device | None:
    if "\0" in label.device:
        return None
    with reading(hub.engine) as connection:
        return device_of(connection, label.plant, label.device)


def _held(hub: Hub, label: ParcelLabel) -> Head:
    with reading(hub.engine) as connection:
        return head_of(connection, label.plant, label.device, label.epoch)


def _fits(label: ParcelLabel, upload: Upload) -> bool:
    header = upload.header
    last = header.first_sequence + header.events - 1
    return (header.device, header.epoch, header.first_sequence, last) == (
        label.device,
        label.epoch,
        label.first,
        label.last,
    )
