"""`noac demo`: a morning at goods-in and an afternoon on the line that anyone can watch, and then take over by hand."""

import signal
import tempfile
import threading
import time
from contextlib import ExitStack, closing, suppress
from datetime import datetime
from pathlib import Path
from types import FrameType
from zoneinfo import ZoneInfo

import click

from demo import chaos as trouble
from demo.book import Book
from demo.check import await_quiet, problems
from demo.glass import Glass
from demo.labels_out import await_count, count, read_label
from demo.morning import POSTS, Act, Post, Printed, Step, Touches, morning
from demo.processes import TIME_ZONE, StartError
from demo.sewing import afternoon, line_plans
from demo.site import PLANT, Site
from kiosk.screen import Tone

SEED = 20261122
BEAT_S = 2.4
"""From one scan to the next at one door, when people watch."""

CHECK_BEAT_S = 0.5
"""The same when nobody does: just outside the window in which a repeat counts as one trigger pull."""

LABEL_TIMEOUT_S = 15.0
ANSWER_TIMEOUT_S = 15.0
"""Until a button is there and the screen has answered a touch."""

TIME_TO_LOOK_S = 20
"""How long people have to open the pages before the first lorry comes."""


class Stopped(Exception):  # noqa: N818 - it is no error
    """Somebody pressed Ctrl-C."""


@click.command(
    help="Show a day at goods-in and on a sewing line: hub, kiosks, printers, board. Ctrl-C ends it."
)
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
    show = Show(Site(where, POSTS), stop, beat_s=CHECK_BEAT_S if check else BEAT_S)
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
        show.close()


def verdict(site: Site, book: Book) -> None:
    """Hold the morning against the tally; exits with 1 and the list if anything is off."""
    found = list(problems(site, book))
    for problem in found:
        click.echo(f"  ✕ {problem}")
    if found:
        raise click.ClickException(f"{len(found)} things are not as they should be")
    labels = len(book.labels)
    click.echo(
        f"  ✓ {book.lines} lines, {labels} labels, {len(book.balances())} balances, {book.cut_pieces} pieces cut,"
        f" {book.refused_pieces} sent back, {book.finished_pieces} finished: all as in the tally; "
        "positions dense, nothing lost, nothing doubled, the world sums to zero"
    )


class Show:
    """The morning as it is played: one scan after the other, each said in both languages."""

    def __init__(self, site: Site, stop: threading.Event, *, beat_s: float) -> None:
        self.site = site
        self._stop = stop
        self._beat_s = beat_s
        self._next_s = dict.fromkeys(site.posts, 0.0)
        self._glasses: dict[Post, Glass] = {}
        self._ending = ExitStack()

    def open(self) -> None:
        """Start everything and say where to look."""
        click.echo("正在开门 / opening: 主机 hub, 五台终端 five kiosks, 五台打印机 five printers …")
        self.site.start({"line_plans": line_plans(datetime.now(ZoneInfo(TIME_ZONE)).date())})
        board = f"{self.site.hub_url}/board?plant={PLANT}"
        click.echo("\n在浏览器中打开 / open in your browser:\n")
        click.echo(f"  看板 board               {board}&lang=zh-CN")
        click.echo(f"                           {board}&lang=en")
        click.echo(f"  缝制车间 sewing hall     {board}&board=floor&lang=zh-CN")
        click.echo(f"                           {board}&board=floor&lang=en")
        for post in self.site.posts:
            page = self.site.page_url(post)
            click.echo(f"\n  {post:<7} 终端 kiosk      {page}")
            click.echo(f"          扫码 scanner    {page}/scan")
            click.echo(f"          标签 labels     {self.site.printer_url(post)}")
        click.echo(
            "\n看什么 / what to look at: 每一声“嘀”之前数据已落盘；主机断开时终端照常工作，看板说明数据的时间。"
            "\nEvery beep comes after the disk has it; while the hub is away the kiosks work on and the board says how"
            " old it is.\n"
        )

    def close(self) -> None:
        """End everything."""
        self._ending.close()
        self.site.close()

    def let_people_look(self) -> None:
        """Give people the time to open the pages. Raises Stopped."""
        click.echo(f"第一辆车 {TIME_TO_LOOK_S} 秒后到 / the first lorry comes in {TIME_TO_LOOK_S} s\n")
        if self._stop.wait(TIME_TO_LOOK_S):
            raise Stopped

    def play(self, seed: int) -> Book:
        """Play the acts. Raises Stopped."""
        book = Book()
        for act in (*morning(seed, book), *afternoon(book)):
            self._play_act(act)
        return book

    def _play_act(self, act: Act) -> None:
        click.echo(f"── {act.zh} / {act.en}")
        if act.is_hub_away:
            self.site.kill_hub()
        for step in act.steps:
            self._rest(step.post)
            self._play_step(step)
        if act.is_hub_away:
            self.site.start_hub()

    def _play_step(self, step: Step) -> None:
        click.echo(f"   {step.post:<7} {step.zh} · {step.en}")
        match step.does:
            case Touches(buttons=buttons):
                for action, value in buttons:
                    self._glass(step.post).touch(action, value, ANSWER_TIMEOUT_S)
            case Printed() as label if step.is_carried:
                self._scan_until_known(step.post, self._read(label))
            case Printed() as label:
                self.site.scanners[step.post].scan(self._read(label), step.fault)
            case str() as code:
                self.site.scanners[step.post].scan(code, step.fault)

    def _scan_until_known(self, post: Post, code: str) -> None:
        """Scan goods that were carried here, and again where the post has not heard of them yet. Raises Stopped."""
        await_quiet(self.site)
        glass = self._glass(post)
        deadline = time.monotonic() + ANSWER_TIMEOUT_S
        while time.monotonic() < deadline:
            self._rest(post)
            before = glass.seen.turn if glass.seen else 0
            self.site.scanners[post].scan(code)
            glass.wait(lambda now, before=before: now.turn > before, ANSWER_TIMEOUT_S)
            self._rest(post)
            if glass.seen and glass.seen.tone != Tone.REFUSED:
                return

    def _glass(self, post: Post) -> Glass:
        if post not in self._glasses:
            self._glasses[post] = self._ending.enter_context(closing(Glass(self.site.ports[post].page)))
        return self._glasses[post]

    def _read(self, label: Printed) -> str:
        """Read a label as soon as it is out, the newest once the printer has caught up."""
        folder = self.site.labels_folder(label.post)
        if label.number:
            await_count(folder, label.number, LABEL_TIMEOUT_S)
            return read_label(folder / f"label-{label.number:06d}.png").codes[0]
        deadline = time.monotonic() + LABEL_TIMEOUT_S
        before = -1
        while (now := count(folder)) != before and time.monotonic() < deadline:
            before = now
            await_count(folder, now + 1, timeout_s=1.0)
        return read_label(folder / f"label-{count(folder):06d}.png").codes[0]

    def _rest(self, post: Post) -> None:
        """Keep the beat of a post, so that all work side by side; raises Stopped."""
        if self._stop.wait(max(0.0, self._next_s[post] - time.monotonic())):
            raise Stopped
        self._next_s[post] = time.monotonic() + self._beat_s

    def hand_over(self, book: Book) -> None:
        """Check the morning, then leave everything running until somebody ends it."""
        with suppress(click.ClickException):
            verdict(self.site, book)
        click.echo("\n现在轮到您：用上面的“扫码”页面自己扫。Ctrl-C 结束。")
        click.echo("Your turn: scan by hand on the pages above. Ctrl-C ends it.")
        self._stop.wait()
