"""The morning held against the world: every number the software shows, against the storekeeper's own tally."""

import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from demo.book import Book, Key
from demo.labels_out import await_count, read_labels
from demo.morning import Post
from demo.site import DEVICES, Site
from domain.barcode import Lot, read

QUIET_TIMEOUT_S = 20.0
STAYS_QUIET_S = 1.0
LOOK_EVERY_S = 0.2
PAGES_MAX = 100


def await_quiet(site: Site) -> bool:
    """Wait until nothing waits to be sent or booked, and stays so; False if that takes longer than QUIET_TIMEOUT_S.

    What a printer says of a label comes after the label: a moment of quiet alone may lie between the two.
    """
    deadline = time.monotonic() + QUIET_TIMEOUT_S
    quiet_since, ledger = time.monotonic(), -1
    while time.monotonic() < deadline:
        reached = _quiet_at(site)
        if reached < 0 or reached != ledger:
            quiet_since, ledger = time.monotonic(), reached
        elif time.monotonic() - quiet_since >= STAYS_QUIET_S:
            return True
        time.sleep(LOOK_EVERY_S)
    return False


def _quiet_at(site: Site) -> int:
    """Return through where the ledgers are booked, where nothing waits anywhere; below 0 where something does."""
    plants = site.ask_hub("health")["plants"]
    kiosks = site.ask_hub("kiosks")["rows"]
    is_booked = all(one["ledger_position"] == one["booked_position"] for one in plants)
    is_sent = len(kiosks) == len(site.posts) and all(one["pending"] == 0 for one in kiosks)
    is_told = not site.ask_hub("labels?state=requested")["rows"]
    return sum(one["booked_position"] for one in plants) if is_booked and is_sent and is_told else -1


def problems(site: Site, book: Book) -> Iterator[str]:
    """Yield everything that is not as it should be; nothing if the morning was right."""
    if not await_quiet(site):
        yield "the queues did not empty by themselves"
    for post in site.posts:
        await_count(site.labels_folder(post), _labels_of(book, post), QUIET_TIMEOUT_S)
    if not await_quiet(site):
        yield "the queues did not empty after the last label"
    yield from _stock_problems(site, book)
    yield from _ledger_problems(site, book)
    yield from _label_problems(site, book)
    yield from _line_problems(site, book)


def _labels_of(book: Book, post: Post) -> int:
    return sum(1 for at, _ in book.labels if at == post)


def _stock_problems(site: Site, book: Book) -> Iterator[str]:
    numbers = {row["body"]["id"]: row["body"]["number"] for row in all_rows(site, "reference/item")}
    shown: dict[Key, Decimal] = defaultdict(Decimal)
    for row in all_rows(site, "stock"):
        quantity = row["quantity"]
        key = (row["place"], numbers[row["item"]], row.get("lot", ""), quantity["unit"])
        shown[key] += Decimal(quantity["value"])
    real = book.balances()
    for key in sorted({*shown, *real}):
        if shown.get(key, Decimal(0)) != real.get(key, Decimal(0)):
            yield f"stock {' '.join(key)}: shown {shown.get(key, 0)}, really {real.get(key, 0)}"
    world: dict[str, Decimal] = defaultdict(Decimal)
    for (_, item, _, unit), amount in shown.items():
        world[f"{item} {unit}"] += amount
    yield from (
        f"the world has {amount} of {what}, not 0 (law L2)" for what, amount in world.items() if amount
    )


def _ledger_problems(site: Site, book: Book) -> Iterator[str]:
    events = list(_ledger(site))
    positions = [one["position"] for one in events]
    if positions != list(range(1, len(positions) + 1)):
        yield "positions are not dense (law L11)"
    ids = Counter(one["event_id"] for one in events)
    yield from (
        f"event {name} stands {times} times in the ledger" for name, times in ids.items() if times > 1
    )
    for device in (DEVICES[post] for post in site.posts):
        sequences = [one["sequence"] for one in events if one["device"] == device]
        if sequences != list(range(1, len(sequences) + 1)):
            yield f"the log of {device} has gaps or is out of order (law L11)"
    lines = sum(one["type"] == "LineRecorded" for one in events)
    if lines != book.lines:
        yield f"{lines} lines in the ledger, {book.lines} were scanned"
    yield from (
        f"event {one['position']} {one['type']}: {one['disposition']} {one.get('code', '')}"
        for one in events
        if one["disposition"] != "booked"
    )


def _label_problems(site: Site, book: Book) -> Iterator[str]:
    for post in site.posts:
        wanted = [lot for at, lot in book.labels if at == post]
        labels = read_labels(site.labels_folder(post))
        if len(labels) != len(wanted):
            yield f"{len(labels)} labels came out at the post {post}, {len(wanted)} goods were received"
        for label, lot in zip(labels, wanted, strict=False):
            named = [one.value for code in label.codes for one in read(code).elements if isinstance(one, Lot)]
            if not label.codes or any(one != lot for one in named) or bool(named) != bool(lot):
                yield f"label {label.file.name} of the post {post} names lots {named}, not {lot or 'none'}"


def _line_problems(site: Site, book: Book) -> Iterator[str]:
    """Hold the sewing line's books against what was carried from one post to the next."""
    done = {code: list(all_rows(site, f"work_done?operation={code}")) for code in ("SEW", "HEM")}
    waiting = sum(row["waiting"] + row["at_work"] for row in all_rows(site, "work_in_process"))
    shown = {
        "finished": sum(row["good"] for row in done["HEM"]),
        "sewn, those sent back twice": sum(row["received"] for row in done["SEW"]),
        "still waiting": waiting,
    }
    really = {
        "finished": book.finished_pieces,
        "sewn, those sent back twice": book.finished_pieces + book.refused_pieces,
        "still waiting": book.cut_pieces - book.finished_pieces,
    }
    yield from (
        f"pieces {what}: shown {shown[what]}, really {count}"
        for what, count in really.items()
        if shown[what] != count
    )


def all_rows(site: Site, path: str) -> Iterator[Any]:
    """Yield the rows of every page of a list."""
    after = ""
    for _ in range(PAGES_MAX):
        page = site.ask_hub(f"{path}{'&' if '?' in path else '?'}after={after}")
        yield from page["rows"]
        after = page["next"]
        if not after:
            return


def _ledger(site: Site) -> Iterator[Any]:
    """Yield every event of the ledger, by position."""
    position = 0
    for _ in range(PAGES_MAX):
        page = site.ask_hub(f"events?from_position={position}")
        yield from page["rows"]
        position = page["next_position"]
        if not position:
            return
