"""Ten thousand ways to falsify an export, from a seed: by hand, and by one who makes every digest fit again."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.verify.story import GOODS, Rows, chained, dense, exported, noted, packed, sealed, sha256

# What the hub alone says, and nothing else in the export can contradict: only a witness sees it changed.
HUBS_WORD: Mapping[str, frozenset[str]] = {
    "ledger": frozenset({"received_at"}),
    "dispositions": frozenset({"code", "detail"}),
    "discrepancies": frozenset({"id", "owner", "opened_at", "closed_at", "detail"}),
    "labels": frozenset({"requested_at"}),
    "reference": frozenset({"kind", "key", "body", "position", "revision"}),
    "manifest.json": frozenset({"generation", "made_at", "software"}),
}
ACTS = ("alter", "delete", "insert", "reorder", "truncate")


@dataclass(frozen=True, kw_only=True)
class Tampering:
    """What was done; `lines`: where in the file, from 1 on; `names`: what else would name the row in a finding."""

    what: str
    file: str
    files: dict[str, bytes]
    lines: frozenset[int]
    names: frozenset[str] = frozenset()


def stem(name: str) -> str:
    return (
        name.partition(".")[0].partition("-")[0]
        if name.startswith("ledger")
        else name.removesuffix(".gz").removesuffix(".ndjson")
    )


def near(*indexes: int) -> frozenset[int]:
    return frozenset(one for index in indexes for one in (index, index + 1, index + 2))


def bytewise(draw: random.Random, rows: Rows, good: dict[str, bytes]) -> Tampering:
    """Someone with an editor: one file is changed, everything else stays as it was."""
    name = draw.choice([one for one in rows if rows[one]] + ["manifest.json"])
    act = draw.choice(ACTS)
    if name == "manifest.json":
        data = bytearray(good[name])
        at = draw.randrange(len(data))
        if act == "truncate":
            del data[at:]
        else:
            data[at] ^= 1 << draw.randrange(8)
        return Tampering(what=f"{act} byte", file=name, files={name: bytes(data)}, lines=frozenset({0, 1}))
    lines = chained(rows[name])
    index = draw.randrange(len(lines))
    if act == "alter":
        line = bytearray(lines[index])
        line[draw.randrange(len(line))] ^= 1 << draw.randrange(8)
        lines[index] = bytes(line)
        touched = near(index)
    elif act == "delete":
        del lines[index]
        touched = near(index - 1)
    elif act == "insert":
        lines.insert(index, draw.choice(chained(rows[draw.choice(list(rows))]) or [b"\n"]))
        touched = near(index)
    elif act == "reorder":
        other = (index + draw.randrange(1, max(2, len(lines)))) % len(lines)
        lines[index], lines[other] = lines[other], lines[index]
        touched = near(index, other)
        if lines == chained(rows[name]):
            return bytewise(draw, rows, good)
    else:
        data = b"".join(lines)
        cut = draw.randrange(len(data))
        index = data[:cut].count(b"\n")
        lines = [data[:cut]]
        touched = near(index - 1)
    return Tampering(what=f"{act} by hand", file=name, files={name: packed(name, lines)}, lines=touched)


def other(draw: random.Random, value: Any) -> Any:
    """Return something else of the same kind."""
    if isinstance(value, bool) or value is None:
        return "2026-11-22T11:00:00Z" if value is None else not value
    if isinstance(value, int):
        return value + draw.choice((-1, 1, 7))
    if isinstance(value, list):
        return value[:-1] if value else ["x"]
    if isinstance(value, dict):
        return dict(list(value.items())[:-1]) if value else {"x": "y"}
    if value.lstrip("-").replace(".", "", 1).isdigit() and len(value) < 20:
        return str(int(value) + 1) if value.isdigit() else f"{float(value) + draw.choice((-1, 0.5, 3)):g}"
    at = draw.randrange(len(value) + 1)
    return value[:at] + draw.choice("abz019") + value[at + draw.randrange(2) :]


def clever(draw: random.Random, rows: Rows) -> Tampering:
    """Someone with this page and a program: rows are changed, and every digest of the export is made to fit again."""
    name = draw.choice([one for one in rows if rows[one] and stem(one) != "reference"])
    changed, kind, act = copy.deepcopy(rows), stem(name), draw.choice(ACTS)
    some = changed[name]
    index = draw.randrange(len(some))
    row = some[index]
    if act == "alter":
        what = alter(draw, kind, row)
        if not what or some == rows[name]:
            return clever(draw, rows)
        act, touched = f"alter {what}", [index]
    elif act == "delete":
        del some[index]
        touched = [index]
    elif act == "insert":
        some.insert(
            index + 1,
            copy.deepcopy(row)
            | ({"position": row["position"] + 1} if draw.random() < 0.3 and "position" in row else {}),
        )
        touched = [index, min(index + 1, len(rows[name]) - 1)]  # a twin: either of the two is the false one
    elif act == "reorder":
        second = draw.randrange(len(some))
        some[index], some[second] = some[second], some[index]
        touched = [index, second]
    else:
        del some[index:]
        touched = [index]
    if is_unseen(kind, act, rows[name][index], some, rows[name]):
        return clever(draw, rows)
    names = {said for one in touched for said in names_of(kind, rows[name][one], rows)}
    files = refitted(rows, changed, name)
    return Tampering(
        what=f"{act}, digests fitted",
        file=name,
        files=files,
        lines=near(*(one - 1 for one in touched), *touched),
        names=frozenset(names),
    )


def refitted(rows: Rows, changed: Rows, name: str) -> dict[str, bytes]:
    lines = chained(changed[name])
    data = packed(name, lines)
    manifest = json.loads(exported(rows)["manifest.json"])
    manifest["files"][name] = noted(lines, data)
    manifest["position"] = sum(len(one) for file, one in changed.items() if file.startswith("ledger-"))
    return {name: data, "manifest.json": sealed(manifest)}


def alter(draw: random.Random, kind: str, row: Any) -> str:
    """Change one field; in the ledger as often one inside the entry, with the entry's own digest made to fit."""
    if kind == "ledger" and "body" in row and draw.random() < 0.7:
        body = json.loads(row["body"])
        field = draw.choice(list(body))
        body[field] = other(draw, body[field])
        row["body"] = dense(body)
        row["digest"] = sha256(row["body"].encode())
        return f"body.{field}"
    field = draw.choice([one for one in row if one not in HUBS_WORD.get(kind, ())])
    row[field] = other(draw, row[field])
    return field


