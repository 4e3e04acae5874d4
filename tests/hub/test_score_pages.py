"""The page of monthly scores: every figure opens to its scans, and who may publishes a month once."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from domain.names import LANGUAGES
from hub.store.quality_tables import published_scores
from tests.hub.lines import handed_over, quality_week
from tests.hub.morning import PLANT, Plant, running_hub, signed_on


@pytest.fixture(scope="module")
def plant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plant]:
    with running_hub(tmp_path_factory.mktemp("hub")) as plant:
        quality_week(plant)
        yield plant


@pytest.fixture(scope="module")
def month(plant: Plant) -> str:
    return handed_over(plant)


def test_every_figure_of_a_unit_opens_to_its_scans(plant: Plant, month: str) -> None:
    client = signed_on(plant, "2101")
    page = client.get(f"/scores?period={month}&lang=en").text
    assert f"/scores?plant={PLANT}&amp;lang=en&amp;period={month}&amp;unit=LINE-2" in page
    page = client.get(f"/scores?period={month}&unit=LINE-2&lang=en").text
    assert "100 / 860" in page  # five bundles of twenty sent back, of 43 that were answered
    assert "Scans: 5" in page
    assert re.search(r'href="/events/SZ1/\d+', page)
    assert "A × 7" in page
    for language in LANGUAGES:
        scores = (f"/scores?period={month}", f"/scores?period={month}&unit=LINE-2", "/unanswered")
        others = ("/units", f"/units/LINE-2?month={month}", "/orders", "/orders/WO-2026-0412")
        for path in (*scores, *others):
            answer = client.get(f"{path}&lang={language}" if "?" in path else f"{path}?lang={language}")
            assert answer.status_code == 200
            assert "⟦" not in answer.text
    assert client.get(f"/scores?period={month}&unit=NOBODY").status_code == 404


def test_what_nobody_answered_stands_with_its_age(plant: Plant, month: str) -> None:
    page = plant.app.test_client().get("/unanswered?lang=en").text
    assert month
    waiting = set(re.findall(r"A1B0000\d\d", page))
    assert {"A1B000043", "A1B000044", "A1B000045"} <= waiting
    assert "A1B000001" not in waiting or "Hemming" not in page  # taken over by the hem


def test_a_month_is_published_once_by_who_may(plant: Plant, month: str) -> None:
    chief, other = signed_on(plant, "2103"), signed_on(plant, "2101")
    page = chief.get(f"/scores?period={month}&unit=LINE-2&lang=en").text
    token = re.search(r'name="token" value="([0-9a-f]+)"', page)
    assert token
    form = {"token": token[1], "plant": PLANT, "lang": "en", "period": month, "unit": "LINE-2"}
    assert "Publish and lock" in page
    assert "Publish and lock" not in other.get(f"/scores?period={month}&unit=LINE-2&lang=en").text
    assert chief.post("/scores", data={**form, "period": "2099-01"}).status_code == 422
    assert chief.post("/scores", data=form).status_code == 303
    page = chief.get(f"/scores?period={month}&unit=LINE-2&lang=en").text
    assert "Published by He Jing" in page
    again = chief.post("/scores", data=form)
    assert (again.status_code, "published before" in again.text) == (422, True)
    with plant.hub.engine.connect() as connection:
        assert len(connection.execute(published_scores.select()).all()) == 1
