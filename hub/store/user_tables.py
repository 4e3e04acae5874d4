"""The registers of sign-on: passwords, PINs, sessions, guesses and tokens. No backup and no export holds them."""

from sqlalchemy import Boolean, Column, Index, Integer, String, Table, Text

from hub.store.tables import metadata

credentials = Table(
    "credentials",
    metadata,
    # A person's password, as a memory-hard digest. `must_change`: it was given by somebody else and serves once.
    Column("plant", String(40), primary_key=True),
    Column("person", String(120), primary_key=True),
    Column("password", Text, nullable=False),
    Column("must_change", Boolean, nullable=False),
    Column("given_at", String(27), nullable=False),
    Column("ends_at", String(27), nullable=False),  # of one that serves once; empty: it does not end
)

pins = Table(
    "pins",
    metadata,
    # A person's PIN, as a memory-hard digest; each kiosk gets a verifier of its own, made from it.
    Column("plant", String(40), primary_key=True),
    Column("person", String(120), primary_key=True),
    Column("pin", Text, nullable=False),
    Column("given_at", String(27), nullable=False),
)

sessions = Table(
    "sessions",
    metadata,
    # Who is signed on. The browser holds the secret, this table its digest (SHA-256).
    Column("digest", String(64), primary_key=True),
    Column("plant", String(40), nullable=False),
    Column("person", String(120), nullable=False),
    Column("begun_at", String(27), nullable=False),
    Column("seen_at", String(27), nullable=False),
    Column("address", String(64), nullable=False),
    Column("browser", String(200), nullable=False),
    Index(None, "plant", "person"),
)

guesses = Table(
    "guesses",
    metadata,
    # Wrong passwords in a row, for each lane of guessing (`hub.rights.throttle`), and when the next one is looked at.
    Column("lane", String(200), primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("failed_at", String(27), nullable=False),
    Column("wait_until", String(27), nullable=False),
)

api_tokens = Table(
    "api_tokens",
    metadata,
    # What programs prove themselves with: the digest (SHA-256) of a random token, and what it may do.
    Column("name", String(60), primary_key=True),
    Column("digest", String(64), nullable=False, unique=True),
    Column("plant", String(40), nullable=False),  # empty: every plant
    Column("rights_json", Text, nullable=False),
    Column("made_at", String(27), nullable=False),
    Column("made_by", String(120), nullable=False),
    Column("revoked_at", String(27), nullable=False),  # empty: it serves
)
