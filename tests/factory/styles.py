"""What the factory makes: styles of 20 sewing operations, partly side by side, then pressed, looked at and packed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from random import Random

from domain.names import Names
from domain.route import Flow, Operation, OperationCode, Route, Step
from domain.work_order import OrderLine, OrderState, WorkOrder
from tests.factory.line_records import Lines


class Section(StrEnum):
    """The part of the factory an operation is done in; with the line, the unit that judges and is judged."""

    COLLAR = "COLLAR"
    BODY = "BODY"
    SLEEVE = "SLEEVE"
    ASSEMBLY = "ASM"
    CHECK = "CHECK"
    FINISHING = "FIN"
    PACKING = "PACK"


BODY, COLLAR, SLEEVE, UPPER, GARMENT = "body", "collar", "sleeve", "upper", "garment"
COLOURS, SIZES = ("navy", "white", "red"), ("S", "M", "L", "XL")
CHAINS: tuple[tuple[Section, str, tuple[str, ...]], ...] = (
    (Section.BODY, BODY, ("POCKET", "PLACKET", "YOKE", "SHOULDER", "NECK")),
    (Section.COLLAR, COLLAR, ("FUSE", "RUN", "TURN", "TOPSTITCH")),
    (Section.SLEEVE, SLEEVE, ("SLIT", "CUFF", "PLEAT")),
    (Section.ASSEMBLY, UPPER, ("COLLAR-ON",)),
    (Section.ASSEMBLY, GARMENT, ("SLEEVE-ON", "SIDE-SEAM", "HEM", "BUTTONHOLE", "BUTTON")),
    (Section.CHECK, GARMENT, ("TRIM", "END-LINE")),
    (Section.FINISHING, GARMENT, ("PRESS", "FINAL-LOOK")),
    (Section.PACKING, GARMENT, ("PACK",)),
)
SEWING = frozenset({Section.BODY, Section.COLLAR, Section.SLEEVE, Section.ASSEMBLY, Section.CHECK})
COLLAR_ON, SLEEVE_ON, PACK = OperationCode("COLLAR-ON"), OperationCode("SLEEVE-ON"), OperationCode("PACK")
HELPED = OperationCode("SIDE-SEAM")
"""Where a line helps its neighbour out: it takes the goods over, and gives them back for the hem."""
JOINS: Mapping[OperationCode, tuple[str, str]] = {COLLAR_ON: (BODY, COLLAR), SLEEVE_ON: (UPPER, SLEEVE)}
SECTION_OF: Mapping[OperationCode, Section] = {
    OperationCode(code): section for section, _, codes in CHAINS for code in codes
}
OPERATIONS = tuple(SECTION_OF)
FIRST_OF = {component: OperationCode(codes[0]) for _, component, codes in CHAINS[:3]}
CENTS_A_MINUTE = Decimal("0.3125")
PIECES_ORDERED = 100_000


def operations() -> tuple[Operation, ...]:
    """Return the operations, all paid by the piece."""
    return tuple(
        Operation(
            code=code,
            names=Names(zh=code, en=code),
            flow=Flow.FINISHING if section in (Section.FINISHING, Section.PACKING) else Flow.GARMENT,
            workshop=section,
            is_inspection=code in ("END-LINE", "FINAL-LOOK"),
        )
        for code, section in SECTION_OF.items()
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """One style: its way, and what an operation of it pays a piece (four decimals of the currency)."""

    code: str
    route: Route
    prices: Mapping[OperationCode, Decimal]

    @property
    def sewing_minutes(self) -> Decimal:
        """How many standard minutes a piece takes on the sewing line."""
        minutes = (step.standard_minutes for step in self.route.steps if SECTION_OF[step.operation] in SEWING)
        return sum(minutes, Decimal(0))


def draw(number: int, lines: Lines, some: Random) -> Style:
    """Return a style: so many minutes as one of the file takes, divided among its operations."""
    weights = {code: some.uniform(0.5, 1.5) for code in OPERATIONS}
    sewing = [code for code in OPERATIONS if SECTION_OF[code] in SEWING]
    whole = lines.standard_minutes() / Decimal(str(round(sum(weights[code] for code in sewing), 6)))
    minutes = {
        code: (whole * Decimal(str(round(weights[code], 6)))).quantize(Decimal("0.001"))
        for code in OPERATIONS
    }
    code = f"P{number:04d}"
    route = Route(code=f"R-{code}", version=1, flow=Flow.GARMENT, steps=_steps(minutes))
    prices = {one: (each * CENTS_A_MINUTE).quantize(Decimal("0.0001")) for one, each in minutes.items()}
    return Style(code=code, route=route, prices=prices)


def _steps(minutes: Mapping[OperationCode, Decimal]) -> tuple[Step, ...]:
    last: dict[str, OperationCode] = {}
    steps: list[Step] = []
    for _, component, codes in CHAINS:
        for code in map(OperationCode, codes):
            takes = JOINS.get(code, (component,))
            after = tuple(last[one] for one in takes if one in last)
            makes = component if code in JOINS else ""
            steps.append(
                Step(operation=code, after=after, takes=takes, makes=makes, standard_minutes=minutes[code])
            )
            last[component] = code
    return tuple(steps)


def order_of(number: int, style: Style) -> WorkOrder:
    """Return a work order for as much as anybody may make of a style."""
    lines = tuple(
        OrderLine(colour=colour, size=size, pieces=PIECES_ORDERED) for colour in COLOURS for size in SIZES
    )
    return WorkOrder(
        number=f"WO-{number:05d}",
        style=style.code,
        lines=lines,
        route=style.route.code,
        route_version=style.route.version,
        state=OrderState.RUNNING,
        is_kitted=True,
    )
