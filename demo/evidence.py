"""What came to the hub between two moments, in plain words, read from the hub's own list of events."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Self

from demo.site import DEVICES, Site

PAGES_MAX = 200
DEVICE_NAMES: dict[str, tuple[str, str]] = {
    DEVICES["fabric"]: ("原料收货口", "fabric"),
    DEVICES["trims"]: ("辅料收货口", "trims"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """How far the hub was at one moment."""

    site: Site
    position: int
    generation: int
    epochs: dict[str, int]

    @classmethod
    def now(cls, site: Site) -> Self:
        """Ask the hub. Raises OSError while it is away."""
        health, kiosks = site.ask_hub("health"), site.ask_hub("kiosks")["rows"]
        return cls(
            site=site,
            position=health["plants"][0]["ledger_position"],
            generation=health["generation"],
            epochs={one["device"]: one["epoch"] for one in kiosks},
        )

    @classmethod
    def behind(cls, site: Site, position: int, before: "Evidence") -> Self:
        """What was known before, of a hub that went back to an earlier position."""
        return cls(site=site, position=position, generation=before.generation, epochs=before.epochs)

    def since(self, before: "Evidence") -> Iterator[tuple[str, str]]:
        """Say what came since then, in Chinese and English."""
        if self.generation > before.generation:
            yield (
                f"主机进入第 {self.generation} 代：终端自己发现，并补发备份里没有的记录",
                f"the hub is in generation {self.generation}: the kiosks noticed and sent what the backup lacks",
            )
        came, known, damages = Counter[str](), Counter[str](), 0
        for row in events_after(self.site, before.position):
            came[row["device"]] += 1
            known[row["device"]] += row["disposition"] == "known"
            damages += row["type"] == "DamageFound"
        for device, (zh, en) in DEVICE_NAMES.items():
            if self.epochs.get(device, 1) > before.epochs.get(device, 1):
                epoch = self.epochs[device]
                came_en = (
                    f"of {came[device]} events that came, {known[device]} were known and not booked again"
                )
                came_zh = f"到达 {came[device]} 条，其中 {known[device]} 条已知，不重复入账"
                yield (
                    f"{zh}：主机发现分叉，第 {epoch} 纪元开始；{came_zh}",
                    f"{en}: the hub found the fork and epoch {epoch} began; {came_en}",
                )
            elif came[device]:
                yield (
                    f"{zh}：收到 {came[device]} 条记录，{known[device]} 条已知",
                    f"{en}: {came[device]} events came, {known[device]} were known",
                )
        if damages:
            yield (
                "终端发现了损坏的记录，已隔离并写入差异台；主机的副本完好",
                "the kiosk found the spoilt entry, set it apart and told the desk; the hub's copy is whole",
            )


def events_after(site: Site, position: int) -> Iterator[Any]:
    """Yield the events of the ledger after a position, in order."""
    for _ in range(PAGES_MAX):
        page = site.ask_hub(f"events?limit=500&from_position={position}")
        yield from page["rows"]
        position = page["next_position"]
        if not position:
            return
