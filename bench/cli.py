"""`noac bench NAME`: measure, beside the machine's own floor, and say so as a table or as JSON."""

import importlib
import pkgutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import cast

import click

import bench.benches
from bench.measurement import Report, Result, commit_name, machine_in_words, to_json, to_text

Say = Callable[[str], None]
Run = Callable[[Path, int, Say], tuple[Result, ...]]

SEED_DEFAULT = 20261122


def bench_names() -> tuple[str, ...]:
    """Return the benches of the folder."""
    return tuple(sorted(one.name for one in pkgutil.iter_modules(bench.benches.__path__)))


def _say(words: str) -> None:
    sys.stderr.write(f"{words}\n")
    sys.stderr.flush()


@click.command(
    help="Measure NAME (or list the benches) and print the figures; progress goes to standard error."
)
@click.argument("name", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of a table.")
@click.option("--seed", default=SEED_DEFAULT, show_default=True, help="The data are drawn from it.")
@click.option(
    "--folder", type=click.Path(path_type=Path), help="Where the data lie; a temporary folder by default."
)
def command(*, name: str | None, as_json: bool, seed: int, folder: Path | None) -> None:
    """Run one bench."""
    names = bench_names()
    if name is None:
        click.echo("\n".join(names))
        return
    if name not in names:
        raise click.BadParameter(
            f"there is no bench {name!r}; there are: {', '.join(names)}", param_hint="NAME"
        )
    run = cast("Run", importlib.import_module(f"bench.benches.{name}").run)
    with tempfile.TemporaryDirectory(prefix="noac-bench-", dir=folder) as scratch:
        results = run(Path(scratch), seed, _say)
    report = Report(bench=name, commit=commit_name(), machine=machine_in_words(), seed=seed, results=results)
    click.echo(to_json(report) if as_json else to_text(report))
