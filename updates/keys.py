"""The key pair behind updates: the private key signs bundles where they are made, the public one lies in each root."""

import os
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from updates.starter import UpdateError

PRIVATE_NAME = "noac-update.key"
PUBLIC_NAME = "noac-update.pub"
_CONTEXT = b"noac update bundle 1\n"
"""Signed with every manifest: the key says nothing about anything else."""

_END = b"-----END PUBLIC KEY-----"


def make_keys(folder: Path) -> None:
    """Make a key pair in a folder. Raises UpdateError where there is one, OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    key = Ed25519PrivateKey.generate()
    try:
        descriptor = os.open(
            folder / PRIVATE_NAME, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600
        )
    except FileExistsError as error:
        raise UpdateError(
            f"{folder / PRIVATE_NAME} is there already; machines trust its public half"
        ) from error
    with os.fdopen(descriptor, "wb") as file:
        file.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (folder / PUBLIC_NAME).write_bytes(public)


def sign(manifest: bytes, key: Path) -> bytes:
    """Return the signature of a manifest. Raises UpdateError, OSError."""
    try:
        private = load_pem_private_key(key.read_bytes(), None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise UpdateError(f"{key} holds no private key: {error}") from error
    if not isinstance(private, Ed25519PrivateKey):
        raise UpdateError(f"{key} holds a key of another kind than Ed25519")
    return private.sign(_CONTEXT + manifest)


def read_public(path: Path) -> tuple[Ed25519PublicKey, ...]:
    """Return the keys of a file: one, or two while keys are exchanged. Raises UpdateError, OSError."""
    keys: list[Ed25519PublicKey] = []
    for block in path.read_bytes().split(_END)[:-1]:
        try:
            key = load_pem_public_key(block.lstrip() + _END)
        except (ValueError, UnsupportedAlgorithm) as error:
            raise UpdateError(f"{path} holds no public key: {error}") from error
        if not isinstance(key, Ed25519PublicKey):
            raise UpdateError(f"{path} holds a key of another kind than Ed25519")
        keys.append(key)
    if not keys:
        raise UpdateError(f"{path} holds no public key")
    return tuple(keys)


def is_signed(manifest: bytes, signature: bytes, keys: tuple[Ed25519PublicKey, ...]) -> bool:
    """Tell whether one of the keys has signed the manifest."""
    for key in keys:
        try:
            key.verify(signature, _CONTEXT + manifest)
        except InvalidSignature:
            continue
        return True
    return False
