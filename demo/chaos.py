"""`noac demo --chaos`: work goes on while anyone pulls plugs, and a count says what was lost. And its check."""

import threading
import time
from collections.abc import Callable
from pathlib import Path

import click

from demo.diary import Diary, Note
from demo.evidence import events_after
from demo.floor import Floor
from demo.morning import DOORS, Door
from demo.processes import StartError
from demo.site import PLANT
from demo.troubles import Durations, What

BEAT_S = 2.4
CHECK_BEAT_S = 0.7
CHECK_DURATIONS = Durations(kiosk_s=1.0, hub_s=3.0, line_s=3.0)
CHECK_ROUND: tuple[tuple[What, Door | None], ...] = (
    ("kiosk", "fabric"),
    ("line", "trims"),
    ("card", "trims"),
    ("bit", "fabric"),
    ("hub", None),
    ("restore", None),
)
PACKAGES_BETWEEN = 4
"""How many packages turn green between two acts of the check."""

ACT_TIMEOUT_S = 120.0
WORK_TIMEOUT_S = 60.0
LOOK_EVERY_S = 0.1
MARKS = {"act": "⚡", "noac": "→", "good": "✓", "bad": "✕"}


class RoundError(Exception):
    """The round could not be played to its end."""


def _tell(line: Note) -> None:
    click.echo(f"   {MARKS[line.kind]} {line.zh}\n     {line.en}")


def show(folder: Path, stop: threading.Event, seed: int) -> None:
    """Open the floor to viewers until `stop` is set. Raises StartError."""
    click.echo("正在开门 / opening: 主机 hub, 两台终端 two kiosks, 两台打印机 two printers …")
    with Floor(folder, Diary(_tell), seed=seed, beat_s=BEAT_S) as floor:
        _say_where(floor)
        floor.begin_work()
        stop.wait()
        click.echo("\n正在收摊 / packing up …")


def _say_where(floor: Floor) -> None:
    board = f"{floor.site.hub_url}/board?plant={PLANT}"
    click.echo("\n在浏览器中打开 / open in your browser:\n")
    click.echo(f"  拔插头 pull the plug     {floor.page.url}/?lang=zh-CN")
    click.echo(f"                           {floor.page.url}/?lang=en")
    click.echo(f"  看板 board               {board}&lang=zh-CN")
    click.echo(f"                           {board}&lang=en")
    for door in DOORS:
        click.echo(f"  {door:<7} 终端 kiosk      {floor.site.page_url(door)}")
    click.echo("\nCtrl-C 结束 / ends it.\n")


def check(folder: Path, stop: threading.Event, seed: int) -> None:
    """Play every act once, headless, and fail if anything is lost, doubled or off. Raises StartError."""
    began = time.monotonic()
    with Floor(folder, Diary(_tell), seed=seed, beat_s=CHECK_BEAT_S, durations=CHECK_DURATIONS) as floor:
        floor.begin_work()
        try:
            for what, door in CHECK_ROUND:
                _let_work(floor, stop)
                _play(floor, stop, what, door)
            _let_work(floor, stop)
        except RoundError as problem:
            floor.troubles.failures.append(str(problem))
        floor.end_work()
        found = problems(floor, stop)
        count = floor.troubles.tally.count
    if stop.is_set():
        return
    for problem in found:
        click.echo(f"  ✕ {problem}")
    if found:
        raise click.ClickException(f"{len(found)} things are not as they should be")
    click.echo(
        f"  ✓ {len(CHECK_ROUND)} acts, {count.confirmed} packages seen green, {count.in_hub} in the hub, "
        f"{count.waiting} waiting, lost {count.lost}, doubled {count.doubled}; generation {count.generation}, "
        f"epochs {sorted(count.epochs.values())}; the books balance ({time.monotonic() - began:.0f} s)"
    )


def _let_work(floor: Floor, stop: threading.Event) -> None:
    """Wait until some more packages turned green at each door, and until a backup and copies of the cards are there."""
    tally, spares = floor.troubles.tally, floor.troubles.spares
    wanted = tally.confirmed + PACKAGES_BETWEEN

    def is_so() -> bool:
        is_copied = spares.backup_at is not None and all(spares.oldest_card(door) for door in DOORS)
        return tally.confirmed >= wanted and is_copied

    _await(is_so, WORK_TIMEOUT_S, stop, f"only {tally.confirmed} packages turned green")


def _play(floor: Floor, stop: threading.Event, what: What, door: Door | None) -> None:
    troubles = floor.troubles
    _await(lambda: troubles.press(what, door), WORK_TIMEOUT_S, stop, f"{what} {door} could not be begun")
    _await(lambda: troubles.is_calm, ACT_TIMEOUT_S, stop, f"{what} {door} did not come to its end")


def _await(is_so: Callable[[], object], timeout_s: float, stop: threading.Event, problem: str) -> None:
    deadline = time.monotonic() + timeout_s
    while not is_so():
        if stop.wait(LOOK_EVERY_S) or time.monotonic() > deadline:
            raise RoundError(problem)


def problems(floor: Floor, stop: threading.Event) -> list[str]:
    """Return everything that is not as it should be once all is healed and everybody has stopped."""
    tally, found = floor.troubles.tally, list(floor.troubles.failures)
    turn = tally.turn
    try:
        _await(
            lambda: tally.turn > turn + 1 and tally.count.is_quiet,
            WORK_TIMEOUT_S,
            stop,
            "nothing came to rest",
        )
        _await(
            lambda: tally.count.lost or not tally.count.waiting,
            WORK_TIMEOUT_S,
            stop,
            "packages are neither lost nor in the hub",
        )
    except RoundError as problem:
        found.append(str(problem))
    count = tally.count
    for word, number in (
        ("lost", count.lost),
        ("doubled", count.doubled),
        ("waiting", count.waiting),
        ("in the hub though nobody saw them turn green", count.unseen),
    ):
        if number:
            found.append(f"{number} packages {word}")
    found += [
        f"{worker.refusals} refusals at {door}" for door, worker in floor.workers.items() if worker.refusals
    ]
    for row in events_after(floor.site, 0):
        if row["disposition"] in ("parked", "waiting", "booked_with_exception"):
            found.append(f"event {row['position']} {row['type']}: {row['disposition']} {row.get('code', '')}")
    try:
        floor.site.inspect_hub()
    except StartError as error:
        found.append(str(error))
    return found
