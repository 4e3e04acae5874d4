"""The discrepancy desk as pages: the list, one with its evidence, the forms that settle, and the list as CSV."""

import csv
import io
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any
from urllib.parse import urlencode

from flask import Flask, Response, redirect, request
from sqlalchemy import Connection
from werkzeug.wrappers import Response as AnyResponse

from domain.names import Language
from domain.words import blanks, has_words, speak
from hub.exception import exception_kind
from hub.hub import Hub
from hub.office import NOTE_CHARS_MAX, ORDERED_MAX, OTHER_REASON, Office, Order, OrderError, Outcome
from hub.rights.matrix import DESK_ACTS
from hub.rights.prices import event_seen
from hub.rights.reader import reader
from hub.sheets import safe_cell
from hub.store.database import StoreBusyError, reading
from hub.views.desk import (
    DeskQuery,
    DeskRow,
    desk_page,
    desk_row,
    is_role,
    matching_ids,
    matching_rows,
)
from hub.views.evidence import Evidence, evidence_of
from hub.views.names import NameBook
from hub.views.page import WORD_CHARS_MAX
from hub.web.hand import hand_of
from hub.web.pages import Pages
from hub.web.render import amount_text

EXPORT_ROWS_MAX = 10_000
_CONTROLS = (
    *(
        "NUL",
        "SOH",
        "STX",
        "ETX",
        "EOT",
        "ENQ",
        "ACK",
        "BEL",
        "BS",
        "TAB",
        "LF",
        "VT",
        "FF",
        "CR",
        "SO",
        "SI",
    ),
    *(
        "DLE",
        "DC1",
        "DC2",
        "DC3",
        "DC4",
        "NAK",
        "SYN",
        "ETB",
        "CAN",
        "EM",
        "SUB",
        "ESC",
        "FS",
        "GS",
        "RS",
        "US",
    ),
)
"""What the control characters are called (ASCII), in their order; few fonts have pictures of them."""
_LATE_STATES = {"late": "attention", "very_late": "bad", "fresh": "", "settled": "good"}


def serve_desk(app: Flask, hub: Hub, pages: Pages) -> None:
    """Serve the desk."""
    desk = _Desk(hub, pages)
    app.add_url_rule("/desk", "desk", desk.list)
    app.add_url_rule("/desk.csv", "desk_csv", desk.export)
    app.add_url_rule("/desk/<named>", "desk_one", desk.one)
    app.add_url_rule("/desk", "desk_order", desk.order, methods=["POST"])


