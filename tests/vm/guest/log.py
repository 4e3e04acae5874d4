"""Prints the entries of the kiosk's log after a sequence number, one JSON object a line. Run in the guest.

The kiosk holds its file for itself alone while it runs, so a copy is read: of the file and of its write-ahead log.
"""

import json
import shutil
import sqlite3
import sys
import tempfile
from pathlib import Path

DATA = Path("/var/lib/noac-kiosk/data")


def _seen() -> dict[Path, tuple[int, int]]:
    """Return the two files with their sizes and times of change."""
    paths = [path for path in sorted(DATA.glob("kiosk.db*")) if not path.name.endswith("-shm")]
    return {path: (path.stat().st_size, path.stat().st_mtime_ns) for path in paths}


def _copied(folder: str, seen: dict[Path, tuple[int, int]]) -> bool:
    """Copy both; tell whether neither changed meanwhile, so that they belong together."""
    for path in seen:
        shutil.copy(path, folder)
    return _seen() == seen


def main(after: int) -> None:
    """Read a copy."""
    with tempfile.TemporaryDirectory() as folder:
        while (seen := _seen()) and not _copied(folder, seen):
            continue
        copy = sqlite3.connect(Path(folder) / "kiosk.db")
        rows = copy.execute(
            "SELECT sequence, body FROM entry WHERE sequence > ? ORDER BY epoch, sequence", (after,)
        )
        for sequence, body in rows:
            sys.stdout.write(json.dumps({"sequence": sequence, **json.loads(body)}) + "\n")
        copy.close()


if __name__ == "__main__":
    main(int(sys.argv[1]))
