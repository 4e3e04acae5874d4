"""The machine's display as somebody in front of it sees it, dot for dot: what its graphics card sends out."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from tests.vm.machine import Machine
from tests.vm.until import until

Colour = tuple[int, ...] | float
"""As Pillow tells it: red, green, blue."""

SIGNS: dict[str, dict[Colour, float]] = {
    "stored": {(0xCD, 0xEF, 0xD9): 0.05, (0x0A, 0x7A, 0x3C): 0.02},
    "refused": {(0xC3, 0x16, 0x1C): 0.40},
}
"""What is seen of an answer, at least which share of all dots (`kiosk.css`): ground and bar, or all of the page."""
FRAME: Colour = (0x0F, 0x2A, 0x3D)
"""Of the strip at the top, in which user and devices stand."""

DRAWN_TIMEOUT_S = 600.0
"""How long a browser may take from nothing to its first page: on a processor in software, beside other work."""

LOOK_EVERY_S = 0.5
"""While the emulator makes a picture, its machine stands still."""


class Display:
    """What stands on it."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self.path = machine.folder / "display.png"
        """The last look at it."""

    def becomes(self, tone: str, timeout_s: float = DRAWN_TIMEOUT_S) -> float:
        """Wait until the page has this tone and its answer; returns how long it took."""
        return until(
            lambda: self.shows(tone),
            f"the display is {tone}",
            lambda: str(self.path),
            timeout_s,
            LOOK_EVERY_S,
        )

    def shows(self, tone: str) -> bool:
        """Tell whether a page with this tone and its answer is seen."""
        with Image.open(self.look()) as seen:
            dots = seen.width * seen.height
            counted = seen.convert("RGB").getcolors(dots) or []
        shares = {colour: count / dots for count, colour in counted}
        return all(shares.get(colour, 0.0) > least for colour, least in SIGNS[tone].items())

    def edges(self) -> set[Colour]:
        """Return the colours along the top, where a browser puts what it says itself, and along the right side."""
        with Image.open(self.look()) as seen:
            dots = seen.convert("RGB")
        width, height = dots.size
        top, right = dots.crop((0, 0, width, 1)), dots.crop((width - 1, 0, width, height))
        return {colour for edge in (top, right) for _, colour in edge.getcolors() or ()}

    def look(self) -> Path:
        """Return a picture of it."""
        self._machine.monitor.ask("screendump", filename=str(self.path.resolve()), format="png")
        return self.path