class _Desk:
    def __init__(self, hub: Hub, pages: Pages) -> None:
        self._hub, self._pages = hub, pages
        self._office = Office(hub.engine, hub.ingest, hub.projector, hub.clock)

    def list(self) -> Response:
        def show(connection: Connection, plant: str, language: Language) -> str:
            query = _query()
            page = desk_page(connection, plant, query, self._hub.clock.now())
            names = NameBook()
            _read_owners(names, connection, plant, [owner for owner, _ in page.owners])
            _read_owners(names, connection, plant, [row.owner for row in page.rows])
            return self._pages.draw(
                "desk.html",
                plant,
                language,
                title="desk.title",
                page=page,
                query=query,
                hub_time=self._hub.clock.now(),
                told=_told(),
                **_may(plant),
                bulk=exception_kind(query.kind) if query.kind else None,
                other_reason=OTHER_REASON,
                note_chars_max=NOTE_CHARS_MAX,
                ordered_max=ORDERED_MAX,
                states=_LATE_STATES,
                **_words(names, language),
            )

        return self._pages.answer(show)

    def one(self, named: str) -> Response:
        def show(connection: Connection, plant: str, language: Language) -> str | None:
            row = desk_row(connection, plant, named[:WORD_CHARS_MAX].replace("\0", ""), self._hub.clock.now())
            if row is None:
                return None
            evidence = evidence_of(connection, plant, row)
            names = NameBook()
            _read_owners(names, connection, plant, [row.owner])
            _read_evidence(names, connection, plant, evidence)
            names.read(connection, plant, "item", [row.detail.get("item", "")])
            return self._pages.draw(
                "desk_one.html",
                plant,
                language,
                title="desk.title",
                row=row,
                evidence=evidence,
                envelope=(event_seen(evidence.event, reader(), plant).envelope or {})
                if evidence.event
                else {},
                hub_time=self._hub.clock.now(),
                told=_told(),
                **_may(plant),
                other_reason=OTHER_REASON,
                note_chars_max=NOTE_CHARS_MAX,
                states=_LATE_STATES,
                **_words(names, language),
            )

        return self._pages.answer(show)

    def order(self) -> AnyResponse:
        """Carry out what a form asks for, and go back to the page it came from with a word about what came of it."""
        form = request.form
        plant, language = self._pages.asked()
        if plant not in self._hub.settings.plants:
            return self._pages.missing(self._hub.settings.plants[0], language)
        try:
            outcomes = self._office.carry_out(plant, hand_of(reader(), plant), self._ordered(plant))
        except OrderError as error:
            told = error.key
        except StoreBusyError:
            told = "desk.refused.busy"
        else:
            told = ",".join(f"{name}:{count}" for name, count in _tally(outcomes))
        back = _back(form.get("back", ""))
        query = {"plant": plant, "lang": language, **_filters(form), "told": told}
        return redirect(f"{back}?{urlencode(query)}", code=303)

    def _ordered(self, plant: str) -> Order:
        """Return what a form asks for."""
        form = request.form
        ids = tuple(one[:WORD_CHARS_MAX].replace("\0", "") for one in form.getlist("id"))
        if form.get("all") == "1":
            with reading(self._hub.engine) as connection:
                query, now = _query_of(form), self._hub.clock.now()
                ids = tuple(matching_ids(connection, plant, query, now, ORDERED_MAX))
        return Order(
            act=form.get("act", ""),
            ids=ids,
            reason=form.get("reason", "")[:WORD_CHARS_MAX],
            note=form.get("note", "").strip(),
            owner=form.get("owner", "").strip()[:WORD_CHARS_MAX].replace("\0", ""),
            due=form.get("due", "")[:WORD_CHARS_MAX],
        )

    def export(self) -> Response:
        """Return everything the filter lets through as CSV that no spreadsheet takes for a formula."""

        def show(connection: Connection, plant: str, language: Language) -> str:
            rows = matching_rows(connection, plant, _query(), self._hub.clock.now(), EXPORT_ROWS_MAX)
            names = NameBook()
            _read_owners(names, connection, plant, [row.owner for row in rows])
            return csv_of(rows, names, language)

        response = self._pages.answer(show)
        if response.status_code == 200:  # noqa: PLR2004 (a page that says why not stays a page)
            response.headers["Content-Type"] = "text/csv; charset=utf-8"
            response.headers["Content-Disposition"] = "attachment; filename=desk.csv"
        return response


def _may(plant: str) -> dict[str, bool]:
    """Tell the desk's templates what the reader may do at it."""
    rights = set(DESK_ACTS.values())
    return {
        "may_settle": any(reader().may(plant, right) for right in rights),
        "may_export": reader().may(plant, "desk.export"),
    }


# --- what is said ----------------------------------------------------------------------------------------------------


def cause_words(row: DeskRow, language: Language) -> str:
    """Say why a discrepancy is there."""
    key = f"desk.cause.{row.kind}"
    if row.code and has_words(f"{key}.{row.code}"):
        key = f"{key}.{row.code}"
    elif not has_words(key):
        key = "desk.cause.other"
    given = {"serial": row.key, **{name: value for name, value in row.detail.items() if value}}
    given["code"] = _code_words(row.code or row.kind)
    return speak(language, key, **{name: _said(given.get(name, "–")) for name in blanks(language, key)})


def advice_words(row: DeskRow, language: Language) -> str:
    """Say what to do about a discrepancy."""
    key = f"desk.advice.{row.kind}"
    return speak(language, key if has_words(key) else "desk.advice.other")


def kind_words(kind: str, language: Language) -> str:
    """Name a kind of discrepancy."""
    key = f"board.discrepancy.{kind}"
    return speak(language, key) if has_words(key) else kind


def owner_words(owner: str, names: NameBook, language: Language) -> str:
    """Name whose a discrepancy is."""
    if is_role(owner):
        return speak(language, f"desk.role.{owner.partition(':')[2]}")
    return names.of("person", owner, language)


def subject_words(row: DeskRow) -> str:
    """Return the one thing a discrepancy is about, for the eye that runs down a list."""
    named = ("name", "document", "plan", "item", "place", "serial", "device", "folder")
    return next((row.detail[name] for name in named if row.detail.get(name)), "")


