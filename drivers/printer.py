"""A label printer: a profile, its language, and the way to reach it."""

from collections.abc import Mapping
from typing import Any

import msgspec

from domain.media import read_media
from domain.settings import SettingsError, SettingsProblem, convert_settings
from drivers import print_data
from drivers.errors import AnswerTimeoutError
from drivers.language import BLOCKING, Condition, Inquiry, Language, PrinterStatus, Said, open_language
from drivers.profile import Profile, load_profile
from drivers.transport import Connection, Transport, open_transport
from labels.layout import Layout

__all__ = [
    "BLOCKING",
    "Condition",
    "Printer",
    "PrinterLink",
    "PrinterSettings",
    "PrinterStatus",
    "Profile",
    "open_printer",
]


class PrinterSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a `[[printer]]` table has: a name unique on this kiosk, a profile, an address.

    `shared`: others print there too, so its count of labels tells nothing of ours. `media`: the size of the labels in
    it, 70x50 in mm, or 80 for a continuous web; empty: nobody says, and nothing is compared.
    """

    name: str
    profile: str
    address: str
    shared: bool = False
    media: str = ""


class PrinterLink:
    """An open way to a printer that speaks its language. Every method may raise TransportError."""

    def __init__(self, printer: "Printer", connection: Connection) -> None:
        self._printer = printer
        self._connection = connection

    def status(self) -> PrinterStatus:
        """Ask how it is; raises LanguageError when the answer is no status."""
        return self._ask(self._printer.status_inquiry)

    def labels_printed(self) -> int | None:
        """How many labels it ever printed; None where the model does not count, or does not answer that."""
        counter = self._printer.language.LABEL_COUNTER
        if counter is None or not self._printer.profile.label_counter or self._printer.is_shared:
            return None
        try:
            return self._ask(counter)
        except AnswerTimeoutError:
            return None

    def _ask(self, inquiry: Inquiry[Said]) -> Said:
        return inquiry.parse(self._connection.query(inquiry.query, inquiry.is_complete))

    def send(self, data: bytes) -> None:
        """Hand over a print job."""
        self._connection.send(data)

    def close(self) -> None:
        """Let go of the printer."""
        self._connection.close()


class Printer:
    """One label printer of this kiosk."""

    def __init__(
        self,
        *,
        name: str,
        profile: Profile,
        language: Language,
        transport: Transport,
        is_shared: bool = False,
        media: str = "",
    ) -> None:
        self.name = name
        self.media = media
        self.is_shared = is_shared
        self.profile = profile
        self.language = language
        self.transport = transport

    @property
    def tells_status(self) -> bool:
        """It can be asked how it is."""
        return self.profile.status and self.transport.answers

    @property
    def tells_printed(self) -> bool:
        """It can be asked whether all that it was given came out."""
        return self.tells_status and self.status_inquiry.tells_printed

    @property
    def status_inquiry(self) -> Inquiry[PrinterStatus]:
        """How this model is asked how it is."""
        long = self.language.LONG_STATUS if self.profile.status_long else None
        return long or self.language.STATUS

    def encode(self, layout: Layout, copies: int = 1) -> bytes:
        """The bytes of a print job; raises LanguageError where this printer cannot print it."""
        return print_data.encode(layout, self.profile, copies)

    def connect(self) -> PrinterLink:
        """Reach the printer; raises TransportError when it is not there."""
        return PrinterLink(self, self.transport.connect())


def open_printer(settings: Mapping[str, Any]) -> Printer:
    """Build the printer that one `[[printer]]` table describes; it is not reached before `connect`.

    Raises SettingsError for an unknown profile, scheme or key.
    """
    wanted = convert_settings(
        settings, PrinterSettings, source=f"printer {settings.get('name', '(without name)')!r}"
    )
    profile = load_profile(wanted.profile)
    media = _media(wanted)
    return Printer(
        name=wanted.name,
        profile=profile,
        language=open_language(profile.language),
        transport=open_transport(wanted.address),
        is_shared=wanted.shared,
        media=media,
    )


def _media(wanted: PrinterSettings) -> str:
    try:
        return read_media(wanted.media).text if wanted.media else ""
    except ValueError as error:
        problem = SettingsProblem(key="media", reason=str(error), did_you_mean="70x50")
        raise SettingsError(f"printer {wanted.name!r}", [problem]) from error
