"""Decides, before each start, which release of NOAC starts: the new one, or the one before where it failed on trial.

This one file stands in the root beside the releases and is run by the system's own Python, so that no release, however
broken, is needed to get rid of it: `python3 /opt/noac/starter.py`. It needs nothing but Python 3.11. An installation
puts there the starter of the release that installs, never the one it brings.

`state.json` says what holds; the link `current` follows it. Both are exchanged whole, by a rename.
"""

import argparse
import fcntl
import json
import os
import re
import shutil
import sys
import time
import uuid
from collections.abc import Generator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

RELEASES = "releases"
CURRENT = "current"
STATE_NAME = "state.json"
RELEASE_NAME = "release.json"
"""Written last into a release's folder: what lies in a folder without it is not whole and is never started."""

STARTER_NAME = "starter.py"
TRIAL = "trial"
"""The one folder here that the program itself may write: the sign that it works."""

HEALTHY_NAME = "healthy.json"
STARTS_MAX = 3
"""So many starts on trial that did not prove healthy: the release before comes back."""

HEALTHY_AFTER_S = 60.0
CHANGES_KEPT = 20
DETAIL_CHARS_MAX = 200
READABLE_UMASK = 0o022
"""What root writes here the program must be able to read, whatever the umask of its unit or of whoever installs."""

_VERSION = re.compile(r"\d{1,6}(\.\d{1,6}){0,3}")

Reason = Literal["installed", "failed", "asked"]


class UpdateError(Exception):
    """An update does not go on: what was attempted, why not, and what to do; nothing has changed."""


