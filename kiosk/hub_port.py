"""What the sync needs of the hub and of the neighbour, and how it stands with the hub."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from domain.wire import Acknowledgement, Changes, Snapshot, UploadHeader

HubState = Literal["online", "slow", "offline"]


class Hub(Protocol):
    """What the sync asks of the hub; every method may raise HubError."""

    def upload(self, header: UploadHeader, bodies: list[bytes]) -> Acknowledgement:
        """Send a batch."""
        ...

    def changes(self, cursor: str, generation: int) -> Changes:
        """Ask for the next page of changes."""
        ...

    def snapshot(self) -> Snapshot:
        """Ask for everything at once."""
        ...

    def close(self) -> None:
        """Let go of the connection."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Connectivity:
    """How it stands with the hub, for the screen. `since` is when this state began, `reason` a code with words."""

    state: HubState
    reason: str = ""
    since: datetime | None = None
    last_answer: datetime | None = None


class BuddyPort(Protocol):
    """The neighbour that keeps copies for us, and whose copies we keep."""

    def hub_is_here(self) -> None:
        """Hand in what the neighbour gave us. Raises HubError, StoreError."""
        ...

    def hub_is_away(self) -> int:
        """Give the neighbour copies of what the hub lacks. Raises StoreError."""
        ...

    def close(self) -> None:
        """Let go of the connection."""
        ...
