"""Units of measure, from the one table of units."""

from domain.units import UNITS

WORDS = {f"unit.{unit.code}": unit.symbol for unit in UNITS.values()}
