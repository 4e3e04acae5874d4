"""The hand that pulls the trigger: speaks to a kiosk's virtual scanner over its loopback socket."""

import json
import socket

ANSWER_TIMEOUT_S = 10.0


class Scanner:
    """One virtual scanner, from outside."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=ANSWER_TIMEOUT_S)
        self._lines = self._socket.makefile("rwb")

    def scan(self, code: str, fault: str = "") -> None:
        """Scan a code, perhaps with a fault. Raises OSError when the kiosk is away."""
        command = {"scan": code} | ({"fault": fault} if fault else {})
        self._lines.write(json.dumps(command).encode() + b"\n")
        self._lines.flush()
        answer = json.loads(self._lines.readline() or b'{"ok": false, "error": "it hung up"}')
        if not answer["ok"]:
            raise OSError(answer.get("error", ""))

    def close(self) -> None:
        """Let go of it."""
        self._lines.close()
        self._socket.close()
