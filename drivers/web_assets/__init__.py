"""Scripts that the kiosk's page and the hub's pages share: kept once, served under /assets/."""

from pathlib import Path

FOLDER = Path(__file__).parent
SOCKET_IO_CLIENT = "socket.io.min.js"
DECODER = "camera_decode.js"

_DECODER_POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'"


def policy_of(name: str) -> str | None:
    """Return the content policy (W3C CSP3) of a script that needs one of its own; None for all others.

    A worker has the policy it was served with, not its page's: only the one that decodes may compile WebAssembly.
    """
    return _DECODER_POLICY if name == DECODER else None
