"""What arrives on the demo's morning: deliveries with the codes their makers printed on them.

The amounts are drawn from a seed, so that every morning with the same seed is the same one.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from random import Random

SEPARATOR = "\x1d"
"""FNC1 between variable-length elements, as a scanner transmits it (GS1 General Specifications 7.8.3)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """One roll, cone bag or carton on the lorry: what it is, and the code on its outside."""

    item: str
    lot: str
    quantity: Decimal
    unit: str
    code: str
    second: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What one lorry brings against one order."""

    order: str
    supplier: str
    packages: tuple[Package, ...]


def rolls(random: Random, item: str, lot: str, count: int) -> Iterator[Package]:
    """Yield rolls of fabric: about 22 kg and 96 m each, labelled by the mill with our item number (AI 241)."""
    for _ in range(count):
        weight = Decimal(random.randint(195, 248)).scaleb(-1)
        length = Decimal(random.randint(86, 108))
        elements = (
            f"3101{int(weight * 10):06d}",
            f"3110{int(length):06d}",
            f"241{item}{SEPARATOR}",
            f"10{lot}",
        )
        yield Package(
            item=item, lot=lot, quantity=weight, unit="KGM", second=length, code="]C1" + "".join(elements)
        )


def bags(random: Random, item: str, lot: str, count: int) -> Iterator[Package]:
    """Yield bags of yarn cones, about 25 kg each."""
    for _ in range(count):
        weight = Decimal(random.randint(2480, 2520)).scaleb(-2)
        elements = (f"3102{int(weight * 100):06d}", f"241{item}{SEPARATOR}", f"10{lot}")
        yield Package(item=item, lot=lot, quantity=weight, unit="KGM", code="]C1" + "".join(elements))


def cartons(item: str, gtin: str, pieces: int, count: int) -> Iterator[Package]:
    """Yield cartons of trims: the GTIN of the carton says how many are inside."""
    for _ in range(count):
        yield Package(item=item, lot="", quantity=Decimal(pieces), unit="C62", code=gtin)


def morning_deliveries(seed: int) -> tuple[Delivery, ...]:
    """Return the lorries of the morning."""
    random = Random(seed)
    return (
        Delivery(
            order="PO-2026-0815",
            supplier="S-HENGLI",
            packages=(*rolls(random, "F-2041", "D-118", 6), *rolls(random, "F-2041", "D-119", 4)),
        ),
        Delivery(
            order="PO-2026-0816",
            supplier="S-YKK",
            packages=(
                *cartons("T-0107", "14006381333938", 144, 8),
                *cartons("T-0210", "15012345678907", 200, 5),
            ),
        ),
        Delivery(
            order="PO-2026-0817",
            supplier="S-HUAFU",
            packages=(*bags(random, "Y-3201", "HF26-77", 8),),
        ),
    )
