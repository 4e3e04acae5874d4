"""The page on which anyone may pull a plug: served on loopback beside the other windows, two languages, no secrets."""

import logging
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import msgspec
from flask import Flask, Response, abort, jsonify, render_template, request, send_from_directory
from werkzeug.serving import WSGIRequestHandler, make_server

import hub.web
from demo.diary import Diary
from demo.evidence import DEVICE_NAMES
from demo.morning import DOORS, Door
from demo.people import Worker
from demo.processes import TIME_ZONE
from demo.site import DEVICES, PLANT, Site
from demo.troubles import OF_A_DOOR, OF_THE_HUB, Troubles, What
from demo.web.words import WORDS
from domain.names import Language

HOST = "127.0.0.1"
END_TIMEOUT_S = 5.0
BODY_BYTES_MAX = 4096
_FOLDER = Path(__file__).parent
_BOARD = Path(hub.web.__file__).parent / "static"
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


class Press(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a button says: the act, and at which door; none for what concerns the hub."""

    what: What
    door: Door | Literal[""] = ""


class TroublePage:
    """Shows the plant, the count and the diary, and takes presses."""

    def __init__(self, site: Site, workers: Mapping[Door, Worker], troubles: Troubles, diary: Diary) -> None:
        self._site, self._workers, self._troubles, self._diary = site, workers, troubles, diary
        self._server = make_server(HOST, 0, self._application(), threaded=True, request_handler=_Quiet)
        self._thread = threading.Thread(target=self._server.serve_forever, name="page", daemon=True)

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://{HOST}:{self._server.server_port}"

    def start(self) -> None:
        """Serve."""
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        self._thread.start()

    def stop(self) -> None:
        """Serve no more."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(END_TIMEOUT_S)

    def _application(self) -> Flask:
        app = Flask("demo.web", static_folder=None, template_folder=str(_FOLDER))
        app.config["MAX_CONTENT_LENGTH"] = BODY_BYTES_MAX

        def refuse_strangers() -> None:
            # A page of another site can reach loopback by a name of its own; only our own address is served.
            own = self.url
            if f"http://{request.host}" != own or request.headers.get("Origin", own) != own:
                abort(403)

        def protect(response: Response) -> Response:
            response.headers["Content-Security-Policy"] = _POLICY
            response.headers["X-Content-Type-Options"] = "nosniff"
            response.headers["Cache-Control"] = "no-store"
            return response

        app.before_request(refuse_strangers)
        app.after_request(protect)
        app.add_url_rule("/", view_func=self._page, endpoint="page")
        app.add_url_rule("/state", view_func=self._state, endpoint="state")
        app.add_url_rule("/press", view_func=self._press, methods=["POST"], endpoint="press")
        app.add_url_rule("/web/<path:name>", view_func=_file, endpoint="file")
        return app

    def _page(self) -> str:
        asked = request.args.get("lang", "")
        language: Language = "en" if asked == "en" else "zh-CN"
        place = 0 if language == "zh-CN" else 1
        words = {key: pair[place] for key, pair in WORDS.items()}
        return render_template(
            "troubles.html",
            language=language,
            zone=TIME_ZONE,
            words=words,
            doors=[(door, DEVICE_NAMES[DEVICES[door]][place], self._site.page_url(door)) for door in DOORS],
            of_a_door=OF_A_DOOR,
            of_the_hub=OF_THE_HUB,
            board=f"{self._site.hub_url}/board?plant={PLANT}&lang={language}",
            desk=f"{self._site.hub_url}/desk?plant={PLANT}&lang={language}",
        )

    def _press(self) -> tuple[Response, int]:
        try:
            press = msgspec.json.decode(request.get_data(), type=Press)
        except msgspec.MsgspecError:
            return jsonify({"done": False}), 400
        if (press.what in OF_A_DOOR) is not bool(press.door):
            return jsonify({"done": False}), 400
        return jsonify({"done": self._troubles.press(press.what, press.door or None)}), 200

    def _state(self) -> Response:
        count = self._troubles.tally.count
        return jsonify(
            count={
                "confirmed": count.confirmed,
                "in_hub": count.in_hub,
                "waiting": count.waiting,
                "lost": count.lost,
                "doubled": count.doubled,
                "is_answering": count.is_answering,
                "proven_at": count.proven_at.isoformat() if count.proven_at else None,
            },
            doors={door: self._door(door) for door in DOORS},
            hub={
                "state": self._hub_state(),
                "position": count.position,
                "generation": count.generation,
                "acts": self._acts(OF_THE_HUB, None),
            },
            diary=[
                {"at": line.at.isoformat(), "kind": line.kind, "zh-CN": line.zh, "en": line.en}
                for line in self._diary.lines()
            ],
        )

    def _hub_state(self) -> str:
        if self._troubles.is_broken("restore"):
            return "restoring"
        return "killed" if self._troubles.is_broken("hub") else "up"

    def _door(self, door: Door) -> dict[str, Any]:
        seen = self._workers[door].glass.seen
        state = "up" if seen else "dark"
        for what in ("card", "bit"):
            state = what if self._troubles.is_broken(what, door) else state
        return {
            "state": state,
            "line": "cut" if self._site.lines[door].is_pulled else "up",
            "pending": seen.pending if seen else None,
            "epoch": self._troubles.tally.count.epochs.get(DEVICES[door], 1),
            "green": bool(seen and seen.tone == "stored"),
            "confirmed": self._troubles.tally.count.confirmed_at.get(door, 0),
            "acts": self._acts(OF_A_DOOR, door),
        }

    def _acts(self, acts: tuple[What, ...], door: Door | None) -> dict[str, dict[str, bool]]:
        return {
            what: {
                "may": self._troubles.may(what, door),
                "broken": self._troubles.is_broken(what, door),
                "under_way": self._troubles.is_under_way(what, door),
            }
            for what in acts
        }


class _Quiet(WSGIRequestHandler):
    """Writes no line for a request: the terminal is for the diary."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


def _file(name: str) -> Response:
    folder = _BOARD if name in ("hub.css", "mark.svg") else _FOLDER
    if name not in ("hub.css", "mark.svg", "troubles.css", "troubles.js"):
        abort(404)
    return send_from_directory(folder, name)
