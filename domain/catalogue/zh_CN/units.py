"""Units of measure, from the one table of units."""

from domain.units import UNITS

WORDS = {f"unit.{unit.code}": unit.zh for unit in UNITS.values()}
