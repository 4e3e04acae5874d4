"""Rules for lines entered from paper: each slip once, and nothing that a scan has overtaken since."""

from domain.document import Document
from domain.facts import Facts, RecordedLine
from domain.problem import Problem, question, refusal


def against_paper(document: Document, line: RecordedLine, facts: Facts) -> tuple[Problem, ...]:
    """Compare a line from paper with what is known of its slip and its goods; nothing for any other line."""
    slip = line.values.get("slip")
    if not document.paper or not isinstance(slip, str):
        return ()
    return (*_entered_before(document, slip, facts), *_overtaken(line, facts))


def _entered_before(document: Document, slip: str, facts: Facts) -> tuple[Problem, ...]:
    used = facts.slip(slip)
    if used is None:
        return ()
    if used.document != document.number:
        told = {"document": used.document, "name": used.operator, "time": used.event_time.isoformat()}
        return (refusal("slip_twice", slip=slip, **told),)
    lines = [one for one in facts.lines(document.number) if not one.is_reversed]
    is_same_as_before = bool(lines) and lines[-1].values.get("slip") == slip
    return () if is_same_as_before else (question("slip_again", slip=slip),)


def _overtaken(line: RecordedLine, facts: Facts) -> tuple[Problem, ...]:
    """Refuse a slip older than the last scan of the same unit: the scan says already where it is."""
    serial, told = line.values.get("handling_unit"), line.values.get("paper_time")
    unit = facts.handling_unit(serial) if isinstance(serial, str) else None
    if unit is None or unit.event_time is None or not isinstance(told, str):
        return ()
    # Slips are written by the clock on the wall where the kiosk stands, to the minute.
    scanned = f"{unit.event_time.astimezone():%Y-%m-%dT%H:%M}"
    if scanned <= told:
        return ()
    return (refusal("paper_overtaken", unit=unit.serial, time=unit.event_time.isoformat()),)
