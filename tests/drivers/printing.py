"""What the printing tests work with: a real label, an emulator with a folder, a queue in memory."""

import threading
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import zxingcpp
from PIL import Image

from drivers.emulator import EmulatedPrinter
from drivers.job import OPEN_STATES, Counted, Job, JobState
from drivers.printer import Printer, open_printer
from labels.layout import Layout, lay_out
from labels.template import bind, load_template


def roll_layout(**data: str) -> Layout:
    template = load_template("roll")
    return lay_out(bind(template, {**template.samples, **data}), 8)


def place_layout(**data: str) -> Layout:
    template = load_template("place")
    return lay_out(bind(template, {**template.samples, **data}), 8)


def job(job_id: str, *, copies: int = 1, created: datetime | None = None) -> Job:
    return Job(
        job_id=job_id,
        printer="dock",
        template="place",
        data={"code": job_id},
        copies=copies,
        created=created or datetime.now(UTC),
    )


def tiny_label(printer: Printer, wanted: Job) -> bytes:
    """A small picture that says in dots which job it is: quick to print, and to tell apart."""
    number = int(wanted.job_id)
    image = Image.new("1", (160, 40), 1)
    for bit in range(16):
        if number >> bit & 1:
            image.paste(0, (10 * bit, 0, 10 * bit + 8, 40))
    from drivers.languages import zpl

    assert printer.profile.language == "zpl"
    return zpl.encode_image(image, copies=wanted.copies_left)


def number_on(picture: Path) -> int:
    image = Image.open(picture)
    return sum(1 << bit for bit in range(16) if not image.getpixel((10 * bit + 4, 20)))


def printed_numbers(emulator: EmulatedPrinter) -> list[int]:
    return [number_on(emulator.folder / record.file) for record in emulator.mechanism.labels]


def codes_on(picture: Path) -> dict[str, str]:
    """Symbology identifier to text of every code on a label that came out."""
    image = Image.open(picture).convert("L")
    framed = Image.new("L", (image.width + 40, image.height + 40), 255)
    framed.paste(image, (20, 20))
    return {found.symbology_identifier: found.text for found in zxingcpp.read_barcodes(framed)}


def printer_for(emulator: EmulatedPrinter, profile: str = "emulator") -> Printer:
    return open_printer({"name": "dock", "profile": profile, "address": emulator.address})


class Jobs:
    """A JobQueue in memory that keeps the whole history; `broken` makes its store fail."""

    def __init__(self, *jobs: Job) -> None:
        self._lock = threading.Lock()
        self._jobs = {each.job_id: each for each in jobs}
        self.states: dict[str, JobState] = dict.fromkeys(self._jobs, "waiting")
        self.history: list[tuple[str, JobState, str]] = []
        self.broken = 0
        self.loaded = ""

    def add(self, new: Job) -> None:
        with self._lock:
            self._jobs[new.job_id] = new
            self.states[new.job_id] = "waiting"

    def cancel(self, job_id: str) -> None:
        with self._lock:
            self.states[job_id] = "cancelled"

    def interrupted(self, printer: str, states: frozenset[JobState]) -> Sequence[Job]:
        with self._lock:
            return [each for each in self._jobs.values() if self.states[each.job_id] in states]

    def declare(self, printer: str, media: str) -> None:
        with self._lock:
            self.loaded = media

    def media(self, printer: str) -> str:
        with self._lock:
            return self.loaded

    def oldest(self, printer: str) -> Job | None:
        with self._lock:
            if self.broken:
                self.broken -= 1
                raise OSError("database is locked")
            open_jobs = (
                each for each in self._jobs.values() if self.states[each.job_id] in {"waiting", "held"}
            )
            return next(open_jobs, None)

    def mark(
        self,
        job_id: str,
        state: JobState,
        detail: str,
        counted: Counted | None = None,
        media: str | None = None,
    ) -> bool:
        with self._lock:
            if self.states[job_id] not in OPEN_STATES or media not in (None, self.loaded):
                return False
            self.states[job_id] = state
            self.history.append((job_id, state, detail))
            if counted is not None:
                held = self._jobs[job_id]
                self._jobs[job_id] = msgspec.structs.replace(
                    held, printed_before=counted.printed_before, copies_out=counted.copies_out
                )
            return True

    def story(self, job_id: str) -> list[str]:
        """The states of one job in order, with their detail after a colon."""
        with self._lock:
            return [f"{s}:{d}" if d else s for each, s, d in self.history if each == job_id]


def with_profile(printer: Printer, **changes: object) -> Printer:
    return Printer(
        name=printer.name,
        profile=msgspec.structs.replace(printer.profile, **changes),
        language=printer.language,
        transport=printer.transport,
    )