def csv_of(rows: Sequence[DeskRow], names: NameBook, language: Language) -> str:
    """Write rows as CSV with a heading, each cell safe to open."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(
        ["id", "kind", "cause", "about", "amount", "times", "owner", "opened_at", "due", "lateness", "event"]
    )
    for row in rows:
        cells = [
            row.id,
            kind_words(row.kind, language),
            cause_words(row, language),
            subject_words(row),
            amount_text(row.quantity, language) if row.quantity else "",
            str(row.times or ""),
            owner_words(row.owner, names, language),
            row.opened_at.isoformat() if row.opened_at else "",
            row.due,
            row.lateness,
            str(row.opened_position or ""),
        ]
        writer.writerow([safe_cell(cell) for cell in cells])
    return "\ufeff" + file.getvalue()  # so that Excel reads it as UTF-8


def visible(text: object) -> str:
    """Show the characters of a scan that cannot be seen by their names: a separator stands there as ‹GS›."""
    return "".join(f"‹{_CONTROLS[ord(one)]}›" if one < " " else one for one in str(text))


def _said(value: str) -> str:
    """Return the key of a printer's condition; any other value stays as it is."""
    key = f"device.printer.{value}"
    return key if has_words(key) else value


def _code_words(code: str) -> str:
    return f"board.code.{code}" if has_words(f"board.code.{code}") else code


def _words(names: NameBook, language: Language) -> Mapping[str, Any]:
    """Return the sayings of the desk's templates, bound to their reader."""
    return {
        "names": names,
        "cause": partial(cause_words, language=language),
        "advice": partial(advice_words, language=language),
        "kind_name": partial(kind_words, language=language),
        "owner_name": partial(owner_words, names=names, language=language),
        "subject": subject_words,
        "visible": visible,
    }


# --- what is asked ---------------------------------------------------------------------------------------------------


def _query() -> DeskQuery:
    return _query_of(request.args)


def _query_of(given: Mapping[str, str]) -> DeskQuery:
    def word(name: str) -> str:
        return given.get(name, "")[:WORD_CHARS_MAX].replace("\0", "")

    return DeskQuery(
        kind=word("kind"),
        owner=word("owner"),
        late=given.get("late") == "1",
        settled=given.get("settled") == "1",
        after=given.get("after", "")[:1000],
    )


def _filters(given: Mapping[str, str]) -> dict[str, str]:
    """Return the filter of the page a form came from."""
    return {name: given[name] for name in ("kind", "owner", "late", "settled") if given.get(name)}


def _back(asked: str) -> str:
    """Return the desk's own page to go back to; never another site's."""
    return f"/desk/{asked}" if asked.isalnum() and asked.isascii() else "/desk"


def _tally(outcomes: Sequence[Outcome]) -> list[tuple[str, int]]:
    return sorted(Counter(one.outcome for one in outcomes).items())


def _told() -> list[tuple[str, int, str]]:
    """Return what came of the last order, as keys of words: from the address, so only known words are taken."""
    found: list[tuple[str, int, str]] = []
    for part in request.args.get("told", "")[:500].split(","):
        name, _, count = part.partition(":")
        if name.startswith("desk.refused.") and has_words(name):
            found.append((name, 0, "bad"))
        elif count.isascii() and count.isdecimal() and has_words(f"desk.outcome.{name}"):
            found.append(
                (f"desk.outcome.{name}", int(count), "good" if name in ("done", "stored") else "attention")
            )
    return found


def _read_owners(names: NameBook, connection: Connection, plant: str, owners: Sequence[str]) -> None:
    names.read(connection, plant, "person", [one for one in owners if not is_role(one)])


def _read_evidence(names: NameBook, connection: Connection, plant: str, evidence: Evidence) -> None:
    names.read(connection, plant, "person", [one.person for one in evidence.done])
    gists = [one.gist.item for one in evidence.neighbours if one.gist]
    moved = (*evidence.moved, *evidence.says)
    names.read(connection, plant, "item", [*gists, *(one.item for one in moved)])
    envelope = (evidence.event.envelope or {}) if evidence.event else {}
    names.read(connection, plant, "person", [str(envelope.get("operator", ""))])
    names.read(connection, plant, "place", [str(envelope.get("read_point", ""))])
