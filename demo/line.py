"""The cable between one kiosk and the hub, with a plug that anybody can pull: a small TCP proxy on loopback."""

import contextlib
import select
import socket
import threading

HOST = "127.0.0.1"
PIECE_BYTES = 64 * 1024
LOOK_S = 0.1
CONNECT_TIMEOUT_S = 5.0
SEND_TIMEOUT_S = 5.0
END_TIMEOUT_S = 3.0


class Line:
    """Leads every connection on to the hub's port while it is plugged in; pulled out, it drops them all at once."""

    def __init__(self, hub_port: int) -> None:
        self._hub_port = hub_port
        self._pulled = threading.Event()
        self._stopping = threading.Event()
        self._listener = socket.create_server((HOST, 0))
        self._listener.settimeout(LOOK_S)
        self.port = int(self._listener.getsockname()[1])
        self._thread = threading.Thread(target=self._accept, name="line", daemon=True)
        self._thread.start()

    @property
    def is_pulled(self) -> bool:
        """Whether the cable is out."""
        return self._pulled.is_set()

    def pull(self) -> None:
        """Take the cable out."""
        self._pulled.set()

    def plug(self) -> None:
        """Put the cable back."""
        self._pulled.clear()

    def close(self) -> None:
        """End it for good."""
        self._stopping.set()
        self._thread.join(END_TIMEOUT_S)
        self._listener.close()

    def _accept(self) -> None:
        while not self._stopping.is_set():
            try:
                kiosk, _ = self._listener.accept()
            except TimeoutError:
                continue
            threading.Thread(target=self._lead, args=(kiosk,), name="line", daemon=True).start()

    def _lead(self, kiosk: socket.socket) -> None:
        # An end of the connection on either side is the other side's to notice; nothing is repaired on the way.
        with kiosk, contextlib.suppress(OSError):
            if self.is_pulled:
                return
            with socket.create_connection((HOST, self._hub_port), timeout=CONNECT_TIMEOUT_S) as hub:
                other = {kiosk: hub, hub: kiosk}
                for one in other:
                    one.settimeout(SEND_TIMEOUT_S)
                    one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                while not (self.is_pulled or self._stopping.is_set()):
                    for one in select.select([*other], [], [], LOOK_S)[0]:
                        piece = one.recv(PIECE_BYTES)
                        if not piece:
                            return
                        other[one].sendall(piece)
