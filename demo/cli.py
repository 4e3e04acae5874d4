"""`noac demo`: a morning at goods-in that anyone can watch, and then take over by hand."""

import signal
import tempfile
import threading
import time
from contextlib import ExitStack, suppress
from pathlib import Path
from types import FrameType

import click

from demo import chaos as trouble
from demo.book import Book
from demo.check import problems
from demo.labels_out import await_count, count, read_label
from demo.morning import DOORS, Act, Door, Step, morning
from demo.processes import StartError
from demo.site import PLANT, Site

SEED = 20261122
BEAT_S = 2.4
"""From one scan to the next at one door, when people watch."""

CHECK_BEAT_S = 0.5
"""The same when nobody does: just outside the window in which a repeat counts as one trigger pull."""

LABEL_TIMEOUT_S = 15.0

TIME_TO_LOOK_S = 20
"""How long people have to open the pages before the first lorry comes."""


class Stopped(Exception):  # noqa: N818 - it is no error
    """Somebody pressed Ctrl-C."""


@click.command(help="Show a morning at two goods-in doors: hub, kiosks, printers, board. Ctrl-C ends it.")
@click.option("--check", is_flag=True, help="Run headless and fast, and fail if any law or number is off.")
@click.option("--chaos", is_flag=True, help="Lorries without end, and a page on which anyone pulls plugs.")
@click.option(
    "--folder", type=click.Path(path_type=Path), help="Keep the data here; else they are thrown away."
)
@click.option("--seed", default=SEED, show_default=True, help="The goods are drawn from it.")
def command(*, check: bool, chaos: bool, folder: Path | None, seed: int) -> None:
    """Run the demonstration."""
    stop = threading.Event()

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, on_signal)
    with ExitStack() as stack:
        where = folder or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="noac-demo-")))
        where.mkdir(parents=True, exist_ok=True)
        if any(where.iterdir()):
            raise click.UsageError(f"{where} is not empty: the morning begins with a clean floor")
        try:
            if chaos:
                (trouble.check if check else trouble.show)(where, stop, seed)
            else:
                _run_morning(where, stop, seed, check=check)
        except StartError as error:
            raise click.ClickException(str(error)) from error
    if not check:
        click.echo("再见 / goodbye. 没有留下任何进程 / nothing was left running.")


def _run_morning(where: Path, stop: threading.Event, seed: int, *, check: bool) -> None:
    show = Show(Site(where), stop, beat_s=CHECK_BEAT_S if check else BEAT_S)
    try:
        show.open()
        if not check:
            show.let_people_look()
        book = show.play(seed)
        if check:
            verdict(show.site, book)
        else:
            show.hand_over(book)
    except Stopped:
        pass
    finally:
        if not check:
            click.echo("\n正在收摊 / packing up …")
        show.site.close()


def verdict(site: Site, book: Book) -> None:
    """Hold the morning against the tally; exits with 1 and the list if anything is off."""
    found = list(problems(site, book))
    for problem in found:
        click.echo(f"  ✕ {problem}")
    if found:
        raise click.ClickException(f"{len(found)} things are not as they should be")
    labels = len(book.labels)
    click.echo(
        f"  ✓ {book.lines} lines, {labels} labels, {len(book.balances())} balances: all as in the tally; "
        "positions dense, nothing lost, nothing doubled, the world sums to zero"
    )


class Show:
    """The morning as it is played: one scan after the other, each said in both languages."""

    def __init__(self, site: Site, stop: threading.Event, *, beat_s: float) -> None:
        self.site = site
        self._stop = stop
        self._beat_s = beat_s
        self._next_s = dict.fromkeys(DOORS, 0.0)

    def open(self) -> None:
        """Start everything and say where to look."""
        click.echo("正在开门 / opening: 主机 hub, 两台终端 two kiosks, 两台打印机 two printers …")
        self.site.start()
        board = f"{self.site.hub_url}/board?plant={PLANT}"
        click.echo("\n在浏览器中打开 / open in your browser:\n")
        click.echo(f"  看板 board               {board}&lang=zh-CN")
        click.echo(f"                           {board}&lang=en")
        for door in DOORS:
            page = self.site.page_url(door)
            click.echo(f"\n  {door:<7} 终端 kiosk      {page}")
            click.echo(f"          扫码 scanner    {page}/scan")
            click.echo(f"          标签 labels     {self.site.printer_url(door)}")
        click.echo(
            "\n看什么 / what to look at: 每一声“嘀”之前数据已落盘；主机断开时终端照常工作，看板说明数据的时间。"
            "\nEvery beep comes after the disk has it; while the hub is away the kiosks work on and the board says how"
            " old it is.\n"
        )

    def let_people_look(self) -> None:
        """Give people the time to open the pages. Raises Stopped."""
        click.echo(f"第一辆车 {TIME_TO_LOOK_S} 秒后到 / the first lorry comes in {TIME_TO_LOOK_S} s\n")
        if self._stop.wait(TIME_TO_LOOK_S):
            raise Stopped

    def play(self, seed: int) -> Book:
        """Play the acts. Raises Stopped."""
        book = Book()
        for act in morning(seed, book):
            self._play_act(act)
        return book

    def _play_act(self, act: Act) -> None:
        click.echo(f"── {act.zh} / {act.en}")
        if act.is_hub_away:
            self.site.kill_hub()
        for step in act.steps:
            self._rest(step.door)
            self._play_step(step)
        if act.is_hub_away:
            self.site.start_hub()

    def _play_step(self, step: Step) -> None:
        code = self._newest_label(step.door) if step.code is None else step.code
        click.echo(f"   {step.door:<7} {step.zh} · {step.en}")
        self.site.scanners[step.door].scan(code, step.fault)

    def _newest_label(self, door: Door) -> str:
        """Read the newest label of a door, once the printer has caught up with the door."""
        folder = self.site.labels_folder(door)
        deadline = time.monotonic() + LABEL_TIMEOUT_S
        before = -1
        while (now := count(folder)) != before and time.monotonic() < deadline:
            before = now
            await_count(folder, now + 1, timeout_s=1.0)
        return read_label(folder / f"label-{count(folder):06d}.png").codes[0]

    def _rest(self, door: Door) -> None:
        """Keep the beat of a door, so that the doors work side by side; raises Stopped."""
        if self._stop.wait(max(0.0, self._next_s[door] - time.monotonic())):
            raise Stopped
        self._next_s[door] = time.monotonic() + self._beat_s

    def hand_over(self, book: Book) -> None:
        """Check the morning, then leave everything running until somebody ends it."""
        with suppress(click.ClickException):
            verdict(self.site, book)
        click.echo("\n现在轮到您：用上面的“扫码”页面自己扫。Ctrl-C 结束。")
        click.echo("Your turn: scan by hand on the pages above. Ctrl-C ends it.")
        self._stop.wait()
