"""An update and the power: whenever it goes, the old program or the new one starts, whole; the queue is as it was."""

from __future__ import annotations

import os
import random
import shutil
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.updates.workshop import (
    FailingFiles,
    PowerCut,
    QuickFiles,
    SmallBuilder,
    Trouble,
    Workshop,
    held,
    root_with,
    sign,
    what_starts,
)
from updates.install import go_back, install
from updates.starter import STARTS_MAX, Root, UpdateError, begin_start, main

QUEUE = b"what the hub does not have yet"
ACTS_MAX = 200
SEEDS = 6

Step = Callable[[Root, Callable[[Path], None], Path], None]


def installs(root: Root, wrote: Callable[[Path], None], bundle: Path) -> None:
    install(root, bundle, builder=SmallBuilder(wrote))


def starts_on_trial(root: Root, wrote: Callable[[Path], None], bundle: Path) -> None:
    begin_start(root)


def goes_back(root: Root, wrote: Callable[[Path], None], bundle: Path) -> None:
    go_back(root)


def before_install(root: Root, bundle: Path) -> None:
    return


def before_first_start(root: Root, bundle: Path) -> None:
    install(root, bundle, builder=SmallBuilder())


def before_it_is_believed(root: Root, bundle: Path) -> None:
    before_first_start(root, bundle)
    begin_start(root)
    sign(root)


def before_it_is_taken_back(root: Root, bundle: Path) -> None:
    before_first_start(root, bundle)
    for _ in range(STARTS_MAX):
        begin_start(root)


STEPS: dict[str, tuple[Callable[[Root, Path], None], Step]] = {
    "it is installed": (before_install, installs),
    "it is started on trial": (before_first_start, starts_on_trial),
    "it is believed": (before_it_is_believed, starts_on_trial),
    "it is taken back by itself": (before_it_is_taken_back, starts_on_trial),
    "somebody goes back": (before_first_start, goes_back),
}


class Machine:
    """A machine with release 0.2.0 at work, 0.1.0 behind it, a queue, and a bundle of 0.3.0 on a stick."""

    def __init__(self, folder: Path, step: str) -> None:
        self._folder = folder
        workshop = Workshop(folder / "workshop")
        self.bundle = workshop.bundle("0.3.0")
        self._template = folder / "template"
        root = root_with(workshop, self._template, "0.1.0", "0.2.0")
        prepare, self._step = STEPS[step]
        prepare(root, self.bundle)
        self._count = 0

    def fresh(self) -> tuple[Root, Path]:
        """Return a root as it was before the step, and the folder in which the kiosk keeps its queue."""
        self._count += 1
        path, data = self._folder / f"root{self._count}", self._folder / f"data{self._count}"
        shutil.copytree(self._template, path, symlinks=True)
        data.mkdir()
        (data / "kiosk.db").write_bytes(QUEUE)
        return Root(path), data

    def takes_the_step(self, root: Root, wrote: Callable[[Path], None] = lambda _path: None) -> None:
        self._step(root, wrote, self.bundle)

    def is_as_promised(self, root: Root, data: Path) -> None:
        """The next start: something starts, whole; the queue is as it was; and the update can be had all the same."""
        plain = Root(root.path, QuickFiles())
        assert main(["--root", str(root.path)]) == 0
        assert what_starts(plain) in {"0.2.0", "0.3.0"}
        assert [one.name for one in data.iterdir()] == ["kiosk.db"]
        assert (data / "kiosk.db").read_bytes() == QUEUE
        if what_starts(plain) == "0.2.0":
            install(plain, self.bundle, builder=SmallBuilder())
        assert what_starts(plain) == "0.3.0"
        if held(plain).trial:
            assert held(plain).previous == "0.2.0"
        shutil.rmtree(root.path)


@pytest.mark.slow
@pytest.mark.fault("K9")
@pytest.mark.parametrize("trouble", ["power goes", "act fails"])
@pytest.mark.parametrize("step", STEPS)
def test_whichever_act_goes_wrong_the_old_or_the_new_starts_whole(
    step: str, trouble: Trouble, tmp_path: Path
) -> None:
    machine = Machine(tmp_path, step)
    struck = 0
    for seed in range(SEEDS if trouble == "power goes" else 1):
        for nth in range(1, ACTS_MAX):
            root, data = machine.fresh()
            files = FailingFiles(
                root.path,
                tmp_path / f"trash{seed}-{nth}",
                nth=nth,
                trouble=trouble,
                chance=random.Random(seed),
            )
            root.files = files
            try:
                machine.takes_the_step(root, files.wrote)
            except (PowerCut, OSError, UpdateError):
                assert files.has_struck, "nothing else goes wrong"
            if not files.has_struck:
                done = held(root)
                files.lose_power()
                assert held(root) == done, "what was said to be done is on the medium"
            machine.is_as_promised(root, data)
            if not files.has_struck:
                break
            struck += 1
        else:
            pytest.fail("the step never passes")
    assert struck >= 4, "each act of the step was hit"


class KilledFiles(QuickFiles):
    """Kills its own process at the n-th act, as nothing else can be caught."""

    def __init__(self, nth: int) -> None:
        self._left = nth

    def __getattribute__(self, name: str) -> object:
        if not name.startswith("_") and name != "write_whole":
            self._left -= 1
            if not self._left:
                os.kill(os.getpid(), signal.SIGKILL)
        return super().__getattribute__(name)


@pytest.mark.fault("K9")
@pytest.mark.parametrize("step", STEPS)
def test_a_process_killed_at_any_act_leaves_the_old_or_the_new(step: str, tmp_path: Path) -> None:
    machine = Machine(tmp_path, step)
    for nth in range(1, ACTS_MAX):
        root, data = machine.fresh()
        child = os.fork()
        if not child:
            try:
                root.files = KilledFiles(nth)
                machine.takes_the_step(root)
            finally:
                os._exit(0)
        _, status = os.waitpid(child, 0)
        machine.is_as_promised(root, data)
        if not os.WIFSIGNALED(status):
            assert nth > 4
            return
    pytest.fail("the step never passes")


@pytest.mark.fault("K9")
def test_a_program_that_cannot_sign_works_on_and_is_taken_back_only_after_three_starts(
    tmp_path: Path,
) -> None:
    workshop = Workshop(tmp_path / "workshop")
    root = root_with(workshop, tmp_path / "root", "0.1.0")
    install(root, workshop.bundle("0.2.0"), builder=SmallBuilder())
    told = [begin_start(root) for _ in range(STARTS_MAX + 1)]
    assert told[:STARTS_MAX] == [""] * STARTS_MAX
    assert "0.1.0 works again" in told[-1]
    assert what_starts(root) == "0.1.0"
