"""What breaks between the steps: plugs, cards, the hub's machine, clocks, keys; and how people mend it in the end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from tests.simulation.card import flip_row, image_of, put_image
from tests.simulation.mirror import law
from tests.simulation.people import Person
from tests.simulation.station import Identity, Station

if TYPE_CHECKING:
    from tests.simulation.plant import Plant

IMAGES_KEPT = 4
OLDER_SHARE = 0.2
PAPER_ROLLS_MAX = 4
SHIFT_S = 28_800.0
ROUNDS_MAX = 20
YEAR_S = 365 * 86_400.0


def power_cut(plant: Plant, station: Station) -> bool:
    if not station.is_on:
        return False
    station.power_cut()
    if plant.rng.random() < 0.6:
        station.images.append(image_of(station.folder))
        del station.images[:-IMAGES_KEPT]
    _boot_later(plant, station)
    return True


def _boot_later(plant: Plant, station: Station) -> None:
    plant.schedule.after(plant.rng.choice((2.0, 60.0, 7_200.0)), f"{station.name} boots", station.boot)


def _plan(name: str) -> Callable[[Plant, Station], bool]:
    def meet(plant: Plant, station: Station) -> bool:
        if not station.is_on:
            return False
        station.card.plan = name  # type: ignore[assignment]
        return True

    return meet


def read_only(plant: Plant, station: Station) -> bool:
    """The card takes nothing any more until somebody changes it."""
    if not station.is_on:
        return False
    card = station.card
    card.is_read_only = True

    def mend() -> None:
        card.is_read_only = False

    plant.schedule.after(plant.rng.choice((30.0, 3_600.0)), f"{station.name}: the card takes again", mend)
    return True


def card_put_back(plant: Plant, station: Station) -> bool:
    """An older copy of the card is put in."""
    if not station.images:
        return False
    station.power_cut()
    image = plant.rng.choice(station.images[-IMAGES_KEPT:])
    held = station.held()
    put_image(station.folder, image)
    plant.oracle.destroy(held, elsewhere(plant))
    plant.oracle.twins.add(station.identity.device)
    for person in plant.people:
        person.doubts |= person.station is station
    plant.schedule.say(f"{station.name}: an older card is put in")
    _boot_later(plant, station)
    return True


def card_cloned(plant: Plant, station: Station) -> bool:
    """A second machine starts with a copy of the card: two kiosks say they are the same."""
    if any(one.name.endswith("'") for one in plant.stations) or not station.images:
        return False
    twin = Station(f"{station.name}'", replace(station.identity), plant.world)
    put_image(twin.folder, station.images[-1])
    plant.stations.append(twin)
    person = Person(twin, plant.oracle, plant._numbers)
    plant.people.append(person)
    plant.oracle.twins.add(station.identity.device)
    twin.boot()
    person.live()
    return True


def row_flipped(plant: Plant, station: Station) -> bool:
    """A bit of one entry turns over while the machine is off."""
    station.power_cut()
    before = station.held()
    flipped = flip_row(station.folder, plant.rng.random(), plant.rng.randrange(4_096))
    if flipped:
        plant.oracle.destroy(before, elsewhere(plant))
        plant.schedule.say(f"{station.name}: a bit of entry {flipped} turned over")
    _boot_later(plant, station)
    return flipped is not None


def elsewhere(plant: Plant) -> set[str]:
    """Return the names of all facts that some card or the hub still holds."""
    found = set(plant.mirror.ids)
    for station in plant.stations:
        found |= station.held()
    return found


def hub_off(plant: Plant, station: Station) -> bool:
    if not plant.hub.is_up:
        return False
    plant.hub.stop()
    wait_s = plant.rng.choice((10.0, 600.0, 40_000.0))
    plant.schedule.after(wait_s, "the hub is switched on", plant.hub._up_again)
    return True


def hub_restored(plant: Plant, station: Station) -> bool:
    """The hub's disk died; the newest backup takes its place, or an older one where that one is lost too."""
    held = set(plant.mirror.ids)
    at = plant.rng.choice(plant.hub.proven_at) if plant.rng.random() < OLDER_SHARE else None
    before = plant.hub.generation()
    plant.mirror.let_go()
    plant.mirror.revoked.clear()
    plant.hub.restore(at)
    law("H6", plant.hub.generation() > before, f"restored, and still generation {before}")
    plant.mirror.begin_anew()
    plant.mirror.look()
    plant.proven = dict(plant.mirror.heads)
    plant.oracle.destroy(held, elsewhere(plant))
    plant.schedule.say(f"the hub is restored through position {plant.mirror.position}")
    return True


def backup_broken(plant: Plant, station: Station) -> bool:
    """The medium spoils a backup before it is proven: it must not count."""
    return plant.hub.is_up and plant.back_up(breaks=True)


def paper_day(plant: Plant, station: Station) -> bool:
    """The station is out of order for a shift; what came meanwhile is written on paper and entered later."""
    person = next(one for one in plant.people if one.station is station)
    station.power_cut()
    for _ in range(plant.rng.randrange(1, PAPER_ROLLS_MAX)):
        person.writes_on_paper()
    plant.schedule.after(SHIFT_S, f"{station.name} boots", station.boot)
    return True


