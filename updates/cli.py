"""`noac update`: make bundles, install them, see how it went, go back."""

import os
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import ParamSpec

import click

from updates.build import make_bundle
from updates.install import VenvBuilder, go_back, install, trust
from updates.keys import PRIVATE_NAME, PUBLIC_NAME, make_keys
from updates.starter import HEALTHY_AFTER_S, READABLE_UMASK, STARTS_MAX, Root, State, UpdateError

DEFAULT_ROOT = Path("/opt/noac")
_RESTART = "It is tried at the next start: systemctl restart noac-kiosk (or noac-hub)"
_root = click.option(
    "--root",
    "root_path",
    type=click.Path(path_type=Path, file_okay=False),
    default=DEFAULT_ROOT,
    show_default=True,
    help="Where releases lie on this machine.",
)


_P = ParamSpec("_P")


def _refusing(command: Callable[_P, None]) -> Callable[_P, None]:
    """Let a command say in one line why it did not go on."""

    @wraps(command)
    def run(*arguments: _P.args, **given: _P.kwargs) -> None:
        try:
            command(*arguments, **given)
        except UpdateError as error:
            raise click.ClickException(str(error)) from error
        except OSError as error:
            raise click.ClickException(f"the disk or the file did not do it: {error}") from error

    return run


@click.group(name="update")
def command() -> None:
    """Install releases of NOAC from signed bundles, beside the one that works."""
    os.umask(READABLE_UMASK)


@command.command("keys")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@_refusing
def keys_command(folder: Path) -> None:
    """Make a key pair in FOLDER, once, where bundles are made."""
    make_keys(folder)
    click.echo(f"{folder / PRIVATE_NAME}: signs bundles; keep it off the network, and a copy in a safe")
    click.echo(f"{folder / PUBLIC_NAME}: machines need it at their first installation (--trust)")


@command.command("bundle")
@click.option("--key", type=click.Path(path_type=Path, exists=True), required=True, help="The private key.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="The bundle to write.")
@click.option(
    "--tree",
    type=click.Path(path_type=Path, exists=True),
    default=Path(),
    help="The source tree; else where you are.",
)
@click.option("--comes-from", default="0", help="The lowest version that may be updated with it.")
@click.option(
    "--floor", default="0", help="Below this version nobody goes back once it works: older ones have holes."
)
@click.option(
    "--platform", "platforms", multiple=True, help="For another machine, as pip names it; several times."
)
@click.option("--python", default="", help="For another Python than this one, such as 3.13.")
@click.option("--machine", default="", help="What that machine calls itself (uname -m), such as aarch64.")
@click.option("--alone", "is_alone", is_flag=True, help="Only NOAC's own wheel, without what it needs.")
@_refusing
def bundle_command(  # noqa: PLR0917 (click gives them by name)
    key: Path,
    out: Path,
    tree: Path,
    comes_from: str,
    floor: str,
    platforms: tuple[str, ...],
    python: str,
    machine: str,
    is_alone: bool,  # noqa: FBT001 (click)
) -> None:
    """Make a bundle of a source tree: its wheel, the locked wheels of what it needs, signed."""
    made = make_bundle(
        tree,
        key,
        out,
        comes_from=comes_from,
        floor=floor,
        platforms=platforms,
        python=python,
        machine=machine,
        is_alone=is_alone,
    )
    size_mb = out.stat().st_size / 1_000_000
    click.echo(
        f"{out}: release {made.version}, {len(made.files)} wheels, {size_mb:.1f} MB, floor {made.floor}"
    )


@command.command("install")
@click.argument("bundle", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@_root
@click.option(
    "--trust", "key", type=click.Path(path_type=Path, exists=True), help="Trust this public key from now on."
)
@click.option(
    "--one-way", "is_one_way", is_flag=True, help="Also where the release before could not come back."
)
@click.option(
    "--healthy-after",
    "healthy_after_s",
    type=click.FloatRange(min=0),
    default=HEALTHY_AFTER_S,
    show_default=True,
    help="So many seconds it must work to count as healthy.",
)
@click.option(
    "--share",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Take what the bundle lacks from this site-packages folder. To try things out; no machine at work needs it.",
)
@_refusing
def install_command(  # noqa: PLR0917 (click gives them by name)
    bundle: Path,
    root_path: Path,
    key: Path | None,
    is_one_way: bool,  # noqa: FBT001 (click)
    healthy_after_s: float,
    share: Path | None,
) -> None:
    """Install BUNDLE beside the release that works. The program that runs is not disturbed."""
    root = Root(root_path)
    if key is not None:
        trust(root, key)
    after = install(
        root,
        bundle,
        builder=VenvBuilder(share),
        is_one_way=is_one_way,
        healthy_after_s=healthy_after_s,
        says=click.echo,
    )
    click.echo(f"Release {after.current} is installed. {_RESTART}")


@command.command("status")
@_root
@_refusing
def status_command(root_path: Path) -> None:
    """Say which release is the current one, how it came about, and whether the one before could come back."""
    root = Root(root_path)
    state = root.state()
    if state is None:
        raise UpdateError(f"nothing is installed in {root_path}")
    for line in _told(root, root.settled(state)):
        click.echo(line)


def _told(root: Root, state: State) -> list[str]:
    lines = [f"release {state.current}: {_standing(state)}"]
    if root.release(state.current) is None:
        lines.append("  it is NOT WHOLE; the next start takes the one before")
    try:
        lines.append(f"way back: {root.way_back(state).version}")
    except UpdateError as error:
        lines.append(f"way back: none, {error}")
    lines.append(f"security floor: {state.floor}")
    for one in reversed(state.changes):
        why = f" ({one.detail})" if one.detail else ""
        lines.append(f"{one.at[:19]}Z  {one.before or 'nothing'} -> {one.after}  {one.reason}{why}")
    return lines


def _standing(state: State) -> str:
    if state.trial is None:
        return "proved itself"
    trial = state.trial
    return f"on trial, {trial.starts} of {STARTS_MAX} starts used; healthy after {trial.healthy_after_s:g} s"


@command.command("back")
@_root
@_refusing
def back_command(root_path: Path) -> None:
    """Make the release before the current one again, without a bundle."""
    after = go_back(Root(root_path))
    click.echo(f"Release {after.current} is the current one again. {_RESTART}")
