"""What one printer model can do, as data: a TOML file of `profiles/` per model or family."""

import tomllib
from importlib import resources
from typing import Annotated, Literal

import msgspec

from domain.settings import convert_settings
from drivers import registry

DotsPerMm = Literal[6, 8, 12, 24]
Packing = Literal["z64", "run_length"]


class Profile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A printer model: its language, its resolution, its limits.

    `manual` names the maker's manual and page or chapter these figures stand in. `chinese` is how Chinese text
    gets on the label; "raster" means: drawn by us, no font in the printer needed. `status` says whether it
    answers questions at all, `status_long` whether it knows the longer of its language's two status questions,
    `label_counter` whether it counts labels for ever. `packings` are the ways to pack a picture that it
    understands; the one with the fewest bytes is taken.
    """

    name: str
    title: str
    manual: str
    language: str
    dots_per_mm: DotsPerMm
    width_mm_max: Annotated[int, msgspec.Meta(ge=10, le=300)]
    length_mm_max: Annotated[int, msgspec.Meta(ge=10, le=3000)]
    copies_max: Annotated[int, msgspec.Meta(ge=1, le=99_999_999)] = 100
    cutter: bool = False
    status: bool = True
    status_long: bool = False
    label_counter: bool = False
    packings: Annotated[tuple[Packing, ...], msgspec.Meta(min_length=1)] = ("run_length",)
    chinese: Literal["raster"] = "raster"

    def prints(self, width_mm: float, length_mm: float) -> bool:
        """Whether a label of this size goes through the printer at all."""
        return width_mm <= self.width_mm_max and length_mm <= self.length_mm_max


def profile_names() -> tuple[str, ...]:
    """Names of the printer models this build knows, sorted."""
    files = resources.files("drivers").joinpath("profiles").iterdir()
    return tuple(sorted(file.name.removesuffix(".toml") for file in files if file.name.endswith(".toml")))


def load_profile(name: str) -> Profile:
    """Read one model's file; raises SettingsError with the nearest known name."""
    known = profile_names()
    if name not in known:
        raise registry.unknown(name, known, key="profile", source="printer")
    text = resources.files("drivers").joinpath("profiles", f"{name}.toml").read_text(encoding="utf-8")
    return convert_settings({"name": name, **tomllib.loads(text)}, Profile, source=f"{name}.toml")
