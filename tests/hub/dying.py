"""A process that migrates a database and is killed at one chosen moment: SIGKILL, nothing is tidied up."""

from __future__ import annotations

import itertools
import os
import signal
import sys
from multiprocessing import get_context
from typing import Any

from sqlalchemy import Engine, event

import hub.rebuild
from hub.cli import command

_READS = ("SELECT", "PRAGMA", "BEGIN", "SHOW", "SET")
_WAIT_S = 60


def migrates(url: str, data: str, *, dies_at: int) -> int:
    """Run `noac hub migrate` in a process of its own, killed before it writes or commits for the `dies_at`th time.

    Returns its exit code; 0 where it had no more to do than that.
    """
    context = get_context("forkserver")
    context.set_forkserver_preload([__name__])
    process = context.Process(target=_migrate, args=(url, data, dies_at))
    process.start()
    process.join(_WAIT_S)
    code = process.exitcode
    assert code is not None, "it neither ended nor died"
    process.close()
    return code


def _migrate(url: str, data: str, dies_at: int) -> None:
    moments = itertools.count(1)

    def moment(*_: Any) -> None:
        if next(moments) == dies_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def statement(_connection: Any, _cursor: Any, said: str, *_: Any) -> None:
        if not said.lstrip().upper().startswith(_READS):
            moment()

    event.listen(Engine, "before_cursor_execute", statement)
    event.listen(Engine, "commit", moment)
    # A ledger of a few events is written in many parts then.
    hub.rebuild.SLICE_EVENTS_MAX, hub.rebuild.SPAN_ROWS_MAX = 2, 0
    sys.stdout = sys.stderr = open(os.devnull, "w")  # noqa: SIM115, PTH123 (the process ends with it)
    command.main(["--data", data, "--database", url, "migrate"], prog_name="noac hub")
