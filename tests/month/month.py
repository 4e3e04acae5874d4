"""One month of the group from beginning to end: it is worked, closed, and what comes late counts in the next."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.month.books import KEYS, Books, BooksError
from tests.month.crew import Crew
from tests.month.group import Group, Row, working_days
from tests.month.job import jobs
from tests.month.kiosk import Kiosk
from tests.month.office import Office
from tests.month.sizes import Sizes

MONTH, BEFORE, AFTER = "2026-10", "2026-09", "2026-11"
CLOSING_DAY = datetime(2026, 11, 3, 0, 0, tzinfo=UTC)
DAYS_AFTER = 2
MONTH_SHARE = 0.94
"""Of all lines, so many in the month; the others after it was closed."""
OFFLINE_SHARE, BACK_SHARE, RESTART_SHARE = 0.06, 0.4, 0.05
"""Each morning: kiosks that lose their way to the hub, that find it again, and that were switched off overnight."""
SYNC_EVERY = 36
"""Documents between two rounds of syncing."""
PLANS_A_DAY = 4
LATE_SHARE = 0.25
"""Of the month, so much is left when the kiosks go offline that come back only after it was closed."""
IDLE_MAX = 400
"""So many times in a row nobody found anything to do: then something is wrong with the people."""

Say = Callable[[str], None]
Files = dict[tuple[str, str, str], list[Row]]


class Month:
    """Lives the month. `late`: lines that reached the hub when their month was closed already."""

    def __init__(
        self, folder: Path, sizes: Sizes, *, kiosks: Path, say: Say = lambda _words: None, url: str = ""
    ) -> None:
        self.folder, self.sizes, self._say = folder, sizes, say
        self._some = random.Random(f"{sizes.seed}/month")
        self.group = Group(folder, sizes, kiosks=kiosks, url=url)
        self.crew, self.books = Crew(self.group), Books(self.group)
        self._offices = [Office(self.group, self.group.things, plant) for plant in self.group.plants]
        self._away: list[Kiosk] = []
        self.late = 0

    @property
    def lines(self) -> int:
        """How many lines were recorded so far."""
        return sum(self.group.lines.values())

    def lives(self) -> None:
        """Work the month, close it, hear what comes late, work on, and look at the books before and after."""
        days = list(working_days(self.sizes))
        for number, day in enumerate(days, 1):
            self._goes_on(day, self.sizes.lines * MONTH_SHARE * number / len(days))
            self._say(f"{day:%d %B}: {self.lines:,} lines")
        self._closes()
        for number in range(1, DAYS_AFTER + 1):
            day = CLOSING_DAY + timedelta(days=number)
            left = self.sizes.lines * (1 - MONTH_SHARE)
            self._goes_on(day, self.sizes.lines * MONTH_SHARE + left * number / DAYS_AFTER)
            self._say(f"{day:%d %B}: {self.lines:,} lines")
        self._all_come_back()
        for plant in self.group.plants:
            self.books.check_all(plant, self.folder)
            self._say(f"{plant}: the books agree")

    def _goes_on(self, day: datetime, lines: float) -> None:
        """A day: plans in the morning, work until so many lines are there, and everybody's stand in the evening."""
        group = self.group
        group.goes_to(day)
        self._mornings()
        for office in self._offices:
            office.writes(PLANS_A_DAY + self.sizes.lines // 4_000)
        group.everybody_syncs()
        done, documents, idle = self.lines, 0, 0
        while self.lines < lines:
            self.crew.works(self._some.choice(group.counters))
            documents += 1
            idle = 0 if self.lines > done else idle + 1
            done = self.lines
            if idle > IDLE_MAX:
                raise BooksError(f"nobody finds work any more: {self.crew.refusals.most_common(20)}")
            if documents % SYNC_EVERY == 0:
                group.everybody_syncs()
        group.everybody_syncs()
        group.registers()

    def _mornings(self) -> None:
        is_late = self.lines > self.sizes.lines * MONTH_SHARE * (1 - LATE_SHARE)
        if is_late and not self._away:
            self._away = [
                next(one for one in self.group.counters if one.plant == plant) for plant in self.group.plants
            ]
        for kiosk in self.group.counters:
            if kiosk in self._away:
                kiosk.is_offline = True
            elif kiosk.is_offline:
                kiosk.is_offline = self._some.random() >= BACK_SHARE
            else:
                kiosk.is_offline = self._some.random() < OFFLINE_SHARE
                self.crew.acts["went offline"] += kiosk.is_offline
            if self._some.random() < RESTART_SHARE:
                kiosk.restarts()
                self.crew.acts["switched off and on"] += 1

    def _closes(self) -> None:
        """The month is closed while three kiosks are still away; then they come back, and its figures stay."""
        group = self.group
        group.goes_to(CLOSING_DAY)
        for kiosk in group.counters:
            kiosk.is_offline = kiosk in self._away
        group.everybody_syncs(rounds=2)
        for plant in group.plants:
            group.closes_month(plant, MONTH)
        closed = self._files()
        group.everybody_syncs()
        self.late = sum(one.store.log.pending for one in self._away)
        for kiosk in self._away:
            kiosk.is_offline = False
        self._away = []
        group.everybody_syncs(rounds=2)
        group.registers()
        for key, rows in self._files().items():
            if rows != closed[key]:
                raise BooksError(f"{key}: a closed month has other figures than when it was closed")
            self.books.checks["rows of closed months that stayed"] += len(rows)

    def _files(self) -> Files:
        return {
            (plant, month, by): self.group.file_of(plant, "flows", period=month, by=by)
            for plant in self.group.plants
            for month in (BEFORE, MONTH)
            for by in KEYS
        }

    def _all_come_back(self) -> None:
        for kiosk in self.group.counters:
            kiosk.is_offline = False
        self.group.everybody_syncs(rounds=3)
        self.group.registers()
        pending = {one.device: one.store.log.pending for one in self.group.counters if one.store.log.pending}
        if pending:
            raise BooksError(f"not everything was sent: {pending}")

    def never_hit(self) -> list[str]:
        """Return the types and acts that never happened: the month then proves nothing of them."""
        types = [code for code in jobs() if not self.group.lines[code]]
        wanted = (
            "approved",
            "closed",
            "joined",
            "left open",
            "line taken back",
            "submitted",
            "switched off and on",
            "taken back",
            "void",
            "went offline",
        )
        events = ("DocumentJoined", "DocumentUnapproved", "GoodsDerived", "LineReversed", "PlanLeft")
        return [
            *types,
            *(one for one in wanted if not self.crew.acts[one]),
            *(one for one in events if not self.group.said[one]),
            *(() if self.late else ("late arrivals",)),
        ]

    def close(self) -> None:
        self.group.close()
