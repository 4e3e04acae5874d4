"""A small export told by hand, with the standard library alone: the other witness of docs/export.md.

Two kiosks and an office; a receipt taken back, a count, labels, a shortage that closed and one that stands, a log put
back to an older state, a stopped kiosk whose work was released, a line nobody can read.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
from pathlib import Path
from typing import Any

ZERO = "0" * 64
PLANT = "P1"
GOODS = ("item", "lot", "handling_unit", "grade", "owner")
Rows = dict[str, list[Any]]


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def dense(said: Any) -> str:
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"))


def chained(rows: list[Any]) -> list[bytes]:
    """Return the lines of a file: each row behind a digest over the one before and itself."""
    before, lines = ZERO, list[bytes]()
    for row in rows:
        text = dense(row).encode()
        before = sha256(before.encode() + text)
        lines.append(before.encode() + b" " + text + b"\n")
    return lines


def noted(lines: list[bytes], data: bytes) -> dict[str, Any]:
    return {"lines": len(lines), "end": lines[-1][:64].decode() if lines else ZERO, "sha256": sha256(data)}


def packed(name: str, lines: list[bytes]) -> bytes:
    data = b"".join(lines)
    return gzip.compress(data, 1, mtime=0) if name.endswith(".gz") else data


def sealed(manifest: dict[str, Any]) -> bytes:
    """Return the manifest with the digest of all the rest of it."""
    rest = {key: value for key, value in manifest.items() if key != "digest"}
    text = json.dumps(rest, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return dense({**rest, "digest": sha256(text.encode())}).encode()


def exported(rows: Rows, **changes: Any) -> dict[str, bytes]:
    """Return the files of an export of these rows, every digest in it right."""
    lines = {name: chained(some) for name, some in rows.items()}
    files = {name: packed(name, some) for name, some in lines.items()}
    manifest = {
        "format": "noac-export",
        "version": 1,
        "plant": PLANT,
        "generation": 1,
        "position": sum(len(some) for name, some in rows.items() if name.startswith("ledger-")),
        "made_at": "2026-11-22T18:00:00Z",
        "software": "0.1.0",
        "files": {name: noted(lines[name], data) for name, data in files.items()},
    }
    return {**files, "manifest.json": sealed(manifest | changes)}


def write(folder: Path, files: dict[str, bytes]) -> Path:
    folder.mkdir(exist_ok=True, parents=True)
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return folder


def moved(source: str, target: str, value: str, *, second: str = "", **goods: str) -> dict[str, Any]:
    said: dict[str, Any] = {"goods": {"item": "i-cotton", "lot": "D-118", **goods}}
    said |= {"quantity": {"value": value, "unit": "KGM"}, "source": source, "target": target}
    return said | ({"second": {"value": second, "unit": "MTR"}} if second else {})


def back(movements: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**one, "source": one["target"], "target": one["source"]} for one in reversed(movements)]


class Told:
    """What the kiosks said and what a right hub makes of it, written down as it is told."""

    def __init__(self) -> None:
        self.ledger: list[Any] = []
        self.dispositions: list[Any] = []
        self.movements: list[Any] = []
        self.discrepancies: list[Any] = []
        self.labels: dict[str, Any] = {}
        self.heads: dict[tuple[str, int], tuple[int, str]] = {}
        self.held: dict[tuple[str, ...], list[float]] = {}
        self.bodies: dict[int, Any] = {}

    def says(self, device: str, kind: str, fact: Any, *, epoch: int = 1, **envelope: Any) -> int:
        """Receive one entry at the next position."""
        sequence, before = self.heads.get((device, epoch), (0, ZERO))
        position = len(self.ledger) + 1
        said = {"plant": PLANT, "device": device, "epoch": epoch, "sequence": sequence + 1}
        said |= {"event_id": f"0192f0000000700080000000{position:08x}", "previous_digest": before}
        said |= {
            "type": kind,
            "schema": 1,
            "fact": fact,
            "event_time": f"2026-11-22T08:{position % 60:02}:00Z",
        }
        said |= {"clock": "synced", "operator": "1001", "software": "0.1.0", **envelope}
        return self.receives(device, epoch, dense(said).encode(), said)

    def receives(self, device: str, epoch: int, body: bytes, said: Any = None, flaw: str = "") -> int:
        sequence = self.heads.get((device, epoch), (0, ZERO))[0] + 1
        position, digest = len(self.ledger) + 1, sha256(body)
        row = {"position": position, "device": device, "epoch": epoch, "sequence": sequence, "digest": digest}
        row |= {"flaw": flaw, "received_at": f"2026-11-22T09:{position % 60:02}:00Z"}
        text = {"body": body.decode()} if said else {"body_base64": base64.b64encode(body).decode()}
        self.ledger.append(row | text)
        self.heads[device, epoch] = (sequence, digest)
        self.bodies[position] = said
        return position

    def books(self, position: int, code: str = "", *, of: int = 0) -> int:
        """Book an event as the law says; `of`: it releases the one at that position. A second undo moves nothing."""
        state = "booked_with_exception" if code else "booked"
        self.becomes(position, state, code, f"{code} what" if code else "")
        said = self.bodies[of or position]
        movements = [] if code == "reversed_twice" else said["fact"].get("movements", ())
        for number, one in enumerate(movements, 1):
            goods, second = one["goods"], one.get("second", {"value": "0", "unit": ""})
            row = {"position": position, "number": number, "source": one["source"], "target": one["target"]}
            row |= {name: goods.get(name, "") for name in GOODS}
            row |= {"unit": one["quantity"]["unit"], "value": one["quantity"]["value"]}
            row |= {"second_unit": second["unit"], "second": second["value"]}
            self.movements.append(row)
            for place, sign in ((one["source"], -1), (one["target"], 1)):
                key = (place, *(row[name] for name in GOODS), row["unit"], row["second_unit"])
                held = self.held.setdefault(key, [0, 0])
                held[0] += sign * round(float(row["value"]) * 1000)
                held[1] += sign * round(float(row["second"]) * 1000)
        return position

    def becomes(self, position: int, state: str, code: str = "", detail: str = "") -> None:
        self.dispositions.append({"position": position, "state": state, "code": code, "detail": detail})

    def differs(
        self, kind: str, key: str, since: int, *, closed: bool = False, amount: str = "0", unit: str = ""
    ) -> None:
        row = {
            "id": f"{len(self.discrepancies) + 1:016x}",
            "kind": kind,
            "key": key,
            "owner": "role:warehouse",
        }
        row |= {"opened_position": since, "opened_at": "2026-11-22T09:30:01Z"}
        row |= {"closed_at": "2026-11-22T10:00:00Z" if closed else None, "amount": amount, "unit": unit}
        self.discrepancies.append({**row, "detail": {"device": "K1"}})

    def parks(self, position: int, code: str, *, closed: bool = False) -> int:
        self.becomes(position, "parked", code, "")
        self.differs("parked", str(position), position, closed=closed)
        return position

    def labelled(self, job: str, serial: str, *states: str, reason: str = "") -> None:
        data = {"job": job, "template": "roll", "data": {"serial": f"ZH{serial}"}, "serial": serial}
        asked = self.books(self.says("K1", "LabelRequested", data | ({"reason": reason} if reason else {})))
        row = {"job": job, "state": "requested", "device": "K1", "template": "roll", "serial": serial}
        row |= {"document": "", "printer": "", "copies": 1, "reason": reason, "detail": ""}
        row |= {"requested_at": "2026-11-22T08:30:00Z", "requested_position": asked, "position": asked}
        for state in states:
            position = self.books(
                self.says("K1", "LabelReported", {"job": job, "state": state, "detail": "seen"})
            )
            row |= {"state": state, "detail": "seen", "position": position}
        self.labels[job] = row

    def rows(self, ledger_rows: int, suffix: str) -> Rows:
        """Return the rows of every file; the ledger cut into files of so many."""
        cuts = range(0, len(self.ledger), ledger_rows)
        files = {f"ledger-{at // ledger_rows + 1:06}": self.ledger[at : at + ledger_rows] for at in cuts}
        files |= {
            "dispositions": self.dispositions,
            "movements": self.movements,
            "balances": self._balances(),
        }
        files["heads"] = [
            {"device": device, "epoch": epoch, "sequence": sequence, "digest": digest}
            for (device, epoch), (sequence, digest) in sorted(self.heads.items())
        ]
        files |= {"discrepancies": self.discrepancies, "reference": REFERENCE}
        files["labels"] = [self.labels[job] for job in sorted(self.labels)]
        return {f"{name}.ndjson{suffix}": some for name, some in files.items()}

    def _balances(self) -> list[Any]:
        names = ("place", *GOODS, "unit", "second_unit")
        return [
            dict(zip(names, key, strict=True))
            | {"value": f"{value / 1000:g}", "second": f"{second / 1000:g}"}
            for key, (value, second) in sorted(self.held.items())
            if value or second
        ]


ROLES = {
    "S-HENGLI": "supplier",
    "RM-RCV": "receiving",
    "RM-A-01": "storage",
    "RM-A-02": "storage",
    "LOST": "lost_and_found",
}
REFERENCE: list[Any] = [
    {
        "kind": "item",
        "key": "i-cotton",
        "body": {"id": "i-cotton", "unit": "KGM"},
        "revision": 1,
        "position": 0,
    },
    *(
        {
            "kind": "place",
            "key": place,
            "body": {"code": place, "role": role},
            "revision": number,
            "position": 0,
        }
        for number, (place, role) in enumerate(ROLES.items(), 2)
    ),
    {"kind": "item", "key": "i-gone", "body": None, "revision": 9, "position": 1},
]


def shortage(place: str) -> str:
    return dense([place, "i-cotton", "D-118", "", "", "", "KGM"])


def told(ledger_rows: int = 12, suffix: str = "") -> Rows:
    """Tell the story and return its rows."""
    t = Told()

    def line(device: str, *movements: Any, code: str = "", **envelope: Any) -> int:
        fact = {
            "document": "CS-1",
            "document_type": "CS",
            "line": 1,
            "values": {},
            "movements": list(movements),
        }
        return t.books(t.says(device, "LineRecorded", fact, **envelope), code)

    def undo(device: str, original: int, movements: list[Any], code: str = "") -> int:
        fact = {"document": "CS-1", "document_type": "CS", "line": 1, "movements": back(movements)}
        corrects = t.bodies[original]["event_id"]
        return t.books(t.says(device, "LineReversed", fact, corrects=corrects), code)

    t.books(t.says("K1", "KioskStarted", {"software": "0.1.0", "boot": "7f3c"}))
    t.books(t.says("K1", "SignedOn", {"person": "1001"}, strength="badge"))
    rolls = [
        [
            moved("S-HENGLI", "RM-RCV", f"{20 + n}.4", second="95", handling_unit=f"A{n}"),
            moved("RM-RCV", "RM-A-01", f"{20 + n}.4", second="95", handling_unit=f"A{n}"),
        ]
        for n in range(4)
    ]
    lines = [line("K1", *roll) for roll in rolls]
    t.labelled("J1", "A0", "sent", "printed")
    t.labelled("J2", "A1", "unknown")
    t.labelled("J3", "A1", "printed", reason="torn")
    t.labelled("J4", "A2")
    t.books(t.says("K2", "SignedOn", {"person": "1002"}))
    undo("K1", lines[1], rolls[1])
    twice = undo("K1", lines[1], rolls[1], code="reversed_twice")
    t.differs("reversed_twice", "CS-1/1", twice, amount="1")
    short = line("K2", moved("RM-A-02", "RM-A-01", "7.5"))
    t.differs("shortage", shortage("RM-A-02"), short, closed=True, amount="2.5", unit="KGM")
    line("K2", moved("RM-A-01", "RM-A-02", "5"))
    line("K2", moved("RM-A-01", "RM-A-02", "2.5"))
    again = line("K2", moved("RM-A-02", "LOST", "1.25"))
    t.differs("shortage", shortage("RM-A-02"), again, amount="1", unit="KGM")  # a release will bring 0.25
    strange = line("K1", moved("S-HENGLI", "RM-A-01", "1", item="i-new"), code="unknown_item")
    t.differs("unknown_item", "i-new", strange, amount="1")
    proposed = [moved("RM-A-01", "LOST", "0.4", handling_unit="A0")]
    count = {
        "document": "PD-1",
        "document_type": "PD",
        "outcome": "submitted",
        "lines": 1,
        "proposed": proposed,
    }
    t.books(t.says("K1", "DocumentCompleted", count))
    approved = {"document": "PD-1", "document_type": "PD", "approver": "1002", "movements": proposed}
    t.books(t.says("K1", "DocumentApproved", approved))
    t.parks(t.says("K2", "ShiftBegun", {"shift": "2"}), "unknown_event")
    head = t.heads["K2", 1][1]
    t.parks(
        t.receives("K2", 1, b'{"previous_digest":"%s","\xff":1}' % head.encode(), flaw="unreadable"),
        "unreadable",
    )
    t.books(t.says("K2", "ScanRefused", {"problem": "unknown_code", "parameters": {"code": "4711"}}))
    queue = t.says("K3", "LineRecorded", {"line": 1, "movements": [moved("S-HENGLI", "RM-A-02", "0.25")]})
    t.ledger[-1]["flaw"] = "revoked"
    t.parks(queue, "revoked", closed=True)
    queue_digest = t.ledger[-1]["digest"]
    release = t.says(
        "OFFICE", "EventReleased", {"position": queue, "digest": queue_digest, "reason": "checked"}
    )
    t.books(release, of=queue)
    for original in (lines[3], lines[0]):  # an older card came back: the same facts once more, in a new epoch
        said = t.bodies[original]
        position = t.says("K1", said["type"], said["fact"], epoch=2, event_id=said["event_id"])
        t.becomes(position, "known", "", str(original))
    t.books(t.says("K1", "SignedOff", {"person": "1001", "reason": "idle"}, epoch=2))
    reused = t.says("K1", "SignedOff", {"person": "1001"}, epoch=2, event_id=t.bodies[lines[0]]["event_id"])
    t.parks(reused, "id_reused")
    return t.rows(ledger_rows, suffix)
