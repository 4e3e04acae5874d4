#!/usr/bin/env python3
"""Check an export of a hub: every fact is there as it was written, and it all adds up.

A second opinion in the standard library, written from docs/export.md, docs/sync.md and the laws, not from the hub.
"""

import argparse
import base64
import gc
import gzip
import hashlib
import io
import json
import re
import sys
import zlib
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

ZERO = "0" * 64
NOTHING = bytes(16)  # the effect of an event that moves nothing
FINDINGS_MAX = 100
LINE_BYTES_MAX = 8 * 2**20
ALONE_LINES_MAX = 20_000  # below this, more processes cost more than they bring
WHO = ("plant", "device", "epoch", "sequence")
LASTING = ("ledger-", "reference")  # these files only grow
GOODS = ("item", "lot", "handling_unit", "grade", "owner")
NO_SECOND = {"unit": "", "value": "0"}
LABEL = {"job": "", "template": "", "serial": "", "document": "", "printer": "", "copies": 1, "reason": ""}
OWN_ROOF = {"receiving", "storage", "quarantine", "line_side", "in_transit", None}  # None: a place nobody knows
SEPARATOR = "\x1f"
UNPRINTED = {code: "/" if code == 31 else "?" for code in (*range(32), *range(127, 160))}  # noqa: PLR2004
WRONG_SHAPE = (LookupError, TypeError, ValueError, AttributeError, RecursionError)
DECIMAL = re.compile(r"-?[0-9]{1,30}(\.[0-9]{1,6})?", re.ASCII)
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", re.ASCII)
PREVIOUS = re.compile(rb'"previous_digest":"([0-9a-f]{64})"')  # what an entry that is no JSON still tells

WORDS = {  # what can be found: the law, in English, in Chinese
    "manifest": ("", "the manifest is not what was written: {}", "清单不是原来写下的内容：{}"),
    "missing": ("", "this file is not there, or the manifest does not name it", "缺少这个文件，或清单里没有它"),
    "bytes": ("", "the file's bytes are not the manifest's", "文件的字节与清单不符"),
    "unpack": ("", "nothing can be read from here on", "从这里起无法读出"),
    "chain": ("", "this row, or the one before it, is not what was written", "这一行或前一行不是原来写下的内容"),
    "end": ("", "{} rows, not {}, or another last one: its end is false", "{} 行，应为 {} 行，或末行不同"),
    "shape": ("", "this row cannot be understood: {}", "这一行看不懂：{}"),
    "order": ("L11", "out of order: due here is {}", "顺序不对：这里应当是 {}"),
    "digest": ("L11", "the entry is not what its digest says", "内容与摘要不符"),
    "sender": ("L11", "the entry names another sender or number than its row", "内容的发送方或序号与这行不同"),
    "link": ("L11", "log {} breaks: this entry or position {} is false", "日志 {} 断开：此条或位置 {} 的前一条不实"),
    "twice": ("L11", "the same event was booked before, at position {}", "同一事件在位置 {} 已入账"),
    "state": ("L12", "this cannot have become of it: {} {} {}", "处理结果不成立：{} {} {}"),
    "effect": ("L1", "what moved is not what the event says", "移动与事件所说的不同"),
    "world": ("L2", "{}: all places together make {}, not zero", "{}：所有库位合计为 {}，不是零"),
    "balance": ("L3", "the movements make it {}, this row {}", "按移动合计应为 {}，这一行是 {}"),
    "shortage": ("L4", "shortage by the movements: {}; by this row: {}", "按移动应有短缺：{}；这一行说：{}"),
    "undo": ("L10", "it takes back what is not booked, or not its exact opposite", "撤销的对象未入账，或不是恰好相反"),
    "undone": ("L10", "the same event was taken back before, at position {}", "同一事件在位置 {} 已撤销"),
    "label": ("L15", "the ledger says something else of this label", "总账对这个标签另有说法"),
    "serial": ("L15", "the serial {} was given out before, in line {}", "件号 {} 在第 {} 行已发出"),
    "head": ("L17", "this log ends at {}, not at {}", "这个日志到 {} 为止，不是 {}"),
    "open": ("L19", "the same discrepancy stands in line {}", "同一差异已在第 {} 行"),
    "times": ("L19", "closed before it was opened, or no time or position", "关闭早于打开，或时间、位置无效"),
    "parked": ("L19", "a parked event has one discrepancy, and only a parked one has", "挂起的事件应有且只有一个差异"),
    "witness": ("L11", "no continuation of what the witness saw: {}", "不是见证清单所见内容的延续：{}"),
}

