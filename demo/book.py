"""The morning as the world knows it: what really lies where. Kept beside the software, never asked from it."""

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

from demo.goods import Package

Key = tuple[str, str, str, str]
"""Place, item number, lot, unit."""


@dataclass(slots=True)
class Book:
    """A storekeeper's own tally of packages carried from place to place, and of the labels that must come out."""

    amounts: dict[Key, Decimal] = field(default_factory=lambda: defaultdict[Key, Decimal](Decimal))
    lines: int = 0
    labels: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])

    def received(self, package: Package, supplier: str, place: str, door: str) -> None:
        """Note that a package came off the lorry, was put down and got its label at that door."""
        self.carried(package, supplier, place)
        self.labels.append((door, package.lot))

    def carried(self, package: Package, source: str, target: str) -> None:
        """Note that a package is somewhere else now."""
        self.amounts[source, package.item, package.lot, package.unit] -= package.quantity
        self.amounts[target, package.item, package.lot, package.unit] += package.quantity
        self.lines += 1

    def counted(self, packages: int) -> None:
        """Note that packages were counted; nothing moves by counting."""
        self.lines += packages

    def written_off(self, package: Package, place: str, account: str) -> None:
        """Note that a package was not found and that somebody entitled accepted it."""
        self.carried(package, place, account)
        self.lines -= 1

    def balances(self) -> dict[Key, Decimal]:
        """Return everything that is not nothing."""
        return {key: amount for key, amount in self.amounts.items() if amount}
