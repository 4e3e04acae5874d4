"""The kiosks' exchange: uploads in, changes out. Every request and every answer carries a keyed digest."""

import zlib
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from typing import Any

import msgspec
from flask import Blueprint, Flask, Response, request
from werkzeug.exceptions import RequestEntityTooLarge

from domain.log import ENTRY_BYTES_MAX
from domain.wire import (
    BATCH_BYTES_MAX,
    CHANGES_MAX,
    DEVICE_HEADER,
    MAC_HEADER,
    Refusal,
    UploadError,
    answer_mac,
    decode_upload,
    macs_match,
    request_mac,
)
from hub.api.parcel import shared_key, take_parcel
from hub.feed import SnapshotTooLongError, changes, snapshot
from hub.hub import Hub
from hub.pay_sheet import pay_sheet, stands_at
from hub.photos import PhotoRefusedError, photo_folder, take_photo
from hub.store.database import StoreBusyError, reading
from hub.store.devices import Device, device_of

HEADER_BYTES_MAX = 4096
BODY_BYTES_MAX = BATCH_BYTES_MAX + ENTRY_BYTES_MAX + HEADER_BYTES_MAX
"""A batch may end with an entry that crosses its limit; above this an upload is refused unread."""
RETRY_AFTER_S = 2
RETRY_SPREAD_S = 8
"""Those who were told to come back at the same moment come back spread over this time."""
PAY_AGAIN_S = 1
"""Who asks for the pay of somebody just signed on, before that is booked, asks again so soon."""
EPOCH_MAX = 1_000_000
"""More epochs than forks and replacements can make in a device's life."""


class _RefusedError(Exception):
    def __init__(self, status: HTTPStatus, code: str, message: str, retry_after_s: float = 0.0) -> None:
        super().__init__(message)
        self.status = status
        self.refusal = Refusal(code=code, message=message, retry_after_s=retry_after_s)


def serve_sync(app: Flask, hub: Hub) -> None:
    """Serve /sync/v1 on `app`."""
    blueprint = Blueprint("sync", __name__, url_prefix="/sync/v1")

    @blueprint.post("/upload")
    def upload() -> Response:  # pyright: ignore[reportUnusedFunction] (a view)
        return _answered(hub, _upload)

    @blueprint.get("/changes")
    def feed() -> Response:  # pyright: ignore[reportUnusedFunction] (a view)
        return _answered(hub, _changes)

    @blueprint.get("/snapshot")
    def whole() -> Response:  # pyright: ignore[reportUnusedFunction] (a view)
        return _answered(hub, _snapshot)

    @blueprint.post("/parcel")
    def parcel() -> Response:  # pyright: ignore[reportUnusedFunction] (a view)
        return _answered(hub, take_parcel)

    @blueprint.get("/neighbour")
    def neighbour() -> Response:  # pyright: ignore[reportUnusedFunction] (a view)
        return _answered(hub, _neighbour)

    @blueprint.get("/pay")
    def pay() -> Response:  # pyright: ignore[reportUnusedFunction] (a view)
        return _answered(hub, _pay)

    @blueprint.put("/photo/<digest>")
    def photo(digest: str) -> Response:  # pyright: ignore[reportUnusedFunction] (a view)
        return _answered(hub, partial(_photo, digest))

    app.register_blueprint(blueprint)


def _answered(hub: Hub, view: Callable[[Hub, Device, bytes], Any]) -> Response:
    try:
        body = _body()
        device, mac = _sender(hub, body)
        answer = view(hub, device, body)
    except _RefusedError as error:
        return _refuse(error.status, error.refusal)
    except StoreBusyError as error:
        wait_s = RETRY_AFTER_S + _spread(request.headers.get(MAC_HEADER, ""))
        refusal = Refusal(code="busy", message=str(error), retry_after_s=wait_s)
        return _refuse(HTTPStatus.SERVICE_UNAVAILABLE, refusal)
    content = msgspec.json.encode(answer)
    response = Response(content, status=HTTPStatus.OK, content_type="application/json")
    response.headers[MAC_HEADER] = answer_mac(device.key, mac, HTTPStatus.OK, content)
    return response


