"""Some weeks of the factory, told to both counts entry by entry, and the laws held against the books on the way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from domain.log import Recorded
from domain.route import Route
from tests.factory.books import Books
from tests.factory.factory import Factory
from tests.factory.laws import (
    both_counts_agree,
    good_pieces,
    l5_each_piece_is_taken_up_once,
    l6_every_piece_is_somewhere_once,
    l7_what_bundles_become_has_their_pieces,
    l8_pay_is_what_was_good,
    l20_the_books_explain_the_floor,
    law,
    wages,
    wages_by_rule,
)
from tests.factory.line_records import LineDay
from tests.factory.recount import Recount
from tests.factory.sizes import Sizes

if TYPE_CHECKING:
    from tests.factory.styles import Style

PLANTED = (
    "begun out of touch, unheard",
    "borrowed badge",
    "check-in taken back",
    "claimed twice",
    "damage on the way",
    "finish taken back",
    "finish taken back too late",
    "line offline",
    "losses a station out of touch had not heard of",
    "merged",
    "miscount",
    "part taken",
    "rejected",
    "split",
    "void ticket",
)
"""What must have gone wrong at least once; else the weeks prove nothing of it."""
Say = Callable[[str], None]


class RoutesOf(Mapping[str, Route]):
    """The route of each order, those written later included."""

    def __init__(self, styles: Mapping[str, Style]) -> None:
        self._styles = styles

    def __getitem__(self, order: str) -> Route:
        return self._styles[order].route

    def __iter__(self) -> Iterator[str]:
        return iter(self._styles)

    def __len__(self) -> int:
        return len(self._styles)


class Weeks:
    """`said`: events by type; `checks`: how often each law was looked at."""

    def __init__(self, sizes: Sizes, records: Sequence[LineDay] = (), say: Say = lambda _words: None) -> None:
        self.factory = Factory(sizes, records)
        self.routes = RoutesOf(self.factory.style_of)
        self.books, self.recount = Books(self.routes), Recount(self.routes)
        self.said: Counter[str] = Counter()
        self.checks: Counter[str] = Counter()
        self._say = say

    @property
    def entries(self) -> int:
        """How many entries the hub got."""
        return self.said.total()

    def live(self, cut_every: int, *, whole_every: int = 0) -> Iterator[Recorded]:
        """Live them, and yield each entry once both counts have it. Raises LawError.

        Every `cut_every` entries the laws are held against all bundles something happened to since; every
        `whole_every` cuts, and at the end, against all there are.
        """
        cuts = 0
        for entry in self.factory.arrived():
            self.books.take(entry)
            self.recount.take(entry)
            self.said[entry.envelope.type] += 1
            if self.entries % cut_every == 0:
                self.cut()
                cuts += 1
                if whole_every and cuts % whole_every == 0:
                    self.whole()
                    self._say(f"{self.factory.now():%d %B}: {self.entries:,} entries")
            yield entry
        self.cut()
        self.whole()
        self.end()

    def cut(self) -> None:
        """Hold L5, L7 and the agreement of both counts against everything touched since the last cut."""
        books, routes = self.books, self.routes
        touched = [books.bundles[serial] for serial in sorted(books.touched)]
        books.touched.clear()
        self.checks["L5: operations of bundles"] += l5_each_piece_is_taken_up_once(touched, routes)
        self.checks["both counts of a job"] += both_counts_agree(touched, routes, self.recount)
        self.checks["L7: bundles"] += l7_what_bundles_become_has_their_pieces(touched, self.recount)

    def whole(self) -> None:
        """Hold L6 against every order, colour, size and component, and L8 against everybody's pay."""
        bundles = self.books.bundles.values()
        cells = l6_every_piece_is_somewhere_once(bundles, self.routes, self.recount)
        self.checks["L6: order × colour × size × component"] += cells
        paid = l8_pay_is_what_was_good(self.books.pay, good_pieces(bundles), self.recount)
        self.checks["L8: person × order × operation"] += paid

    def end(self) -> None:
        """All is heard: hold the books against what really happened, and both counts' wages to the cent."""
        explained = l20_the_books_explain_the_floor(
            self.books.bundles.values(), self.books.pay, self.factory.truth
        )
        self.checks["L20: figures the floor explains"] += explained
        self.wages_agree(wages_by_rule(self.books.pay, self.factory.style_of))

    def wages_agree(self, mine: Mapping[str, Decimal]) -> None:
        """L8: what the books pay everybody is what the other count comes to by hand, to the cent."""
        other = wages(self.recount.pay, self.factory.style_of)
        wrong = [one for one in mine.keys() | other.keys() if mine.get(one) != other.get(one)]
        law("L8", not wrong, [(one, mine.get(one), other.get(one)) for one in wrong[:3]])
        self.checks["L8: wages to the cent"] += len(mine)

    def never_planted(self) -> list[str]:
        """Return what never went wrong."""
        return [one for one in PLANTED if not self.factory.truth.planted.get(one)]
