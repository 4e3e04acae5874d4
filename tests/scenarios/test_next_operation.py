"""What the last step needs is known at the first: the mark of the steel pad, found once and never again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from domain.events.production import JobFinished
from domain.events.quality import TicketActed, TicketOpened
from domain.handoff import Defect, Requirement, RequirementList
from domain.names import Names
from domain.quality_ticket import Agree, Explain, Mend, Propose, Verify
from domain.staff import Person
from domain.wire import Change
from hub.feed import changes
from hub.store.database import writing
from hub.store.quality_tables import quality_tickets
from hub.store.reference import Record, write_records
from kiosk.work.views import StationView
from tests.hub.chain import CHECK, NUMBER, WASH, Chain, cut
from tests.hub.floor import HEM, PACK, SEW
from tests.hub.plant import P
from tests.sewing import ticket
from tests.terminal import Terminal
from tests.world import badge_code

SEAMSTRESS = Person(number="1012", names=Names(zh="李建国", en="Li Jianguo"), badge="E1012", language="en")
DUE = date(2026, 11, 30)
ASKED = RequirementList(
    before=SEW,
    operation=PACK,
    version=1,
    requirements=(
        Requirement(
            item="Side seam",
            criterion="pressed open, so that the steel pad of the packing press leaves no edge",
            method="by hand, before it is passed on",
            is_critical=True,
        ),
    ),
    agreed_by=("1012", "1030"),
)


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[Chain]:
    made = Chain(f"sqlite:///{tmp_path / 'hub.sqlite'}")
    with writing(made.engine) as connection:
        write_records(connection, made.log, P, [Record(kind="person", key="1012", body=SEAMSTRESS)])
    yield made
    made.close()


def hears(floor: Chain, device: str) -> list[Change]:
    """Everything the hub tells a station."""
    floor[device]
    page = changes(floor.engine, floor.device(device), "", 1_000, floor.clock.now())
    assert not page.more
    return list(page.changes)


def lists_of(told: list[Change]) -> list[str]:
    return [one.key for one in told if one.kind == "requirement_list"]


def test_a_requirement_of_the_last_step_is_shown_at_the_first(floor: Chain, tmp_path: Path) -> None:
    (marked,) = cut(floor, "B1")
    floor.goes(marked, SEW, HEM, CHECK, WASH, PACK)
    # The packing press leaves the edge of its steel pad on every side seam: found four steps after it was sewn.
    opened = TicketOpened(
        ticket=NUMBER,
        finder="PACKING",
        due=DUE,
        operation=PACK,
        origin=SEW,
        bundle=marked.serial,
        defects=(Defect(code="steel_pad", pieces=20),),
    )
    acts = (
        Propose(by="PACKING", unit="SEWING", due=DUE),
        Agree(by="SEWING", due=DUE),
        Explain(by="SEWING", cause="nobody here knew that the seam is pressed on a steel pad", due=DUE),
        Mend(by="SEWING", action="a requirement list from packing, SEW>PACK", due=DUE),
    )
    for event in (opened, *(TicketActed(ticket=NUMBER, act=act) for act in acts)):
        floor["P9"].says(event)
    floor.hears("P9")
    with writing(floor.engine) as connection:
        write_records(
            connection, floor.log, P, [Record(kind="requirement_list", key="SEW>PACK/1", body=ASKED)]
        )
    (sound,) = cut(floor, "B2")
    told = hears(floor, "S1")
    assert lists_of(told) == ["SEW>PACK/1"]
    assert lists_of(hears(floor, "W1")) == []  # the washing neither gives nor gets it

    sewing = Terminal(tmp_path / "kiosk", plant=P, device="S1", more=told)
    sewing.scans(badge_code(SEAMSTRESS), ticket(sound))
    shown = sewing.view
    assert isinstance(shown, StationView)
    [asked] = shown.lists
    assert (asked.rows[0].item, asked.rows[0].is_critical) == ("Side seam", True)
    sewing.waits(60)
    sewing.scans(ticket(sound))
    [finished] = sewing.events(JobFinished)
    assert isinstance(finished, JobFinished)
    assert finished.requirements_version == 1  # it was shown, and the fact says so
    sewing.close()

    floor["P9"].says(TicketActed(ticket=NUMBER, act=Verify(by="PACKING", is_mended=True, due=DUE)))
    floor.hears("P9")
    assert [row["state"] for row in floor.rows(quality_tickets)] == ["closed"]
