"""Label templates 标签模板: how the plant itself wants a label, in place of the one that comes with the program."""

from msgspec import Struct

from domain.label_template import TEMPLATE_CHARS_MAX, LabelTemplate
from hub.cells import CellError
from hub.draft import Draft
from hub.field_kind import FieldKind
from hub.label_check import template_problem
from hub.object import Field, ObjectType
from hub.object_fields import CODE_FIELD, REMARK_FIELD
from hub.record_shape import fill_record
from hub.reference import ReferenceData
from hub.spreadsheet import DAMAGE


class LabelTemplateRecord(LabelTemplate, frozen=True, kw_only=True, omit_defaults=True):
    """A template as the office keeps it."""

    remark: str = ""


def _as_template(text: str) -> str:
    """Take a template's text, its lines ended as TOML files end them. Raises CellError."""
    if DAMAGE in text:
        raise CellError("import.cell_damaged", value=text[: text.index(DAMAGE)][-40:])
    if len(text) > TEMPLATE_CHARS_MAX:
        raise CellError("import.cell_too_long", limit=TEMPLATE_CHARS_MAX)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _build(draft: Draft, held: Struct | None, _known: ReferenceData) -> LabelTemplateRecord:
    """Make the record of a template that kiosks can print by. Raises CellError."""
    problem = template_problem(draft.text("code"), draft.text("text"))
    if problem is not None:
        column = "code" if problem.code == "label_template.no_such" else "text"
        raise CellError(problem.code, column=column, row=0, **problem.parameters)
    return fill_record(LabelTemplateRecord, draft, held)


OBJECT = ObjectType(
    name="label_templates",
    group="rules",
    kind="label_template",
    form=LabelTemplateRecord,
    build=_build,
    delete_if=(),
    fields=(
        CODE_FIELD,
        Field(
            name="text",
            kind=FieldKind(read=_as_template, value=str, input="source", chars_max=TEMPLATE_CHARS_MAX),
            headers=("模板", "TOML"),
            required=True,
        ),
        REMARK_FIELD,
    ),
)
