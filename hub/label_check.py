"""Whether a text may stand in for a label template, said in words of the catalogue; pages, API and files ask here."""

from domain.problem import Problem, refusal


def template_problem(name: str, text: str) -> Problem | None:
    """Return why a text is not taken as the template of a name; None where it may be."""
    # Drawing is imported with the first template somebody writes: a hub is ready sooner without it.
    from labels.own_template import fault_of  # noqa: PLC0415

    fault = fault_of(name, text)
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
    )
