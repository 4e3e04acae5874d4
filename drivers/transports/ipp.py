"""A queue of CUPS, or a printer that speaks IPP: the label goes there as it is, for the queue to carry on.

A queue takes no questions in the printer's language, so a job ends as sent. What the queue says of itself (stopped, not
accepting, no paper) is asked before anything is handed over. The queue must be raw, so that CUPS changes nothing.
"""

from collections.abc import Callable
from urllib.parse import urlsplit

import requests

from domain.settings import SettingsError, SettingsProblem
from drivers.errors import TransportError
from drivers.transport import Connection, Transport
from drivers.transports.ipp_message import Answer, IppError, Operation, Tag, answer_of, request

PORT_DEFAULT = 631
CONNECT_TIMEOUT_S, ANSWER_TIMEOUT_S = 3.0, 15.0
STOPPED = 5
"""printer-state: 3 idle, 4 processing, 5 stopped (RFC 8011, 5.4.11)."""

RAW = "application/vnd.cups-raw"
OCTETS = "application/octet-stream"
"""What a printer that is no CUPS queue is told: find out yourself (RFC 8011, 5.1.10)."""

_CONTENT = {"Content-Type": "application/ipp"}


class IppTransport:
    """A queue's address."""

    answers = False

    def __init__(self, address: str, url: str, uri: str) -> None:
        """`url`: where it is asked; `uri`: what it is called there."""
        self.address = address
        self._url, self._uri = url, uri

    def connect(self) -> Connection:
        """See that the queue would take a job; raises TransportError, with its own reason, where it would not."""
        connection = IppConnection(self.address, self._url, self._uri)
        connection.await_queue()
        return connection


class IppConnection:
    """A queue that was asked and would take a job."""

    def __init__(self, address: str, url: str, uri: str) -> None:
        self._address, self._url, self._uri = address, url, uri
        self._number = 0
        self._format = RAW

    def await_queue(self) -> None:
        """Ask the queue how it is."""
        said = self._ask(Operation.GET_PRINTER_ATTRIBUTES, b"")
        reasons = ", ".join(str(one) for one in said.attributes.get("printer-state-reasons", ()))
        formats = said.attributes.get("document-format-supported", ())
        self._format = RAW if RAW in formats else OCTETS
        if said.first("printer-is-accepting-jobs") is False:
            raise self._failed("open", f"the queue takes no jobs: {reasons}")
        if said.first("printer-state") == STOPPED:
            raise self._failed("open", f"the queue is stopped: {reasons}")

    def send(self, data: bytes) -> None:
        """Hand over a job; it is in the queue when this returns."""
        self._ask(
            Operation.PRINT_JOB,
            data,
            (Tag.NAME, "job-name", "noac"),
            (Tag.MIME_MEDIA_TYPE, "document-format", self._format),
        )

    def query(self, question: bytes, is_complete: Callable[[bytes], bool]) -> bytes:
        """Always a TransportError: a queue is one-way."""
        del question, is_complete
        raise self._failed("ask the status", "a queue passes no questions on")

    def close(self) -> None:
        """Nothing is open between two requests."""

    def _ask(self, operation: Operation, data: bytes, *attributes: tuple[Tag, str, str]) -> Answer:
        self._number += 1
        body = request(operation, self._number, self._uri, *attributes) + data
        doing = "send a print job" if data else "open"
        try:
            came = requests.post(
                self._url, data=body, headers=_CONTENT, timeout=(CONNECT_TIMEOUT_S, ANSWER_TIMEOUT_S)
            )
        except requests.ConnectTimeout as error:
            raise self._failed(doing, f"nobody answers: {error}") from error
        except requests.RequestException as error:
            # Once the request was on its way nobody can say whether the queue has the job.
            is_refused = isinstance(error, requests.ConnectionError) and "refused" in str(error)
            raise self._failed(doing, str(error), 0 if is_refused else len(data)) from error
        try:
            said = answer_of(came.content)
        except IppError as error:
            raise self._failed(doing, f"HTTP {came.status_code}, {error}") from error
        if not said.is_ok:
            why = said.first("status-message") or f"status {said.status:#06x}"
            raise self._failed(doing, f"the queue refused: {why}")
        return said

    def _failed(self, attempted: str, reason: str, sent_bytes: int = 0) -> TransportError:
        return TransportError(
            attempted=attempted,
            device=self._address,
            reason=reason,
            advice="look at the queue with `lpstat -p`, and whether it is raw",
            sent_bytes=sent_bytes,
        )


def open(address: str) -> Transport:  # noqa: A001  the folder's contract: every kind is opened with `open`
    """The transport for `ipp://host[:port]/printers/NAME`; raises SettingsError for anything else."""
    parts = urlsplit(address)
    try:
        port = parts.port or PORT_DEFAULT
    except ValueError as error:
        raise _bad_address(address) from error
    if not parts.hostname or parts.path in {"", "/"} or parts.query:
        raise _bad_address(address)
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return IppTransport(address, f"http://{host}:{port}{parts.path}", f"ipp://{host}:{port}{parts.path}")


def _bad_address(address: str) -> SettingsError:
    reason = f"{address!r} names no host and queue"
    problem = SettingsProblem(key="address", reason=reason, did_you_mean="ipp://host:631/printers/dock")
    return SettingsError("printer", [problem])
