"""Writes docs/reports/<day>-vm.md with the picture of the guest's screen beside it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from PIL import Image

FOLDER = Path(__file__).parents[2] / "docs" / "reports"
COLOURS = 64
"""Of the picture: flat areas and letters need no more, and it stays small."""


@dataclass(slots=True, kw_only=True)
class Report:
    """What one run did. `notes`: what was found, in sentences; `facts`: what machine it was, by name."""

    facts: dict[str, str] = field(default_factory=dict[str, str])
    steps: list[tuple[str, float]] = field(default_factory=list[tuple[str, float]])
    tests: list[tuple[str, str, float]] = field(default_factory=list[tuple[str, str, float]])
    notes: list[str] = field(default_factory=list[str])
    picture: Path | None = None

    def write(self) -> None:
        """Write the page, and the picture if there is one."""
        day = f"{datetime.now(UTC):%Y-%m-%d}"
        page = FOLDER / f"{day}-vm.md"
        page.write_text(self._page(day), encoding="utf-8")
        if self.picture is not None:
            with Image.open(self.picture) as taken:
                small = taken.convert("RGB").quantize(COLOURS)
            small.save(page.with_suffix(".png"), optimize=True)

    def _page(self, day: str) -> str:
        passed = sum(outcome == "passed" for _, outcome, _ in self.tests)
        minutes = (sum(took for _, took in self.steps) + sum(took for *_, took in self.tests)) / 60
        facts = "".join(f"- {name}: {value}\n" for name, value in self.facts.items())
        notes = "".join(f"- {note}\n" for note in self.notes)
        steps = "".join(f"| {step} | {took:.0f} |\n" for step, took in self.steps)
        tests = "".join(
            f"| {re.sub(r'_+', ' ', name.removeprefix('test_'))} | {outcome} | {took:.0f} |\n"
            for name, outcome, took in self.tests
        )
        picture = f"\n![The guest's display after a scan]({day}-vm.png)\n" if self.picture is not None else ""
        return f"""\
# A kiosk on a machine in software, {day}

Made by `make vm`. {passed} of {len(self.tests)} checks passed, in {minutes:.1f} minutes. The processor is emulated
(one core, nice 10, no KVM), so times are upper limits.

{facts}
## What was seen

{notes}{picture}
## Steps

| step | seconds |
|---|---|
{steps}
## Checks

| check | outcome | seconds |
|---|---|---|
{tests}"""
