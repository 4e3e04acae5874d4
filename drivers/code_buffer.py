"""Where one code ends and the next begins: one set of rules for every scanner that sends characters."""

from typing import Annotated, Literal

import msgspec

from drivers.scanner import CODE_CHARS_MAX, Ended, GarbledReason

Terminator = Literal["any", "enter", "tab", "none"]
"""any: Enter, Tab or a quiet gap, whichever comes first. enter, tab: only that one; what a gap closes was cut
off. none: the scanner sends no terminator, only the gap closes a code."""

ENTERS = frozenset("\r\n")
TAB = "\t"
QUIET_GAP_MS = 60
QUIET_WAIT_MS = 250
"""How long to wait for an expected terminator: longer than the gap, as a busy machine is late, not quiet."""


class Framing(msgspec.Struct, frozen=True, kw_only=True):
    """How a scanner marks its codes; prefix and suffix, which its settings sheet added, are taken off."""

    terminator: Terminator = "any"
    quiet_gap_ms: Annotated[int, msgspec.Meta(ge=10, le=5_000)] = QUIET_GAP_MS
    prefix: str = ""
    suffix: str = ""

    @property
    def quiet_wait_ms(self) -> int:
        """How long nothing must have arrived before the gap is believed."""
        return self.quiet_gap_ms if self.terminator == "none" else max(QUIET_WAIT_MS, self.quiet_gap_ms)


class CodeBuffer:
    """Collects the characters of one device; each method answers with what it completed, or None.

    After something was lost, the rest of that code is thrown away too: a tail must never pass for a code.
    """

    def __init__(self, framing: Framing) -> None:
        self._framing = framing
        self._characters: list[str] = []
        self._skipping = False
        self._cut_off = False  # what is skipped may as well be a code of its own: its end is answered too

    @property
    def is_open(self) -> bool:
        """A code has begun and is not closed yet, or the rest of a lost one is being thrown away."""
        return bool(self._characters) or self._skipping

    def add(self, character: str) -> "Closed | None":
        """One character arrived; a terminator closes the code."""
        if self._is_terminator(character):
            was_cut_off = self._cut_off
            closed = self._close("tab" if character == TAB else "enter")
            return Lost(reason="unterminated") if was_cut_off else closed
        if self._skipping:
            return None
        if len(self._characters) == CODE_CHARS_MAX:
            return self.spoil("too_long")
        self._characters.append(character)
        return None

    def quiet(self) -> "Closed | None":
        """Nothing arrived for the quiet gap."""
        if self._framing.terminator in {"any", "none"} or self._skipping or not self._characters:
            return self._close("gap")
        self._characters.clear()
        self._skipping = self._cut_off = True  # what comes before the next pause may be its tail
        return Lost(reason="unterminated")

    def spoil(self, reason: GarbledReason) -> "Closed | None":
        """Something of this code was lost: throw away what is here and what still comes; said once."""
        self._characters.clear()
        if self._skipping:
            return None
        self._skipping = True
        return Lost(reason=reason)

    def unplugged(self) -> "Closed | None":
        """The device is gone; nothing of what it began will ever be completed."""
        begun = bool(self._characters)
        self._characters.clear()
        self._skipping = self._cut_off = False
        return Lost(reason="unplugged") if begun else None

    def _is_terminator(self, character: str) -> bool:
        match self._framing.terminator:
            case "any":
                return character in ENTERS or character == TAB
            case "enter":
                return character in ENTERS
            case "tab":
                return character == TAB
            case "none":
                return False

    def _close(self, ended: Ended) -> "Closed | None":
        text = "".join(self._characters)
        self._characters.clear()
        skipped, self._skipping, self._cut_off = self._skipping, False, False
        if skipped or not text:
            return None
        if not text.startswith(self._framing.prefix):
            return Lost(reason="prefix_missing")
        text = text.removeprefix(self._framing.prefix)
        if not text.endswith(self._framing.suffix):
            return Lost(reason="suffix_missing")
        text = text.removesuffix(self._framing.suffix)
        return Code(text=text, ended=ended) if text else None


class Code(msgspec.Struct, frozen=True, kw_only=True):
    """A whole code."""

    text: str
    ended: Ended = "enter"


class Lost(msgspec.Struct, frozen=True, kw_only=True):
    """A code that did not arrive whole."""

    reason: GarbledReason


Closed = Code | Lost
