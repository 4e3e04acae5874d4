"""Makes a bundle from this source tree: its own wheel, the locked wheels beside it, a manifest, a signature."""

import ast
import hashlib
import platform
import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterable, Sequence
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

import msgspec

from updates.bundle import FORMAT, BundledFile, Manifest, write_bundle
from updates.keys import sign
from updates.starter import UpdateError, rank

EXTRAS = ("kiosk", "hub", "postgres")
LOCK_NAME = "requirements.lock"
KIOSK_SCHEMA = "kiosk/store/schema.py"
"""Where the kiosk says in which layout it keeps its data; read from the wheel, which is what will run."""

_HUB_STEP = re.compile(r"hub/store/migrations/v(\d+)_\w+\.py")
"""The hub's layout is that of its newest step (decision 0015)."""

_REQUIREMENT = re.compile(r"^([A-Za-z0-9._-]+)")
_EXTRA = re.compile(r"""extra\s*==\s*['"]([^'"]+)['"]""")


def make_bundle(
    tree: Path,
    key: Path,
    out: Path,
    *,
    comes_from: str,
    floor: str,
    platforms: Sequence[str],
    python: str,
    machine: str,
    is_alone: bool,
) -> Manifest:
    """Build, fetch, sign, and write to `out`. Raises UpdateError, OSError.

    `platforms`: pip's names of the machines to build for; none: this one. `is_alone`: only our own wheel.
    """
    with tempfile.TemporaryDirectory(prefix="noac-bundle-") as made:
        wheels = Path(made)
        _pip("wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(wheels), str(tree))
        own = next(wheels.glob("noac-*.whl"))
        if not is_alone:
            _fetch_locked(tree / LOCK_NAME, wheels, platforms=platforms, python=python)
        return bundle_of(
            own,
            sorted(wheels.glob("*.whl")),
            key,
            out,
            comes_from=comes_from,
            floor=floor,
            python="" if is_alone else python or ".".join(platform.python_version_tuple()[:2]),
            machine="" if is_alone else machine or platform.machine(),
        )


def bundle_of(
    own: Path,
    wheels: Sequence[Path],
    key: Path,
    out: Path,
    *,
    comes_from: str = "0",
    floor: str = "0",
    python: str = "",
    machine: str = "",
) -> Manifest:
    """Sign wheels that are there already, `own` among them, and write the bundle. Raises UpdateError, OSError."""
    version = own.name.split("-")[1]
    for one in (version, comes_from, floor):
        rank(one)
    if rank(floor) > rank(version):
        raise UpdateError(f"the floor {floor} is above {version} itself")
    manifest = Manifest(
        format=FORMAT,
        version=version,
        comes_from=comes_from,
        floor=floor,
        schemas=schemas_of(own),
        python=python,
        machine=machine,
        extras=EXTRAS if len(wheels) > 1 else (),
        files=tuple(_described(one) for one in wheels),
    )
    content = msgspec.json.encode(manifest)
    write_bundle(out, content, sign(content, key), wheels)
    return manifest


def schemas_of(wheel: Path) -> dict[str, int]:
    """Return the number of each program's data layout, as a wheel says. Raises UpdateError."""
    with zipfile.ZipFile(wheel) as held:
        steps = [int(step[1]) for name in held.namelist() if (step := _HUB_STEP.fullmatch(name))]
        return {"kiosk": _schema(held.read(KIOSK_SCHEMA), KIOSK_SCHEMA), "hub": max(steps, default=0)}


def _schema(source: bytes, name: str) -> int:
    for node in ast.parse(source).body:
        match node:
            case ast.Assign(targets=[ast.Name(id="SCHEMA_VERSION")], value=ast.Constant(value=int(number))):
                return number
            case _:
                continue
    raise UpdateError(f"{name} names no SCHEMA_VERSION: nobody could tell which release reads its data")


def _described(path: Path) -> BundledFile:
    with zipfile.ZipFile(path) as held:
        unpacked = sum(one.file_size for one in held.infolist())
    with path.open("rb") as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()
    return BundledFile(name=path.name, size=path.stat().st_size, sha256=digest, unpacked=unpacked)


def _fetch_locked(lock: Path, wheels: Path, *, platforms: Sequence[str], python: str) -> None:
    """Fetch what the release needs, at the locked versions and with the locked digests."""
    wanted = needed("noac", EXTRAS)
    blocks = re.split(r"\n(?=[A-Za-z0-9])", lock.read_text(encoding="utf-8"))
    chosen = [one for one in blocks if (found := _REQUIREMENT.match(one)) and _plain(found[1]) in wanted]
    ours = wheels / LOCK_NAME
    ours.write_text("\n".join(chosen) + "\n", encoding="utf-8")
    options = [part for one in platforms for part in ("--platform", one)]
    options += ["--python-version", python] if python else []
    _pip(
        "download",
        "--no-deps",
        "--only-binary=:all:",
        "--require-hashes",
        *options,
        "--dest",
        str(wheels),
        "-r",
        str(ours),
    )


def needed(name: str, extras: Iterable[str]) -> frozenset[str]:
    """Return the names of all that a package needs with these extras, as far as this environment has them.

    A package that is needed on some machines only is taken along where it is here.
    """
    found: set[str] = set()
    waiting: list[tuple[str, frozenset[str]]] = [(name, frozenset(extras))]
    while waiting:
        package, asked = waiting.pop()
        try:
            requirements = requires(package) or []
        except PackageNotFoundError:
            continue
        if package != name:
            found.add(_plain(package))
        for requirement in requirements:
            what, _, marker = requirement.partition(";")
            only_for = set(_EXTRA.findall(marker))
            named = _REQUIREMENT.match(what)
            if named is None or (only_for and not only_for & asked) or _plain(named[1]) in found:
                continue
            inner = re.search(r"\[([^\]]*)\]", what)
            waiting.append((named[1], frozenset(inner[1].split(",")) if inner else frozenset()))
    return frozenset(found)


def _plain(name: str) -> str:
    """Return a package's name as PEP 503 compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _pip(*arguments: str) -> None:
    done = subprocess.run(  # noqa: S603 our own command line
        [sys.executable, "-m", "pip", "-q", "--no-input", "--disable-pip-version-check", *arguments],
        check=False,
        stderr=subprocess.PIPE,
        text=True,
    )
    if done.returncode:
        raise UpdateError(f"pip {arguments[0]} failed:\n{done.stderr.strip()}")
