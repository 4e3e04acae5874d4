"""How large the generated factory is, and how much happens in its weeks."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """The factory as it is kept in a report; a small one for every day has less of everything but kinds of trouble.

    `sets`: body, collar and sleeves that are cut for a line each day; each set is checked in 23 times. `mishaps`: how
    many times as much goes wrong as in the large one, so that a few days see all of it.
    """

    seed: int = 20261101
    lines: int = 12
    days: int = 24
    sets: int = 227
    collar_rooms: int = 3
    finishing_teams: int = 3
    mishaps: float = 1.0


SMALL = Sizes(lines=4, days=2, sets=24, collar_rooms=1, finishing_teams=2, mishaps=8.0)
