"""The on-screen virtual scanner: a sheet of sample codes that anyone can "scan" by touching them."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import msgspec

from domain.names import Names

SAMPLES_MAX = 200
SAMPLES_FILE_BYTES_MAX = 1_000_000


class SamplesError(ValueError):
    """The file of sample codes cannot be used; the message says why."""


class Sample(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One code of the sheet and what it is called. `group` puts codes of a kind under one heading."""

    title: Names
    code: str
    group: Names | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VirtualPanel:
    """What the panel needs: the sheet, and where a scanned text goes (the virtual scanner).

    `on_virtual_scan` is given a text and no symbology identifier, and tells whether the scanner took it.
    """

    on_virtual_scan: Callable[[str, str | None], bool]
    samples: tuple[Sample, ...] = ()

    def groups(self) -> tuple[tuple[Names | None, tuple[Sample, ...]], ...]:
        """Return the sheet by its headings, in the order in which they first stand there."""
        headings = dict.fromkeys(sample.group for sample in self.samples)
        return tuple(
            (heading, tuple(sample for sample in self.samples if sample.group == heading))
            for heading in headings
        )


def load_samples(path: Path) -> tuple[Sample, ...]:
    """Read a sheet: a JSON list of {"title": {"zh", "en"}, "code"}. Raises SamplesError, OSError."""
    if path.stat().st_size > SAMPLES_FILE_BYTES_MAX:
        raise SamplesError(f"{path} has more than {SAMPLES_FILE_BYTES_MAX} bytes: shorten the sheet")
    try:
        samples = msgspec.json.decode(path.read_bytes(), type=tuple[Sample, ...])
    except msgspec.DecodeError as error:
        raise SamplesError(f"{path} is no sheet of sample codes: {error}") from error
    if len(samples) > SAMPLES_MAX:
        raise SamplesError(f"{path} has {len(samples)} codes, at most {SAMPLES_MAX} fit: shorten the sheet")
    return samples
