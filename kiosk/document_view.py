"""The screen of a document in hand."""

from decimal import Decimal

from domain.names import Names
from domain.plan import Plan, PlanRef
from kiosk.activity import Desk
from kiosk.form_view import Worked, header_views, line_views
from kiosk.line_view import line_view, quantity_shown
from kiosk.screen import Button, DocumentView, LineView, PlanLineView, Words

LINES_SHOWN_MAX = 12
PLAN_LINES_SHOWN_MAX = 30


def document_view(worked: Worked, desk: Desk) -> DocumentView:
    """Show the form, the order's progress, and the lines so far, newest first."""
    document = worked.document
    return DocumentView(
        number=document.number,
        title=Words(key=f"document.{document.type}"),
        asks=Words(key=worked.asks),
        header=header_views(worked, desk),
        line=line_views(worked, desk),
        lines=_lines(worked, desk),
        plan=_plan(worked, desk),
        totals=tuple(quantity_shown(one, desk) for one in desk.knowledge.totals(document.number)),
        count=desk.knowledge.lines_in_effect(document.number),
        is_blind=worked.kind.is_blind,
        is_paper=document.paper,
        status=document.status,
        buttons=_buttons(worked, desk.knowledge.lines_in_effect(document.number)),
    )


def _lines(worked: Worked, desk: Desk) -> tuple[LineView, ...]:
    newest = desk.knowledge.latest_lines(worked.document.number, LINES_SHOWN_MAX)
    return tuple(line_view(line, desk, is_last=place == 0) for place, line in enumerate(newest))


def _plan(worked: Worked, desk: Desk) -> tuple[PlanLineView, ...]:
    kind = worked.kind
    number = worked.value(kind.plan_field) if kind.plan_field else None
    plan = desk.knowledge.plan(kind.plan_kind, number) if isinstance(number, str) else None
    return plan_views(plan, desk, str(worked.line.values.get("item", ""))) if plan else ()


def plan_views(plan: Plan, desk: Desk, current: str = "") -> tuple[PlanLineView, ...]:
    """Show how far an order is, line by line; `current` is the item in hand."""
    rows: list[PlanLineView] = []
    for one in plan.lines[:PLAN_LINES_SHOWN_MAX]:
        item = desk.knowledge.item(one.item)
        done = desk.knowledge.plan_done(PlanRef(number=plan.number, line=one.line), one.quantity.unit)
        share = done.value / one.quantity.value if one.quantity.value else Decimal(0)
        rows.append(
            PlanLineView(
                item_number=item.number if item else one.item,
                item_names=item.names if item else Names(),
                ordered=quantity_shown(one.quantity, desk),
                done=quantity_shown(done, desk),
                share=float(share),
                is_current=one.item == current,
            )
        )
    return tuple(rows)


def _buttons(worked: Worked, lines: int) -> tuple[Button, ...]:
    document = worked.document
    begun = any(not one.sticky for one in document.line_inputs)
    buttons = [
        Button(
            action="done",
            label=Words(key="button.done"),
            icon="done",
            style="primary",
            is_enabled=document.status == "open" and (document.lines > 0 or lines > 0),
        ),
        Button(
            action="undo", label=Words(key="button.undo"), icon="undo", is_enabled=document.lines > 0 or begun
        ),
    ]
    if begun:
        buttons.append(Button(action="clear_line", label=Words(key="button.clear_line"), icon="clear"))
    if document.opened_on:
        leave = Words(key="button.leave_document")
        buttons.append(Button(action="void_document", label=leave, icon="void"))
    elif document.lines == 0:
        buttons.append(
            Button(
                action="void_document", label=Words(key="button.void_document"), icon="void", style="danger"
            )
        )
    return tuple(buttons)
