"""A label printer that runs out of paper, loses power and does not answer; it alone knows which labels came out."""

from __future__ import annotations

import random

from drivers.errors import AnswerTimeoutError, TransportError
from drivers.job import Job
from drivers.language import Condition, PrinterStatus
from tests.simulation.options import Options


def _off(sent_bytes: int) -> TransportError:
    return TransportError(
        attempted="print", device="door", reason="it went off", advice="look at it", sent_bytes=sent_bytes
    )


class PaperPrinter:
    """The device and its link in one. `labels` is every label that lies in the tray: the jobs' names, in order."""

    tells_status = True
    tells_printed = True
    media = ""

    def __init__(self, name: str, options: Options, rng: random.Random) -> None:
        self.name = name
        self.labels: list[str] = []
        self.is_healed = False
        self._options, self._rng = options, rng
        self._has_paper = True
        self._counter = 0

    def connect(self) -> PaperPrinter:
        return self

    def close(self) -> None:
        """Nothing is open."""

    def status(self) -> PrinterStatus:
        if self._strikes("printer_answer_lost", 0.1):
            raise AnswerTimeoutError(attempted="ask", device="door", reason="silence", advice="look at it")
        if self._has_paper and self._strikes("paper_out", 0.1):
            self._has_paper = False
        elif not self._has_paper:
            self._has_paper = self.is_healed or self._rng.random() < 0.5
        return PrinterStatus(conditions=() if self._has_paper else (Condition.PAPER_OUT,))

    def labels_printed(self) -> int:
        return self._counter

    def send(self, data: bytes) -> None:
        if self._strikes("printer_off_in_job", 0.08):
            if self._rng.random() < 0.5:
                self._print(data)
            raise _off(len(data))
        self._print(data)

    def _print(self, data: bytes) -> None:
        job, _, copies = data.decode().partition(" ")
        self.labels += [job] * int(copies)
        self._counter += int(copies)

    def _strikes(self, name: str, chance: float) -> bool:
        return not self.is_healed and self._options.strikes(self._rng, name, chance)


def plain_label(job: Job) -> bytes:
    """Return a label that says no more than which job it is."""
    return f"{job.job_id} {job.copies_left}".encode()
