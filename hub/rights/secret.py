"""Passwords as memory-hard digests: scrypt (RFC 7914), each with its own salt and the costs it was made with."""

import hashlib
import hmac
import secrets
import threading

from domain import stretching
from domain.stretching import DIGEST_BYTES

COST_LOG2 = 16
"""2**16 blocks of 1 KiB: 64 MiB and some 0.2 s for each look at a password."""
SALT_BYTES = 16
AT_ONCE_MAX = 2
"""Passwords looked at at one time, so that a flood of guesses takes neither all memory nor all processors."""
PASSWORD_CHARS_MIN = 10
PASSWORD_CHARS_MAX = 200

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_ONE_TIME_CHARS = 12
_turns = threading.BoundedSemaphore(AT_ONCE_MAX)


def digest_password(password: str) -> str:
    """Return what is kept of a password."""
    salt = secrets.token_bytes(SALT_BYTES)
    made = stretched(password.encode(), salt, COST_LOG2)
    return f"scrypt${COST_LOG2}${salt.hex()}${made.hex()}"


def is_password(kept: str, given: str) -> bool:
    """Tell whether a text is the password, without telling by time how nearly."""
    name, cost, salt, made = kept.split("$")
    if name != "scrypt":
        message = f"a password digest of unknown kind {name!r}"
        raise ValueError(message)
    again = stretched(given.encode(), bytes.fromhex(salt), int(cost))
    return hmac.compare_digest(again, bytes.fromhex(made))


def stretched(secret: bytes, salt: bytes, cost_log2: int) -> bytes:
    """Return a secret stretched by scrypt; only AT_ONCE_MAX at one time."""
    with _turns:
        return stretching.stretched(secret, salt, cost_log2)


def one_time_password() -> str:
    """Return a password for one sign-on, easy to read out: three groups of four letters and digits."""
    drawn = "".join(secrets.choice(_LETTERS) for _ in range(_ONE_TIME_CHARS))
    return "-".join(drawn[start : start + 4] for start in range(0, _ONE_TIME_CHARS, 4))


def digest_token(token: str) -> str:
    """Return what is kept of a random token of 256 bits: it needs no stretching."""
    return hashlib.sha256(token.encode()).hexdigest()


NOBODYS = f"scrypt${COST_LOG2}${'00' * SALT_BYTES}${'00' * DIGEST_BYTES}"
"""Looked at where there is no such person, so that time does not tell. No text is this password."""