def is_unseen(kind: str, act: str, row: Any, after: list[Any], before: list[Any]) -> bool:
    """Say whether nothing but a witness could see it; `docs/export.md` names each of these."""
    if kind in ("balances", "heads", "labels", "discrepancies") and act == "reorder":
        return True  # the order of these rows says nothing
    if kind == "discrepancies" and row["kind"] not in ("shortage", "parked"):
        return act != "insert"  # an exception's own discrepancy: only the hub says so
    if kind == "discrepancies" and row["kind"] == "parked" and act.startswith("alter"):
        return act != "alter key"
    if kind == "discrepancies" and act == "truncate":
        return all(one["kind"] not in ("shortage", "parked") for one in before[len(after) :])
    return after == before


def names_of(kind: str, row: Any, rows: Rows) -> set[str]:
    """Return what a finding may call this row, where it is told of elsewhere: its position, its log, its key."""
    found = {f"position {row[one]}" for one in ("position", "opened_position") if row.get(one)}
    if kind in ("movements", "dispositions"):
        found |= {f"position {row['position'] + one}" for one in (-1, 1)}
    if kind == "ledger":
        log = [one for name, some in rows.items() if name.startswith("ledger-") for one in some]
        same = [
            one["position"] for one in log if (one["device"], one["epoch"]) == (row["device"], row["epoch"])
        ]
        at = same.index(row["position"])
        found |= {f"position {one}" for one in same[max(0, at - 1) : at + 2]} | {
            f"{row['device']} {row['epoch']}"
        }
        found |= {f"position {row['position'] + one}" for one in (-1, 1)}
    if kind == "balances":
        found.add("/".join((row["place"], *(row[one] for one in GOODS), row["unit"], row["second_unit"])))
    if kind == "heads":
        found.add(f"{row['device']} {row['epoch']}")
    if kind == "labels":
        found.add(row["job"])
    if kind == "discrepancies":
        found |= {f"position {row['key']}"}
        if row["kind"] == "shortage":
            found.add(f"{'/'.join(json.loads(row['key']))} {row['opened_position']}")
    return found
