"""What a viewer may do to the plant, and how it becomes whole again: each act breaks one thing for real."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from demo.damage import NothingToSpoilError, spoil
from demo.diary import Diary
from demo.evidence import Evidence
from demo.morning import DOORS, Door
from demo.people import Worker
from demo.processes import StartError
from demo.site import DEVICES, Site
from demo.spares import Spares
from demo.tally import Tally

What = Literal["kiosk", "hub", "line", "card", "bit", "restore"]
Key = tuple[What, Door | None]
OF_A_DOOR: tuple[What, ...] = ("kiosk", "line", "card", "bit")
OF_THE_HUB: tuple[What, ...] = ("hub", "restore")
LASTING: tuple[What, ...] = ("kiosk", "hub", "line")
"""They last until a second press, or until they heal by themselves."""

HEAL_TIMEOUT_S = 90.0
DRAIN_TIMEOUT_S = 30.0
LOOK_EVERY_S = 0.1
END_TIMEOUT_S = 20.0

NAMES: dict[Door, tuple[str, str]] = {
    "fabric": ("原料收货口终端", "the fabric kiosk"),
    "trims": ("辅料收货口终端", "the trims kiosk"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Durations:
    """How long a broken thing stays so by itself."""

    kiosk_s: float = 8.0
    hub_s: float = 15.0
    line_s: float = 15.0

    def of(self, what: What) -> float:
        """Return how long that lasts."""
        return {"kiosk": self.kiosk_s, "hub": self.hub_s, "line": self.line_s}.get(what, 0.0)


class Refused(Exception):  # noqa: N818 - it is no error: the act would prove nothing now
    """The act is not possible now; why, in both languages."""

    def __init__(self, zh: str, en: str) -> None:
        self.zh, self.en = zh, en
        super().__init__(en)


class Troubles:
    """Takes presses, breaks and heals, and writes into the diary what NOAC did about it."""

    def __init__(
        self, site: Site, workers: dict[Door, Worker], diary: Diary, durations: Durations | None = None
    ) -> None:
        self._site, self._workers, self._diary = site, workers, diary
        self._durations = durations or Durations()
        self.tally = Tally(site, self.whole_since)
        self.spares = Spares(site, diary, lambda: not self._under_way)
        self._lock = threading.Lock()
        self._under_way: dict[Key, threading.Event] = {}
        self._broken: set[Key] = set()
        self._whole_since = datetime.now(UTC)
        self._threads: list[threading.Thread] = []
        self._is_closing = False
        self.failures: list[str] = []
        """Acts that did not go as they should."""

    # What holds now

    def whole_since(self) -> datetime | None:
        """Return since when nothing is broken; None while something is."""
        with self._lock:
            return None if self._broken else self._whole_since

    def is_broken(self, what: What, door: Door | None = None) -> bool:
        """Tell whether that is broken at this moment."""
        return (what, door) in self._broken

    def is_under_way(self, what: What, door: Door | None = None) -> bool:
        """Tell whether that act is not told to its end yet."""
        return (what, door) in self._under_way

    @property
    def is_calm(self) -> bool:
        """Whether no act is under way."""
        return not self._under_way

    def may(self, what: What, door: Door | None = None) -> bool:
        """Tell whether a press would do something: nobody operates on a patient twice at once."""
        under_way = set(self._under_way)
        if (what, door) in under_way:
            return (what, door) in self._broken and what in LASTING
        if any(one not in LASTING for one, _ in under_way):
            return False
        if what in LASTING:
            return not self._is_closing and not any(one == what and at == door for one, at in under_way)
        if under_way or self._is_closing:
            return False
        if what == "card":
            return door is not None and self.spares.oldest_card(door) is not None
        return what == "bit" or (self.spares.backup_at is not None and not self.spares.is_backup_old)

    # Presses

    def press(self, what: What, door: Door | None = None) -> bool:
        """Begin an act, or end one that lasts; tell whether the press did something."""
        key: Key = (what, door)
        with self._lock:
            if not self.may(what, door):
                return False
            if key in self._under_way:
                self._under_way[key].set()
                return True
            self._under_way[key] = threading.Event()
            thread = threading.Thread(target=self._run, args=(key,), name=what, daemon=True)
            self._threads = [one for one in self._threads if one.is_alive()] + [thread]
        thread.start()
        return True

    def close(self) -> None:
        """Begin nothing more and let what is under way come to its end."""
        self._is_closing = True
        for ended in list(self._under_way.values()):
            ended.set()
        for thread in self._threads:
            thread.join(END_TIMEOUT_S)

    def _run(self, key: Key) -> None:
        what, door = key
        acts: dict[What, Callable[[], None]] = {
            "kiosk": lambda: self._kiosk(_door(door)),
            "hub": self._hub,
            "line": lambda: self._line(_door(door)),
            "card": lambda: self._card(_door(door)),
            "bit": lambda: self._bit(_door(door)),
            "restore": self._restore,
        }
        try:
            acts[what]()
        except Refused as refused:
            self._diary.say("bad", refused.zh, refused.en)
        except (StartError, OSError, ValueError, NothingToSpoilError) as error:
            if not self._is_closing:
                self.failures.append(f"{what} {door or ''}: {error}")
                self._diary.say("bad", f"没有成功：{error}", f"it did not work out: {error}")
        finally:
            self._mend(key)
            with self._lock:
                self._under_way.pop(key, None)

    # The acts

    def _kiosk(self, door: Door) -> None:
        zh, en = NAMES[door]
        before = self._evidence()
        self._break(("kiosk", door))
        self._site.kill_kiosk(door)
        self._diary.say("act", f"{zh}断电（SIGKILL）", f"{en} lost its power (SIGKILL)")
        self._last(("kiosk", door))
        if self._is_closing:
            return
        self._site.start_kiosk(door)
        self._mend(("kiosk", door))
        seen = self._workers[door].glass.wait_back(lambda _: True, DRAIN_TIMEOUT_S)
        shown = seen.pending if seen else 0
        self._diary.say(
            "noac",
            f"{zh}已重新启动：屏幕停在断电前的那一行，{shown} 条记录待发送",
            f"{en} is up again: its screen stands where it was, {shown} events waited to be sent",
        )
        self._tell_sent(before)

    def _hub(self) -> None:
        before, confirmed = self._evidence(), self.tally.confirmed
        self._break(("hub", None))
        self._site.kill_hub()
        self._diary.say("act", "主机被关掉（SIGKILL）", "the hub was killed (SIGKILL)")
        self._last(("hub", None))
        if self._is_closing:
            return
        more = self.tally.confirmed - confirmed
        self._site.start_hub()
        self._mend(("hub", None))
        self._diary.say(
            "noac",
            f"主机不在时，两台终端又确认了 {more} 件；主机已恢复",
            f"while the hub was away the kiosks confirmed {more} packages more; it is back",
        )
        self._tell_sent(before)

    def _line(self, door: Door) -> None:
        zh, en = NAMES[door]
        before = self._evidence()
        self._break(("line", door))
        self._site.lines[door].pull()
        self._diary.say("act", f"{zh}到主机的网线被拔掉", f"the cable between {en} and the hub was pulled")
        self._last(("line", door))
        seen = self._workers[door].glass.seen
        waited = seen.pending if seen else 0
        self._site.lines[door].plug()
        self._mend(("line", door))
        self._diary.say(
            "noac",
            f"网线已插回：{waited} 条记录在终端里等着",
            f"the cable is back: {waited} events had waited in the kiosk",
        )
        self._tell_sent(before)

    def _card(self, door: Door) -> None:
        zh, en = NAMES[door]
        copy = self.spares.oldest_card(door)
        if copy is None:
            return
        with self.spares.busy, self._workers[door].hands:
            # What is on this card alone would leave with it, whatever any software does: it is sent first.
            self._await_sent(door)
            before = self._evidence()
            age = _age(copy.at)
            self._break(("card", door))
            self._site.kill_kiosk(door)
            self._site.put_card(door, copy.folder)
            self.spares.is_backup_old = True
            self._diary.say(
                "act",
                f"{zh}的存储卡换成了 {age} 秒前的旧副本",
                f"the card of {en} was exchanged for a copy {age} s old",
            )
            self._site.start_kiosk(door)
            self._mend(("card", door))
            # The person waits until the screen says that the hub is there: a minute that a technician needs as well.
            self._workers[door].glass.wait_back(lambda seen: seen.hub == "online", DRAIN_TIMEOUT_S)
        self._tell_sent(before)
        self._back_up()

    def _bit(self, door: Door) -> None:
        zh, en = NAMES[door]
        with self.spares.busy:
            before = self._evidence()
            self._break(("bit", door))
            self._site.kill_kiosk(door)
            try:
                place = spoil(self._site, door)
                self._diary.say(
                    "act",
                    f"{zh}文件里的一个比特被翻转（第 {place.sequence} 条记录，第 {place.byte} 字节）",
                    f"a bit of the file of {en} was flipped (entry {place.sequence}, byte {place.byte})",
                )
            finally:
                self._site.start_kiosk(door)
            self._mend(("bit", door))
        self._tell_sent(before)

    def _restore(self) -> None:
        with self.spares.busy:
            before = self._evidence()
            at, position = self.spares.backup_at, self.spares.backup_position
            if at is None:
                return
            self._break(("restore", None))
            self._site.kill_hub()
            try:
                self._site.restore(self.spares.backups)
                self._diary.say(
                    "act",
                    f"主机的数据盘坏了：用 {_age(at)} 秒前的备份还原（到第 {position} 号，原有 {before.position} 号）",
                    f"the hub's disk died: a backup {_age(at)} s old was put back "
                    f"(through position {position} of {before.position})",
                )
            finally:
                self._site.start_hub()
            self._mend(("restore", None))
        self._tell_sent(Evidence.behind(self._site, position, before))

    # The pieces of an act

    def _break(self, key: Key) -> None:
        with self._lock:
            self._broken.add(key)

    def _mend(self, key: Key) -> None:
        with self._lock:
            if key in self._broken:
                self._broken.discard(key)
                self._whole_since = datetime.now(UTC)

    def _last(self, key: Key) -> None:
        """Wait for a second press, or until it heals by itself."""
        self._under_way[key].wait(self._durations.of(key[0]))

    def _evidence(self) -> Evidence:
        return Evidence.now(self._site)

    def _await_sent(self, door: Door) -> None:
        deadline = time.monotonic() + DRAIN_TIMEOUT_S
        glass, turn = self._workers[door].glass, self.tally.turn
        while time.monotonic() < deadline and not self._is_closing:
            seen = glass.seen
            if seen and seen.pending == 0 and self.tally.turn > turn + 1 and self._is_all_in(door):
                return
            time.sleep(LOOK_EVERY_S)
        zh, en = NAMES[door]
        raise Refused(
            f"{zh}还有未发送的记录，这些只在它的卡上：现在换卡没有意义",
            f"{en} still has events that are on its card alone: exchanging it now would prove nothing",
        )

    def _is_all_in(self, door: Door) -> bool:
        return not self.tally.missing_of(door) and self._site.ask_kiosk_pending(DEVICES[door]) == 0

    def _back_up(self) -> None:
        if self._is_closing:
            return
        with self.spares.busy:
            self.spares.back_up()
        self._diary.say(
            "noac",
            "随即做了一次备份，并已读回、试还原验证",
            "a backup was made at once, read back and restored on trial",
        )

    def _tell_sent(self, before: Evidence) -> None:
        """Wait until everything is sent and booked, and say what came; with the count, which is the point of it all."""
        began, proven = time.monotonic(), self.tally.count.proven_at
        whole = self.whole_since() or datetime.now(UTC)
        while time.monotonic() - began < HEAL_TIMEOUT_S and not self._is_closing:
            proven = self.tally.count.proven_at
            if proven and proven > whole:
                break
            whole = self.whole_since() or datetime.now(UTC)
            time.sleep(LOOK_EVERY_S)
        else:
            if not self._is_closing:
                self.failures.append(f"not everything had arrived after {HEAL_TIMEOUT_S:.0f} s")
                self._diary.say("bad", "还没有全部到达主机", "not everything has arrived at the hub yet")
            return
        after = self._evidence()
        for zh, en in after.since(before):
            self._diary.say("noac", zh, en)
        count = self.tally.count
        self._diary.say(
            "bad" if count.lost or count.doubled else "good",
            f"全部到达并入账：丢失 {count.lost}，重复 {count.doubled}",
            f"everything arrived and is booked: lost {count.lost}, doubled {count.doubled}",
        )


def _door(door: Door | None) -> Door:
    if door not in DOORS:
        raise ValueError(f"there is no door {door}")
    return door


def _age(at: datetime) -> int:
    return int((datetime.now(UTC) - at).total_seconds())
