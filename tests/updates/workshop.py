"""Bundles, roots and disks for the tests of updates: small releases that are quick to make, and power that goes."""

from __future__ import annotations

import base64
import hashlib
import random
import shutil
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Literal

from updates.build import bundle_of
from updates.bundle import Manifest
from updates.install import install, trust
from updates.keys import PRIVATE_NAME, PUBLIC_NAME, make_keys
from updates.starter import HEALTHY_NAME, TRIAL, Files, Root, State, begin_start

SCHEMAS = {"kiosk": 2, "hub": 2}
PIECES = 200


def small_wheel(folder: Path, version: str, schemas: Mapping[str, int] | None = None) -> Path:
    """Write a wheel with nothing in it but what a bundle asks it for."""
    numbers = {**SCHEMAS, **(schemas or {})}
    path = folder / f"noac-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as held:
        held.writestr("kiosk/store/schema.py", f"SCHEMA_VERSION = {numbers['kiosk']}\n")
        held.writestr(f"hub/store/migrations/v{numbers['hub']:04}_step.py", "")
        held.writestr("noac.py", f"VERSION = '{version}'\n" * 20)
    return path


def another_wheel(wheel: Path, folder: Path, version: str, changed: Mapping[str, str] | None = None) -> Path:
    """Write a real wheel anew under another version, with some of its files changed."""
    old = wheel.name.split("-")[1]
    path = folder / wheel.name.replace(f"-{old}-", f"-{version}-")
    info, record = f"noac-{version}.dist-info", []
    with zipfile.ZipFile(wheel) as held, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for name in held.namelist():
            content, new = held.read(name), name.replace(f"noac-{old}.dist-info", info)
            if name.endswith("/RECORD"):
                continue
            if name.endswith("/METADATA"):
                content = content.replace(f"\nVersion: {old}\n".encode(), f"\nVersion: {version}\n".encode())
            if changed and name in changed:
                content = changed[name].encode()
            out.writestr(new, content)
            digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
            record.append(f"{new},sha256={digest},{len(content)}\n")
        out.writestr(f"{info}/RECORD", "".join(record) + f"{info}/RECORD,,\n")
    return path


