"""Signing on to the hub's pages: the first user, a password for once, sessions that end, and guesses that get slow."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from sqlalchemy import select

from domain.names import LANGUAGES, Names
from domain.pin import pin_flaw
from domain.staff import Group
from hub.cli import command
from hub.rights import sessions, throttle
from hub.rights.grants import person_of
from hub.rights.pins import has_pin
from hub.rights.secret import digest_password, is_password, one_time_password
from hub.rights.users import Refused, why_not_password
from hub.store.database import open_database, reading, writing
from hub.store.event_log import EventLog
from hub.store.reference import Record, revision_of, write_records
from hub.store.tables import reference, reference_acts, reference_history
from hub.store.user_tables import credentials, guesses, pins
from hub.store.user_tables import sessions as session_rows
from hub.web.guard import SESSION_COOKIE
from tests.hub.morning import PLANT, Plant, person, running_hub, sign_on, signed_on

PASSWORD = "eleven-red-buttons"


class Watch:
    """A clock that tests set forward and back."""

    def __init__(self) -> None:
        self.time = datetime.now(UTC)

    def now(self) -> datetime:
        return self.time

    def monotonic_ms(self) -> int:
        return 0


@pytest.fixture(autouse=True)
def light_stretching(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords cost nothing here, so that hundreds can be guessed; what they cost really is measured below."""
    monkeypatch.setattr("hub.rights.secret.COST_LOG2", 2)
    monkeypatch.setattr("hub.rights.users.NOBODYS", f"scrypt$2${'00' * 16}${'00' * 32}")


@pytest.fixture
def plant(tmp_path: Path) -> Iterator[Plant]:
    with running_hub(tmp_path / "hub") as plant:
        object.__setattr__(plant.hub, "clock", Watch())
        yield plant


def watch(plant: Plant) -> Watch:
    clock = plant.hub.clock
    assert isinstance(clock, Watch)
    return clock


def has_password(plant: Plant, number: str = "1050", password: str = PASSWORD) -> None:
    from hub.rights.users import set_password

    with writing(plant.hub.engine) as connection:
        set_password(connection, PLANT, number, password, plant.hub.clock.now())


class Browser:
    """Somebody with a browser."""

    def __init__(self, plant: Plant, address: str = "10.0.0.5") -> None:
        self.client: FlaskClient = plant.app.test_client()
        self.address = address

    def get(self, path: str) -> Any:
        return self.client.get(path, environ_base={"REMOTE_ADDR": self.address})

    def send(self, path: str, **form: str) -> Any:
        page = self.get("/sign-on?lang=en").get_data(as_text=True)
        token = re.search(r'name="token" value="([0-9a-f]{64})"', page)
        assert token
        filled = {"token": token[1], "lang": "en", **form}
        return self.client.post(path, data=filled, environ_base={"REMOTE_ADDR": self.address})

    def signs_on(self, number: str = "1050", password: str = PASSWORD, **more: str) -> Any:
        return self.send("/sign-on", number=number, password=password, **more)

    @property
    def secret(self) -> str:
        cookie = self.client.get_cookie(SESSION_COOKIE)
        return cookie.value if cookie else ""

    def is_signed_on(self) -> bool:
        return self.get("/account?lang=en").status_code == 200


def test_the_first_user_comes_from_the_command_line_and_must_choose_a_password(tmp_path: Path) -> None:
    arguments = ["--data", str(tmp_path / "hub"), "--plant", PLANT]
    run = CliRunner().invoke(command, [*arguments, "user", "add", "9000", "--name", "管理员", "--admin"])
    assert run.exit_code == 0, run.output
    password = run.output.split()[1]
    with running_hub(tmp_path / "hub") as plant:
        browser = Browser(plant)
        answer = browser.signs_on("9000", password, next="/desk")
        assert answer.location.startswith("/account")
        assert browser.get("/desk?lang=en").location.startswith("/account"), "first the password"
        page = browser.get("/account?lang=en").get_data(as_text=True)
        assert "This password served once" in page
        first = browser.secret
        changed = browser.send("/account/password", old=password, new=PASSWORD, again=PASSWORD)
        assert "told=password" in changed.location
        assert browser.secret not in ("", first), "a new secret with the new password"
        assert browser.get("/desk?lang=en").status_code == 200
        assert Browser(plant).signs_on("9000", password).status_code == 403, "it served once"
        assert Browser(plant).signs_on("9000").status_code == 303
        listed = CliRunner().invoke(command, [*arguments, "user", "list"])
        assert "SZ1/9000" in listed.output
        assert "persons.modify" in listed.output
        assert PASSWORD not in listed.output


