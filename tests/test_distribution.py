"""What a site installs: the wheel holds every module and every data file, and nothing of the workshop."""

from __future__ import annotations

import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("domain", "labels", "drivers", "updates", "kiosk", "hub", "demo", "bench")
PIP_WHEEL = (sys.executable, "-m", "pip", "wheel", "-qq", "--no-deps", "--no-build-isolation", "--no-index")
BUILT_FROM = ("LICENSE", "NOTICE", "README.md", "noac.py", "pyproject.toml", "verify.py")


def files_of_packages() -> set[str]:
    found = (path for package in PACKAGES for path in (ROOT / package).rglob("*"))
    return {
        str(path.relative_to(ROOT)) for path in found if path.is_file() and path.parent.name != "__pycache__"
    }


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """A wheel built, without network, from a copy of what a wheel is made of."""
    source = tmp_path_factory.mktemp("source")
    for name in (*BUILT_FROM, *files_of_packages()):
        target = source / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes((ROOT / name).read_bytes())
    out = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [*PIP_WHEEL, "--wheel-dir", str(out), str(source)],
        check=True,
        timeout=100,
    )
    [built] = out.glob("*.whl")
    return zipfile.ZipFile(built)


def test_the_wheel_holds_every_module_and_every_data_file(wheel: zipfile.ZipFile) -> None:
    held = set(wheel.namelist())
    meant = {name for name in files_of_packages() if not name.endswith("README.md")} | {
        "noac.py",
        "verify.py",
    }
    assert sorted(meant - held) == []


def test_the_wheel_holds_nothing_of_the_workshop(wheel: zipfile.ZipFile) -> None:
    tops = {name.partition("/")[0] for name in wheel.namelist()}
    assert tops == {*PACKAGES, "noac.py", "verify.py", f"noac-{version()}.dist-info"}


def test_the_wheel_carries_its_licence_and_its_command(wheel: zipfile.ZipFile) -> None:
    info = f"noac-{version()}.dist-info"
    assert b"Apache License" in wheel.read(f"{info}/licenses/LICENSE")
    assert "noac = noac:main" in wheel.read(f"{info}/entry_points.txt").decode()


def test_every_dependency_is_locked_with_its_hash() -> None:
    lock = (ROOT / "requirements.lock").read_text()
    locked = {line.partition("==")[0].partition("[")[0] for line in lock.splitlines() if line[:1].isalnum()}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    named = [
        *project["dependencies"],
        *(one for extra in project["optional-dependencies"].values() for one in extra),
    ]
    wanted = {requirement.partition(">")[0].partition("[")[0].strip() for requirement in named}
    assert sorted(wanted - locked) == []
    assert lock.count("==") <= lock.count("\\\n    --hash=sha256:")
    assert "--index-url" not in lock


def version() -> str:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
