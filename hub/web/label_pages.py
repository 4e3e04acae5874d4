"""What stands beside the form of a label template: the label as it is being written; the shipped ones to begin with."""

from collections.abc import Mapping
from http import HTTPStatus
from importlib import resources
from typing import Any

import msgspec
from flask import Flask, Response, request
from sqlalchemy import Connection

from domain.label_template import TEMPLATE_CHARS_MAX, LabelTemplate
from domain.names import Language
from hub.label_preview import RESOLUTIONS, SPOKEN, label_preview, picture_for
from hub.views.objects import object_versions, version_body
from hub.views.page import WORD_CHARS_MAX, whole_number
from hub.web.pages import Pages


def serve_label_templates(app: Flask, pages: Pages) -> None:
    """Serve what the editor asks for while somebody types."""
    served = _Templates(pages)
    app.add_url_rule("/office/label_templates/preview", "label_preview", served.preview, methods=["POST"])
    app.add_url_rule("/office/label_templates/picture", "label_picture", served.picture, methods=["POST"])
    app.add_url_rule("/office/label_templates/version", "label_version", served.version)
    app.add_url_rule("/office/label_templates/shipped/<name>", "label_shipped", served.shipped)


class LabelAside:
    """The preview beside a template, and the names of the shipped ones."""

    template = "office_label.html"
    is_for_new = True

    def values(self, connection: Connection, plant: str, key: str) -> Mapping[str, Any]:
        return {
            "names": sorted(_texts()),
            "resolutions": RESOLUTIONS,
            "spoken": SPOKEN,
            "versions": object_versions(connection, plant, "label_template", key) if key else (),
        }


class _Templates:
    def __init__(self, pages: Pages) -> None:
        self._pages = pages

    def preview(self) -> Response:
        """Draw the text of the form as it is now; nothing is written."""
        _, language = self._pages.asked()
        form = request.form
        drawn = label_preview(
            form.get("code", "")[:WORD_CHARS_MAX].strip(),
            _text(),
            form.get("spoken", ""),
            whole_number(form.get("dots", "")),
            language,
            tried_values(form),
        )
        return Response(msgspec.json.encode(drawn), content_type="application/json")

    def picture(self) -> Response:
        """Return a chosen picture file as the template in the form can have it; nothing is written."""
        _, language = self._pages.asked()
        chosen = request.files.get("picture")
        data = chosen.read() if chosen else b""  # no longer than the gate lets a form be
        taken = picture_for(_text(), (chosen.filename if chosen else "") or "", data, language)
        return Response(msgspec.json.encode(taken), content_type="application/json")

    def version(self) -> Response:
        """Return the text of a template as it was saved once; nothing is written."""
        key, revision = request.args.get("key", ""), whole_number(request.args.get("revision", ""))

        def show(connection: Connection, plant: str, _language: Language) -> str | None:
            body = version_body(connection, plant, "label_template", key, revision)
            return msgspec.json.decode(body, type=LabelTemplate).text if body else None

        answer = self._pages.answer(show)
        if answer.status_code == HTTPStatus.OK:
            answer.content_type = "text/plain; charset=utf-8"
        return answer

    def shipped(self, name: str) -> Response:
        """Return the text of a template that comes with the program."""
        text = _texts().get(name)
        if text is None:
            plant, language = self._pages.asked()
            return self._pages.missing(plant, language)
        return Response(text, content_type="text/plain; charset=utf-8")


def tried_values(form: Mapping[str, str]) -> dict[str, str]:
    """Return the fields of a label in a form; their names begin with `of.`."""
    return {
        name.removeprefix("of."): text[:WORD_CHARS_MAX].replace("\0", "").strip()
        for name, text in form.items()
        if name.startswith("of.")
    }


def _text() -> str:
    """Return the template in the form; blank lines at its head stay, so that lines are counted as they are seen."""
    text = request.form.get("text", "")[: TEMPLATE_CHARS_MAX + 1]
    return text.replace("\0", "").replace("\r\n", "\n").rstrip()


def _texts() -> Mapping[str, str]:
    """Return the shipped templates by name."""
    files = (resources.files("labels") / "templates").iterdir()
    return {
        one.name.removesuffix(".toml"): one.read_text(encoding="utf-8")
        for one in files
        if one.name.endswith(".toml")
    }
