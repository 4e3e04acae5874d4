"""How a plant works out scores and shares what was found late: declared in a file, these are the defaults."""

from pathlib import Path

from msgspec import Struct

from domain.liability import LiabilityRule
from domain.score import ScoreRule
from domain.settings import parse_settings


class QualityRules(Struct, frozen=True, kw_only=True):
    """The file (TOML); every key may be left out. `score`: the month's formula. `liability`: who answers how much."""

    score: ScoreRule = ScoreRule()
    liability: LiabilityRule = LiabilityRule()


def read_rules(path: Path) -> QualityRules:
    """Read a file of rules. Raises SettingsError with every mistake in it, OSError if it cannot be read."""
    return parse_settings(path.read_text(encoding="utf-8"), QualityRules, source=str(path))
