"""Secrets that people can remember, made slow to guess: scrypt (RFC 7914)."""

import hashlib

BLOCK = 8
LANES = 1
DIGEST_BYTES = 32


def stretched(secret: bytes, salt: bytes, cost_log2: int) -> bytes:
    """Return a secret stretched by scrypt; it takes 2**cost_log2 blocks of 1 KiB of memory."""
    memory = 128 * BLOCK * (2**cost_log2)
    return hashlib.scrypt(
        secret, salt=salt, n=2**cost_log2, r=BLOCK, p=LANES, maxmem=2 * memory, dklen=DIGEST_BYTES
    )
