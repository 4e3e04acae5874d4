"""What programs prove themselves with: random tokens, each a row with its own rights, ended one by one."""

import secrets
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, insert, select, update

from hub.object import objects
from hub.rights.secret import digest_token
from hub.rights.subjects import GRANT_RIGHT, subjects
from hub.store.user_tables import api_tokens
from hub.store.values import instant_text

TOKEN_BYTES = 32
FIRST = "write-token"
"""The name of the token in the data folder, made when the hub first starts: it imports every kind of data."""


class Token(msgspec.Struct, frozen=True, kw_only=True):
    """One token: its name, what it may do, and where (empty: in every plant)."""

    name: str
    plant: str
    rights: frozenset[str]
    made_at: str
    made_by: str
    revoked_at: str


def add_token(
    connection: Connection,
    name: str,
    rights: frozenset[str],
    now: datetime,
    *,
    plant: str = "",
    by: str = "",
    secret: str = "",
) -> str:
    """Add a token and return its secret, which is nowhere to be read afterwards. Raises ValueError for a name taken."""
    if token_named(connection, name):
        message = f"a token {name!r} is there already"
        raise ValueError(message)
    secret = secret or secrets.token_hex(TOKEN_BYTES)
    connection.execute(
        insert(api_tokens).values(
            name=name,
            digest=digest_token(secret),
            plant=plant,
            rights_json=msgspec.json.encode(sorted(rights)).decode(),
            made_at=instant_text(now),
            made_by=by,
            revoked_at="",
        )
    )
    return secret


def keep_first_token(connection: Connection, secret: str, now: datetime) -> None:
    """See that the data folder's token is a row: it may do all with master data, that of later versions too.

    Whoever reads that folder has the machine, so it grants rights as the commands do.
    """
    rights = frozenset({*(f"{name}.{act}" for name in objects() for act in subjects()[name]), GRANT_RIGHT})
    held = token_named(connection, FIRST)
    if held is None:
        add_token(connection, FIRST, rights, now, secret=secret)
        return
    values = {"digest": digest_token(secret), "rights_json": msgspec.json.encode(sorted(rights)).decode()}
    connection.execute(update(api_tokens).where(api_tokens.c.name == FIRST).values(**values))


def token_of(connection: Connection, authorization: str) -> Token | None:
    """Return the token an Authorization header carries; None for none, a wrong or an ended one."""
    scheme, _, given = authorization.partition(" ")
    if scheme.lower() != "bearer" or not given.strip():
        return None
    held = api_tokens.c
    asked = select(api_tokens).where(held.digest == digest_token(given.strip()), held.revoked_at == "")
    row = connection.execute(asked).first()
    return _token(row) if row else None


def token_named(connection: Connection, name: str) -> Token | None:
    """Return a token by its name."""
    row = connection.execute(select(api_tokens).where(api_tokens.c.name == name)).first()
    return _token(row) if row else None


def tokens(connection: Connection) -> tuple[Token, ...]:
    """Return every token, by name."""
    return tuple(_token(row) for row in connection.execute(select(api_tokens).order_by(api_tokens.c.name)))


def revoke_token(connection: Connection, name: str, now: datetime) -> bool:
    """End a token for good; tells whether there was one that served."""
    held = api_tokens.c
    done = connection.execute(
        update(api_tokens)
        .where(held.name == name, held.revoked_at == "")
        .values(revoked_at=instant_text(now))
    )
    return done.rowcount > 0


def _token(row: Row[Any]) -> Token:
    return Token(
        name=row.name,
        plant=row.plant,
        rights=frozenset(msgspec.json.decode(row.rights_json, type=list[str])),
        made_at=row.made_at,
        made_by=row.made_by,
        revoked_at=row.revoked_at,
    )
