"""What a real hub exports passes: a day with faults, on both databases; and what it books wrongly would be found."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from msgspec.structs import replace

from domain.events.labels import LabelReported, LabelRequested
from domain.events.terminal import SignedOn
from domain.log import digest_of, seal
from hub.export import export_plant
from tests.hub.conftest import (  # noqa: F401 (fixtures)
    database_url,
    postgresql_folder,
    postgresql_pattern,
    postgresql_server,
    postgresql_url,
)
from tests.hub.plant import START, Kiosk, P, Plant, moved
from verify import check

LabelState = Literal["sent", "printed", "unknown", "failed"]


@pytest.fixture
def plant(database_url: str) -> Iterator[Plant]:  # noqa: F811 (pytest's way)
    plant = Plant(database_url)
    yield plant
    plant.close()


def receives_and_takes_back(kiosk: Kiosk) -> None:
    first = kiosk.receives("21.4")
    kiosk.receives("3.000001", to="A2")
    kiosk.takes_back(first, 1, moved("SUP", "RCV", "21.4"), moved("RCV", "A1", "21.4"))
    kiosk.takes_back(
        first, 1, moved("SUP", "RCV", "21.4"), moved("RCV", "A1", "21.4")
    )  # said to be the second
    kiosk.moves(moved("A2", "A1", "5"))  # more than there is
    kiosk.receives("10", to="A2")  # covered again
    kiosk.moves(moved("A1", "LF", "99", unit="U7"))
    kiosk.moves(moved("NOWHERE", "A1", "1", item="I-NEW"))


def prints(kiosk: Kiosk) -> None:
    told: list[list[LabelState]] = [["sent", "printed"], ["unknown"], [], ["failed", "printed"]]
    for number, states in enumerate(told):
        job = f"{kiosk.name}-{number}"
        kiosk.says(
            LabelRequested(job=job, template="roll", data={"x": "y"}, serial=f"S{job}", printer="door")
        )
        for state in states:
            kiosk.says(LabelReported(job=job, state=state, detail="seen"))
    kiosk.says(
        LabelRequested(
            job=f"{kiosk.name}-9", template="roll", data={}, serial=f"S{kiosk.name}-1", reason="torn"
        )
    )
    kiosk.says(LabelReported(job="nobody-asked", state="printed"))


def lives(plant: Plant) -> None:
    """A day: two kiosks, a log put back to an older state, strange and foreign entries, a stopped kiosk."""
    one, two, thief = plant.kiosk("K1"), plant.kiosk("K2"), plant.kiosk("K3", revoked=True)
    receives_and_takes_back(one)
    prints(one)
    plant.takes(one)
    plant.books()
    two.receives("7", to="QUA")
    two.says(SignedOn(person="1007"), schema=9)
    two.says(SignedOn(person="1007"), event_id=one.entries[0].envelope.event_id)
    two.says(SignedOn(person="1007"), plant="P9")
    plant.takes(two)
    thief.receives("3")
    plant.takes(thief)
    again = Kiosk(name="K2", epoch=2)
    again.says(SignedOn(person="9999"))
    for entry in two.entries[:1]:
        envelope = replace(entry.envelope, epoch=2, sequence=2, previous_digest=again.head.digest)
        again.entries.append(seal(envelope))
    plant.takes(again)
    strange = b'{"previous_digest":"%s","\xff":1}' % one.head.digest.encode()
    last = one.entries[-1].envelope
    after = seal(
        replace(last, sequence=last.sequence + 2, event_id="f" * 32, previous_digest=digest_of(strange))
    )
    upload = one.upload(last.sequence + 1)
    header = replace(upload.header, events=2, head=after.head, previous_digest=one.head.digest)
    for _ in range(2):
        plant.takes(one, replace(upload, header=header, bodies=(strange, after.body)))
    plant.books()


@pytest.mark.fault("B6", "B8")
def test_what_a_real_hub_exports_after_a_day_with_faults_has_no_findings(
    plant: Plant, tmp_path: Path
) -> None:
    lives(plant)
    export_plant(plant.engine, P, tmp_path / "export", START)
    states, found = check(tmp_path / "export")
    assert [one.said("en") for one in found] == []
    assert all(states[state] for state in ("booked", "booked_with_exception", "parked", "known"))


def test_after_a_rebuild_it_still_has_none(plant: Plant, tmp_path: Path) -> None:
    lives(plant)
    export_plant(plant.engine, P, tmp_path / "before", START)
    plant.rebuilds()
    export_plant(plant.engine, P, tmp_path / "after", START)
    assert list(check(tmp_path / "after", tmp_path / "before" / "manifest.json")[1]) == []


def test_an_older_export_is_the_witness_of_a_newer_one(plant: Plant, tmp_path: Path) -> None:
    kiosk = plant.kiosk("K1")
    kiosk.receives("1")
    plant.takes(kiosk)
    plant.books()
    export_plant(plant.engine, P, tmp_path / "then", START)
    kiosk.receives("2")
    plant.takes(kiosk, kiosk.upload(2))
    plant.books()
    export_plant(plant.engine, P, tmp_path / "now", START)
    assert list(check(tmp_path / "now", tmp_path / "then" / "manifest.json")[1]) == []
    assert {one.code for one in check(tmp_path / "then", tmp_path / "now" / "manifest.json")[1]} == {
        "witness"
    }


def test_a_plant_where_nothing_happened_has_none(plant: Plant, tmp_path: Path) -> None:
    export_plant(plant.engine, P, tmp_path / "export", START)
    assert list(check(tmp_path / "export")[1]) == []
