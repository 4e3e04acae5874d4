"""What people say about the work of others from the office: a ticket is opened, a unit rated, work held, a word said.

The same facts as from a kiosk, in the name of whoever is signed on; for a unit only its own people speak.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import msgspec
from sqlalchemy import Connection, select

from domain.bundle import BundleSerial
from domain.event import Event
from domain.events.desk import OFFICE
from domain.events.quality import (
    FaultsPicked,
    HoldLifted,
    HoldPlaced,
    HoldScope,
    PickedFault,
    TicketOpened,
    UnitRated,
    VoiceKind,
    VoiceRaised,
)
from domain.handoff import BAD, Defect, Rating
from domain.month import is_month
from domain.quality_saying import ANSWER_DAYS, QUALITY_ACTS
from domain.route import OperationCode
from domain.staff import Person
from domain.work_unit import units_of
from hub.office import NOTE_CHARS_MAX, Hand, Office, OrderError
from hub.rights.grants import person_of
from hub.store.database import generation_of
from hub.store.event_log import head_of
from hub.store.quality_tables import holds
from hub.store.tables import reference
from hub.views.plans import today_of
from hub.work_units import work_units

PIECES_MAX = 100_000
FAULTS_MAX = 6
"""Faults that the form of one session has rows for."""
PRESENT_MAX = 60
_NAME_CHARS_MAX = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Saying:
    """What somebody typed into a form of the pages of quality."""

    act: str
    values: Mapping[str, str]

    def word(self, name: str) -> str:
        """Return a short text; nothing where none was typed."""
        return self.values.get(name, "").replace("\0", "").strip()[:_NAME_CHARS_MAX]

    def text(self, name: str) -> str:
        """Return a text of some length. Raises OrderError where there is none."""
        found = self.values.get(name, "").replace("\0", "").strip()[:NOTE_CHARS_MAX]
        if not found:
            raise OrderError("quality.refused.no_text")
        return found


def say(office: Office, plant: str, hand: Hand, saying: Saying, now: datetime) -> bool:
    """Write down what was said; tells whether it is booked already. Raises OrderError, StoreBusyError."""

    def facts(connection: Connection) -> Sequence[Event]:
        person = person_of(connection, plant, hand.person)
        right = QUALITY_ACTS.get(saying.act)
        if person is None or right is None or (right and right not in person.all_rights):
            raise OrderError("desk.refused.no_right")
        said = _Said(connection, plant, person, saying, today_of(connection, plant, now))
        match saying.act:
            case "open":
                return [said.opened()]
            case "hold":
                return [said.held()]
            case "lift":
                return [said.lifted()]
            case "rate":
                return [said.rated()]
            case "minutes":
                return [said.picked()]
            case _:
                return [said.raised()]

    return office.write(plant, hand, facts)


class _Said:
    """One saying, looked at beside the books."""

    def __init__(
        self, connection: Connection, plant: str, person: Person, saying: Saying, today: date
    ) -> None:
        self._connection, self._plant, self._saying, self._today = connection, plant, saying, today
        self._units = work_units(connection, plant)
        self._own = units_of(person, self._units)

    def opened(self) -> TicketOpened:
        """Return a ticket of one's own unit."""
        pieces = self._saying.word("pieces")
        if not (pieces.isascii() and pieces.isdecimal() and 0 < int(pieces) <= PIECES_MAX):
            raise OrderError("quality.refused.pieces")
        origin = self._saying.word("origin")
        return TicketOpened(
            ticket=self._number("QT"),
            finder=self._own_unit("finder"),
            due=self._due(),
            operation=OperationCode(self._known("operation", self._saying.word("operation"))),
            origin=OperationCode(self._known("operation", origin) if origin else ""),
            bundle=BundleSerial(self._saying.word("bundle")),
            defects=(
                Defect(code=self._known("defect_code", self._saying.word("defect")), pieces=int(pieces)),
            ),
            note=self._saying.values.get("note", "").replace("\0", "").strip()[:NOTE_CHARS_MAX],
        )

    def held(self) -> HoldPlaced:
        """Return a hold."""
        key = self._saying.word("key")
        if not key:
            raise OrderError("quality.refused.what_is_held")
        try:
            scope: HoldScope = msgspec.convert(self._saying.word("scope"), HoldScope)
        except msgspec.ValidationError as error:
            raise OrderError("quality.refused.what_is_held") from error
        return HoldPlaced(hold=self._number("H"), scope=scope, key=key, reason=self._saying.text("reason"))

    def lifted(self) -> HoldLifted:
        """Return the end of a hold that stands."""
        held, name = holds.c, self._saying.word("hold")
        asked = select(held.name).where(
            held.plant == self._plant, held.name == name, held.lifted_at.is_(None)
        )
        if self._connection.execute(asked).scalar() is None:
            raise OrderError("quality.refused.no_hold")
        return HoldLifted(hold=name, reason=self._saying.text("reason"))

    def rated(self) -> UnitRated:
        """Return what one's own unit says of another's month; D and E say why."""
        period, judge = self._saying.word("period"), self._own_unit("judge")
        judged = self._saying.word("judged")
        rating = next((one for one in Rating if one == self._saying.word("rating")), None)
        if not is_month(period) or judged not in self._units or judged == judge or rating is None:
            raise OrderError("quality.refused.rating")
        reason = self._saying.text("reason") if rating in BAD or self._saying.word("reason") else ""
        return UnitRated(judge=judge, judged=judged, period=period, rating=rating, reason=reason)

    def picked(self) -> FaultsPicked:
        """Return the minutes of a session: each fault with who picked it, whose it is to mend, and by when."""
        unit, session = self._saying.word("unit"), self._number("F")
        if unit not in self._units:
            raise OrderError("quality.refused.to_whom")
        rows = [row for row in range(FAULTS_MAX) if self._saying.word(f"text.{row}")]
        if not rows:
            raise OrderError("quality.refused.no_fault")
        faults = tuple(
            PickedFault(
                voice=f"{session}-{number}",
                picked_by=self._person(f"picked_by.{row}"),
                text=self._saying.text(f"text.{row}"),
                owner=self._person(f"owner.{row}"),
                due=self._due(f"due.{row}"),
            )
            for number, row in enumerate(rows, 1)
        )
        present = self._saying.values.get("present", "").replace("，", ",").replace("、", ",").split(",")
        return FaultsPicked(
            session=session,
            unit=unit,
            held_on=self._due("held_on"),
            present=tuple(one.strip()[:_NAME_CHARS_MAX] for one in present[:PRESENT_MAX] if one.strip()),
            faults=faults,
            note=self._saying.values.get("note", "").replace("\0", "").strip()[:NOTE_CHARS_MAX],
        )

    def raised(self) -> VoiceRaised:
        """Return a voice, which anybody may raise."""
        unit = self._saying.word("unit")
        if unit not in self._units:
            raise OrderError("quality.refused.to_whom")
        try:
            kind: VoiceKind = msgspec.convert(self._saying.word("kind"), VoiceKind)
        except msgspec.ValidationError as error:
            raise OrderError("quality.refused.to_whom") from error
        due = self._today + timedelta(days=ANSWER_DAYS)
        return VoiceRaised(
            voice=self._number("V"), kind=kind, unit=unit, text=self._saying.text("text"), due=due
        )

    def _number(self, prefix: str) -> str:
        """Return a number that no kiosk makes, and the office once: by its own log."""
        generation = generation_of(self._connection)
        head = head_of(self._connection, self._plant, OFFICE, generation)
        return f"{prefix}{self._today:%Y%m%d}-{OFFICE}{generation}-{head.sequence + 1:04}"

    def _own_unit(self, name: str) -> str:
        unit = self._saying.word(name)
        if unit not in self._own:
            raise OrderError("quality.refused.not_your_unit")
        return unit

    def _person(self, name: str) -> str:
        """Return somebody by employee number. Raises OrderError where nobody has it."""
        number = self._saying.word(name)
        if person_of(self._connection, self._plant, number) is None:
            raise OrderError("quality.refused.who")
        return number

    def _due(self, name: str = "due") -> date:
        try:
            return date.fromisoformat(self._saying.word(name))
        except ValueError as error:
            raise OrderError("desk.refused.date") from error

    def _known(self, kind: str, key: str) -> str:
        held = reference.c
        asked = select(held.key).where(
            held.plant == self._plant, held.kind == kind, held.key == key, held.body_json.is_not(None)
        )
        if self._connection.execute(asked).scalar() is None:
            raise OrderError("quality.refused.unknown_code")
        return key
