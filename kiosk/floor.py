"""What the activities of a production station may ask besides the rules' own questions; from the file, or a fake."""

from collections.abc import Mapping, Sequence
from typing import Literal, Protocol

from msgspec import Struct

from domain.bundle import BundleSerial
from domain.code_list import DefectCode, ReasonCode, ReasonUse
from domain.events.quality import HoldScope
from domain.handoff import RequirementList
from domain.job import Job
from domain.questionnaire import SurveyQuestion
from domain.route import Operation, OperationCode
from domain.shift_slip import Shift
from domain.shop import Hold, Shop, Voice
from domain.work_order import WorkOrder
from domain.work_unit import WorkUnit


class StationAct(Struct, frozen=True, kw_only=True):
    """What was done last with a job at this station, and the event that told of it."""

    job: str
    bundle: BundleSerial
    operation: OperationCode
    act: Literal["start", "finish"]
    event_id: str


class Floor(Shop, Protocol):
    """The station's own questions; every answer is immediate and bounded."""

    def orders_open(self, limit: int) -> Sequence[WorkOrder]:
        """Return the work orders on which work may be begun, by number."""
        ...

    def operations(self, limit: int) -> Sequence[Operation]:
        """Return the plant's operations, by code."""
        ...

    def jobs_here(self, limit: int) -> Sequence[Job]:
        """Return the jobs at work that were checked in at this station, the newest first."""
        ...

    def last_act(self) -> StationAct | None:
        """Return the newest check-in or finish at this station that was not taken back."""
        ...

    def requirements_of(self, operation: OperationCode) -> Sequence[RequirementList]:
        """Return what an operation asks of each one before it: the newest version both agreed on."""
        ...

    def requirements_after(self, before: OperationCode) -> Sequence[RequirementList]:
        """Return what each next operation asks of one."""
        ...

    def defects(self, operation: OperationCode) -> Sequence[DefectCode]:
        """Return the kinds of defect that are found at an operation, those that name it first."""
        ...

    def reasons(self, use: ReasonUse) -> Sequence[ReasonCode]:
        """Return the factory's reasons for something; none where it keeps no list."""
        ...

    def held(self, scope: HoldScope, key: str) -> Hold | None:
        """Return what holds one thing; None where nothing does."""
        ...

    def holds(self, limit: int) -> Sequence[Hold]:
        """Return everything that stands still, as far as it concerns this station."""
        ...

    def voices(self, limit: int) -> Sequence[Voice]:
        """Return what was said to this station's unit and is not answered yet, the most urgent first."""
        ...

    def survey(self, unit: str) -> Sequence[SurveyQuestion]:
        """Return what a unit's customers are asked; nothing where the plant declares no questions."""
        ...

    def units(self) -> Mapping[str, WorkUnit]:
        """Return the plant's lines and workshops by their code."""
        ...

    def shifts(self) -> Mapping[str, Shift]:
        """Return the plant's shifts by their code."""
        ...
