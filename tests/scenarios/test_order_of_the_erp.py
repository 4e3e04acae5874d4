"""A purchase order from beginning to end: the ERP sends it by API, the door receives it, the office follows it.

The kiosk is a real one with its own file, the hub the real one with its API and pages; only the wire can be cut.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from domain.barcode import ControlCommand
from domain.barcodes.house import control_code
from hub.api.openapi import PREFIX
from hub.rights.tokens import add_token
from hub.store.database import writing
from kiosk.screen import HomeView
from tests.floor import Floor, FloorKiosk, document_code
from tests.world import BUTTON, COTTON, KEEPER, LEADER, badge_code, place_code

ORDER, SUPPLIER = "PO-ERP-4711", "S-HENGLI"
DONE = control_code(ControlCommand.DONE)


def roll(lot: str, kg: str, metres: str) -> str:
    """A roll's label, as the supplier prints it: item, lot, kilograms and metres."""
    return f"]C110{lot}\x1d240{COTTON.number}\x1d3103{int(Decimal(kg) * 1000):06}3111{int(Decimal(metres) * 10):06}"


class Erp:
    """The system that orders: it knows the hub's address and a token with the rights it needs, nothing else."""

    def __init__(self, client: FlaskClient, token: str) -> None:
        self._client, self._headers = client, {"Authorization": f"Bearer {token}"}

    def puts(self, number: str, lines: list[dict[str, Any]] | None = None, **values: Any) -> Any:
        body: dict[str, Any] = {"values": {"number": number, **values}}
        if lines is not None:
            body["lines"] = lines
        return self._client.put(
            f"{PREFIX}/objects/purchase_orders/{number}", json=body, headers=self._headers
        )

    def asks(self, number: str) -> Any:
        return self._client.get(f"{PREFIX}/plans/{number}", headers=self._headers).get_json()


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[Floor]:
    made = Floor(tmp_path)
    yield made
    made.close()


@pytest.fixture
def office(floor: Floor) -> FlaskClient:
    return floor.office().test_client()


@pytest.fixture
def erp(floor: Floor, office: FlaskClient) -> Erp:
    rights = frozenset({"purchase_orders.add", "purchase_orders.modify", "board.see"})
    with writing(floor.engine) as connection:
        return Erp(office, add_token(connection, "erp", rights, floor.clock.now()))


def offered(door: FloorKiosk) -> list[str]:
    """The orders that wait on the kiosk's home screen."""
    assert isinstance(door.view, HomeView)
    return [one.title for one in door.view.waiting]


def told(office: FlaskClient, state: str = "open") -> list[tuple[int, str, str, str, int]]:
    """What the office is told of the order: line, ordered, done, open, days overdue."""
    answer = office.get(f"{PREFIX}/plans?number={ORDER}&state={state}").get_json()
    return [
        (
            row["line"],
            row["ordered"]["value"],
            row["done"]["value"],
            row["open"]["value"],
            row.get("overdue_days", 0),
        )
        for row in answer["rows"]
    ]


def test_an_order_of_the_erp_is_received_in_parts_followed_and_closed(
    floor: Floor, office: FlaskClient, erp: Erp
) -> None:
    door = floor.kiosk("D1", "CS")
    lines = [
        {"line": 1, "item": COTTON.number, "quantity": "100", "unit": "MTR"},
        {"line": 2, "item": BUTTON.number, "quantity": "288"},
    ]
    assert erp.puts(ORDER, lines, supplier=SUPPLIER, due="2026-11-20").status_code == 200
    assert told(office) == [(1, "100", "0", "100", 2), (2, "288", "0", "288", 2)]

    floor.syncs()
    door.scans(badge_code(KEEPER))
    assert offered(door) == [ORDER]
    door.scans(document_code(ORDER), roll("LOT7", "12.5", "40"), place_code("RM-A-01"))
    floor.syncs()
    assert told(office) == [(1, "100", "40", "60", 2), (2, "288", "0", "288", 2)]

    floor.is_away = True
    door.scans(roll("LOT7", "11", "35"), "14006381333938", DONE)
    assert told(office)[0][2] == "40", "what was scanned without the hub is not there yet"
    floor.syncs()
    assert told(office) == [(1, "100", "75", "25", 2), (2, "288", "144", "144", 2)]
    assert told(office, "overdue") == told(office)

    page = office.get(f"/plans/{ORDER}?lang=en").text
    for words in (
        "overdue by 2 d",
        "75 m",
        "25 m",
        "LOT7",
        "Wang Xiuying",
        f'href="/documents/{door.number()}?',
    ):
        assert words in page, words
    (cotton, buttons) = erp.asks(ORDER)["lines"]
    assert [scan["quantity"]["value"] for scan in cotton["scans"]] == ["35", "40"]
    assert {scan["device"] for scan in (*cotton["scans"], *buttons["scans"])} == {"D1"}

    assert erp.puts(ORDER, closed=True).status_code == 200
    floor.syncs()
    door.touches("home")
    assert offered(door) == []
    assert told(office) == []
    assert told(office, "closed") == [(1, "100", "75", "25", 0), (2, "288", "144", "144", 0)]
    assert floor.held("RM-A-01", COTTON.id) == Decimal("23.5")


def test_an_order_the_erp_got_wrong_is_refused_with_the_line_at_fault(
    floor: Floor, office: FlaskClient, erp: Erp
) -> None:
    answer = erp.puts(ORDER, [{"line": 1, "item": "NO-SUCH", "quantity": "5"}], supplier=SUPPLIER)
    assert answer.status_code == 422
    (problem,) = answer.get_json()["problems"]
    assert problem["row"] == 1
    assert "NO-SUCH" in problem["en"]
    assert told(office, "all") == []


def test_a_token_without_the_right_cannot_order(floor: Floor, office: FlaskClient) -> None:
    with writing(floor.engine) as connection:
        reading_only = add_token(connection, "looks", frozenset({"board.see"}), floor.clock.now())
    answer = Erp(office, reading_only).puts(ORDER, [], supplier=SUPPLIER)
    assert answer.status_code == 403
    assert told(office, "all") == []


def test_an_order_received_in_full_is_offered_no_more_until_a_line_of_it_is_taken_back(
    floor: Floor, erp: Erp
) -> None:
    door = floor.kiosk("D1", "CS")
    erp.puts(ORDER, [{"line": 1, "item": BUTTON.number, "quantity": "144"}], supplier=SUPPLIER)
    floor.syncs()
    door.scans(badge_code(KEEPER), document_code(ORDER), "14006381333938", place_code("RM-A-01"), DONE)
    floor.syncs()
    assert door.store.facts.open_plans("purchase_order", 9) == []
    plan = door.store.facts.plan("purchase_order", ORDER)
    assert plan is not None, "its number is still known"
    assert not plan.closed, "the ERP has not closed it"
    assert door.takes_back(door.number(), LEADER) == "said.document_unapproved"
    floor.syncs()
    assert [one.number for one in door.store.facts.open_plans("purchase_order", 9)] == [ORDER]
