"""The folder of labels that "came out": numbered pictures and an index, the truth for tests and the demo."""

import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import msgspec
from PIL import Image

LABELS_KEPT_MAX = 10_000
"""The oldest are removed when there are more."""

INDEX = "index.json"


class LabelRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One label that came out: the running number of this printer, its format, which copy, when."""

    number: int
    file: str
    format: int
    copy: int
    width_dots: int
    height_dots: int
    time: datetime


class _Index(msgspec.Struct, frozen=True, kw_only=True):
    printed: int = 0
    labels: tuple[LabelRecord, ...] = ()


class LabelFolder:
    """Keeps labels; every write is whole or not there, so a reader never sees half a picture."""

    def __init__(self, folder: Path) -> None:
        """Go on where the folder's index ends; the folder is made when missing."""
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        index_file = folder / INDEX
        index = msgspec.json.decode(index_file.read_bytes(), type=_Index) if index_file.exists() else _Index()
        self._printed = index.printed
        self._labels = list(index.labels)

    @property
    def printed(self) -> int:
        """How many labels ever came out; the printer's own counter, kept through power-off."""
        return self._printed

    @property
    def labels(self) -> Sequence[LabelRecord]:
        """The labels kept, oldest first."""
        return tuple(self._labels)

    def keep(self, image: Image.Image, *, format_number: int, copy: int, time: datetime) -> LabelRecord:
        """One more label came out."""
        number = self._printed + 1
        file = f"label-{number:06d}.png"
        record = LabelRecord(
            number=number,
            file=file,
            format=format_number,
            copy=copy,
            width_dots=image.width,
            height_dots=image.height,
            time=time,
        )
        unfinished = self.folder / f".{file}"
        image.save(unfinished, format="PNG")
        unfinished.replace(self.folder / file)
        self._printed = number
        self._labels.append(record)
        while len(self._labels) > LABELS_KEPT_MAX:
            (self.folder / self._labels.pop(0).file).unlink(missing_ok=True)
        self._write_index()
        return record

    def _write_index(self) -> None:
        index = _Index(printed=self._printed, labels=tuple(self._labels))
        unfinished = self.folder / f".{INDEX}.{os.getpid()}"
        unfinished.write_bytes(msgspec.json.format(msgspec.json.encode(index), indent=1))
        unfinished.replace(self.folder / INDEX)
