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


def main(after: int) -> None:
    """Read a copy."""
    with tempfile.TemporaryDirectory() as folder:
        for path in DATA.glob("kiosk.db*"):
            if not path.name.endswith("-shm"):
                shutil.copy(path, folder)
        copy = sqlite3.connect(Path(folder) / "kiosk.db")
        rows = copy.execute(
            "SELECT sequence, body FROM entry WHERE sequence > ? ORDER BY epoch, sequence", (after,)
        )
        for sequence, body in rows:
            sys.stdout.write(json.dumps({"sequence": sequence, **json.loads(body)}) + "\n")
        copy.close()


if __name__ == "__main__":
    main(int(sys.argv[1]))
