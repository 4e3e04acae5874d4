"""A printer on the network: raw TCP, port 9100 as a rule ("JetDirect", AppSocket)."""

import socket
from urllib.parse import urlsplit

from domain.settings import SettingsError, SettingsProblem
from drivers.errors import TransportError
from drivers.stream_connection import StreamConnection
from drivers.transport import Connection, Transport

PORT_DEFAULT = 9100
CONNECT_TIMEOUT_S = 3.0


class TcpTransport:
    """A host and a port that take print data."""

    answers = True

    def __init__(self, address: str, host: str, port: int) -> None:
        self.address = address
        self._target = (host, port)

    def connect(self) -> Connection:
        """Open the connection; raises TransportError when nobody listens within the time-out."""
        try:
            link = socket.create_connection(self._target, timeout=CONNECT_TIMEOUT_S)
        except OSError as error:
            raise TransportError(
                attempted="connect",
                device=self.address,
                reason=str(error),
                advice="check that the printer is switched on and the cable is in",
            ) from error
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        link.setblocking(False)
        return StreamConnection(self.address, link)


def open(address: str) -> Transport:  # noqa: A001  the folder's contract: every kind is opened with `open`
    """The transport for `tcp://host[:port]`; raises SettingsError for anything else."""
    parts = urlsplit(address)
    try:
        port = parts.port or PORT_DEFAULT
    except ValueError as error:
        raise _bad_address(address) from error
    if not parts.hostname or parts.path not in {"", "/"}:
        raise _bad_address(address)
    return TcpTransport(address, parts.hostname, port)


def _bad_address(address: str) -> SettingsError:
    reason = f"{address!r} names no host and port"
    return SettingsError(
        "printer", [SettingsProblem(key="address", reason=reason, did_you_mean="tcp://host:9100")]
    )
