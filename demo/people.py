"""The people at the doors: they take packages off lorries, scan, and believe only what turns green."""

import threading
from collections.abc import Callable, Iterator

from demo.glass import Glass, Seen
from demo.goods import Package
from demo.lorries import JOBS
from demo.morning import DONE, YES, Door
from demo.site import Site

GREEN_TIMEOUT_S = 6.0
PACKAGES_PER_DOCUMENT = 9
END_TIMEOUT_S = 15.0


class Worker:
    """One person at one door. After every darkness they look at the screen before they scan a package again."""

    def __init__(
        self,
        door: Door,
        site: Site,
        goods: Iterator[Package],
        *,
        beat_s: float,
        confirmed: Callable[[Door, Package], None],
    ) -> None:
        """`confirmed` is called for every package of which the screen said in green that it is stored."""
        self.door: Door = door
        self.glass = Glass(site.ports[door].page)
        self.hands = threading.Lock()
        """Held while a package is in hand; who takes it keeps the person from the kiosk."""
        self.refusals = 0
        self._site, self._goods, self._job = site, goods, JOBS[door]
        self._beat_s, self._confirmed = beat_s, confirmed
        self._package: Package | None = None
        self._has_looked = self._is_at_place = False
        self._lines = 0
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._work, name=f"person {door}", daemon=True)

    def start(self) -> None:
        """Begin to work."""
        self._thread.start()

    def stop(self) -> None:
        """Put no further package on the table; the screen stays in sight."""
        self._stopping.set()
        self._thread.join(END_TIMEOUT_S)

    def close(self) -> None:
        """Go home."""
        self._stopping.set()
        self.glass.close()

    def _work(self) -> None:
        while not self._stopping.wait(self._beat_s):
            with self.hands:
                seen = self.glass.seen
                try:
                    self._turn(seen)
                except (OSError, ValueError):  # the kiosk went dark in the middle of a scan
                    self._is_at_place = self._has_looked = False

    def _turn(self, seen: Seen | None) -> None:
        if seen is None:
            self._is_at_place = self._has_looked = False
        elif seen.view == "sign_on":
            self._scan(self._job.badge)
        elif seen.view != "document":
            self._is_at_place = False
            if self._package and not self._has_looked and seen.lists(self._package.lot):
                self._believe(self._package)
                return
            self._scan(self._job.order)
        elif self._package and not self._has_looked and seen.lists(self._package.lot):
            self._believe(self._package)  # it was stored before the screen could say so
        elif not self._is_at_place:
            self._scan(self._job.place_scanned)
            self._is_at_place = True
        else:
            self._receive()

    def _receive(self) -> None:
        self._has_looked = True
        package = self._package = self._package or next(self._goods)
        self._scan(package.code)
        if self.glass.wait(lambda seen: seen.is_green(package.lot), GREEN_TIMEOUT_S):
            self._believe(package)
            return
        seen = self.glass.seen
        self._has_looked = False
        if seen and seen.tone in ("refused", "fault"):
            self.refusals += 1
        if seen and 'class="question' in seen.html:
            self._scan(YES)

    def _believe(self, package: Package) -> None:
        self._package, self._has_looked = None, True
        self._confirmed(self.door, package)
        self._lines += 1
        if self._lines % PACKAGES_PER_DOCUMENT == 0:
            self._scan(DONE)
            self._is_at_place = False

    def _scan(self, code: str) -> None:
        self._site.scanners[self.door].scan(code)
