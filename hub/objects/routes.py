"""Routes 工艺路线: the operations goods go through, partly side by side, and where parts come together; in versions."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from domain.names import Names
from domain.problem import Problem
from domain.route import Flow, OperationCode, Route, Step, flaws, route_key
from hub.cells import CellError, Value, as_code
from hub.draft import Draft, Line
from hub.field_kind import AMOUNT, CODE, CODES, FieldKind, reference, references
from hub.object import Field, ObjectType
from hub.object_fields import NAME_EN_FIELD, NAME_FIELD, REMARK_FIELD
from hub.objects.operations import FLOW
from hub.record_shape import fill_record
from hub.reference import ReferenceData

_KEY = re.compile(r"(?P<code>[^/]+)/(?P<version>[1-9]\d{0,3})")


class RouteRecord(Route, frozen=True, kw_only=True, omit_defaults=False, dict=True):
    """A route as the office keeps it, every field written out: kiosks ask for more than the office did once."""

    version: int = 1
    flow: Flow = Flow.GARMENT
    steps: tuple[Step, ...] = ()
    names: Names = Names()
    style: str = ""
    remark: str = ""
    disabled: bool = False


def _as_route(text: str) -> str:
    """Take a route's code and version, `POLO/2`; a code alone is its first version."""
    key = as_code(text)
    whole = key if "/" in key else route_key(key, 1)
    if not _KEY.fullmatch(whole):
        raise CellError("import.not_a_route", value=text)
    return whole


def _build(draft: Draft, held: Struct | None, _known: ReferenceData) -> RouteRecord:
    code, _, version = draft.text("route").partition("/")
    steps = tuple(map(_step, draft.lines))
    if not any(step.after for step in steps):  # nobody said otherwise: one after the other
        steps = tuple(
            step if number == 0 else _after(step, steps[number - 1]) for number, step in enumerate(steps)
        )
    record = fill_record(RouteRecord, draft, held, code=code, version=int(version), steps=steps)
    for flaw in flaws(record):
        raise _refused(flaw, draft.lines)
    return record


def _step(line: Line) -> Step:
    return Step(
        operation=OperationCode(line.text("operation")),
        after=tuple(map(OperationCode, line.codes("after"))),
        takes=line.codes("takes"),
        makes=line.text("makes"),
        standard_minutes=line.number("standard_minutes"),
        plant=line.text("plant"),
    )


def _after(step: Step, before: Step) -> Step:
    return Step(
        operation=step.operation,
        after=(before.operation,),
        takes=step.takes,
        makes=step.makes,
        standard_minutes=step.standard_minutes,
        plant=step.plant,
    )


def _refused(flaw: Problem, lines: Sequence[Line]) -> CellError:
    """Say what makes it no route, at the step it is about where it is about one."""
    about = flaw.parameters.get("operation", "")
    row = next((line.row for line in reversed(lines) if line.text("operation") == about), 0)
    return CellError(flaw.code, column="operation" if row else "route", row=row, **flaw.parameters)


def _draw(_route: RouteRecord, key: str, _known: ReferenceData) -> Mapping[str, Any]:
    return {"route": key}


def _draw_lines(route: RouteRecord, _known: ReferenceData) -> Sequence[Mapping[str, Value]]:
    return [
        {
            "operation": step.operation,
            "after": tuple(step.after),
            "takes": step.takes,
            "makes": step.makes,
            "standard_minutes": step.standard_minutes or None,
            "plant": step.plant,
        }
        for step in route.steps
    ]


OBJECT = ObjectType(
    name="routes",
    group="production",
    kind="route",
    form=RouteRecord,
    number="route",
    key=lambda route, _draft: route_key(route.code, route.version),
    build=_build,
    draw=_draw,
    draw_lines=_draw_lines,
    fields=(
        Field(
            name="route",
            kind=FieldKind(read=_as_route, value=str),
            headers=("路线/版本", "路线编号", "工艺路线", "route/version"),
            required=True,
            may_change=False,
            is_listed=True,
            is_query=True,
        ),
        NAME_FIELD,
        NAME_EN_FIELD,
        Field(name="style", kind=reference("styles"), headers=("款号",), is_listed=True, is_query=True),
        Field(name="flow", kind=FLOW, headers=("流程", "产品流"), is_listed=True, is_query=True),
        REMARK_FIELD,
    ),
    lines=(
        Field(name="operation", kind=reference("operations"), headers=("工序编码",), required=True),
        Field(name="after", kind=references("operations"), headers=("前道工序", "前道", "before")),
        Field(name="takes", kind=CODES, headers=("投入部件", "部件", "components")),
        Field(name="makes", kind=CODE, headers=("产出部件",)),
        Field(name="standard_minutes", kind=AMOUNT, headers=("SMV",)),
        Field(name="plant", kind=CODE, headers=("工厂",)),
    ),
)
