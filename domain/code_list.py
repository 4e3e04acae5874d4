"""What the factory calls its defects, and the reasons people give: short codes with names in both languages."""

from typing import Literal

from msgspec import Struct

from domain.names import Names
from domain.route import OperationCode

ReasonUse = Literal[
    "pause",
    "stoppage",
    "call",
    "concession",
    "reject",
    "remake",
    "reprint",
    "hold",
    "lift",
    "suggestion",
    "complaint",
    "thanks",
    "fault_picking",
    "answer",
    "rating",
    "contest",
]


class DefectCode(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A kind of defect. `operations`: where it is found; everywhere where none is named."""

    code: str
    names: Names
    operations: tuple[OperationCode, ...] = ()
    is_critical: bool = False
    disabled: bool = False


class ReasonCode(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A reason to choose from a list. `uses`: what for; for everything where none is named."""

    code: str
    names: Names
    uses: tuple[ReasonUse, ...] = ()
    disabled: bool = False
