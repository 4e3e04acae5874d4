"""Installs a bundle beside the release that works, as a whole, and lets the next start try it."""

import json
import platform
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Protocol

from updates import starter
from updates.bundle import Bundle, Manifest, open_bundle
from updates.keys import read_public
from updates.starter import (
    HEALTHY_AFTER_S,
    RELEASE_NAME,
    RELEASES,
    STARTER_NAME,
    Root,
    State,
    UpdateError,
    rank,
)

KEY_NAME = "update.pub"
STAGING = "staging"
SPACE_RESERVE_BYTES = 200_000_000
"""Left free beside the release itself: the kiosk's ballast and its log need room too."""

VENV_BYTES = 20_000_000
"""An empty environment with its pip."""

COMPILED_FACTOR = 2
"""What is unpacked is compiled too, and that takes as much again at most."""


class Builder(Protocol):
    """Makes a release's folder from its wheels, and sees that the program in it can be started."""

    def build(self, folder: Path, wheels: Path, manifest: Manifest) -> None:
        """Raises UpdateError, OSError."""
        ...


class VenvBuilder:
    """A virtual environment of its own for each release, filled by pip without any network."""

    def __init__(self, shared: Path | None = None) -> None:
        """`shared`: packages of another environment, for what a bundle does not bring; to try things out only."""
        self._shared = shared

    def build(self, folder: Path, wheels: Path, manifest: Manifest) -> None:
        _run([sys.executable, "-m", "venv", str(folder)], "an environment cannot be made")
        python = folder / "bin" / "python"
        if self._shared is not None:
            version = sysconfig.get_python_version()
            packages = folder / "lib" / f"python{version}" / "site-packages"
            (packages / "shared.pth").write_text(f"{self._shared}\n", encoding="utf-8")
        extras = f"[{','.join(manifest.extras)}]" if manifest.extras else ""
        pip = [str(python), "-m", "pip", "-q", "--no-input", "--disable-pip-version-check", "install"]
        asked = f"noac{extras}=={manifest.version}"
        _run([*pip, "--no-index", "--find-links", str(wheels), asked], "pip refuses the wheels")
        said = _run([str(folder / "bin" / "noac"), "--version"], "the new program does not start")
        if said.strip() != f"noac {manifest.version}":
            raise UpdateError(f"the new program calls itself {said.strip()!r} and not {manifest.version}")


def _run(command: list[str], what: str) -> str:
    done = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603 our own command line
    if done.returncode:
        raise UpdateError(f"{what}; nothing has changed:\n{(done.stderr or done.stdout).strip()[-2000:]}")
    return done.stdout


def trust(root: Root, key: Path) -> None:
    """Let bundles signed with this key be installed here, instead of any key before. Raises UpdateError, OSError."""
    read_public(key)
    root.files.make_folder(root.path)
    root.files.write_whole(root.path / KEY_NAME, key.read_bytes())


def install(
    root: Root,
    path: Path,
    *,
    builder: Builder,
    is_one_way: bool = False,
    healthy_after_s: float = HEALTHY_AFTER_S,
    says: Callable[[str], None] = lambda _text: None,
) -> State:
    """Install a bundle; the next start tries it. Raises UpdateError, OSError, and then nothing has changed.

    `is_one_way`: install it even where the release before could not read its data any more.
    """
    trusted = root.path / KEY_NAME
    if not trusted.exists():
        raise UpdateError(f"this machine trusts no key yet ({trusted}): give the public one with --trust")
    with root.locked("update"), open_bundle(path, read_public(trusted)) as bundle:
        manifest = bundle.manifest
        state = root.settled(root.state() or State(current=""))
        check(root, state, manifest, is_one_way=is_one_way)
        _make_room(root, state, manifest)
        says(f"{path.name}: signed, release {manifest.version}; unpacking")
        _build(root, bundle, builder)
        with root.locked():
            now = root.settled(root.state() or State(current=""))
            if now.current != state.current:
                raise UpdateError(f"{now.current} has come back meanwhile; see `noac update status`")
            after = now.installed(manifest.version, healthy_after_s)
            root.keep(after)
        _tidy(root, {after.current, after.previous, now.current})
        return after


