"""What a program knows of the release it runs from: whether it is on trial, and how it says that it works."""

import json
import logging
import sys
from dataclasses import dataclass
from pathlib import Path

from updates.starter import (
    HEALTHY_NAME,
    RELEASES,
    STARTS_MAX,
    TRIAL,
    Change,
    Root,
    State,
    UpdateError,
)

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnRelease:
    """The release this process runs from. One that was not installed as a release has no root and is never on trial."""

    root: Root | None = None
    version: str = ""
    state: State | None = None

    @classmethod
    def of_this_program(cls, prefix: str = sys.prefix) -> "OwnRelease":
        """Return the release of the environment in `prefix`."""
        folder = Path(prefix).resolve()
        if folder.parent.name != RELEASES:
            return cls()
        root = Root(folder.parent.parent)
        try:
            return cls(root=root, version=folder.name, state=root.state())
        except UpdateError as error:
            _LOG.error("%s", error)
            return cls()

    @property
    def is_on_trial(self) -> bool:
        """Whether this release has yet to prove itself."""
        return self.state is not None and self.state.trial is not None and self.state.current == self.version

    @property
    def is_taken_back(self) -> bool:
        """Whether the starter will take this release back when its starts go on failing."""
        if self.root is None or self.state is None or not self.is_on_trial:
            return False
        try:
            self.root.way_back(self.state)
        except UpdateError:
            return False
        return True

    @property
    def healthy_after_s(self) -> float:
        """How long it must have worked to count as healthy."""
        trial = self.state.trial if self.state else None
        return trial.healthy_after_s if trial else 0.0

    @property
    def changes(self) -> tuple[Change, ...]:
        """How this release came to be the current one, oldest first."""
        return self.state.changes if self.state else ()

    def sign(self) -> None:
        """Say that it works; the starter believes it from then on. What cannot be written is said, and nothing else."""
        if self.root is None or self.state is None or self.state.trial is None:
            return
        path = self.root.path / TRIAL / HEALTHY_NAME
        try:
            self.root.files.write_whole(path, json.dumps({"change": self.state.trial.change}).encode())
        except OSError as error:
            _LOG.error(
                "release %s works, but cannot sign it in %s: %s. After %d starts it would be taken back",
                self.version,
                path,
                error,
                STARTS_MAX,
            )


class TrialWatch:
    """Signs once, when the program has worked for as long as its trial asks. `look` is called every now and then."""

    def __init__(self, own: OwnRelease) -> None:
        self._own = own
        self.is_over = not own.is_on_trial

    def look(self, steady_s: float) -> None:
        """Take how long everything has worked without a pause."""
        if not self.is_over and steady_s >= self._own.healthy_after_s:
            self.is_over = True
            self._own.sign()