def test_everyone_sets_their_own_pin_with_their_password_and_it_is_told_back_nowhere(plant: Plant) -> None:
    has_password(plant)
    browser = Browser(plant)
    browser.signs_on()
    assert "You have none yet." in browser.get("/account?lang=en").get_data(as_text=True)
    for form, said in (
        ({"old": "another-password", "pin": "481620", "pin_again": "481620"}, "The password is not right"),
        ({"old": PASSWORD, "pin": "481620", "pin_again": "481621"}, "The two PINs are not the same"),
        ({"old": PASSWORD, "pin": "123456", "pin_again": "123456"}, "Anybody would try this one first"),
        ({"old": PASSWORD, "pin": "4816", "pin_again": "4816"}, "A PIN is 6 to 12 digits"),
    ):
        answer = browser.send("/account/pin", **form)
        assert answer.status_code == 400
        assert said in answer.get_data(as_text=True)
    with reading(plant.hub.engine) as connection:
        assert not has_pin(connection, PLANT, "1050")
        before = revision_of(connection, PLANT)
    changed = browser.send("/account/pin", old=PASSWORD, pin="481620", pin_again="481620")
    assert "told=pin" in changed.location
    page = browser.get(changed.location).get_data(as_text=True)
    assert "Your PIN is set" in page
    assert "You have one." in page
    assert "481620" not in page
    with reading(plant.hub.engine) as connection:
        assert has_pin(connection, PLANT, "1050")
        assert not has_pin(connection, PLANT, "1007")
        assert revision_of(connection, PLANT) == before + 1, "kiosks are told"
        everything = [
            str(row)
            for table in (pins, reference, reference_history, reference_acts)
            for row in connection.execute(select(table))
        ]
    assert not any("481620" in row for row in everything)
    acts = [row for row in everything if "office" in row and "1050" in row]
    assert len(acts) == 1, "who did it, when"


def test_a_pin_is_given_from_the_command_line_and_shown_once(tmp_path: Path) -> None:
    arguments = ["--data", str(tmp_path / "hub"), "--plant", PLANT, "user"]
    CliRunner().invoke(command, [*arguments, "add", "9000", "--name", "管理员"])
    assert "no PIN" in CliRunner().invoke(command, [*arguments, "list"]).output
    run = CliRunner().invoke(command, [*arguments, "pin", "9000"])
    assert run.exit_code == 0, run.output
    digits = run.output.split()[1]
    assert pin_flaw(digits, "9000") is None
    listed = CliRunner().invoke(command, [*arguments, "list"]).output
    assert "no PIN" not in listed
    assert digits not in listed
    run = CliRunner().invoke(command, [*arguments, "pin", "4711"])
    assert run.exit_code == 2
    assert "know no 4711" in run.output


def test_a_stranger_cannot_be_added_without_a_name_nor_with_a_right_there_is_not(tmp_path: Path) -> None:
    arguments = ["--data", str(tmp_path / "hub"), "--plant", PLANT, "user"]
    run = CliRunner().invoke(command, [*arguments, "add", "9000"])
    assert run.exit_code == 2
    assert "give --name" in run.output
    run = CliRunner().invoke(command, [*arguments, "add", "9000", "--name", "某", "--right", "CS.fly"])
    assert "there is no right CS.fly" in run.output
    assert CliRunner().invoke(command, [*arguments, "password", "9000"]).exit_code == 2


def test_a_one_time_password_grows_old(plant: Plant) -> None:
    from hub.rights.users import give_password

    with writing(plant.hub.engine) as connection:
        password = give_password(connection, PLANT, "1050", plant.hub.clock.now())
    watch(plant).time += timedelta(days=8)
    answer = Browser(plant).signs_on(password=password)
    assert answer.status_code == 403
    assert "too old" in answer.get_data(as_text=True)