class Finding(NamedTuple):
    """One thing that is not as it should be: where, and which of the `WORDS` says it."""
    file: str
    line: int
    row: str
    code: str
    values: tuple[str, ...]
    def said(self, language: str) -> str:
        law, *both = (text.format(*self.values) for text in WORDS[self.code])
        return f"{self.file}:{self.line} {self.row} {law}: {both[language == 'zh'] if language else ' · '.join(both)}"

class Found(list[Finding]):
    """What was found."""
    def tell(self, file: str, line: int, row: Any, code: str, *values: Any) -> None:
        name = f"position {row}" if isinstance(row, int) else plain(row)
        self.append(Finding(file, line, name, code, tuple(map(plain, values))))

@dataclass(frozen=True, slots=True)
class Export:
    """The folder, what its manifest says of each file, and what a witness saw of it."""
    folder: Path
    plant: str
    size: int
    files: dict[str, Any]
    seen: dict[str, Any]
    def each(self, stem: str, found: Found, take: Callable[[str, int, Any], None]) -> None:
        """Give each row of a file to `take`; tell of each that is not what was written or cannot be understood."""
        name = next((one for one in (stem, f"{stem}.ndjson") if one in self.files), f"{stem}.ndjson.gz")
        path, said, seen = self.folder / name, self.files.get(name), self.seen.get(name, {"lines": 0})
        if said is None or not path.is_file(): return found.tell(name, 0, "", "missing")
        with path.open("rb") as raw:
            if hashlib.file_digest(raw, "sha256").hexdigest() != said["sha256"]: found.tell(name, 0, "", "bytes")
        before, number, passed = ZERO.encode(), 0, b""  # `passed`: what stands where the witness saw the last row
        packed: Any = gzip.open(path) if name.endswith(".gz") else path.open("rb", buffering=0)
        with io.BufferedReader(packed, 2**18) as stream:
            try:
                for line in iter(lambda: stream.readline(LINE_BYTES_MAX), b""):
                    number, text = number + 1, line[65:-1]
                    if hashlib.sha256(before + text).hexdigest().encode() + b" " + text + b"\n" != line:
                        found.tell(name, number, "", "chain")
                    before, passed = line[:64], line[:64] if number == seen["lines"] else passed
                    try:
                        take(name, number, json.loads(text))
                    except WRONG_SHAPE as error:
                        found.tell(name, number, "", "shape", f"{type(error).__name__} {error} {text[:80]!r}")
            except (OSError, EOFError, zlib.error):
                found.tell(name, number + 1, "", "unpack")
        if number != said["lines"] or before != said["end"].encode():
            found.tell(name, number, "", "end", number, said["lines"])
        if seen["lines"] and passed != seen["end"].encode():
            found.tell(name, min(number, seen["lines"]), "", "witness", f"1 … {seen['lines']}")
    def compare(self, stem: str, found: Found, code: str, due: Any, of: Callable[[str, int, Any], Any]) -> None:
        """Hold rows against what is `due`: `of` says of a row its key and its value; None stands for no row."""
        def take(name: str, line: int, row: Any) -> None:
            key, said = of(name, line, row)
            if said != (expected := due.pop(key, None)): found.tell(name, line, key, code, expected, said)

        self.each(stem, found, take)
        for key, expected in due.items(): found.tell(stem, 0, key, code, expected, None)

def plain(said: tuple[Any, ...] | str | float | None) -> str:
    """Return anything as one short line."""
    return (" ".join(map(str, said)) if isinstance(said, tuple) else str(said)).translate(UNPRINTED)[:200]

@lru_cache(maxsize=2**16)
def quantity(text: str) -> Decimal:
    if not DECIMAL.fullmatch(text): raise ValueError(f"no quantity: {text}")
    return Decimal(text.rstrip("0").rstrip(".") if "." in text else text)

def short(said: object) -> bytes:
    """Return sixteen bytes that stand for what was said; `NOTHING` for nothing."""
    return hashlib.blake2b(repr(said).encode(), digest_size=16).digest() if said else NOTHING

