"""How a weight came about reaches the hub with its line: in the ledger, over the API, and on the document's page."""

from __future__ import annotations

from pathlib import Path

import pytest

from domain.events.documents import LineRecorded, Measured
from domain.events.terminal import DeviceChanged
from domain.item import ItemId
from domain.place import PlaceId
from domain.quantity import Quantity
from domain.stock import Goods, Movement
from hub.api.openapi import PREFIX
from tests.hub.morning import PLANT, running_hub

WEIGHED = Measured(how="weighed", scale="bench", shown=Quantity.of(21400, "GRM"))
TYPED = Measured(how="typed", scale="bench", state="gone")


def line(number: int, measured: dict[str, Measured]) -> LineRecorded:
    goods, quantity = Goods(item=ItemId("Y-32S-C"), lot="L"), Quantity.of("21.4", "KGM")
    arrived = Movement(goods=goods, quantity=quantity, source=PlaceId("S-DAHUA"), target=PlaceId("RCV-1"))
    return LineRecorded(
        document="CS20261122-G1-0007",
        document_type="CS",
        line=number,
        values={"item": "Y-32S-C", "lot": "L", "quantity": quantity, "place": "RCV-1"},
        movements=(arrived,),
        measured=measured,
    )


@pytest.mark.fault("S11")
def test_the_office_sees_which_weight_was_weighed_and_which_was_typed(tmp_path: Path) -> None:
    with running_hub(tmp_path / "hub") as plant:
        kiosk = plant.kiosks["K1"].signs_on("1007").opens("CS20261122-G1-0007", "S-DAHUA")
        kiosk.tells(DeviceChanged(device="bench", kind="scale", state="lost", detail="silent"))
        for number, measured in enumerate(({"quantity": WEIGHED}, {"quantity": TYPED}, {}), start=1):
            kiosk.tells(line(number, measured))
        plant.upload(kiosk)
        client = plant.app.test_client()
        (view,) = client.get(f"{PREFIX}/documents/CS20261122-G1-0007").get_json()["documents"]
        first, second, third = view["lines"]
        assert first["measured"] == {
            "quantity": {"how": "weighed", "scale": "bench", "shown": {"value": "21400", "unit": "GRM"}}
        }
        assert second["measured"] == {"quantity": {"how": "typed", "scale": "bench", "state": "gone"}}
        assert "measured" not in third
        event = client.get(f"{PREFIX}/events/{PLANT}/{first['position']}").get_json()
        assert event["envelope"]["fact"]["measured"] == first["measured"]
        pages = {
            language: client.get(f"/documents/CS20261122-G1-0007?lang={language}").text
            for language in ("en", "zh-CN")
        }
        assert "weighed · bench" in pages["en"]
        assert "typed · bench: Not there" in pages["en"]
        assert "称重 · bench" in pages["zh-CN"]
        assert "手工输入 · bench：没有连上" in pages["zh-CN"]
        kiosks = {row["device"]: row for row in client.get(f"{PREFIX}/kiosks").get_json()["rows"]}
        assert ("bench", "scale", "lost") in [
            (part["part"], part["kind"], part["state"]) for part in kiosks["K1"]["parts"]
        ]
