"""What is known of this boot, and how a start that fails says so."""

from pathlib import Path

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


class StartError(Exception):
    """The kiosk cannot start; the message is one line in Chinese and English."""


def boot_id() -> str:
    """Return what the kernel calls this boot; nothing where it does not say."""
    try:
        return _BOOT_ID.read_text(encoding="ascii").strip()
    except OSError:
        return ""
