"""The hub's own secrets: made on its first start, readable by its user alone."""

import os
import secrets
from pathlib import Path

from msgspec import Struct

SECRET_BYTES = 32


class Keyring(Struct, frozen=True, kw_only=True):
    """`write_token` admits changes through the API (`Authorization: Bearer …`), `session_key` signs sessions."""

    write_token: str
    session_key: str


def open_keyring(data_folder: Path) -> Keyring:
    """Read the secrets of a data folder, making what is missing (files of mode 0600). Raises OSError."""
    folder = data_folder / "secrets"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return Keyring(
        write_token=_secret(folder / "write-token"),
        session_key=_secret(folder / "session-key"),
    )


def _secret(path: Path) -> str:
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    with os.fdopen(handle, "w", encoding="ascii") as file:
        made = secrets.token_hex(SECRET_BYTES)
        file.write(f"{made}\n")
        file.flush()
        os.fsync(file.fileno())
    return made
