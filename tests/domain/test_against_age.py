"""What came first goes first: a newer lot is asked about, and the same code again takes it all the same."""

from __future__ import annotations

from dataclasses import replace as changed
from datetime import timedelta
from decimal import Decimal
from itertools import permutations

import pytest
from msgspec.structs import replace

from domain.document import Accepted, NeedsConfirmation
from domain.field import Input
from domain.names import Language
from domain.override import TypeOverride
from domain.place import PlaceId
from domain.problem import Problem
from domain.quantity import Quantity
from domain.stock import Balance, Goods
from domain.words import speak
from tests.desk import Desk
from tests.world import COTTON, LEADER, NOW, YARN, World, place_code

RACK, BIN = PlaceId("RM-A-01"), PlaceId("RM-A-02")
OLD, NEW = Goods(item=YARN.id, lot="L3"), Goods(item=YARN.id, lot="L7")
NEWER = (place_code("RM-A-01"), "(240)Y-3201", "(10)L7", "(3100)000030")
"""Thirty kilograms of the newer lot, from where it lies."""


def lies(goods: Goods, place: PlaceId = RACK, kilos: int = 50) -> Balance:
    return Balance(place=place, goods=goods, quantity=Quantity(Decimal(kilos), "KGM"))


def desk(*balances: Balance, is_asked: bool = True) -> Desk:
    """Somebody sends goods to another warehouse, at a factory that minds the age of lots."""
    world = World(balances=balances)
    world.overrides["YC"] = TypeOverride(oldest_first=is_asked)
    world.lots = {(YARN.id, "L3"): NOW - timedelta(days=9), (YARN.id, "L7"): NOW - timedelta(days=2)}
    made = Desk("YC", world, LEADER)
    made.scans(place_code("FG-B-01"))
    return made


def tries(held: Desk, *texts: str) -> tuple[str, ...]:
    held.scans(*texts[:-1])
    return held.tries(texts[-1])


def asked(held: Desk) -> Problem:
    """What the last scan brought up."""
    assert isinstance(held.last, NeedsConfirmation)
    [problem] = held.last.problems
    return problem


def test_a_newer_lot_is_asked_about_by_name_and_taken_when_the_same_is_given_again():
    held = desk(lies(NEW), lies(OLD, BIN))
    assert tries(held, *NEWER) == ("older_lot",)
    parameters = dict(asked(held).parameters)
    assert (parameters["older"], parameters["place"]) == ("L3", "RM-A-02")
    assert held.lines == []
    assert isinstance(held.gives(Input(text=NEWER[-1]), "older_lot"), Accepted)
    assert held.lines[0].confirmed == ("older_lot",)


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_the_question_names_the_lot_its_place_and_its_day_in_both_languages(language: Language):
    held = desk(lies(NEW), lies(OLD, BIN))
    tries(held, *NEWER)
    said = speak(language, "problem.older_lot", **asked(held).parameters)
    assert all(
        part in said for part in ("Y-3201", "L3", "L7", "RM-A-02", f"{NOW - timedelta(days=9):%Y-%m-%d}")
    )


@pytest.mark.fault("U1")
def test_it_is_asked_whatever_the_order_of_scanning():
    for order in permutations(NEWER):
        assert tries(desk(lies(NEW), lies(OLD, BIN)), *order) == ("older_lot",)


@pytest.mark.parametrize(
    "older",
    [
        lies(OLD, PlaceId("FG-B-01")),
        lies(OLD, PlaceId("RM-Q")),
        lies(OLD, PlaceId("S-HENGLI")),
        lies(replace(OLD, owner="C-NORDIC")),
        lies(replace(OLD, grade="second")),
        lies(replace(OLD, item=COTTON.id)),
        lies(replace(OLD, lot="")),
        lies(replace(OLD, lot="L9")),
    ],
    ids=[
        "other warehouse",
        "on hold",
        "not ours",
        "of a customer",
        "seconds",
        "another item",
        "no lot",
        "age unknown",
    ],
)
def test_what_is_no_choice_for_the_keeper_is_not_asked_about(older: Balance):
    assert tries(desk(lies(NEW), older), *NEWER) == ()


def test_the_oldest_lot_itself_and_one_of_the_same_day_are_not_asked_about():
    held = desk(lies(NEW), lies(OLD))
    held.scans(place_code("RM-A-01"), "(240)Y-3201", "(10)L3", "(3100)000030")
    assert len(held.lines) == 1
    held = desk(lies(NEW), lies(OLD))
    held.world.lots[YARN.id, "L3"] = held.world.lots[YARN.id, "L7"] - timedelta(minutes=1)
    assert tries(held, *NEWER) == ()


def test_once_the_older_lot_is_used_up_the_newer_one_goes_without_a_question():
    held = desk(lies(NEW), lies(OLD, kilos=30))
    held.scans(place_code("RM-A-01"), "(240)Y-3201", "(10)L3", "(3100)000030")
    held.scans(*NEWER[1:])
    assert len(held.lines) == 2


def test_what_lines_before_will_take_when_the_document_posts_is_used_up_too(monkeypatch: pytest.MonkeyPatch):
    held = desk(lies(NEW), lies(OLD, kilos=30))
    kinds = dict(held.world.document_types())
    kinds["YC"] = changed(kinds["YC"], movements=lambda _posted, _facts: ())
    monkeypatch.setattr(held.world, "document_types", lambda: kinds)
    held.scans(place_code("RM-A-01"), "(240)Y-3201", "(10)L3", "(3100)000030")
    held.scans(*NEWER[1:])
    assert len(held.lines) == 2


def test_a_factory_that_does_not_mind_is_not_asked():
    assert tries(desk(lies(NEW), lies(OLD), is_asked=False), *NEWER) == ()