def movement_of(one: Any) -> tuple[Any, ...]:
    """Return a movement as an event says it: source, target, goods, unit, value, second unit and value."""
    goods, moved, second = one["goods"], one["quantity"], one.get("second") or NO_SECOND
    exact = (moved["unit"], quantity(moved["value"]), second["unit"], quantity(second["value"]))
    return (one["source"], one["target"], goods["item"], *(goods.get(name, "") for name in GOODS[1:]), *exact)

class Ledger:
    """One file of the ledger, read: sixteen bytes a position for the id, sixteen for what the event moves."""
    def __init__(self, export: Export, name: str, first: int) -> None:
        self.export, self.first, self.due, self.size = export, first, first, export.files[name]["lines"]
        self.ids, self.moves, self.found = bytearray(16 * self.size), bytearray(16 * self.size), Found()
        self.begins, self.ends = dict[Any, Any](), dict[Any, Any]()  # a log: sequence, digest (before), position …
        self.flaws, self.undos, self.labels, self.releases = (dict[int, Any]() for _ in range(4))  # by position
        export.each(name, self.found, self._take)
    def _take(self, name: str, line: int, row: Any) -> None:
        position, log, sequence, flaw = row["position"], (row["device"], row["epoch"]), row["sequence"], row["flaw"]
        if position != self.due: self.found.tell(name, line, position, "order", self.due)
        position = position if 0 <= position - self.first < self.size else self.due
        self.due = position + 1
        body = base64.b64decode(row["body_base64"]) if "body_base64" in row else row["body"].encode()
        if hashlib.sha256(body).hexdigest() != row["digest"] or not TIME.fullmatch(row["received_at"]):
            self.found.tell(name, line, position, "digest")
        try:
            said = json.loads(body)
            previous = said["previous_digest"]
        except WRONG_SHAPE:
            said, flaw, named = dict[str, Any](), flaw or "unreadable", PREVIOUS.search(body)
            previous = named[1].decode() if named else ""
        last = self.ends.get(log)
        if last is None: self.begins[log] = (sequence, previous, position, name, line)
        elif sequence != last[0] + 1 or (previous or last[1]) != last[1]:
            self.found.tell(name, line, position, "link", log, last[2])
        self.ends[log] = (sequence, row["digest"], position)
        if flaw: self.flaws[position] = flaw
        elif [said.get(one) for one in WHO] != [self.export.plant, *log, sequence]:
            self.found.tell(name, line, position, "sender")
        at = 16 * (position - self.first)
        try:
            self.ids[at : at + 16] = bytes.fromhex(said["event_id"]).rjust(16)[-16:]
            self.moves[at : at + 16] = self._does(position, said["type"], said["fact"], said)
        except WRONG_SHAPE:
            self.moves[at : at + 16] = b"?" * 16  # unclear, as it may be where the event is parked
    def _does(self, position: int, kind: str, fact: Any, said: Any) -> bytes:
        """Return what the event moves; keep what it says of other events and of labels."""
        moved = [movement_of(one) for one in fact.get("movements", ())]
        if kind == "LineReversed":
            opposite = [(one[1], one[0], *one[2:]) for one in reversed(moved)]
            self.undos[position] = (bytes.fromhex(said["corrects"]), short(opposite))
        elif kind == "EventReleased": self.releases[position] = int(fact["position"])
        elif kind == "LabelRequested":
            words = [said["device"], *(fact.get(name, default) for name, default in LABEL.items())]
            self.labels[position] = (fact["job"], True, short(words))
        elif kind == "LabelReported":
            self.labels[position] = (fact["job"], False, short([fact["state"], fact.get("detail", "")]))
        return short(moved)

