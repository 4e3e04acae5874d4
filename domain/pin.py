"""PINs: how somebody proves at a kiosk, hub or no hub, that the badge shown is their own.

The hub keeps a PIN stretched (`stretching.py`), and gives each kiosk a verifier of its own: the same once more, keyed
(HMAC-SHA-256) with what only this kiosk and the hub know. So a verifier is of use at one kiosk and with its key; a copy
of the kiosk's data file without the file of its credentials is of no use at all. Whoever has the card with both can
try all PINs of six digits away from the kiosk: a million times 32 ms are nine hours of one core, minutes of many. A PIN
guards against a borrowed badge, not against a stolen kiosk: then it is revoked, and new PINs are set.
"""

import hashlib
import hmac
import secrets
from enum import StrEnum
from itertools import pairwise

from domain.stretching import stretched

PIN_DIGITS_MIN = 6
PIN_DIGITS_MAX = 12
COST_LOG2 = 13
"""2**13 blocks of 1 KiB: 8 MiB, an eighth of the work of a password. 32 ms on one core of a server; a Raspberry Pi 3 is
taken to be up to eight times slower, and a check there must stay below 300 ms."""
SALT_BYTES = 16
ISSUE_CHARS = 8
QUICK_TRIES = 5
"""So many wrong ones in a row cost no wait."""
FIRST_WAIT_S = 30
WAIT_S_MAX = 3600
TRIES_MAX = 20
"""After so many in a row the PIN serves no more at this kiosk, until its owner has a new one."""


class PinFlaw(StrEnum):
    """What is wrong with a PIN somebody wants; words are `pin.flaw.<value>`."""

    DIGITS = "digits"
    EASY = "easy"


def pin_flaw(digits: str, person: str) -> PinFlaw | None:
    """Return what is wrong with a PIN; None where nothing is. Not taken: what anybody would try first."""
    is_number = digits.isascii() and digits.isdecimal()
    if not is_number or not PIN_DIGITS_MIN <= len(digits) <= PIN_DIGITS_MAX:
        return PinFlaw.DIGITS
    steps = {(int(after) - int(before)) % 10 for before, after in pairwise(digits)}
    is_run = len(steps) == 1 and steps <= {0, 1, 9}
    is_repeated = any(
        digits == digits[:length] * (len(digits) // length)
        for length in range(1, len(digits) // 2 + 1)
        if len(digits) % length == 0
    )
    own = "".join(one for one in person if one.isdecimal())
    is_own = len(own) >= PIN_DIGITS_MIN - 2 and (own in digits or digits in own)
    return PinFlaw.EASY if is_run or is_repeated or is_own else None


def random_pin() -> str:
    """Return a PIN to be given to somebody."""
    while True:
        drawn = "".join(secrets.choice("0123456789") for _ in range(PIN_DIGITS_MIN))
        if pin_flaw(drawn, "") is None:
            return drawn


def kept_pin(digits: str) -> str:
    """Return what the hub keeps of a PIN."""
    salt = secrets.token_bytes(SALT_BYTES)
    return f"scrypt${COST_LOG2}${salt.hex()}${stretched(digits.encode(), salt, COST_LOG2).hex()}"


def pin_for_kiosk(kept: str, device_key: bytes) -> str:
    """Return the verifier of one kiosk, from what the hub keeps."""
    name, cost, salt, made = kept.split("$")
    return "$".join((name, cost, salt, _keyed(bytes.fromhex(made), device_key).hex()))


def is_pin(verifier: str, digits: str, device_key: bytes) -> bool:
    """Tell whether these digits are the PIN, without telling by time how nearly; what is no verifier fits none."""
    try:
        name, cost, salt, made = verifier.split("$")
        again = stretched(digits[:PIN_DIGITS_MAX].encode(), bytes.fromhex(salt), int(cost))
        wanted = bytes.fromhex(made)
    except ValueError:
        return False
    return name == "scrypt" and hmac.compare_digest(_keyed(again, device_key), wanted)


def issue_of(verifier: str) -> str:
    """Return the name of a PIN among all that somebody had: a new one is tried afresh. It tells no digit."""
    return "$".join(verifier.split("$")[2:3])[:ISSUE_CHARS]


def key_name(device_key: bytes) -> str:
    """Return a name for the key that verifiers are made with, so that one sees when it is another."""
    return _keyed(b"which key", device_key).hex()[:ISSUE_CHARS]


def wait_s(failures: int) -> int:
    """Return how long after so many wrong ones in a row the next one is not looked at."""
    beyond = failures - QUICK_TRIES
    return 0 if beyond < 0 else min(WAIT_S_MAX, FIRST_WAIT_S * 2 ** min(beyond, 20))


def _keyed(stretched_pin: bytes, device_key: bytes) -> bytes:
    pepper = hmac.digest(device_key, b"noac pin 1", hashlib.sha256)
    return hmac.digest(pepper, stretched_pin, hashlib.sha256)