def rebuild(plant: Plant, station: Station) -> bool:
    if not plant.hub.is_up or "poison" in plant.options.on:
        return False
    plant.hub.rebuild()
    plant.mirror.begin_anew()
    return True


def network_off(plant: Plant, station: Station) -> bool:
    plant.network.off_until_s = plant.schedule.now_s + plant.rng.choice((60.0, 3_600.0, 100_000.0))
    return True


def clock_1970(plant: Plant, station: Station) -> bool:
    station.clock.offset_s = -56 * YEAR_S
    return True


def clock_jump(plant: Plant, station: Station) -> bool:
    station.clock.offset_s = plant.rng.choice((-3 * YEAR_S, -3_600.0, 3_600.0, 12 * YEAR_S, 0.0))
    return True


def clock_drift(plant: Plant, station: Station) -> bool:
    station.clock.drift = plant.rng.choice((-5e-4, 5e-4))
    return True


def hub_clock_wrong(plant: Plant, station: Station) -> bool:
    plant.hub.clock.offset_s = plant.rng.choice((-YEAR_S, -7_200.0, 7_200.0, YEAR_S))
    return True


def newer_kiosk(plant: Plant, station: Station) -> bool:
    """The kiosk is upgraded before the hub: it writes lines this hub cannot read yet."""
    if station.writes_newer:
        return False
    station.power_cut()
    station.writes_newer = True
    _boot_later(plant, station)
    return True


def revoked(plant: Plant, station: Station) -> bool:
    """The key is taken away; some time later a supervisor enrols the station anew."""
    device = station.identity.device
    if not plant.hub.is_up or any(one.name.endswith("'") for one in plant.stations):
        return False
    plant.mirror.look()
    plant.hub.revoke(device)
    plant.mirror.revoked[device] = plant.mirror.position
    plant.schedule.after(
        plant.rng.choice((60.0, 7_200.0)), f"{device} is enrolled anew", lambda: enrol_again(plant, station)
    )
    return True


def enrol_again(plant: Plant, station: Station) -> None:
    if not plant.hub.is_up or station.is_retired:
        return
    plant.mirror.look()
    plant.mirror.revoked.pop(station.identity.device, None)
    enrolled = plant.hub.enrol_again(station.identity.device)
    station.power_cut()
    station.identity = Identity(device=enrolled.device, key=enrolled.key, epoch=enrolled.epoch)
    station.boot()


ALL: dict[str, Callable[[Plant, Station], bool]] = {
    "power_cut": power_cut,
    "cut_before_commit": _plan("cut_before_commit"),
    "cut_after_commit": _plan("cut_after_commit"),
    "commit_fails": _plan("commit_fails"),
    "commit_unsure": _plan("commit_unsure"),
    "disk_full": _plan("disk_full"),
    "read_only": read_only,
    "card_put_back": card_put_back,
    "card_cloned": card_cloned,
    "row_flipped": row_flipped,
    "hub_off": hub_off,
    "hub_restored": hub_restored,
    "backup_broken": backup_broken,
    "paper_day": paper_day,
    "rebuild": rebuild,
    "network_off": network_off,
    "clock_1970": clock_1970,
    "clock_jump": clock_jump,
    "clock_drift": clock_drift,
    "hub_clock_wrong": hub_clock_wrong,
    "newer_kiosk": newer_kiosk,
    "revoked": revoked,
}


def mend(plant: Plant) -> None:
    """Do what only people can do: switch on, put right, upgrade, enrol, take the copy away once its facts are sent."""
    for station in plant.stations:
        station.clock.offset_s = station.clock.drift = 0.0
        station.printer.is_healed = True
        station.boot()
        station.card.plan, station.card.is_read_only = "", False
        station._round_soon(1.0)
    plant.hub.is_healed = plant.hub.knows_newer = True
    plant.hub.clock.offset_s = 0.0
    plant.hub._up_again()
    plant.hub.rebuild()
    plant.mirror.begin_anew()
    _take_copies_away(plant)
    for station in plant.stations:
        if not station.is_retired:
            _let_in(plant, station)


def _let_in(plant: Plant, station: Station) -> None:
    """A station whose key the hub does not take (any more) is enrolled anew."""
    known = plant.hub.device(station.identity.device)
    if known.key != station.identity.key or known.revoked:
        enrol_again(plant, station)


def _take_copies_away(plant: Plant) -> None:
    """A copied card sends what it has while the true kiosk is off; then it is taken away."""
    for twin in [one for one in plant.stations if one.name.endswith("'")]:
        true = next(one for one in plant.stations if one.name == twin.name[:-1])
        true.power_cut()
        person = next(one for one in plant.people if one.station is twin)
        person.step()
        person.task = None
        _let_in(plant, twin)
        for _ in range(ROUNDS_MAX):
            twin.boot()
            twin.round()
            if not twin.store.log.pending:
                break
        twin.power_cut()
        twin.is_retired = True
        true.boot()