class Books:
    """The journal folded anew, and balances, shortages and other discrepancies held against it."""
    def __init__(self, export: Export) -> None:
        self.export, self.found, self.moves = export, Found(), bytearray(16 * export.size)
        self.roles: dict[str, list[tuple[int, str | None]]] = {}  # a place has which role from which position on
        self.held: dict[str, tuple[Decimal, Decimal]] = {}  # place, goods and units: value and second value
        self.ours: dict[str, Decimal] = {}  # place, goods and unit that may lie under our own roof: value
        self.since: dict[str, int] = {}  # from which position on one of `ours` is below zero
        self.shortages: dict[Any, tuple[Decimal, bool]] = {}  # one of `ours` since then: amount, whether still open
        self.world, self.opened, self.parked = dict[Any, Decimal](), dict[Any, int](), dict[str, bool]()
        self._last, self._waiting, self._revision = 0, list[tuple[Any, ...]](), 0
        export.each("reference", self.found, self._know)
        export.each("movements", self.found, self._move)
        self._post()
        export.compare("balances", self.found, "balance", self.held, self._balance)
        for key, value in self.world.items():
            if value: self.found.tell("balances", 0, key, "world", key, value)
        export.compare("discrepancies", self.found, "shortage", self.shortages, self._discrepancy)
    def _know(self, name: str, line: int, row: Any) -> None:
        if not (self._revision < row["revision"] and 0 <= row["position"] <= self.export.size):
            self.found.tell(name, line, row["key"], "order", f"> {self._revision}")
        body, here, self._revision = row["body"], self.export.plant, row["revision"]
        if row["kind"] == "place":
            role = None if body is None else str(body["role"] if body.get("plant", here) in ("", here) else "elsewhere")
            self.roles.setdefault(row["key"], []).append((row["position"], role))
    def _is_ours(self, place: str) -> bool:
        """Say whether it lay under our own roof when the last event came; so does a place nobody knew."""
        known = (role for since, role in reversed(self.roles.get(place, ())) if since < self._last)
        return next(known, None) in OWN_ROOF
    def _move(self, name: str, line: int, row: Any) -> None:
        position, number = row["position"], row["number"]
        exact = (row["unit"], quantity(row["value"]), row["second_unit"], quantity(row["second"]))
        due = len(self._waiting) + 1 if position == self._last else 1
        if number != due or not self._last <= position <= self.export.size:
            self.found.tell(name, line, position, "order", due)
        elif position > self._last:
            self._post(position)
        self._waiting.append((row["source"], row["target"], *(row[name] for name in GOODS), *exact))
    def _post(self, following: int = 0) -> None:
        """Take in what one event moved, as a whole; then comes what moved at the position that follows."""
        self.moves[16 * self._last - 16 : 16 * self._last] = short(self._waiting) if self._last else b""
        touched: dict[str, str] = {}
        for source, target, *goods, unit, value, second_unit, second in self._waiting:
            for place, change, second_change in ((source, -value, -second), (target, value, second)):
                key = SEPARATOR.join((place, *goods, unit))
                exact = f"{key}{SEPARATOR}{second_unit}"
                have = self.held.pop(exact, (0, 0))
                if any(after := (have[0] + change, have[1] + second_change)): self.held[exact] = after
                if key in self.ours or self._is_ours(place):
                    self.ours[key] = self.ours.get(key, Decimal(0)) + change
                    touched[key] = place
        self._waiting = []
        for key, place in touched.items():
            value = self.ours[key] or self.ours.pop(key)
            if value < 0 and self._is_ours(place):
                self.shortages[key, self.since.setdefault(key, self._last)] = (-value, True)
            elif since := self.since.pop(key, 0): self.shortages[key, since] = (self.shortages[key, since][0], False)
        self._last = following
    def _balance(self, _name: str, _line: int, row: Any) -> tuple[str, Any]:
        units, said = (row["unit"], row["second_unit"]), (quantity(row["value"]), quantity(row["second"]))
        for key, value in zip(((row["item"], units[0]), (row["item"], units[1], "2")), said, strict=True):
            self.world[key] = self.world.get(key, Decimal(0)) + value
        return SEPARATOR.join((row["place"], *(row[one] for one in GOODS), *units)), said if any(said) else None
    def _discrepancy(self, name: str, line: int, row: Any) -> tuple[Any, Any]:
        kind, key, since, closed = row["kind"], row["key"], row["opened_position"], row["closed_at"]
        first = min(self.opened.setdefault(one, line) for one in [row["id"]] + [(kind, key)] * (closed is None))
        if first != line: self.found.tell(name, line, (kind, key), "open", first)
        times = [row["opened_at"], closed or row["opened_at"]]
        if times != sorted(times) or not all(map(TIME.fullmatch, times)) or not 0 <= since <= self.export.size:
            self.found.tell(name, line, (kind, key), "times")
        if kind == "parked": self.parked[key] = closed is None or self.parked.get(key, False)
        if kind != "shortage": return (name, line), None
        goods = json.loads(key)
        said = (quantity(row["amount"]), closed is None) if goods[-1] == row["unit"] else row["unit"]
        return (SEPARATOR.join(goods), since), said

