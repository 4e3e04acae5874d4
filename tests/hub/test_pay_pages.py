"""The pages of pay: every figure opens to its scans, and who may closes a month once and answers what is contested."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest

from domain.events.quality import PayContested
from domain.names import LANGUAGES
from domain.pay import Band, BonusRule, Measure, PaidOn, PiecePrice
from hub.pay_rule import keep_pay_rule
from hub.store.database import writing
from hub.store.production_tables import pay_settled
from hub.store.reference import Record, write_records
from tests.hub.lines import HEM, OVERLOCK, handed_over, units
from tests.hub.morning import PLANT, Plant, person, running_hub, signed_on

CLERK, LI = "2201", "1012"
RULE = BonusRule(
    name="质量奖",
    measure=Measure.RFT,
    bands=(Band(least=Decimal(80), percent=Decimal(2)), Band(least=Decimal(95), percent=Decimal(5))),
)


@pytest.fixture(scope="module")
def plant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plant]:
    with running_hub(tmp_path_factory.mktemp("hub")) as plant:
        paid_by_the_piece(plant)
        yield plant


@pytest.fixture(scope="module")
def month(plant: Plant) -> str:
    return contested_month(plant)


def paid_by_the_piece(plant: Plant) -> None:
    """Say what pieces and good work are worth, and who sees to pay."""
    units(plant)
    prices = {OVERLOCK: "0.36", HEM: "0.25"}
    records = [
        Record(
            kind="piece_price",
            key=operation,
            body=PiecePrice(operation=operation, price=Decimal(price), valid_from=date(2020, 1, 1)),
        )
        for operation, price in prices.items()
    ]
    rights = ("pay.see", "pay.close", "pay.answer", "board.export")
    clerk = person(CLERK, "唐悦", "Tang Yue", *rights)
    with writing(plant.hub.engine) as connection:
        write_records(connection, plant.hub.store, PLANT, [*records, clerk])
    keep_pay_rule(plant.hub.engine, plant.hub.store, [PLANT], PaidOn.FINISH, (RULE,))


def contested_month(plant: Plant) -> str:
    """Let last month's work be done, and Chen say that a line of hers is wrong; return the month."""
    month = handed_over(plant)
    kiosk = plant.kiosks["K3"]
    kiosk.tells(PayContested(job=f"{kiosk.number_code}W000000", person="1020", reason="pieces"))
    plant.upload(kiosk)
    return month


def test_the_month_and_each_person_open_to_their_scans(plant: Plant, month: str) -> None:
    client = signed_on(plant, CLERK)
    page = client.get(f"/pay?period={month}&lang=en").text
    assert f'href="/pay/{month}/{LI}?' in page
    page = client.get(f"/pay/{month}/{LI}?lang=en").text
    # 46 bundles of 20, five sent back: 820 × 0.36 = 295.20; 89.13 % were right, which is worth 2 %
    assert "295.20" in page
    assert "Right first time: 89.13 %" in page
    assert "301.10" in page
    assert re.search(r'href="/events/SZ1/\d+', page)
    for language in LANGUAGES:
        for path in (f"/pay?period={month}&", f"/pay/{month}/{LI}?"):
            answer = client.get(f"{path}lang={language}")
            assert (answer.status_code, "⟦" in answer.text) == (200, False)
    assert client.get(f"/pay/{month}/nobody").status_code == client.get("/pay/now/1012").status_code == 404
    assert signed_on(plant, "1050").get(f"/pay?period={month}").status_code == 403


def test_the_payrolls_file_has_every_cent_for_who_may_see_it(plant: Plant, month: str) -> None:
    lines = signed_on(plant, CLERK).get(f"/reports/payroll.csv?period={month}&lang=en").text.splitlines()
    (lis,) = (one for one in lines if one.startswith(LI))
    assert "质量奖: 89.13 % → 2 % = 5.904" in lis
    assert "301.10" in lis
    assert "301.10" not in signed_on(plant, "1050").get(f"/reports/payroll.csv?period={month}").text


def test_a_contested_line_is_answered_and_the_month_closed_once(plant: Plant, month: str) -> None:
    clerk = signed_on(plant, CLERK)
    page = clerk.get(f"/pay?period={month}&lang=en").text
    assert "Pieces are missing" in page
    token = re.search(r'name="token" value="([0-9a-f]+)"', page)
    assert token
    form = {"token": token[1], "plant": PLANT, "lang": "en", "period": month}
    job = f"{plant.kiosks['K3'].number_code}W000000"
    answer = {**form, "act": "answer", "job": job, "worker": "1020", "pieces": "0"}
    assert clerk.post("/pay", data=answer).status_code == 422  # without a reason
    assert clerk.post("/pay", data={**answer, "reason": "counted with you"}).status_code == 303
    assert "Contested lines" not in clerk.get(f"/pay?period={month}&lang=en").text
    unsure = clerk.post("/pay", data={**form, "act": "close"})
    assert (unsure.status_code, "Tick that" in unsure.text) == (422, True)
    assert clerk.post("/pay", data={**form, "act": "nothing", "is_sure": "yes"}).status_code == 422
    assert clerk.post("/pay", data={**form, "act": "close", "is_sure": "yes"}).status_code == 303
    page = clerk.get(f"/pay?period={month}&lang=en").text
    assert "Closed by Tang Yue" in page
    assert "Settled" in page
    assert "pay-close" not in page
    with plant.hub.engine.connect() as connection:
        settled = connection.execute(pay_settled.select()).all()
    assert len(settled) == 2
    (lis,) = (f"/events/{PLANT}/{row.position}" for row in settled if row.person == LI)
    assert "301.10" in clerk.get(lis).text
    assert "301.10" not in signed_on(plant, "1050").get(lis).text
    assert "301.10" not in plant.app.test_client().get(f"/api/v1{lis}").text