def rank(version: str) -> tuple[int, ...]:
    """Return what versions are compared by; 1.2 and 1.2.0 are one. Raises UpdateError for what is no version."""
    if not _VERSION.fullmatch(version):
        raise UpdateError(f"{version[:40]!r} is not a version: numbers and points, such as 1.4.0")
    numbers = [int(one) for one in version.split(".")]
    while len(numbers) > 1 and numbers[-1] == 0:
        numbers.pop()
    return tuple(numbers)


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """What a release says of itself. `floor`: below it nobody goes back once this one has proved itself.

    `schemas`: the number of the layout in which each program keeps its data; a program reads its own and older ones.
    """

    version: str
    floor: str
    schemas: Mapping[str, int] = field(default_factory=dict[str, int])

    def reads_what_is_left_by(self, newer: "Release") -> bool:
        """Tell whether this release can go on with the data that `newer` has worked with."""
        return all(number <= self.schemas.get(program, 0) for program, number in newer.schemas.items())


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Another release became the current one. `id` is made with it, so that it is recorded once."""

    number: int
    id: str
    at: str
    before: str
    after: str
    reason: Reason
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """The current release has yet to prove itself. `change`: with which number it came; `starts`: so many so far."""

    change: int
    starts: int = 0
    healthy_after_s: float = HEALTHY_AFTER_S


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """Which release is the current one, which one could come back, and how it came about."""

    current: str
    previous: str = ""
    floor: str = "0"
    trial: Trial | None = None
    changes: tuple[Change, ...] = ()

    def confirmed(self, release: Release) -> "State":
        """Return the state once the current release has proved itself."""
        return replace(self, trial=None, floor=max(self.floor, release.floor, key=rank))

    def installed(self, version: str, healthy_after_s: float = HEALTHY_AFTER_S) -> "State":
        """Return the state with a new release on trial; the last one that proved itself can come back."""
        previous = self.previous if self.trial else self.current
        changed = self._changed(version, "installed", "")
        trial = Trial(change=changed.changes[-1].number, healthy_after_s=healthy_after_s)
        return replace(changed, previous=previous, trial=trial)

    def gone_back(self, version: str, reason: Literal["failed", "asked"], detail: str = "") -> "State":
        """Return the state with an older release, which had proved itself, as the current one."""
        return replace(self._changed(version, reason, detail), previous="", trial=None)

    def _changed(self, version: str, reason: Reason, detail: str) -> "State":
        change = Change(
            number=self.changes[-1].number + 1 if self.changes else 1,
            id=_new_id(),
            at=datetime.now(UTC).isoformat(),
            before=self.current,
            after=version,
            reason=reason,
            detail=detail[:DETAIL_CHARS_MAX],
        )
        return replace(self, current=version, changes=(*self.changes, change)[-CHANGES_KEPT:])


def _new_id() -> str:
    """Return a UUIDv7 (RFC 9562, 5.7), as events have them; Python 3.11 has none of its own."""
    return f"{time.time_ns() // 1_000_000:012x}7{uuid.uuid4().hex[13:]}"


def _known(kind: type, told: Mapping[str, Any]) -> dict[str, Any]:
    """Return what this release knows of what another one may have written: the starter is of another one."""
    names = {one.name for one in fields(kind)}
    return {name: value for name, value in told.items() if name in names}


class Files:
    """What is done to the disk, one act each: a test can let the power go between any two."""

    def write(self, path: Path, content: bytes) -> None:
        """Write a file; it is not on the medium yet."""
        path.write_bytes(content)

    def sync(self, path: Path) -> None:
        """Put a file, or what a folder says of its files, on the medium."""
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def sync_all(self) -> None:
        """Put everything on the medium that was written so far, by whichever program."""
        os.sync()

    def rename(self, path: Path, to: Path) -> None:
        """Let a name take the place of another, at once."""
        path.replace(to)

    def link(self, path: Path, target: str) -> None:
        """Make a symbolic link."""
        path.unlink(missing_ok=True)
        path.symlink_to(target)

    def make_folder(self, path: Path) -> None:
        """Make a folder if there is none."""
        path.mkdir(parents=True, exist_ok=True)

    def remove(self, path: Path) -> None:
        """Remove a file, or a folder with all that is in it."""
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)

    def write_whole(self, path: Path, content: bytes) -> None:
        """Let a file have this content, or the one before, whatever happens in between."""
        new = path.with_name(f".{path.name}.new")
        self.write(new, content)
        self.sync(new)
        self.rename(new, path)
        self.sync(path.parent)


class Root:
    """A root folder: `releases/`, `current`, `state.json`, `starter.py`, and `trial/` for the program's own sign."""

    def __init__(self, path: Path, files: Files | None = None) -> None:
        self.path = path
        self.files = files or Files()

    def folder(self, version: str) -> Path:
        """Return where a release lies."""
        return self.path / RELEASES / version

    def release(self, version: str) -> Release | None:
        """Return what a release says of itself; None where it is not whole."""
        try:
            told = json.loads((self.folder(version) / RELEASE_NAME).read_bytes())
            return Release(version=told["version"], floor=told["floor"], schemas=told["schemas"])
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def state(self) -> State | None:
        """Return what holds; None where nothing was installed yet. Raises UpdateError where it cannot be read."""
        path = self.path / STATE_NAME
        try:
            told: dict[str, Any] = json.loads(path.read_bytes())
            trial, changes = told.pop("trial"), told.pop("changes")
            return State(
                **_known(State, told),
                trial=None if trial is None else Trial(**_known(Trial, trial)),
                changes=tuple(Change(**_known(Change, one)) for one in changes),
            )
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise UpdateError(
                f"{path} cannot be read ({error}); what `current` names goes on. Mend it by an installation of "
                "a bundle after moving the file away"
            ) from error

    def keep(self, state: State) -> None:
        """Let this hold from now on: first what is written, then the link that follows it."""
        self.files.write_whole(self.path / STATE_NAME, json.dumps(asdict(state), indent=1).encode() + b"\n")
        self.point(state.current)

    def point(self, version: str) -> None:
        """Let `current` name this release, at once."""
        link, target = self.path / CURRENT, f"{RELEASES}/{version}"
        if link.is_symlink() and str(link.readlink()) == target:
            return
        new = self.path / f".{CURRENT}.new"
        self.files.link(new, target)
        self.files.rename(new, link)
        self.files.sync(self.path)

    def is_healthy(self, state: State) -> bool:
        """Tell whether the program has signed that this trial went well."""
        try:
            told = json.loads((self.path / TRIAL / HEALTHY_NAME).read_bytes())
            return state.trial is not None and told["change"] == state.trial.change
        except (OSError, ValueError, KeyError, TypeError):
            return False

    def way_back(self, state: State) -> Release:
        """Return the release before, if it may come back. Raises UpdateError with the reason why not."""
        if not state.previous:
            raise UpdateError("there is no release before this one")
        before, now = self.release(state.previous), self.release(state.current)
        if before is None:
            raise UpdateError(f"the release before, {state.previous}, is not whole")
        if rank(before.version) < rank(state.floor):
            raise UpdateError(
                f"{before.version} is below the security floor {state.floor}: it has known holes"
            )
        if now is not None and not before.reads_what_is_left_by(now):
            raise UpdateError(
                f"{before.version} cannot read the data as {now.version} keeps them; going back would leave them aside"
            )
        return before

    @contextmanager
    def locked(self, name: str = "state") -> Generator[None]:
        """Hold a lock of this root: `state` for a moment, `update` for a whole installation."""
        descriptor = os.open(self.path / f".{name}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | (fcntl.LOCK_NB if name == "update" else 0))
        except BlockingIOError as error:
            os.close(descriptor)
            raise UpdateError(f"another update is at work in {self.path}; wait until it has ended") from error
        try:
            yield
        finally:
            os.close(descriptor)

    def settled(self, state: State) -> State:
        """Return the state with the trial over, where the program has signed that it works."""
        now = self.release(state.current)
        return state.confirmed(now) if now and self.is_healthy(state) else state


def begin_start(root: Root) -> str:
    """Count a start and see to it that a whole release starts; returns what there is to say.

    Raises UpdateError, OSError.
    """
    with root.locked():
        state = root.state()
        if state is None:
            return ""
        begun, says = _begun(root, root.settled(state))
        if begun != state:
            root.keep(begun)
        else:
            root.point(begun.current)
        return says


def _begun(root: Root, state: State) -> tuple[State, str]:
    trial = state.trial
    if root.release(state.current) is None:
        why = f"{state.current} is not whole"
    elif trial is None:
        return state, ""
    elif trial.starts < STARTS_MAX:
        return replace(state, trial=replace(trial, starts=trial.starts + 1)), ""
    else:
        why = f"{trial.starts} starts of {state.current} in a row did not prove healthy"
    try:
        before = root.way_back(state)
    except UpdateError as error:
        return state, f"{why}, and it cannot be taken back: {error}"
    return state.gone_back(before.version, "failed", why), f"{why}: {before.version} works again"


def mend_link(root: Root) -> None:
    """Let `current` name the newest whole release where it names none: `state.json` is spoilt. Raises OSError."""
    named = root.path / CURRENT
    if named.is_symlink() and root.release(named.readlink().name) is not None:
        return
    whole = [one.name for one in (root.path / RELEASES).iterdir() if root.release(one.name) is not None]
    if whole:
        root.point(max(whole, key=rank))


def make_trial_folder(root: Root, user: str) -> None:
    """Make the folder in which the program signs, and give it to the user it runs as. Raises OSError, LookupError."""
    folder = root.path / TRIAL
    folder.mkdir(exist_ok=True)
    if user and os.geteuid() == 0:
        shutil.chown(folder, user)


def main(arguments: list[str]) -> int:
    """Run before each start. Whatever fails here is said, and the release that is there starts all the same."""
    parser = argparse.ArgumentParser(
        description="Decide which release of NOAC starts; run before each start."
    )
    parser.add_argument(
        "--root", type=Path, default=Path(__file__).resolve().parent, help="where releases lie"
    )
    parser.add_argument("--user", default="", help="who the program runs as: gets the folder trial/")
    given = parser.parse_args(arguments)
    root = Root(given.root)
    if not (root.path / RELEASES).is_dir():
        return 0
    try:
        make_trial_folder(root, given.user)
    except (OSError, LookupError) as error:
        _say(f"{root.path / TRIAL} cannot be made: {error}")
    try:
        says = begin_start(root)
    except (UpdateError, OSError) as error:
        says = str(error)
        with suppress(OSError, UpdateError):
            mend_link(root)
    if says:
        _say(says)
    return 0


def _say(text: str) -> None:
    sys.stderr.write(f"noac starter: {text}\n")


if __name__ == "__main__":
    os.umask(READABLE_UMASK)
    sys.exit(main(sys.argv[1:]))
