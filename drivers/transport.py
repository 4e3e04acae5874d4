"""How bytes reach a printer and answers come back: an address whose scheme is a file of `transports/`.

`tcp://127.0.0.1:9100` is a raw network port, `file:///dev/usb/lp0` a device or a file.
"""

from collections.abc import Callable
from typing import Protocol, cast

from drivers import registry, transports

ANSWER_BYTES_MAX = 4096
"""A printer's answer is a few dozen bytes; more than this is not an answer."""


class Connection(Protocol):
    """An open way to one printer. Every method raises TransportError when the printer is gone."""

    def send(self, data: bytes) -> None:
        """Hand over all bytes; TransportError.sent_bytes says how many may have arrived."""
        ...

    def query(self, question: bytes, is_complete: Callable[[bytes], bool]) -> bytes:
        """Ask, and collect the answer until it is complete; raises TransportError after the time-out."""
        ...

    def close(self) -> None:
        """Let go of the printer; never raises."""
        ...


class Transport(Protocol):
    """A printer's address. `answers` says whether anything ever comes back on this way."""

    @property
    def address(self) -> str:
        """The address from the settings."""
        ...

    @property
    def answers(self) -> bool:
        """Whether `query` can work."""
        ...

    def connect(self) -> Connection:
        """Reach the printer; raises TransportError when it is not there."""
        ...


class _TransportKind(Protocol):
    def open(self, address: str) -> Transport: ...


def transport_schemes() -> tuple[str, ...]:
    """Schemes an address can have, sorted."""
    return registry.kinds(transports)


def open_transport(address: str) -> Transport:
    """The transport for an address; raises SettingsError. Touches no device before `connect`."""
    scheme = address.partition("://")[0]
    return cast("_TransportKind", registry.load(transports, scheme, key="address", source="printer")).open(
        address
    )
