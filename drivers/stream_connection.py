"""An open way to a printer that can be written and read: a socket, a USB printer, a serial line.

All of them are descriptors that do not block; how they are opened is for the transports to say.
"""

import os
import select
import time
from collections.abc import Callable
from typing import Protocol

from drivers.errors import AnswerTimeoutError, TransportError
from drivers.transport import ANSWER_BYTES_MAX

SEND_TIMEOUT_S = 10.0
"""A printer that takes no byte for so long counts as gone."""

ANSWER_TIMEOUT_S = 3.0
CHUNK_BYTES = 16_384
_HUNG_UP = select.POLLERR | select.POLLHUP | select.POLLNVAL


class Stream(Protocol):
    """What is opened: its descriptor, and how it is closed."""

    def fileno(self) -> int:
        """The descriptor, which does not block."""
        ...

    def close(self) -> None:
        """Close it; once is enough."""
        ...


class StreamConnection:
    """One open connection."""

    def __init__(self, address: str, stream: Stream) -> None:
        self._address = address
        self._stream = stream
        self._poll = select.poll()
        self._is_closed = False

    def send(self, data: bytes) -> None:
        """Hand over all bytes; a printer that takes none for SEND_TIMEOUT_S counts as gone."""
        sent_bytes = 0
        view = memoryview(data)
        try:
            while sent_bytes < len(data):
                self._await(select.POLLOUT, SEND_TIMEOUT_S)
                sent_bytes += self._write(view[sent_bytes : sent_bytes + CHUNK_BYTES])
        except OSError as error:
            raise TransportError(
                attempted="send a print job",
                device=self._address,
                reason=str(error),
                advice="see whether a label came out before printing it again",
                sent_bytes=sent_bytes,
            ) from error

    def query(self, question: bytes, is_complete: Callable[[bytes], bool]) -> bytes:
        """Ask and wait at most ANSWER_TIMEOUT_S for the whole answer; answers that came late are dropped."""
        answer = b""
        deadline_s = time.monotonic() + ANSWER_TIMEOUT_S
        try:
            self._drain()
            view = memoryview(question)
            while view:
                self._await(select.POLLOUT, deadline_s - time.monotonic())
                view = view[self._write(view) :]
            while not is_complete(answer):
                self._await(select.POLLIN, deadline_s - time.monotonic())
                answer += self._read()
                if len(answer) > ANSWER_BYTES_MAX:
                    raise self._no_answer(TransportError, "too long an answer")
        except TimeoutError as error:
            raise self._no_answer(AnswerTimeoutError, f"no answer in {ANSWER_TIMEOUT_S:g} s") from error
        except OSError as error:
            raise self._no_answer(TransportError, str(error)) from error
        return answer

    def close(self) -> None:
        """End the connection."""
        if not self._is_closed:
            self._is_closed = True
            self._stream.close()

    def _await(self, event: int, timeout_s: float) -> None:
        """Wait until it can be written or read. Raises TimeoutError, or ConnectionResetError where it is gone."""
        self._poll.register(self._stream.fileno(), event)
        ready = self._poll.poll(max(0.0, timeout_s) * 1000)
        if not ready:
            raise TimeoutError(f"the printer took nothing for {timeout_s:g} s")
        if not ready[0][1] & event and ready[0][1] & _HUNG_UP:
            raise ConnectionResetError("the printer is gone")

    def _write(self, view: memoryview) -> int:
        try:
            return os.write(self._stream.fileno(), view)
        except BlockingIOError:  # it had room for less than a byte after all
            return 0

    def _read(self) -> bytes:
        """Read what is there; an end where an answer belongs is a connection that ended."""
        try:
            piece = os.read(self._stream.fileno(), ANSWER_BYTES_MAX)
        except BlockingIOError:
            return b""
        if not piece:
            raise ConnectionResetError("the printer ended the connection")
        return piece

    def _drain(self) -> None:
        """Throw away what came too late for an earlier question."""
        self._poll.register(self._stream.fileno(), select.POLLIN)
        while self._poll.poll(0) and self._read():
            pass

    def _no_answer(self, family: type[TransportError], reason: str) -> TransportError:
        return family(
            attempted="ask the status",
            device=self._address,
            reason=reason,
            advice="check the printer's display, its cable and its settings",
        )