class Workshop:
    """Where bundles are made: a key pair and a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        make_keys(folder)
        self.key, self.public = folder / PRIVATE_NAME, folder / PUBLIC_NAME

    def bundle(
        self,
        version: str,
        *,
        floor: str = "0",
        comes_from: str = "0",
        schemas: Mapping[str, int] | None = None,
        machine: str = "",
        python: str = "",
    ) -> Path:
        wheel = small_wheel(self.folder, version, schemas)
        return self.bundle_of(wheel, floor=floor, comes_from=comes_from, machine=machine, python=python)

    def bundle_of(self, wheel: Path, **more: str) -> Path:
        out = self.folder / f"noac-{wheel.name.split('-')[1]}.bundle"
        bundle_of(wheel, [wheel], self.key, out, **more)
        return out


def content_of(version: str) -> str:
    return f"noac {version}\n" * PIECES


class SmallBuilder:
    """Builds what stands for an environment: two files that say their version, written as pip writes, unsynced."""

    def __init__(self, wrote: Callable[[Path], None] = lambda _path: None) -> None:
        self._wrote = wrote

    def build(self, folder: Path, wheels: Path, manifest: Manifest) -> None:
        assert [one.name for one in wheels.iterdir()] == [one.name for one in manifest.files]
        for name in ("bin/noac", "lib/program"):
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content_of(manifest.version))
            self._wrote(path)


def root_with(workshop: Workshop, folder: Path, *versions: str) -> Root:
    """Make a root on which each of these releases was installed and proved itself, one after the other."""
    root = Root(folder, QuickFiles())
    trust(root, workshop.public)
    for version in versions:
        install(root, workshop.bundle(version), builder=SmallBuilder())
        begin_start(root)
        sign(root)
        begin_start(root)
    return root


def sign(root: Root) -> None:
    """Say that the current release works, as the program does."""
    state = held(root)
    assert state.trial
    (root.path / TRIAL).mkdir(exist_ok=True)
    (root.path / TRIAL / HEALTHY_NAME).write_text(f'{{"change": {state.trial.change}}}')


def held(root: Root) -> State:
    state = root.state()
    assert state is not None
    return state


def what_starts(root: Root) -> str:
    """Return the release that `current` names, having seen that it is there whole and is what the state says."""
    folder = (root.path / "current").resolve(strict=True)
    version = folder.name
    assert root.release(version), f"{version} is not whole"
    for name in ("bin/noac", "lib/program"):
        assert (folder / name).read_text() == content_of(version), f"half a file in {version}"
    assert held(root).current == version
    return version


class QuickFiles(Files):
    """Does not wait for everything on this machine to be written: other tests write too."""

    def sync(self, path: Path) -> None:
        assert path.exists()

    def sync_all(self) -> None:
        return


class PowerCut(BaseException):
    """The power is gone: nothing below catches it, and nothing more is done."""


Trouble = Literal["power goes", "act fails"]


class FailingFiles(Files):
    """The disk of a root on which the `nth` act goes wrong, once.

    When the power goes, what was not put on the medium is undone: of names the last ones, as a journal loses them, and
    of contents any, as zeros, halves or not at all.
    """

    def __init__(self, root: Path, trash: Path, *, nth: int, trouble: Trouble, chance: random.Random) -> None:
        self._root, self._trash = root, trash
        self._left, self._trouble, self._chance = nth, trouble, chance
        self._names: list[tuple[Path, Callable[[], None]]] = []
        self._contents: set[int] = set()
        self._is_off = False
        trash.mkdir()

    @property
    def has_struck(self) -> bool:
        return self._left <= 0

    def wrote(self, path: Path) -> None:
        """Take note of a file another program wrote."""
        self._contents.add(path.stat().st_ino)

    def _act(self) -> None:
        if self._is_off:
            raise PowerCut
        self._left -= 1
        if self._left:
            return
        if self._trouble == "act fails":
            raise OSError(28, "No space left on device")
        self.lose_power()
        raise PowerCut

    def lose_power(self) -> None:
        """Let the power go now."""
        self._is_off = True
        lost = self._chance.choice([0, len(self._names), self._chance.randint(0, len(self._names))])
        for _, undo in reversed(self._names[len(self._names) - lost :]):
            undo()
        for path in self._root.rglob("*"):
            if path.is_file() and not path.is_symlink() and path.stat().st_ino in self._contents:
                content = path.read_bytes()
                half = content[: len(content) // 2]
                path.write_bytes(self._chance.choice([b"", bytes(len(content)), half, content]))

    def _put_aside(self, path: Path) -> Callable[[], None]:
        """Move what is at a path aside; returns what brings it back."""
        if not path.exists() and not path.is_symlink():
            return lambda: None
        aside = self._trash / str(len(list(self._trash.iterdir())))
        path.rename(aside)

        def bring_back() -> None:
            shutil.move(aside, path)

        return bring_back

    def write(self, path: Path, content: bytes) -> None:
        self._act()
        if not path.exists():
            self._names.append((path.parent, lambda: path.unlink(missing_ok=True)))
        super().write(path, content)
        self.wrote(path)
        self._act()

    def sync(self, path: Path) -> None:
        self._act()
        if path.is_dir():
            self._names = [one for one in self._names if one[0] != path]
        else:
            self._contents.discard(path.stat().st_ino)

    def sync_all(self) -> None:
        self._act()
        self._names.clear()
        self._contents.clear()

    def rename(self, path: Path, to: Path) -> None:
        self._act()
        bring_back = self._put_aside(to)
        super().rename(path, to)

        def undo() -> None:
            to.rename(path)
            bring_back()

        self._names.append((to.parent, undo))
        self._act()

    def link(self, path: Path, target: str) -> None:
        self._act()
        super().link(path, target)
        self._names.append((path.parent, lambda: path.unlink(missing_ok=True)))
        self._act()

    def make_folder(self, path: Path) -> None:
        self._act()
        if not path.is_dir():
            super().make_folder(path)
            self._names.append((path.parent, lambda: shutil.rmtree(path)))

    def remove(self, path: Path) -> None:
        self._act()
        self._names.append((path.parent, self._put_aside(path)))
        self._act()
