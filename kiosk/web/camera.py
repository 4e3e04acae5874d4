"""Photos between the browser's camera and the kiosk: one comes in and is on the disk before the loop hears of it."""

from collections.abc import Callable
from http import HTTPStatus

from flask import Flask, Response, abort, request
from werkzeug.exceptions import RequestEntityTooLarge

from domain.photo import PHOTO_BYTES_MAX
from kiosk.camera import Camera, NoPhotoTakenError
from kiosk.page import Touch

_TURN_DIGITS_MAX = 15
_FOR_EVER = "private, max-age=31536000, immutable"
"""Other bytes would have another digest."""


def serve_camera(app: Flask, camera: Camera, tell: Callable[[Touch], None]) -> None:
    """Take photos on `app` and show them; `tell` hands a photo on as a touch on the screen it was taken at."""

    def take() -> tuple[dict[str, str], HTTPStatus]:
        turn = request.args.get("turn", "")
        if not (turn.isascii() and turn.isdecimal() and len(turn) <= _TURN_DIGITS_MAX):
            abort(HTTPStatus.BAD_REQUEST)
        request.max_content_length = PHOTO_BYTES_MAX
        try:
            digest = camera.take(request.get_data(cache=False))
        except RequestEntityTooLarge:
            code = "photo_too_large"
        except NoPhotoTakenError as error:
            code = error.code
        else:
            tell(Touch(action="photo", value=digest, turn=int(turn)))
            return {"photo": digest}, HTTPStatus.CREATED
        tell(Touch(action="photo_refused", value=code, turn=int(turn)))
        return {"refused": code}, HTTPStatus.UNPROCESSABLE_ENTITY

    def show(digest: str) -> Response:
        jpeg = camera.read(digest)
        if jpeg is None:
            abort(HTTPStatus.NOT_FOUND)
        return Response(jpeg, content_type="image/jpeg", headers={"Cache-Control": _FOR_EVER})

    app.add_url_rule("/photo", view_func=take, endpoint="take_photo", methods=["POST"])
    app.add_url_rule("/photo/<digest>", view_func=show, endpoint="photo")
