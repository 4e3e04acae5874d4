"""`noac hub user` and `noac hub token`: who signs on, their PINs, and what programs prove themselves with."""

from datetime import UTC, datetime

import click
from msgspec.structs import replace

from domain.names import Names
from domain.staff import Person
from hub.cli_session import HubRefused, database, one_plant, refusals
from hub.rights import tokens
from hub.rights.grants import people_of, person_of
from hub.rights.pins import give_pin, has_pin
from hub.rights.subjects import GRANT_RIGHT, SIGN_ON_RIGHT, all_rights
from hub.rights.users import ONE_TIME_DAYS, credential_of, give_password
from hub.settings import HubSettings
from hub.store.database import reading, writing
from hub.store.reference import Record, write_records

ADMIN_RIGHTS = (
    *(f"{subject}.{act}" for subject in ("groups", "persons") for act in ("see", "add", "modify")),
    GRANT_RIGHT,
    SIGN_ON_RIGHT,
)
"""What whoever looks after the users needs; everything else they can give from there, also to themselves."""


@click.group(name="user")
def user_command() -> None:
    """Let people sign on to the hub's pages."""


@user_command.command(name="add")
@click.argument("number")
@click.option("--plant", help="The plant; may be left out where there is one.")
@click.option("--name", default="", help="The name, for somebody whom the reference data do not hold yet.")
@click.option("--name-en", default="", help="The same in English.")
@click.option("--admin", is_flag=True, help="Give the rights to look after users and groups.")
@click.option(
    "--right", "rights", multiple=True, help="A further right (CS.approve, desk.settle); may be repeated."
)
@click.pass_obj
def add_command(  # noqa: PLR0917 (click gives them by name)
    settings: HubSettings,
    number: str,
    plant: str | None,
    name: str,
    name_en: str,
    admin: bool,  # noqa: FBT001 (click)
    rights: tuple[str, ...],
) -> None:
    """Give somebody a password for one sign-on; make the person where there is none of that number."""
    named = one_plant(settings, plant)
    _see_that_there_are(rights)
    with refusals(), database(settings) as (engine, log), writing(engine) as connection:
        log.lock(connection, named)
        person = person_of(connection, named, number)
        if person is None and not name:
            raise HubRefused(
                f"reference data know no {number} in {named}: give --name, or import people first / "
                f"{named} 没有工号 {number}：请加 --name，或先导入人员"
            )
        person = person or Person(number=number, names=Names(zh=name, en=name_en))
        given = (*person.rights, *(ADMIN_RIGHTS if admin else ()), *rights)
        person = replace(person, rights=tuple(dict.fromkeys(given)), disabled=False)
        write_records(connection, log, named, [Record(kind="person", key=number, body=person)])
        password = give_password(connection, named, number, datetime.now(UTC))
    _tell(named, number, password)


@user_command.command(name="password")
@click.argument("number")
@click.option("--plant", help="The plant; may be left out where there is one.")
@click.pass_obj
def password_command(settings: HubSettings, number: str, plant: str | None) -> None:
    """Give somebody a new password for one sign-on; wherever they are signed on, that ends."""
    named = one_plant(settings, plant)
    with refusals(), database(settings) as (engine, _), writing(engine) as connection:
        if person_of(connection, named, number) is None:
            raise HubRefused(f"reference data know no {number} in {named} / {named} 没有工号 {number}")
        password = give_password(connection, named, number, datetime.now(UTC))
    _tell(named, number, password)


@user_command.command(name="pin")
@click.argument("number")
@click.option("--plant", help="The plant; may be left out where there is one.")
@click.pass_obj
def pin_command(settings: HubSettings, number: str, plant: str | None) -> None:
    """Give somebody a new PIN for the kiosks; it is shown once. They set one of their own at the hub's page."""
    named = one_plant(settings, plant)
    with refusals(), database(settings) as (engine, log), writing(engine) as connection:
        if person_of(connection, named, number) is None:
            raise HubRefused(f"reference data know no {number} in {named} / {named} 没有工号 {number}")
        digits = give_pin(connection, log, named, number, datetime.now(UTC))
    click.echo(f"{named}/{number}: {digits}")
    click.echo(
        "each kiosk asks for it once it has heard the hub; its owner sets another at the page Your sign-on / "
        "各终端与主机连通后即会要求输入；本人可在“我的账户”页面改设"
    )


@user_command.command(name="list")
@click.option("--plant", help="The plant; may be left out where there is one.")
@click.pass_obj
def list_command(settings: HubSettings, plant: str | None) -> None:
    """List who can sign on, and what each may do."""
    named = one_plant(settings, plant)
    with refusals(), database(settings) as (engine, _), reading(engine) as connection:
        for person in people_of(connection, named).values():
            held = credential_of(connection, named, person.number)
            if held is None:
                continue
            state = "disabled" if person.disabled else "must change" if held.must_change else "can sign on"
            pin = "PIN" if has_pin(connection, named, person.number) else "no PIN"
            click.echo(
                f"{named}/{person.number}  {person.names.of('en')}  {state}  {pin}  "
                f"{' '.join(sorted(person.all_rights))}"
            )


@click.group(name="token")
def token_command() -> None:
    """Let programs use the API."""


@token_command.command(name="add")
@click.argument("name")
@click.option("--plant", default="", help="Where it holds; in every plant if left out.")
@click.option(
    "--right", "rights", multiple=True, required=True, help="What it may do (items.import); may be repeated."
)
@click.pass_obj
def token_add_command(settings: HubSettings, name: str, plant: str, rights: tuple[str, ...]) -> None:
    """Make a token with rights of its own; it is shown once."""
    _see_that_there_are(rights)
    if plant:
        one_plant(settings, plant)
    with refusals(), database(settings) as (engine, _), writing(engine) as connection:
        try:
            secret = tokens.add_token(connection, name, frozenset(rights), datetime.now(UTC), plant=plant)
        except ValueError as error:
            raise HubRefused(f"{error} / 令牌名称 {name} 已存在") from error
    click.echo(secret)


@token_command.command(name="revoke")
@click.argument("name")
@click.pass_obj
def token_revoke_command(settings: HubSettings, name: str) -> None:
    """End a token for good."""
    with refusals(), database(settings) as (engine, _), writing(engine) as connection:
        if not tokens.revoke_token(connection, name, datetime.now(UTC)):
            raise HubRefused(f"there is no token {name!r} that serves / 没有有效的令牌 {name}")
    click.echo(f"{name} is revoked")


@token_command.command(name="list")
@click.pass_obj
def token_list_command(settings: HubSettings) -> None:
    """List the tokens; what they are made of is shown nowhere."""
    with refusals(), database(settings) as (engine, _), reading(engine) as connection:
        for token in tokens.tokens(connection):
            state = f"revoked {token.revoked_at}" if token.revoked_at else "serves"
            click.echo(
                f"{token.name}  {token.plant or 'every plant'}  {state}  {' '.join(sorted(token.rights))}"
            )


def _tell(plant: str, number: str, password: str) -> None:
    click.echo(f"{plant}/{number}: {password}")
    click.echo(
        f"for one sign-on within {ONE_TIME_DAYS} days, then to be changed / {ONE_TIME_DAYS} 天内登录一次有效，须修改"
    )


def _see_that_there_are(rights: tuple[str, ...]) -> None:
    strange = [one for one in rights if one not in all_rights()]
    if strange:
        raise click.UsageError(f"there is no right {', '.join(strange)}; docs/reference.md lists them")