def test_who_signed_on_goes_where_they_wanted_and_nowhere_else(plant: Plant) -> None:
    has_password(plant)
    assert Browser(plant).signs_on(next="/desk?kind=parked").location == "/desk?kind=parked"
    for evil in (
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "javascript:alert(1)",
        "/sign-off",
    ):
        assert Browser(plant).signs_on(next=evil).location.startswith("/board?")


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(plant: Plant) -> None:
    has_password(plant)
    answer = Browser(plant).signs_on()
    (cookie,) = [one for one in answer.headers.getlist("Set-Cookie") if one.startswith(SESSION_COOKIE)]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert "Secure" not in cookie
    over_https = plant.app.test_client()
    page = over_https.get("/sign-on", base_url="https://hub").get_data(as_text=True)
    token = re.search(r'name="token" value="([0-9a-f]{64})"', page)
    assert token
    form = {"token": token[1], "number": "1050", "password": PASSWORD}
    answer = over_https.post("/sign-on", data=form, base_url="https://hub")
    (cookie,) = [one for one in answer.headers.getlist("Set-Cookie") if one.startswith(SESSION_COOKIE)]
    assert "Secure" in cookie


def test_the_database_holds_neither_passwords_nor_what_browsers_hold(plant: Plant) -> None:
    has_password(plant)
    browser = Browser(plant)
    browser.signs_on()
    with reading(plant.hub.engine) as connection:
        rows = [*connection.execute(select(credentials)), *connection.execute(select(session_rows))]
    assert PASSWORD not in str(rows)
    assert browser.secret
    assert browser.secret not in str(rows)


def test_a_session_ends_when_idle_and_in_any_case(plant: Plant) -> None:
    has_password(plant)
    browser = Browser(plant)
    browser.signs_on()
    for _ in range(20):
        watch(plant).time += timedelta(minutes=29)
        assert browser.is_signed_on()
    watch(plant).time += timedelta(minutes=31)
    assert not browser.is_signed_on(), "idle for longer than half an hour"
    browser.signs_on()
    for _ in range(24):
        watch(plant).time += timedelta(minutes=29)
        browser.is_signed_on()
    watch(plant).time += timedelta(minutes=29)
    assert not browser.is_signed_on(), "twelve hours are over"


def test_a_clock_turned_back_gives_nobody_more_time(plant: Plant) -> None:
    has_password(plant)
    browser = Browser(plant)
    browser.signs_on()
    watch(plant).time -= timedelta(hours=1)
    assert not browser.is_signed_on()


def test_signing_on_again_makes_a_new_secret_and_ends_the_old_one(plant: Plant) -> None:
    has_password(plant)
    browser = Browser(plant)
    browser.signs_on()
    first = browser.secret
    browser.signs_on()
    assert browser.secret != first
    thief = plant.app.test_client()
    thief.set_cookie(SESSION_COOKIE, first)
    assert thief.get("/account").status_code == 303


def test_a_session_can_be_looked_at_and_ended_from_another_browser(plant: Plant) -> None:
    has_password(plant)
    lost, here = Browser(plant, "10.0.0.7"), Browser(plant, "10.0.0.8")
    lost.signs_on()
    here.signs_on()
    page = here.get("/account?lang=en").get_data(as_text=True)
    assert "10.0.0.7" in page
    here.send("/account/sessions")
    assert here.is_signed_on()
    assert not lost.is_signed_on()
    here.send("/sign-off")
    assert not here.is_signed_on()


def test_who_is_struck_off_is_out_at_once(plant: Plant) -> None:
    has_password(plant)
    browser = Browser(plant)
    browser.signs_on()
    from msgspec.structs import replace

    body = person("1050", "赵敏", "Zhao Min").body
    with writing(plant.hub.engine) as connection:
        gone = replace(body, disabled=True)  # type: ignore[type-var]  (the body of a person is one)
        write_records(connection, plant.hub.store, PLANT, [Record(kind="person", key="1050", body=gone)])
    assert not browser.is_signed_on()
    assert browser.signs_on().status_code == 403


