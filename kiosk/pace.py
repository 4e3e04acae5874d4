"""How much is sent at once: as much as the hub takes and the line carries in seconds, learned from each answer."""

from domain.wire import BATCH_EVENTS_MAX

QUICK_ANSWER_S = 2.0
"""An answer within this: more may be sent at once."""
LONG_ANSWER_S = 5.0
"""An answer that took longer than this: less."""


class Pace:
    """The size of the next batch. On a line of 2 kbit/s it ends at one or two entries, on a good one at the most."""

    def __init__(self) -> None:
        self._size = BATCH_EVENTS_MAX
        self._hub_takes = BATCH_EVENTS_MAX
        self._too_large = BATCH_EVENTS_MAX + 1

    @property
    def events_max(self) -> int:
        """Return how many entries the next upload may hold."""
        return max(1, min(self._size, self._hub_takes, self._too_large - 1))

    def answered(self, sent: int, took_s: float, hub_takes: int) -> None:
        """Learn from an answer: how long it took, and how many entries the hub wants at once."""
        self._hub_takes = max(1, hub_takes)
        if took_s > LONG_ANSWER_S:
            self._size = max(1, min(self._size, sent) // 2)
        elif took_s <= QUICK_ANSWER_S:
            self._size = min(BATCH_EVENTS_MAX, self._size * 2)

    def failed(self) -> None:
        """Learn from an upload without an answer: perhaps the line carries less."""
        self._size = max(1, self.events_max // 2)

    def was_too_large(self, sent: int) -> bool:
        """Learn from a refusal of so many entries; tells whether fewer can be tried."""
        self._too_large = max(2, sent // 2 + 1)
        return sent > 1

    def drained(self) -> None:
        """Everything was sent: the next entries may be smaller ones."""
        self._too_large = BATCH_EVENTS_MAX + 1
