"""The mark beside the data file: that this kiosk has worked before, with which file and how far it came.

A file that was emptied or exchanged would make numbers a second time under the old name. The mark remembers, so that
the kiosk refuses to go on as if nothing had been, until it is enrolled anew: a later epoch is part of every number.
"""

import os
from pathlib import Path

import msgspec
from msgspec import Struct

from kiosk.store.errors import StoreRefusedError
from kiosk.store.store import Store

MARK_NAME = "kiosk.mark"
FILE_ID = "file_id"


class Mark(Struct, frozen=True, kw_only=True):
    """What the mark says. `file` names the data file it belongs to; `epoch` is the last one begun there."""

    kiosk: str
    file: str
    epoch: int


class FileReplacedError(StoreRefusedError):
    """The data file is not the one this kiosk worked with."""

    def __init__(self, mark: Mark) -> None:
        self.mark = mark
        super().__init__(f"the data file was emptied or replaced; it had come to epoch {mark.epoch}")


def check_mark(store: Store, enrolled_epoch: int, new_id: str) -> None:
    """See that the file is ours, and mark it. Raises StoreRefusedError, StoreError or OSError.

    Without a mark (the first start, or a card that was exchanged as a whole) there is nothing to compare with: the hub
    knows then how far the kiosk had come, and gives it a new epoch at the first exchange.
    """
    path = store.connection.path.with_name(MARK_NAME)
    mark = _read(path)
    file = store.connection.meta(FILE_ID)
    if mark and mark.file != file and enrolled_epoch <= mark.epoch:
        raise FileReplacedError(mark)
    if file is None:
        file = new_id
        with store.transaction():
            store.connection.remember(FILE_ID, file)
    keep_mark(store, file)


def keep_mark(store: Store, file: str | None = None) -> None:
    """Write the mark where it says something else than holds now. Raises OSError, StoreError."""
    path = store.connection.path.with_name(MARK_NAME)
    name = file or store.connection.meta(FILE_ID) or ""
    mark = Mark(kiosk=store.device, file=name, epoch=store.log.epoch)
    if _read(path) == mark:
        return
    written = path.with_suffix(".new")
    descriptor = os.open(written, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    try:
        os.write(descriptor, msgspec.json.encode(mark))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    written.replace(path)


def _read(path: Path) -> Mark | None:
    """Return the mark; one that cannot be read says as little as none."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Mark)
    except (FileNotFoundError, msgspec.MsgspecError):
        return None
