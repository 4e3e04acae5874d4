"""Taking a weight into the quantity asked for: only one that is at rest, fresh, and the one on the screen."""

from collections.abc import Mapping

from domain.events.documents import Measured
from domain.field import Field, FieldKind, Input
from domain.problem import Problem, refusal
from domain.units import in_unit, is_mass
from kiosk.activity import Desk
from kiosk.form_view import Worked
from kiosk.scales import Shown
from kiosk.screen import WeightView, Words
from kiosk.state import Overlay

_QUANTITIES = (FieldKind.QUANTITY, FieldKind.SECOND_QUANTITY)


def weighed_field(worked: Worked, overlay: Overlay | None, desk: Desk) -> Field | None:
    """Return the field a weight would go into: the one the pad is open for, else the one asked for; None if no mass."""
    if not desk.scales:
        return None
    if overlay is None:
        field = worked.next_field
    else:
        is_replacing = overlay.kind == "pad" and overlay.mode == "replace"
        field = worked.field(overlay.field) if is_replacing else None
    return field if field and is_mass(worked.unit(field, desk)) else None


def weight_views(
    worked: Worked, overlay: Overlay | None, taken: Mapping[str, int], desk: Desk
) -> tuple[WeightView, ...]:
    """Show every scale while a mass is asked for; nothing otherwise."""
    if weighed_field(worked, overlay, desk) is None:
        return ()
    return tuple(_view(one, is_taken=_is_taken(one, taken)) for one in desk.scales)


def weigh(
    worked: Worked, overlay: Overlay | None, seen: str, taken: Mapping[str, int], desk: Desk
) -> Input | Problem:
    """Return the weight as an entry for its field, or why it cannot be taken.

    `seen`: the touched key's value, that is weight and scale as the person saw them. A weight that is another one by
    now is not taken. `taken`: the loads that were taken already.
    """
    field = weighed_field(worked, overlay, desk)
    weight, _, name = seen.partition("@")
    shown = next((one for one in desk.scales if one.scale == name), None)
    if field is None or shown is None:
        return refusal("weight_not_asked")
    if shown.state != "stable" or shown.quantity is None:
        return refusal("weight_not_ready", scale=name, state=f"device.scale.{shown.state}")
    if str(shown.quantity) != weight:
        return refusal("weight_changed", seen=weight, weight=shown.quantity)
    if _is_taken(shown, taken):
        return refusal("weight_taken", weight=shown.quantity)
    if shown.quantity.is_zero or shown.quantity.is_negative:
        return refusal("weight_not_positive", weight=shown.quantity)
    unit = worked.unit(field, desk)
    converted = in_unit(shown.quantity, unit)
    if converted is None:
        return refusal("weight_in_other_unit", weight=shown.quantity, unit=f"unit.{unit}")
    measured = Measured(how="weighed", scale=name, shown=shown.quantity)
    return Input(text=converted.text, field=field.name, measured=measured)


def typed(given: Input, field: Field | None, desk: Desk) -> Input:
    """Mark an entry for a quantity as typed where a scale is connected: who reads it later knows what it is worth."""
    if not desk.scales or field is None or field.kind not in _QUANTITIES:
        return given
    scale = desk.scales[0]
    measured = Measured(how="typed", scale=scale.scale, state=scale.state)
    return Input(text=given.text, field=given.field, measured=measured)


def loads(shown: tuple[Shown, ...], name: str, taken: Mapping[str, int]) -> dict[str, int]:
    """Return the loads taken, with the one that lies on this scale now among them."""
    now = {one.scale: one.rest_ms for one in shown if one.scale == name}
    return {**taken, **now}


def _is_taken(shown: Shown, taken: Mapping[str, int]) -> bool:
    return shown.state == "stable" and taken.get(shown.scale) == shown.rest_ms


def _view(shown: Shown, *, is_taken: bool) -> WeightView:
    state = "taken" if is_taken else shown.state
    weight = str(shown.quantity) if shown.quantity else ""
    return WeightView(
        scale=shown.scale,
        weight=weight,
        state=state,
        says=Words(key=f"device.scale.{state}"),
        touch=f"{weight}@{shown.scale}",
        is_takeable=state == "stable",
    )