class Whole:
    """The ledger, what became of each event, what moved and the labels, held against each other."""
    def __init__(self, export: Export, ledgers: list[Ledger], books: Books, found: Found) -> None:
        self.export, self.books, self.found, self.due = export, books, found, 1
        self.states: Counter[str] = Counter()
        self.ids, self.moves = (b"".join(getattr(one, name) for one in ledgers) for name in ("ids", "moves"))
        self.flaws, self.undos, self.labels, self.releases = (
            {position: one for ledger in ledgers for position, one in getattr(ledger, name).items()}
            for name in ("flaws", "undos", "labels", "releases"))
        self.first, self.booked, self.undone = (dict[bytes, int]() for _ in range(3))  # an event's id: where
        self.jobs, self.serials = dict[str, Any](), dict[str, int]()  # a label as it was asked for, and the last word
        export.each("dispositions", found, self._take)
        if self.due <= export.size:
            found.tell("dispositions", self.due, self.due, "order", f"{self.due} … {export.size}")
        if {"labels.ndjson", "labels.ndjson.gz"} & {*export.files}:
            export.compare("labels", found, "label", self.jobs, self._label)
        ends: dict[tuple[str, int], tuple[int, str]] = {}
        for ledger in ledgers:
            for log, (sequence, before, position, name, line) in ledger.begins.items():
                last = ends.get(log, (0, ZERO))
                if (sequence - 1, before or last[1]) != last[:2]:
                    found.tell(name, line, position, "link", log, last[2:])
            ends |= ledger.ends
        export.compare("heads", found, "head", {log: end[:2] for log, end in ends.items()}, lambda _name, _line, row: (
            (row["device"], row["epoch"]), (row["sequence"], row["digest"])))
    def _take(self, name: str, line: int, row: Any) -> None:
        position, state, code = row["position"], row["state"], row["code"]
        if position != self.due or not 1 <= position <= self.export.size:
            self.found.tell(name, line, position, "order", self.due)
        self.due, self.states[state] = position + 1, self.states[state] + 1
        is_booked, source = state in ("booked", "booked_with_exception"), self.releases.get(position, position)
        at, of = slice(16 * position - 16, 16 * position), slice(16 * source - 16, 16 * source)
        event, due, moved = self.ids[of], self.moves[of] if is_booked else NOTHING, bytes(self.books.moves[at])
        fits = is_booked or state == "parked"
        if state == "known":
            fits = event in self.booked if source != position else row["detail"] == str(self.first.get(event))
        fits = fits and bool(code) == (state in ("parked", "booked_with_exception"))
        if not fits or self.flaws.get(position, code) != code:
            self.found.tell(name, line, position, "state", state, code, row["detail"])
        if moved != due and (moved != NOTHING or source not in self.undos or state == "booked"):
            self.found.tell("movements", 0, position, "effect")
        is_open = self.books.parked.get(str(position))  # None: it never was
        if (is_open is None and source == position) if state == "parked" else is_open:
            self.found.tell(name, line, position, "parked")
        if position not in self.flaws: self.first.setdefault(event, position)
        if is_booked: self._book(name, line, position, source, state == "booked" or moved != NOTHING)
    def _book(self, name: str, line: int, position: int, source: int, is_plain: bool) -> None:
        event = self.ids[16 * source - 16 : 16 * source]
        if self.booked.setdefault(event, source) != source:
            self.found.tell(name, line, position, "twice", self.booked[event])
        if source in self.undos and is_plain:  # one that cannot be is booked with an exception and moves nothing
            original, opposite = self.undos[source]
            of = 16 * self.booked.get(original, 0)
            if not of or self.moves[of - 16 : of] != opposite: self.found.tell(name, line, position, "undo")
            if self.undone.setdefault(original, source) != source:
                self.found.tell(name, line, position, "undone", self.undone[original])
        if source in self.labels:
            job, is_asked, words = self.labels[source]
            asked = (position, words) if is_asked else self.jobs.get(job, (0, NOTHING))[:2]
            self.jobs[job] = (*asked, position, short(["requested", ""]) if is_asked else words)
    def _label(self, name: str, line: int, row: Any) -> tuple[Any, Any]:
        is_new = row["serial"] and not row["reason"] and row["template"] != "place"
        if is_new and (first := self.serials.setdefault(row["serial"], line)) != line:
            self.found.tell(name, line, row["job"], "serial", row["serial"], first)
        asked = short([row[one] for one in ("device", *LABEL)]) if row["requested_position"] else NOTHING
        said = (row["requested_position"], asked, row["position"], short([row["state"], row["detail"]]))
        return row["job"], said

