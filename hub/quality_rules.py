"""How a plant works out scores and shares what was found late: declared in a file, these are the defaults."""

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

from msgspec import Struct, field

from domain.liability import LiabilityRule
from domain.score import ScoreRule
from domain.settings import parse_settings


class SatisfactionRule(Struct, frozen=True, kw_only=True):
    """What the questionnaires of a year should come to, 1 to 5.

    `target`: of every unit and year, unless `targets` says otherwise for a year (`2026`) or a unit's (`2026/LINE-2`).
    """

    target: Decimal = Decimal(4)
    targets: Mapping[str, Decimal] = field(default_factory=dict[str, Decimal])

    def of(self, unit: str, year: str) -> Decimal:
        """Return what a unit should come to in a year."""
        return self.targets.get(f"{year}/{unit}", self.targets.get(year, self.target))


class QualityRules(Struct, frozen=True, kw_only=True):
    """The file (TOML); every key may be left out. `score`: the month's formula. `liability`: who answers how much.

    `satisfaction`: the targets of the questionnaires.
    """

    score: ScoreRule = ScoreRule()
    liability: LiabilityRule = LiabilityRule()
    satisfaction: SatisfactionRule = SatisfactionRule()


def read_rules(path: Path) -> QualityRules:
    """Read a file of rules. Raises SettingsError with every mistake in it, OSError if it cannot be read."""
    return parse_settings(path.read_text(encoding="utf-8"), QualityRules, source=str(path))