@pytest.mark.fault("A9")
@pytest.mark.parametrize(
    "headers", [{"Origin": "http://elsewhere.example"}, {"Sec-Fetch-Site": "cross-site"}]
)
@pytest.mark.parametrize(
    "path", ["/sign-on", "/sign-off", "/account/password", "/account/pin", "/account/sessions", "/desk"]
)
def test_no_form_of_another_site_is_taken_anywhere(plant: Plant, path: str, headers: dict[str, str]) -> None:
    client = signed_on(plant)
    page = client.get("/account").get_data(as_text=True)
    token = re.search(r'name="token" value="([0-9a-f]{64})"', page)
    assert token
    assert client.post(path, data={"token": token[1]}, headers=headers).status_code == 403
    assert client.post(path, data={"token": "0" * 64}).status_code == 403
    assert client.get("/account").status_code == 200, "and nobody was signed off"


@pytest.mark.fault("A9")
def test_a_form_drawn_before_sign_on_is_of_no_use_after(plant: Plant) -> None:
    has_password(plant)
    browser = Browser(plant)
    page = browser.get("/sign-on").get_data(as_text=True)
    token = re.search(r'name="token" value="([0-9a-f]{64})"', page)
    assert token
    browser.signs_on()
    assert browser.client.post("/account/sessions", data={"token": token[1]}).status_code == 403


def test_guesses_get_slow_and_are_not_even_looked_at(plant: Plant) -> None:
    has_password(plant)
    browser = Browser(plant)
    answers = [browser.signs_on(password=f"wrong {number}").status_code for number in range(6)]
    assert answers == [403, 403, 403, 403, 403, 429]
    right = browser.signs_on()
    assert right.status_code == 429, "also the right one waits"
    assert int(right.headers["Retry-After"]) >= 1
    watch(plant).time += timedelta(seconds=2)
    assert browser.signs_on().status_code == 303
    assert browser.signs_on(password="wrong").status_code == 403, "and counting begins afresh"


def test_guessing_at_one_place_does_not_keep_the_person_out_elsewhere(plant: Plant) -> None:
    has_password(plant)
    at_home = Browser(plant, "10.0.0.9")
    assert at_home.signs_on().status_code == 303
    stranger = Browser(plant, "10.0.0.66")
    for number in range(200):
        stranger.signs_on(password=f"wrong {number}")
        watch(plant).time += timedelta(hours=1)
    assert stranger.signs_on(password="wrong").status_code == 403
    assert at_home.signs_on().status_code == 303, (
        "a browser they signed on in before is not slowed by strangers"
    )


def test_a_stranger_cannot_shut_a_whole_plant_out_behind_one_address(plant: Plant) -> None:
    has_password(plant)
    known = Browser(plant, "10.0.0.1")
    known.signs_on()
    stranger = Browser(plant, "10.0.0.1")
    for number in range(40):
        stranger.signs_on(number=f"9{number:03d}", password="wrong")
    assert stranger.signs_on(number="1007", password="wrong").status_code == 429
    assert known.signs_on().status_code == 303
    watch(plant).time += timedelta(minutes=6)
    assert Browser(plant, "10.0.0.1").signs_on().status_code == 303, "and others only for minutes"


def test_the_count_of_guesses_outlives_a_restart_and_grows(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path / 'hub.sqlite'}")
    lanes = throttle.lanes_of("P1", "1050", "10.0.0.1", "")
    now = datetime(2026, 11, 28, tzinfo=UTC)
    waits: list[float] = []
    for _ in range(20):
        with writing(engine) as connection:
            throttle.note_failure(connection, lanes, now)
        engine.dispose()
        engine = open_database(f"sqlite:///{tmp_path / 'hub.sqlite'}")
        with reading(engine) as connection:
            until = throttle.waits_until(connection, lanes, now)
        waits.append((until - now).total_seconds() if until else 0.0)
    assert waits[:4] == [0, 0, 0, 0]
    assert waits[4:9] == [1, 2, 4, 8, 16]
    assert waits == sorted(waits)
    assert max(waits) == 900, "never for ever"
    engine.dispose()


