"""Codes that a page hands in: from the sheet of sample codes, and from the camera of the browser that shows the kiosk.

Both go to a scanner of the kiosk, and from there the way of every scan.
"""

import threading
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Annotated, Literal

import msgspec
from flask import Flask, abort, request

from domain.problem import Problem, refusal
from drivers.scanner import CODE_CHARS_MAX
from drivers.scanners.camera import CameraScanner
from kiosk.page import TOUCH_VALUE_CHARS_MAX

Trouble = Literal["no_camera", "not_secure", "old_browser", "no_permission", "in_use", "lost", "no_decoder"]
"""Why a page cannot scan with a camera, in the words of `camera_scan.js`: each has words in the catalogue."""

_WITHOUT: frozenset[Trouble] = frozenset({"no_camera", "not_secure", "old_browser"})
"""There is no camera to speak of; all others are one that does not work now."""

Source = Literal["panel", "camera"]
Take = Callable[[str, str | None], bool]
"""Takes a text and its symbology identifier; False where there is no scanner to take it now."""


class HandedIn(msgspec.Struct, frozen=True, kw_only=True):
    """One code from a page. `symbology`: its AIM identifier where the reader knows it."""

    text: str
    symbology: Annotated[str, msgspec.Meta(max_length=8)] | None = None
    source: Source = "panel"


class CameraWord(msgspec.Struct, frozen=True, kw_only=True):
    """What a page says of its camera; no trouble: it can be scanned with."""

    trouble: Trouble | Literal[""] = ""


class PageCamera:
    """The cameras of all pages that show the kiosk, as the one scanner they are for it."""

    def __init__(self, scanner: CameraScanner) -> None:
        self._scanner = scanner
        self._lock = threading.Lock()
        self._pages: dict[str, Trouble | Literal[""]] = {}

    def scan(self, text: str, symbology: str | None) -> bool:
        """Take a code the camera of a page saw."""
        return self._scanner.scan(text, symbology)

    def heard(self, page: str, message: object) -> None:
        """Keep what a page says of its camera; what is no word of it is dropped."""
        try:
            word = msgspec.convert(message, CameraWord)
        except msgspec.ValidationError:
            return
        with self._lock:
            self._pages[page] = word.trouble
            self._tell()

    def left(self, page: str) -> None:
        """A page is gone, and its camera with it."""
        with self._lock:
            if self._pages.pop(page, None) is not None:
                self._tell()

    def _tell(self) -> None:
        troubles = self._pages.values()
        broken = [one for one in troubles if one and one not in _WITHOUT]
        if "" in troubles:
            self._scanner.tell("ready")
        elif broken:
            self._scanner.tell("error", broken[0])
        else:
            self._scanner.tell(
                "lost", next((one for one in troubles if one), "no page with a camera is open")
            )


def serve_hand_in(app: Flask, takers: Mapping[Source, Take]) -> None:
    """Take codes on `app`, for the scanners there are."""

    def hand_in() -> tuple[dict[str, str], HTTPStatus]:
        try:
            given = msgspec.convert(request.get_json(silent=True), HandedIn)
        except msgspec.ValidationError:
            return {"refused": "empty_code"}, HTTPStatus.BAD_REQUEST
        take = takers.get(given.source)
        if take is None:
            abort(HTTPStatus.NOT_FOUND)
        if problem := _no_scan(given.text):
            return {"refused": problem.code}, HTTPStatus.BAD_REQUEST
        if not take(given.text, given.symbology):
            return {"refused": "scanner_not_there"}, HTTPStatus.CONFLICT
        return {"scanned": given.text[:TOUCH_VALUE_CHARS_MAX]}, HTTPStatus.ACCEPTED

    app.add_url_rule("/scan", view_func=hand_in, methods=["POST"], endpoint="hand_in")


def _no_scan(text: str) -> Problem | None:
    """Refuse a text that no scanner could deliver."""
    if not text:
        return refusal("empty_code")
    if len(text) > CODE_CHARS_MAX:
        return refusal("code_too_long", length=len(text), limit=CODE_CHARS_MAX)
    return None