def _upload(hub: Hub, device: Device, body: bytes) -> Any:
    try:
        upload = decode_upload(body)
    except UploadError as error:
        raise _RefusedError(HTTPStatus.BAD_REQUEST, "not_an_upload", str(error)) from error
    if upload.header.device != device.device:
        message = f"the header names {upload.header.device[:40]}, the sender is {device.device}"
        raise _RefusedError(HTTPStatus.BAD_REQUEST, "other_device", message)
    if not 1 <= upload.header.epoch <= EPOCH_MAX:
        raise _RefusedError(
            HTTPStatus.BAD_REQUEST, "bad_epoch", f"an epoch is a number from 1 to {EPOCH_MAX}"
        )
    return hub.ingest.accept(device, upload)


def _changes(hub: Hub, device: Device, _body: bytes) -> Any:
    _see_that_it_may_read(device)
    limit = request.args.get("limit", str(CHANGES_MAX))
    if not (limit.isascii() and limit.isdigit() and 1 <= int(limit[:10]) <= CHANGES_MAX):
        message = f"limit is a number from 1 to {CHANGES_MAX}"
        raise _RefusedError(HTTPStatus.BAD_REQUEST, "bad_limit", message)
    return changes(hub.engine, device, request.args.get("cursor", ""), int(limit), hub.clock.now())


def _snapshot(hub: Hub, device: Device, _body: bytes) -> Any:
    _see_that_it_may_read(device)
    try:
        return snapshot(hub.engine, device, hub.clock.now())
    except SnapshotTooLongError as error:
        raise _RefusedError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_large", str(error)) from error


def _neighbour(hub: Hub, device: Device, _body: bytes) -> Any:
    _see_that_it_may_read(device)
    shared = shared_key(hub, device, request.args.get("device", ""))
    if shared is None:
        raise _RefusedError(HTTPStatus.NOT_FOUND, "unknown_device", "there is no such kiosk in this plant")
    return shared


def _pay(hub: Hub, device: Device, _body: bytes) -> Any:
    """Give a person's own pay to the kiosk where they stand, and to no other."""
    _see_that_it_may_read(device)
    person = request.args.get("person", "")
    with reading(hub.engine) as connection:
        if not person or stands_at(connection, device.plant, device.device) != person:
            message = "nobody of that number is signed on there, as far as that was booked: ask again"
            raise _RefusedError(HTTPStatus.SERVICE_UNAVAILABLE, "not_signed_on", message, PAY_AGAIN_S)
        sees_money = hub.settings.wages_at_kiosks
        return pay_sheet(connection, device.plant, person, hub.clock.now(), sees_money=sees_money)


def _photo(digest: str, hub: Hub, device: Device, body: bytes) -> Any:
    try:
        return take_photo(photo_folder(hub.settings.data_folder, device.plant), digest, body)
    except PhotoRefusedError as error:
        raise _RefusedError(error.status, error.code, str(error), error.retry_after_s) from error


def _see_that_it_may_read(device: Device) -> None:
    if device.revoked:
        message = f"{device.device} was revoked; what it still sends is kept and shown"
        raise _RefusedError(HTTPStatus.FORBIDDEN, "revoked", message)


def _spread(mac: str) -> int:
    """Return a part of RETRY_SPREAD_S that differs from request to request, as their keyed digests do."""
    return zlib.crc32(mac.encode()) % (RETRY_SPREAD_S + 1)


def _body() -> bytes:
    request.max_content_length = BODY_BYTES_MAX
    try:
        return request.get_data(cache=False)
    except RequestEntityTooLarge as error:
        message = f"an upload is at most {BODY_BYTES_MAX} bytes: send fewer entries"
        raise _RefusedError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_large", message) from error


def _sender(hub: Hub, body: bytes) -> tuple[Device, str]:
    """Return who sends, and the request's digest. Whoever cannot prove it is told no more than that."""
    plant, _, name = request.headers.get(DEVICE_HEADER, "").partition("/")
    given = request.headers.get(MAC_HEADER, "")
    device = None
    if name and "\0" not in name + plant:
        with reading(hub.engine) as connection:
            device = device_of(connection, plant, name)
    target = request.environ.get("RAW_URI") or request.full_path.removesuffix("?")
    if device is None or not macs_match(request_mac(device.key, request.method, target, body), given):
        message = "the device is not known here, or the request was not made with its key"
        raise _RefusedError(HTTPStatus.UNAUTHORIZED, "identity", message)
    return device, given


def _refuse(status: HTTPStatus, refusal: Refusal) -> Response:
    response = Response(msgspec.json.encode(refusal), status=status, content_type="application/json")
    if refusal.retry_after_s:
        response.headers["Retry-After"] = str(int(refusal.retry_after_s))
    return response
