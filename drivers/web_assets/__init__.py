"""Foreign scripts that the kiosk's page and the hub's board share: kept once, served under /assets/."""

from pathlib import Path

FOLDER = Path(__file__).parent
SOCKET_IO_CLIENT = "socket.io.min.js"
"""Socket.IO client 4.8.4 as published on npm, unchanged (MIT: LICENSE.socket.io.txt)."""
