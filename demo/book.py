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
    cut_pieces: int = 0
    refused_pieces: int = 0
    finished_pieces: int = 0

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

    def cut(self, pieces: int) -> None:
        """Note that pieces were cut."""
        self.cut_pieces += pieces

    def refused(self, pieces: int) -> None:
        """Note that the next operation sent pieces back."""
        self.refused_pieces += pieces

    def finished(self, pieces: int) -> None:
        """Note that good pieces came off the last operation."""
        self.finished_pieces += pieces

    def balances(self) -> dict[Key, Decimal]:
        """Return everything that is not nothing."""
        return {key: amount for key, amount in self.amounts.items() if amount}
