"""How long the stand-alone checker takes for an export of a million events, beside unpacking and hashing it."""

import gzip
import hashlib
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import verify
from bench.cli import Say
from bench.measurement import Result, result

EVENTS = int(os.environ.get("NOAC_BENCH_EVENTS", "1000000"))
DEVICES = 16
SEGMENT_EVENTS = 100_000
TARGET_S = 60.0
ZERO = "0" * 64
ITEMS = 400
ENVELOPE = (
    '{{"plant":"P1","device":"{device}","epoch":1,"sequence":{sequence},"event_id":"{event}",'
    '"previous_digest":"{before}","type":"{kind}","schema":1,"fact":{fact},'
    '"event_time":"2026-11-22T08:30:04Z","monotonic_ms":{sequence}000,"boot_id":"7f3c","clock":"synced",'
    '"operator":"1001","session":"s1","strength":"badge","read_point":"RM-RCV","biz_step":"receiving",'
    '"document":"CS20261122-A1-0001","raw":{{"text":"]d2240F-2041\\u001d10D-118\\u001d3101000214\\u001d3110000095",'
    '"device":"left","symbology":"]d2"}},"seen":{{"cursor":"r12.p345","generation":1}},"software":"0.1.0"}}'
)


class _Chained:
    """One file of an export, written row by row; `note` is what the manifest says of it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = gzip.open(path, "wb", compresslevel=1)  # closed by `note`
        self._end, self._lines = ZERO, 0

    def write(self, row: dict[str, Any]) -> None:
        text = json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode()
        self._end = hashlib.sha256(self._end.encode() + text).hexdigest()
        self._file.write(f"{self._end} ".encode() + text + b"\n")
        self._lines += 1

    def note(self) -> dict[str, Any]:
        self._file.close()
        with self._path.open("rb") as raw:
            return {
                "lines": self._lines,
                "end": self._end,
                "sha256": hashlib.file_digest(raw, "sha256").hexdigest(),
            }


def _goods(number: int) -> dict[str, str]:
    return {"item": f"i-{number % ITEMS}", "lot": f"D-{number % 97}", "handling_unit": f"A{number:07}"}


def _movements(number: int) -> list[dict[str, Any]]:
    """A roll comes in and is put away."""
    said = {"goods": _goods(number), "quantity": {"value": "21.4", "unit": "KGM"}}
    second = {"second": {"value": "95", "unit": "MTR"}}
    return [said | {"source": source, "target": target} | second for source, target in _way(number)]


def _way(number: int) -> tuple[tuple[str, str], ...]:
    return ("S-HENGLI", "RM-RCV"), ("RM-RCV", f"RM-{number % 50:02}")


def _fact(number: int) -> tuple[str, dict[str, Any]]:
    """Three lines, then a label for one of them and what became of it."""
    if number % 5 < 3:  # noqa: PLR2004 - three of five
        values = {
            **_goods(number),
            "place": f"RM-{number % 50:02}",
            "quantity": {"value": "21.4", "unit": "KGM"},
        }
        fact = {"document": "CS20261122-A1-0001", "document_type": "CS", "line": number, "values": values}
        plan = {"plan": {"number": "PO-2026-0815", "line": 1}, "confirmed": ["over_ordered"]}
        return "LineRecorded", fact | {"movements": _movements(number)} | plan
    if number % 5 == 3:  # noqa: PLR2004
        data = {"item_name_zh": "精梳棉汗布", "item_number": "F-2041", "serial": f"ZHA{number:07}"}
        return "LabelRequested", {
            "job": f"J{number}",
            "template": "roll",
            "data": data,
            "serial": f"A{number:07}",
        }
    return "LabelReported", {"job": f"J{number - 1}", "state": "printed"}


def _reference() -> Iterable[dict[str, Any]]:
    roles = {
        "S-HENGLI": "supplier",
        "RM-RCV": "receiving",
        **{f"RM-{one:02}": "storage" for one in range(50)},
    }
    for revision, (key, role) in enumerate(roles.items(), 1):
        yield {"kind": "place", "key": key, "body": {"role": role}, "revision": revision, "position": 0}


def write_export(folder: Path, events: int) -> int:
    """Write an export that is right; return the bytes of all entries."""
    names = ("dispositions", "movements", "balances", "heads", "discrepancies", "reference", "labels")
    files = {f"{name}.ndjson.gz": _Chained(folder / f"{name}.ndjson.gz") for name in names}
    by_stem = {name.partition(".")[0]: one for name, one in files.items()}
    heads: dict[str, tuple[int, str]] = {}
    entries_bytes, segment = 0, ""
    for position in range(1, events + 1):
        if position % SEGMENT_EVENTS == 1:
            segment = f"ledger-{position // SEGMENT_EVENTS + 1:06}.ndjson.gz"
            files[segment] = _Chained(folder / segment)
        device = f"kiosk-{position % DEVICES:02}"
        sequence, before = heads.get(device, (0, ZERO))
        kind, fact = _fact(position)
        said = json.dumps(fact, ensure_ascii=False, separators=(",", ":"))
        event = f"0192f00000007000{position:016x}"
        body = ENVELOPE.format(
            device=device, sequence=sequence + 1, event=event, before=before, kind=kind, fact=said
        )
        digest = hashlib.sha256(body.encode()).hexdigest()
        heads[device], entries_bytes = (sequence + 1, digest), entries_bytes + len(body.encode())
        row = {"position": position, "device": device, "epoch": 1, "sequence": sequence + 1, "digest": digest}
        files[segment].write(row | {"flaw": "", "received_at": "2026-11-22T09:30:01Z", "body": body})
        by_stem["dispositions"].write({"position": position, "state": "booked", "code": "", "detail": ""})
        _write_effects(by_stem, position, kind)
    for device, (sequence, digest) in heads.items():
        by_stem["heads"].write({"device": device, "epoch": 1, "sequence": sequence, "digest": digest})
    for row in _reference():
        by_stem["reference"].write(row)
    notes = {name: one.note() for name, one in files.items()}
    rest = {"format": "noac-export", "version": 1, "plant": "P1", "generation": 1, "position": events}
    rest |= {"made_at": "2026-11-22T18:00:00Z", "software": "bench", "files": notes}
    text = json.dumps(rest, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    (folder / "manifest.json").write_text(
        json.dumps(rest | {"digest": hashlib.sha256(text.encode()).hexdigest()})
    )
    return entries_bytes


def _write_effects(by_stem: dict[str, _Chained], position: int, kind: str) -> None:
    """Write what a right hub makes of the event."""
    rest = {"grade": "", "owner": "", "unit": "KGM"}
    exact = {"value": "21.4", "second_unit": "MTR", "second": "95"}
    if kind == "LineRecorded":
        for number, (source, target) in enumerate(_way(position), 1):
            row = {"position": position, "number": number, "source": source, "target": target}
            by_stem["movements"].write(row | _goods(position) | rest | exact)
        less = {"value": "-21.4", "second_unit": "MTR", "second": "-95"}
        by_stem["balances"].write({"place": f"RM-{position % 50:02}", **_goods(position), **rest, **exact})
        by_stem["balances"].write({"place": "S-HENGLI", **_goods(position), **rest, **less})
    elif kind == "LabelReported":
        row = {
            "job": f"J{position - 1}",
            "state": "printed",
            "device": f"kiosk-{(position - 1) % DEVICES:02}",
        }
        row |= {
            "template": "roll",
            "serial": f"A{position - 1:07}",
            "document": "",
            "printer": "",
            "copies": 1,
        }
        row |= {"reason": "", "detail": "", "requested_at": "2026-11-22T08:30:04Z"}
        by_stem["labels"].write(row | {"requested_position": position - 1, "position": position})


def run(folder: Path, _seed: int, say: Say) -> tuple[Result, ...]:
    """Write an export, check it; the floor is unpacking and hashing every file of it, on one core."""
    say(f"writing an export of {EVENTS:,} events …")
    size = write_export(folder, EVENTS)
    say(f"{size / EVENTS:,.0f} bytes an entry; unpacking and hashing …")
    begin = time.perf_counter()
    for path in folder.glob("*.gz"):
        with gzip.open(path) as stream:
            hashlib.file_digest(stream, "sha256")  # type: ignore[arg-type] # a GzipFile has readinto
    floor_s = time.perf_counter() - begin
    say("checking …")
    begin, used = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, verify.__file__, str(folder), "--lang", "en"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    taken_s, after = time.perf_counter() - begin, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode or not done.stdout.startswith(f"{EVENTS:,} events, 0 findings"):
        raise RuntimeError(f"the checker says of a right export: {done.stdout[:500]}{done.stderr[:500]}")
    cpu_s = after.ru_utime + after.ru_stime - used.ru_utime - used.ru_stime
    memory = after.ru_maxrss
    return (
        result(f"check {EVENTS:,} events", taken_s, "s", target=TARGET_S, floor=floor_s),
        result("events a second", EVENTS / taken_s, "1/s", better="higher"),
        result("processor time, all cores", cpu_s, "s"),
        result("memory of the largest process", memory / 1024, "MiB"),
    )
