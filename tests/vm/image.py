"""The guest's disk as it leaves the workshop: Debian with what a kiosk needs, and no NOAC on it yet.

Made without root, from the Debian archive alone: `mmdebstrap` unpacks and configures the packages, `genext2fs` makes
them a file system. It is kept below `build/vm` until the list of packages or a file of the guest changes.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

GUEST = Path(__file__).parent / "guest"
SUITES = {(3, 11): "bookworm", (3, 13): "trixie"}
"""The release of Debian whose Python is the one the wheels are fetched for."""

PACKAGES = (
    "systemd-sysv",
    "udev",
    "dbus",
    "libpam-systemd",  # a session on the display, which the kiosk's screen asks for
    "kmod",
    "linux-image-amd64",
    "initramfs-tools",
    "python3",
    "python3-venv",
    "cage",
    "chromium",
    "kbd",
    "polkitd",
    "xwayland",
    "fonts-wqy-microhei",
    "qemu-guest-agent",  # the tests' way in
)
FILES = {"fstab": "/etc/fstab", "wired.network": "/etc/systemd/network/20-wired.network"}
HOOKS = (
    'mkdir -p "$1/var/log/journal"',
    'echo kiosk-vm > "$1/etc/hostname"',
    'chroot "$1" systemctl enable systemd-networkd.service',
    # A machine of minutes: nothing is fetched, cleaned or checked by the clock
    'chroot "$1" systemctl mask apt-daily.timer apt-daily-upgrade.timer fstrim.timer e2scrub_all.timer',
)
DISK_BYTES = 3_000_000_000
BLOCK_BYTES = 4096
INODES = 120_000
TIMEOUT_S = 1200


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """A disk to start from, never written to, and what boots it."""

    disk: Path
    kernel: Path
    initrd: Path


class ImageError(RuntimeError):
    """The image could not be made: by which program, and what it said last."""


def make_image(folder: Path) -> Image:
    """Return the image for this tree, made if there is none yet. Raises ImageError."""
    image = _named(folder, _digest())
    if image.disk.exists():
        return image
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("debian-*"):
        old.unlink()
    tar, made = image.disk.with_suffix(".tar"), image.disk.with_suffix(".part")
    _run(
        "mmdebstrap",
        "--quiet",
        "--variant=apt",
        '--aptopt=APT::Install-Recommends "false"',
        f"--include={','.join(PACKAGES)}",
        *(f"--customize-hook={one}" for one in _hooks(image)),
        _suite(),
        str(tar),
    )
    size = ("--block-size", str(BLOCK_BYTES), "--size-in-blocks", str(DISK_BYTES // BLOCK_BYTES))
    _run("genext2fs", *size, "--number-of-inodes", str(INODES), "--tarball", str(tar), str(made))
    tar.unlink()
    _run("tune2fs", "-j", "-O", "extents,uninit_bg,dir_index", str(made))
    _run("e2fsck", "-f", "-y", str(made), accepted=(0, 1))  # 1: it brought the new features in
    made.rename(image.disk)
    return image


def _named(folder: Path, digest: str) -> Image:
    start = folder / f"debian-{digest}"
    return Image(
        disk=start.with_suffix(".ext4"),
        kernel=start.with_suffix(".vmlinuz"),
        initrd=start.with_suffix(".initrd"),
    )


def _suite() -> str:
    suite = SUITES.get(sys.version_info[:2])
    if suite is None:
        known = " or ".join(f"{major}.{minor} ({name})" for (major, minor), name in SUITES.items())
        raise ImageError(f"the guest runs Debian's own Python, so .venv must be of Python {known}")
    return suite


def _hooks(image: Image) -> Sequence[str]:
    uploads = (f"upload {GUEST / name} {path}" for name, path in FILES.items())
    downloads = (f"download /vmlinuz {image.kernel}", f"download /initrd.img {image.initrd}")
    return (*uploads, *HOOKS, *downloads)


def _digest() -> str:
    parts = (_suite(), *PACKAGES, *HOOKS, str(DISK_BYTES), *((GUEST / name).read_text() for name in FILES))
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]


def _run(*command: str, accepted: Sequence[int] = (0,)) -> None:
    # Debian keeps the programs for file systems off the PATH of ordinary people
    environment = os.environ | {"PATH": f"{os.environ['PATH']}:/usr/sbin:/sbin"}
    try:
        done = subprocess.run(
            ["nice", "-n", "10", *command],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=TIMEOUT_S,
        )
    except subprocess.TimeoutExpired as error:
        raise ImageError(f"{command[0]} did not end within {TIMEOUT_S} s") from error
    if done.returncode not in accepted:
        raise ImageError(f"{command[0]} failed:\n{(done.stderr or done.stdout)[-2000:]}")
