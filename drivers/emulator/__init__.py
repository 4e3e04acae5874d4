"""The printer emulator: a printer on TCP whose labels are pictures in a folder and on a page."""

import signal
import threading
from pathlib import Path

import click

from drivers.emulator.device import LANGUAGE_DEFAULT, EmulatedPrinter
from drivers.emulator.page import EmulatorPage
from drivers.emulator.stream import DOTS_PER_MM_DEFAULT
from drivers.language import language_names
from labels.placement import DOTS_PER_MM_MAX, DOTS_PER_MM_MIN

__all__ = ["EmulatedPrinter", "EmulatorPage", "command", "run_emulator"]

PORT_DEFAULT = 9100
HTTP_PORT_DEFAULT = 9101


def run_emulator(
    *, language: str, dots_per_mm: int, port: int, http_port: int, folder: Path, ms_per_label: int
) -> None:
    """Be a printer until SIGINT or SIGTERM; says its real addresses in one line. OSError: a port is taken."""
    printer = EmulatedPrinter(
        folder=folder, language=language, dots_per_mm=dots_per_mm, port=port, ms_per_label=ms_per_label
    )
    page = EmulatorPage(printer, http_port)
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: ended.set())
    printer.start()
    page.start()
    click.echo(f"printer emulator {printer.address} page {page.url} labels in {folder}")
    ended.wait()
    page.stop()
    printer.stop()


@click.command("printer-emulator")
@click.option(
    "--language",
    type=click.Choice(language_names()),
    default=LANGUAGE_DEFAULT,
    show_default=True,
    help="What the printer understands.",
)
@click.option(
    "--dots-per-mm",
    type=click.IntRange(DOTS_PER_MM_MIN, DOTS_PER_MM_MAX),
    default=DOTS_PER_MM_DEFAULT,
    show_default=True,
    help="Its head: 8 is called 203 dpi, 12 is called 300 dpi.",
)
@click.option(
    "--port", default=PORT_DEFAULT, show_default=True, help="Port for print data; 0 takes a free one."
)
@click.option(
    "--http",
    "http_port",
    default=HTTP_PORT_DEFAULT,
    show_default=True,
    help="Port of the page; 0 takes a free one.",
)
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("labels-out"),
    show_default=True,
    help="Where the labels go, as numbered pictures with an index.",
)
@click.option("--ms-per-label", default=400, show_default=True, help="How long one label takes to come out.")
def command(
    *, language: str, dots_per_mm: int, port: int, http_port: int, folder: Path, ms_per_label: int
) -> None:
    """A label or receipt printer without paper, on 127.0.0.1, for trials and demonstrations."""
    try:
        run_emulator(
            language=language,
            dots_per_mm=dots_per_mm,
            port=port,
            http_port=http_port,
            folder=folder,
            ms_per_label=ms_per_label,
        )
    except OSError as error:
        raise click.ClickException(
            f"端口或文件夹不可用 / ports {port} and {http_port}, folder {folder}: {error.strerror}; "
            "请用 --port、--http、--folder 换一个 / choose others with --port, --http, --folder"
        ) from error