def check(root: Root, state: State, manifest: Manifest, *, is_one_way: bool = False) -> None:
    """Look whether this release may follow on what is here. Raises UpdateError."""
    new = rank(manifest.version)
    if state.current and new == rank(state.current):
        raise UpdateError(f"{manifest.version} is installed already")
    if new < rank(state.floor):
        raise UpdateError(f"{manifest.version} is below the security floor {state.floor}: it has known holes")
    if state.current and new < rank(state.current):
        raise UpdateError(
            f"{manifest.version} is older than {state.current}; `noac update back` goes to the release before"
        )
    if state.current and rank(state.current) < rank(manifest.comes_from):
        raise UpdateError(
            f"{manifest.version} cannot follow on {state.current}: update to {manifest.comes_from} first"
        )
    python = ".".join(platform.python_version_tuple()[:2])
    if manifest.python and manifest.python != python:
        raise UpdateError(f"the bundle is for Python {manifest.python}; this machine has {python}")
    if manifest.machine and manifest.machine != platform.machine():
        raise UpdateError(f"the bundle is for {manifest.machine}; this machine is {platform.machine()}")
    kept = state.previous if state.trial else state.current
    before = root.release(kept) if kept else None
    if before and not before.reads_what_is_left_by(manifest.release) and not is_one_way:
        raise UpdateError(
            f"{manifest.version} keeps its data in a way {kept} cannot read: once it has started there is no way "
            "back, and it is not taken back by itself. With a backup at hand: --one-way"
        )


def go_back(root: Root) -> State:
    """Make the release before the current one again. Raises UpdateError, OSError."""
    with root.locked("update"), root.locked():
        state = root.state()
        if state is None:
            raise UpdateError(f"nothing is installed in {root.path}")
        state = root.settled(state)
        after = state.gone_back(root.way_back(state).version, "asked")
        root.keep(after)
        return after


def _make_room(root: Root, state: State, manifest: Manifest) -> None:
    """Remove what no start can need any more, then look whether there is room. Raises UpdateError, OSError."""
    _tidy(root, {state.current, state.previous})
    wanted = VENV_BYTES + SPACE_RESERVE_BYTES
    wanted += sum(one.size + COMPILED_FACTOR * one.unpacked for one in manifest.files)
    free = shutil.disk_usage(root.path).free
    if free < wanted:
        raise UpdateError(
            f"{root.path} has {free // 1_000_000} MB free, {manifest.version} needs {wanted // 1_000_000} MB; make room"
        )


def _build(root: Root, bundle: Bundle, builder: Builder) -> None:
    """Make the release's folder; only what is wholly on the medium gets the file that makes it a release."""
    files, manifest = root.files, bundle.manifest
    staging, folder = root.path / STAGING, root.folder(manifest.version)
    try:
        files.make_folder(staging)
        bundle.unpack(staging)
        files.remove(folder)
        files.make_folder(folder)
        builder.build(folder, staging, manifest)
        files.sync_all()
        told = json.dumps(asdict(manifest.release)).encode()
        files.write_whole(folder / RELEASE_NAME, told)
        files.sync(root.path / RELEASES)
    finally:
        files.remove(staging)
    own = Path(starter.__file__).read_bytes()
    placed = root.path / STARTER_NAME
    if not placed.exists() or placed.read_bytes() != own:
        files.write_whole(placed, own)


def _tidy(root: Root, kept: set[str]) -> None:
    root.files.remove(root.path / STAGING)
    folder = root.path / RELEASES
    if folder.is_dir():
        for one in sorted(folder.iterdir()):
            if one.name not in kept:
                root.files.remove(one)
