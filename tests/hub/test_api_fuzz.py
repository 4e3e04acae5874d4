"""The REST API under whatever a machine thinks of: never a fault of ours, and every answer of the shape described.

Everything follows from the routes and the objects that are declared: what is added is tried here without a word more.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis.config import SchemathesisConfig
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import ignored_auth, positive_data_acceptance

from hub.api.openapi import PREFIX, describe
from hub.api.serve import all_routes
from hub.importer import importers
from hub.object import ObjectType, objects
from hub.reference import REFERENCE_KINDS
from hub.rights.subjects import all_rights
from hub.rights.tokens import add_token
from hub.store.database import writing
from tests.hub.furniture import furnish, order_and_send
from tests.hub.morning import PLANT, Plant, play, running_hub

SEED = 20261128
EXAMPLES = 8
NOTED = {
    "object": tuple(objects()),
    "kind": (*REFERENCE_KINDS, *importers()),
    "number": ("PO-4500123", "CS20261122-G1-0001"),
    "plant": (PLANT,),
    "position": ("1", "9"),
    "key": ("PO-4500123", "T-BTN-18", "1007", "S-DAHUA", "RCV-1"),
}
"""What is there under each part of an address, so that not every try ends at the door."""

_CONFIG = SchemathesisConfig.from_dict({"generation": {"max-examples": EXAMPLES}})
_SCHEMA = schemathesis.openapi.from_dict(describe(all_routes(), "0"), config=_CONFIG)
_TRIES = settings(
    max_examples=EXAMPLES,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


@pytest.fixture(scope="module")
def plant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plant]:
    with running_hub(tmp_path_factory.mktemp("hub")) as plant:
        play(plant)
        furnish(plant)
        order_and_send(plant)
        yield plant


@pytest.fixture(scope="module")
def headers(plant: Plant) -> dict[str, str]:
    """Whoever tries may do everything there is."""
    with writing(plant.hub.engine) as connection:
        secret = add_token(connection, "fuzz", all_rights(), plant.hub.clock.now())
    return {"Authorization": f"Bearer {secret}"}


def test_every_route_is_tried() -> None:
    tried: set[tuple[str, str]] = set()
    for found in _SCHEMA.get_all_operations():
        assert isinstance(found, Ok), found
        tried.add((found.ok().method.upper(), found.ok().path))
    assert tried == {(route.method, PREFIX + route.path) for route in all_routes()}


@_SCHEMA.parametrize()
@seed(SEED)
@_TRIES
def test_the_api_keeps_what_its_description_promises(
    case: Any, plant: Plant, headers: dict[str, str]
) -> None:
    chance = random.Random(repr((case.path_parameters, case.query)))  # the same for the same try
    for name in case.path_parameters or {}:
        if name in NOTED and chance.random() < 0.7:
            case.path_parameters[name] = chance.choice(NOTED[name])
    # What is of the right shape may still name what does not exist: 422 is the documented answer of what writes.
    excluded = [ignored_auth, *([positive_data_acceptance] if case.method != "GET" else [])]
    case.call_and_validate(app=plant.app, headers=headers, excluded_checks=excluded)


TEXTS = st.one_of(
    st.sampled_from(
        (
            "", "0", "-1", "1", "1e9", "999999999999.9999999", "NaN", "Infinity", "２０", "12,5", "1 kg", "KGM", "MTR",
            "C62", "true", "yes", "2026-11-28", "2026-02-30", "0001-01-01", "S-DAHUA", "RCV-1", "Y-32S-C", "1007",
            "PO-4500123", "W1", "=1+1", "'; DROP TABLE reference; --", "\u202eabc", "é\u0001", "纱线", "x" * 1000,
        )
    ),
    st.text(max_size=40),
    st.integers(-(2**70), 2**70),
    st.booleans(),
    st.none(),
)  # fmt: skip
"""What may stand in any field: numbers at the edge, other people's codes, signs nobody types."""


def bodies(declared: ObjectType) -> st.SearchStrategy[dict[str, Any]]:
    """Bodies with fields the object has, and anything in them."""
    names = st.sampled_from([one.name for one in declared.fields])
    values = st.one_of([st.dictionaries(names, TEXTS, max_size=size) for size in (1, 3, 12)])
    made: dict[str, st.SearchStrategy[Any]] = {"values": values}
    if declared.lines:
        line = st.dictionaries(st.sampled_from([one.name for one in declared.lines]), TEXTS, max_size=8)
        made["lines"] = st.one_of(st.none(), st.lists(line, max_size=3))
    return st.fixed_dictionaries(made, optional={"seen": st.integers(0, 2**62)})


def keys(held: list[str]) -> st.SearchStrategy[str]:
    """Keys of records there are, of others, and of none."""
    return st.one_of(
        st.sampled_from(held or NOTED["key"]), st.sampled_from(NOTED["key"]), st.text(min_size=1, max_size=20)
    )


@pytest.mark.parametrize("name", list(objects()))
def test_whatever_stands_in_the_fields_of_an_object_is_taken_or_refused_in_words(
    name: str, plant: Plant, headers: dict[str, str]
) -> None:
    client = plant.app.test_client()
    listed = client.get(f"{PREFIX}/objects/{name}", headers=headers).get_json()["rows"]
    one, many = f"{PREFIX}/objects/{{object}}/{{key}}", f"{PREFIX}/objects/{{object}}"

    @seed(SEED)
    @settings(_TRIES, max_examples=5)
    @given(body=bodies(objects()[name]), key=keys([row["key"] for row in listed]))
    def tries(body: dict[str, Any], key: str) -> None:
        for method, path, part, given_body in (
            ("PUT", one, {"key": key}, body),
            ("POST", many, {}, body),
            ("GET", one, {"key": key}, None),
            ("GET", many, {}, None),
            ("DELETE", one, {"key": key}, None),
        ):
            asked: dict[str, Any] = {"path_parameters": {"object": name, **part}}
            if given_body is not None:
                asked |= {"body": given_body, "media_type": "application/json"}
            case = _SCHEMA[path][method].Case(**asked)
            case.call_and_validate(
                app=plant.app, headers=headers, excluded_checks=[positive_data_acceptance, ignored_auth]
            )

    tries()