def read_manifest(path: Path) -> Any:
    """Return a manifest; `fits` says whether its own digest is right. Raise ValueError where it is none."""
    try:
        manifest = json.loads(path.read_bytes())
        digest, kind = manifest.pop("digest"), (manifest["format"], manifest["version"])
        text = json.dumps(manifest, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    except (OSError, *WRONG_SHAPE) as error:
        raise ValueError(f"{path}: no manifest of an export · 不是清单 ({error!r})") from error
    if kind != ("noac-export", 1): raise ValueError(f"{path}: this program does not know {kind} · 不认识这种格式")
    return manifest | {"fits": hashlib.sha256(text.encode()).hexdigest() == digest}

def check(folder: Path, witness: Path | None = None, processes: int = 0) -> tuple[Counter[str], Found]:
    """Check an export, also against an older one's manifest; return how many events became what, and what was found."""
    found, manifest = Found(), read_manifest(folder / "manifest.json")
    if not manifest["fits"]: return Counter(), Found([Finding("manifest.json", 1, "", "manifest", ("digest",))])
    older = manifest if witness is None else read_manifest(witness)
    files, then, now = manifest["files"], *((one["generation"], one["position"]) for one in (older, manifest))
    ledgers = sorted(name for name in files if name.startswith("ledger-"))
    sizes = [files[name]["lines"] for name in ledgers]
    if sum(sizes) != now[1]: found.tell("manifest.json", 1, "", "manifest", now)
    grows = [name for name in older["files"] if witness and (name.startswith(LASTING) or then == now)]
    if older["plant"] != manifest["plant"] or not older["fits"] or then > now or not {*grows} <= {*files}:
        found.tell("manifest.json", 1, "", "witness", (then, now))
    for name in sorted({path.name for path in folder.glob("*.ndjson*")} - {*files}): found.tell(name, 0, "", "missing")
    export = Export(folder, manifest["plant"], sum(sizes), files, {name: older["files"][name] for name in grows})
    firsts = [1 + sum(sizes[:number]) for number in range(len(sizes))]
    work: list[Any] = [(Books, export), *((Ledger, export, *one) for one in zip(ledgers, firsts, strict=True))]
    if processes == 1 or sum(sizes) < ALONE_LINES_MAX:
        parts: list[Any] = [make(*of) for make, *of in work]
    else:
        with ProcessPoolExecutor(processes or None) as pool:
            parts = [future.result() for future in [pool.submit(*one) for one in work]]
    whole = Whole(export, parts[1:], parts[0], found)
    for part in parts: found.extend(part.found)
    return whole.states, found

def main(arguments: list[str] | None = None) -> int:
    """Check the export that the command line names; return the exit code."""
    parser = argparse.ArgumentParser(prog="verify.py", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("export", type=Path, metavar="EXPORT", help="the folder")
    parser.add_argument("--witness", type=Path, help="the manifest.json of an older export, kept elsewhere")
    parser.add_argument("--lang", choices=("en", "zh"), default="", help="one language instead of both")
    asked = parser.parse_args(arguments)
    gc.disable()  # there are no cycles here, and looking for them in a million rows costs more than the rows
    try:
        states, found = check(asked.export, asked.witness)
    except ValueError as error:
        parser.error(str(error))
    en, zh = f"{states.total():,} events, {len(found):,} findings", f"{states.total():,} 个事件，{len(found):,} 处问题"
    said = {"en": en, "zh": zh}.get(asked.lang, f"{en} · {zh}")
    became = ", ".join(f"{state} {count:,}" for state, count in sorted(states.items()))
    print(*(one.said(asked.lang) for one in sorted(found)[:FINDINGS_MAX]), f"{said} ({became})", sep="\n")
    return 1 if found else 0

if __name__ == "__main__": sys.exit(main())
