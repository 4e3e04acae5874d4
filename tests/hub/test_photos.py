"""Photos at the hub: taken once, refused when altered, shown where they belong, and carried along by backups."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from werkzeug.serving import make_server

from domain.events.quality import TicketOpened
from domain.handoff import Defect
from domain.photo import photo_digest
from domain.route import OperationCode
from domain.wire import PhotoTaken
from hub.photo_copies import copy_new, damaged_in, in_backup, missing_in
from hub.photos import photo_folder
from hub.web.photo_pages import FOR_EVER
from kiosk.hub_client import HubAddress, HubClient, HubError
from tests.hub.lines import PHOTO, handed_over, units
from tests.hub.morning import PLANT, Plant, running_hub, signed_on
from tests.hub.plant import P
from tests.hub.test_sync_api import KEY, Line, line, refusal  # noqa: F401 a fixture
from tests.pictures import claiming, jpeg

ONE, TWO = jpeg(1), jpeg(2)
TICKET = "QT20261122-A1-0091"


@pytest.fixture
def sewing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plant]:
    with running_hub(tmp_path_factory.mktemp("hub")) as plant:
        units(plant)
        kiosk = plant.kiosks["K1"]
        kiosk.operator = "2101"
        now = datetime.now(UTC)
        event = TicketOpened(
            ticket=TICKET,
            finder="LINE-3",
            due=now.date() + timedelta(days=2),
            operation=OperationCode("HEM"),
            defects=(Defect(code="oil", pieces=2),),
            photos=(photo_digest(ONE), photo_digest(TWO)),
        )
        kiosk.tells(event, now, clock="synced")
        plant.upload(kiosk)
        yield plant


@pytest.mark.fault("N2")
def test_a_photo_sent_twice_is_one_and_both_times_it_is_taken(line: Line, tmp_path: Path) -> None:  # noqa: F811 (pytest's way)
    line.plant.kiosk("K1")
    for _ in range(2):
        answer = line.asks("PUT", f"/sync/v1/photo/{photo_digest(ONE)}", ONE)
        assert answer.status_code == 200, answer.data
        assert msgspec.json.decode(answer.data, type=PhotoTaken).digest == photo_digest(ONE)
    folder = photo_folder(tmp_path, P)
    assert [digest for digest, _ in folder.kept()] == [photo_digest(ONE)]
    assert folder.read(photo_digest(ONE)) == ONE


@pytest.mark.fault("A6")
def test_a_photo_altered_on_the_way_or_under_another_name_is_refused(line: Line, tmp_path: Path) -> None:  # noqa: F811 (pytest's way)
    line.plant.kiosk("K1")
    target = f"/sync/v1/photo/{photo_digest(ONE)}"
    assert refusal(line.asks("PUT", target, ONE, key=b"x" * 32)) == (401, "identity")
    assert refusal(line.asks("PUT", target, TWO)) == (400, "other_digest")
    assert refusal(line.asks("PUT", "/sync/v1/photo/evil", ONE)) == (400, "other_digest")
    for hostile in (b"<script>", claiming(65_000, 65_000)):
        named = f"/sync/v1/photo/{photo_digest(hostile)}"
        assert refusal(line.asks("PUT", named, hostile)) == (400, "photo_no_picture")
    assert list(photo_folder(tmp_path, P).kept()) == []


def test_a_full_disk_at_the_hub_asks_the_kiosk_to_come_again(
    line: Line,  # noqa: F811 (pytest's way)
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    line.plant.kiosk("K1")

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("drivers.photo.os.fsync", full)
    assert refusal(line.asks("PUT", f"/sync/v1/photo/{photo_digest(ONE)}", ONE)) == (503, "disk")


def test_a_ticket_shows_the_photos_that_came_and_says_of_the_others_that_they_are_on_their_way(
    sewing: Plant,
) -> None:
    client = sewing.app.test_client()
    folder = photo_folder(sewing.hub.settings.data_folder, PLANT)
    assert client.get(f"/tickets/{TICKET}?lang=en").text.count("on its way") == 2
    assert missing_in(sewing.hub.engine, PLANT, folder) == [photo_digest(ONE), photo_digest(TWO)]
    folder.keep(ONE)
    page = client.get(f"/tickets/{TICKET}?lang=en").text
    assert page.count("on its way") == 1
    assert f"/photos/{photo_digest(ONE)}" in page
    shown = client.get(f"/photos/{photo_digest(ONE)}")
    assert (shown.data, shown.content_type) == (ONE, "image/jpeg")
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    assert shown.headers["Cache-Control"] == FOR_EVER
    for other in (photo_digest(TWO), "..%2F..%2Fhub.toml", "x"):
        assert client.get(f"/photos/{other}").status_code == 404
    assert client.get(f"/photos/{photo_digest(ONE)}?plant=P9").status_code == 404


def test_a_backup_takes_photos_along_once_and_a_damaged_one_is_found(tmp_path: Path) -> None:
    here, there = photo_folder(tmp_path / "data", P), in_backup(tmp_path / "to", P)
    for photo in (ONE, TWO):
        here.keep(photo)
    assert copy_new(here, there).photos == 2
    assert copy_new(here, there).photos == 0
    assert list(damaged_in(there)) == []
    spoilt = there.path(photo_digest(TWO))
    spoilt.write_bytes(TWO[:-1] + b"?")
    assert list(damaged_in(there)) == [photo_digest(TWO)]
    back = photo_folder(tmp_path / "fresh", P)
    copied = copy_new(there, back)
    assert (copied.photos, copied.damaged) == (1, (photo_digest(TWO),))
    assert back.read(photo_digest(ONE)) == ONE


def test_a_kiosks_own_client_brings_a_photo_to_a_served_hub(line: Line, tmp_path: Path) -> None:  # noqa: F811 (pytest's way)
    line.plant.kiosk("K1")
    server = make_server("127.0.0.1", 0, line.client.application, threaded=True)
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    url = f"http://127.0.0.1:{server.server_port}"
    client = HubClient(HubAddress(url=url, plant=P, device="K1", key=KEY))
    try:
        assert client.photo(photo_digest(ONE), ONE).digest == photo_digest(ONE)
        with pytest.raises(HubError, match="status 400"):
            client.photo(photo_digest(ONE), TWO)
    finally:
        client.close()
        server.shutdown()
        server.server_close()
        serving.join()
    assert photo_folder(tmp_path, P).read(photo_digest(ONE)) == ONE


def test_the_report_of_handoffs_shows_photos_and_its_file_names_them(sewing: Plant) -> None:
    month, client = handed_over(sewing), signed_on(sewing)
    folder = photo_folder(sewing.hub.settings.data_folder, PLANT)
    asked = f"month={month}&verdict=reject&lang=en"
    assert client.get(f"/reports/handoffs?{asked}").text.count("on its way") == 5
    assert PHOTO in missing_in(sewing.hub.engine, PLANT, folder)
    folder.keep(jpeg(7))
    page = client.get(f"/reports/handoffs?{asked}").text
    assert "on its way" not in page
    assert f'<img src="/photos/{PHOTO}' in page
    assert PHOTO in client.get(f"/reports/handoffs.csv?{asked}").text
    assert PHOTO in client.get(f"/api/v1/handoffs?{asked.removesuffix('&lang=en')}").text
    assert PHOTO not in missing_in(sewing.hub.engine, PLANT, folder)
