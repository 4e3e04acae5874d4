"""Whether a text may stand in for a label template, said in words of the catalogue; pages, API and files ask here."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from domain.problem import Problem, refusal

if TYPE_CHECKING:
    from labels.own_template import Fault


def template_problem(name: str, text: str) -> Problem | None:
    """Return why a text is not taken as the template of a name; None where it may be."""
    # Drawing is imported with the first template somebody writes: a hub is ready sooner without it.
    from labels.own_template import fault_of  # noqa: PLC0415

    return _problem_of(fault_of(name, text))


def filled_problem(name: str, own: str, data: Mapping[str, str]) -> Problem | None:
    """Return why the label of a name must not be printed from these data; None where it may be.

    `own`: the plant's template in its place, empty for the shipped one.
    """
    from labels.own_template import fault_of_filled, template_printed  # noqa: PLC0415 - as above

    return _problem_of(fault_of_filled(template_printed(name, own), data))


def _problem_of(fault: "Fault | None") -> Problem | None:
    if fault is None:
        return None
    if fault.finding is not None:
        return refusal(
            "label_template.not_fit",
            dots=str(fault.dots_per_mm),
            finding=f"preflight.{fault.finding.code}",
            subject=fault.finding.words["subject"],
        )
    return refusal(
        f"label_template.{fault.code}",
        subject=fault.subject,
        detail=fault.detail[:300],
        line=str(fault.line),
        place=str(fault.column),
        mistake=f"label_template.toml.{fault.mistake}",
    )
