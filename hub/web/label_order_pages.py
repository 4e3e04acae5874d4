"""Labels ordered at the office: which label, of what, filled in from master data, printed by a kiosk."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec
from flask import Flask, Response, redirect, request
from sqlalchemy import Connection, select
from werkzeug.wrappers import Response as AnyResponse

from domain.label_order import COPIES_MAX, OFFERED_FOR
from domain.names import Language
from domain.words import speak
from hub.label_preview import filled_preview
from hub.label_source import LabelSource, label_sources
from hub.master_data import Given, NotSavedError
from hub.object import objects
from hub.objects.label_orders import own_template_text
from hub.reference import ReferenceData
from hub.store import tables
from hub.store.database import StoreBusyError, writing
from hub.views.page import WORD_CHARS_MAX
from hub.web.label_pages import tried_values
from hub.web.office_pages import OfficePages, address, offered_names

_OBJECT = "label_orders"
JOBS_SHOWN_MAX = 50


class LabelOrderAside:
    """Beside an order: what came of its labels. Beside an empty form: the labels that fill themselves in."""

    template = "office_label_order.html"
    is_for_new = True

    def values(self, connection: Connection, plant: str, key: str) -> Mapping[str, Any]:
        held = tables.labels.c
        asked = select(held.job, held.state, held.copies, held.requested_at, held.detail).where(
            held.plant == plant, held.document == key
        )
        jobs = connection.execute(asked.order_by(held.job).limit(JOBS_SHOWN_MAX)).all() if key else ()
        return {"templates": tuple(label_sources()), "jobs": jobs, "days": str(OFFERED_FOR.days)}


def serve_label_orders(app: Flask, office: OfficePages) -> None:
    """Serve the page on which a label is filled in and ordered."""
    page = _Writing(office)
    app.add_url_rule("/office/label_orders/write", "label_order", page.show)
    app.add_url_rule("/office/label_orders/write", "label_order_send", page.send, methods=["POST"])
    app.add_url_rule("/office/label_orders/preview", "label_order_preview", page.preview, methods=["POST"])


class _Writing:
    def __init__(self, office: OfficePages) -> None:
        self._office = office

    def show(self) -> Response:
        """Show the fields of a label, filled in with what is known of the record that is named."""
        return self._draw(_word("template"))

    def preview(self) -> Response:
        """Draw the label of the form as it is now; nothing is written."""
        name = _word("template")

        def show(connection: Connection, plant: str, language: Language) -> str | None:
            if name not in label_sources():
                return None
            own = own_template_text(name, ReferenceData(connection, plant))
            return msgspec.json.encode(
                filled_preview(name, own, tried_values(request.form), language)
            ).decode()

        answer = self._office.pages.answer(show)
        if name in label_sources():
            answer.content_type = "application/json"
        return answer

    def send(self) -> AnyResponse:
        """Order the labels; with something wrong, show the form again as it was sent."""
        plant, language = self._office.pages.asked()
        name, declared = _word("template"), objects()[_OBJECT]
        if name not in label_sources():
            return self._office.pages.missing(plant, language)
        today = self._office.hub.clock.now().astimezone(self._office.hub.settings.zone)
        texts = {one: _word(one) for one in ("device", "printer", "about", "copies")}
        texts |= {"template": name, "day": f"{today:%Y-%m-%d}", "number": _number(today)}
        lines = [{"field": field, "text": text} for field, text in tried_values(request.form).items() if text]
        try:
            with writing(self._office.hub.engine) as connection:
                saved = self._office.data(connection, plant, declared).register(
                    Given(texts=texts, lines=lines)
                )
        except NotSavedError as error:
            return self._draw(name, refusals=tuple(one.of(language) for one in error.findings))
        except StoreBusyError:
            return self._draw(name, refusals=(speak(language, "desk.refused.busy"),))
        return redirect(
            address(f"/office/{_OBJECT}", plant, language, "registered", told_number=saved.number), 303
        )

    def _draw(self, name: str, refusals: tuple[str, ...] = ()) -> Response:
        # Drawing is imported with the first label that is filled in, as in `label_check`.
        from labels.own_template import template_printed  # noqa: PLC0415

        source = label_sources().get(name)

        def show(connection: Connection, plant: str, language: Language) -> str | None:
            if source is None:
                return None
            known = ReferenceData(connection, plant)
            template = template_printed(name, own_template_text(name, known))
            about = _word("about")
            data = tried_values(request.form) if request.method == "POST" else _filled(source, about, known)
            return self._office.pages.draw(
                "label_order.html",
                plant,
                language,
                title=f"object.{_OBJECT}",
                name=name,
                fields=template.fields,
                data=data,
                asked_about=about,
                is_found=not about or bool(data),
                object=source.object,
                records=offered_names(source.object, known, language),
                stations=offered_names("stations", known, language),
                device=_word("device"),
                printer=_word("printer"),
                copies=_word("copies") or "1",
                copies_max=COPIES_MAX,
                refusals=refusals,
            )

        response = self._office.pages.answer(show)
        if refusals:
            response.status_code = 422
        return response


def _filled(source: LabelSource, about: str, known: ReferenceData) -> Mapping[str, str]:
    """Return what the named record says of the label; nothing where there is none of that name."""
    declared = objects()[source.object]
    found = declared.find(known, about) if about else None
    return source.fill(found[1], known) if found and declared.belongs(found[1]) else {}


def _number(now: datetime) -> str:
    """Return the number of a new order: its second. Two of the same second are one too many, and are told so."""
    return f"LB{now:%Y%m%d-%H%M%S}"


def _word(name: str) -> str:
    return request.values.get(name, "")[:WORD_CHARS_MAX].replace("\0", "").strip()