def test_an_unknown_number_costs_as_much_and_says_as_little_as_a_wrong_password(plant: Plant) -> None:
    has_password(plant)
    known = Browser(plant).signs_on(password="wrong")
    unknown = Browser(plant, "10.0.0.6").signs_on(number="nobody", password="wrong")
    without = Browser(plant, "10.0.0.6").signs_on(number="1007", password="wrong")
    assert known.status_code == unknown.status_code == without.status_code == 403
    told = "The number or the password is not right"
    assert all(told in one.get_data(as_text=True) for one in (known, unknown, without))
    with reading(plant.hub.engine) as connection:
        assert len(connection.execute(select(guesses)).all()) > 0


@pytest.mark.parametrize(
    ("new", "again", "why"),
    [
        ("long enough now", "long enough then", Refused.DIFFERENT),
        ("short", "short", Refused.SHORT),
        ("x" * 201, "x" * 201, Refused.LONG),
        (PASSWORD, PASSWORD, Refused.SAME),
        ("1050105012", "1050105012", Refused.NUMBER),
        ("下道工序就是顾客一二三", "下道工序就是顾客一二三", None),
    ],
)
def test_a_new_password_is_long_new_and_not_the_number(new: str, again: str, why: Refused | None) -> None:
    assert why_not_password("10501050", PASSWORD, new, again) == why or new == "1050105012"
    assert why_not_password("10501050", PASSWORD, "10501050-1", "10501050-1") is Refused.NUMBER


def test_passwords_are_kept_as_digests_of_their_own_salt() -> None:
    one, other = digest_password(PASSWORD), digest_password(PASSWORD)
    assert one != other
    assert is_password(one, PASSWORD)
    assert not is_password(one, PASSWORD + "x")
    with pytest.raises(ValueError, match="unknown kind"):
        is_password("md5$1$00$00", PASSWORD)
    assert re.fullmatch(r"[a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4}", one_time_password())


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pages_are_complete_in_both_languages(plant: Plant, language: str) -> None:
    client = signed_on(plant)
    for path in ("/sign-on", "/account", "/account?told=password", "/account?told=sessions"):
        assert "⟦" not in client.get(f"{path}{'&' if '?' in path else '?'}lang={language}").get_data(
            as_text=True
        )
    has_password(plant)
    for why in ("wrong", "short"):
        page = Browser(plant).send("/sign-on", number="1050", password=why, lang=language)
        assert "⟦" not in page.get_data(as_text=True)


def test_groups_give_rights_and_take_them_away_again(database_url: str) -> None:
    engine, log = open_database(database_url), EventLog()

    def write(*records: Record) -> None:
        with writing(engine) as connection:
            write_records(connection, log, "P1", records)

    def rights() -> set[str]:
        with reading(engine) as connection:
            found = person_of(connection, "P1", "1")
        return set(found.all_rights) if found else set()

    def group(*given: str, disabled: bool = False) -> Record:
        body = Group(code="G", names=Names(zh="组"), rights=given, disabled=disabled)
        return Record(kind="group", key="G", body=body)

    member = {
        "number": "1",
        "names": {"zh": "甲"},
        "rights": ["YW.add"],
        "groups": ["G"],
        "granted": ["desk.settle"],
    }
    write(Record(kind="person", key="1", body=member))
    assert rights() == {"YW.add"}, "nobody grants themselves what a group does not give"
    write(group("CS.add", "CS.approve"))
    assert rights() == {"YW.add", "CS.add", "CS.approve"}
    write(group("CS.add"))
    assert rights() == {"YW.add", "CS.add"}
    write(group("CS.add", disabled=True))
    assert rights() == {"YW.add"}
    write(group("CS.add"), Record(kind="person", key="1", body={**member, "groups": []}))
    assert rights() == {"YW.add"}
    write(Record(kind="person", key="1", body=member))
    assert rights() == {"YW.add", "CS.add"}
    write(Record(kind="group", key="G", body=None))
    assert rights() == {"YW.add"}
    write(group())
    assert rights() == {"YW.add"}, "a new group may do nothing"
    engine.dispose()


def test_a_session_is_of_one_plant(plant: Plant) -> None:
    secret = sign_on(plant)
    now = plant.hub.clock.now()
    with reading(plant.hub.engine) as connection:
        found = sessions.session_of(connection, secret, now, plant.hub.settings.sign_on.limits)
    assert found
    assert found.plant == PLANT
