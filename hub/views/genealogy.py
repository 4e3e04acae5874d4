"""What goods were made from, and what was made of them: one step up and one step down, each opening to the next."""

from msgspec import Struct
from sqlalchemy import Connection, and_, exists, select

from hub.store.tables import derivations, documents

RELATED_MAX = 30
"""Parents, and children, that are shown."""


class Related(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Goods that went into others or came out of them, by which document and which event."""

    position: int
    document: str
    item: str
    lot: str = ""
    handling_unit: str = ""
    grade: str = ""
    owner: str = ""


def made_from(connection: Connection, plant: str, what: str, key: str) -> tuple[Related, ...]:
    """Return what went in for a lot or handling unit, or by a document; the newest first."""
    return _related(connection, plant, what, key, is_parent=True)


def made_into(connection: Connection, plant: str, what: str, key: str) -> tuple[Related, ...]:
    """Return what came out where a lot or handling unit went in, or by a document; the newest first."""
    return _related(connection, plant, what, key, is_parent=False)


def _related(
    connection: Connection, plant: str, what: str, key: str, *, is_parent: bool
) -> tuple[Related, ...]:
    found, itself = derivations.alias("found"), derivations.alias("itself")
    if what == "document":
        asked = select(found).where(found.c.plant == plant, found.c.document == key)
    else:
        asked = (
            select(found)
            .distinct()
            .select_from(
                itself.join(
                    found,
                    and_(
                        found.c.plant == itself.c.plant,
                        found.c.position == itself.c.position,
                        found.c.group == itself.c.group,
                    ),
                )
            )
            .where(itself.c.plant == plant, itself.c[what] == key, itself.c.is_parent.is_(not is_parent))
        )
    taken_back = exists().where(
        documents.c.plant == plant,
        documents.c.number == found.c.document,
        documents.c.status == "unapproved",
    )
    asked = asked.where(found.c.is_parent.is_(is_parent), ~taken_back)
    asked = asked.order_by(found.c.position.desc(), found.c.group, found.c.number).limit(RELATED_MAX)
    rows = connection.execute(asked)
    return tuple(
        Related(
            position=row.position,
            document=row.document,
            item=row.item,
            lot=row.lot,
            handling_unit=row.handling_unit,
            grade=row.grade,
            owner=row.owner,
        )
        for row in rows
    )
