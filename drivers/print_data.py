"""From a layout to the bytes of a print job: what the printer cannot print is refused, the rest is said.

The same for every language: a language says only its bytes.
"""

from drivers.errors import LanguageError
from drivers.job import COPIES_MAX
from drivers.language import Picture, open_language
from drivers.profile import Profile
from labels.layout import Layout
from labels.raster import rasterise


def encode(layout: Layout, profile: Profile, copies: int = 1) -> bytes:
    """The whole print job for a printer model; LanguageError if it cannot print it."""
    _check(layout, profile, copies)
    picture = Picture(image=rasterise(layout), dots_per_mm=layout.dots_per_mm, gap_dots=layout.gap_dots)
    return open_language(profile.language).encode(picture, profile, copies)


def _check(layout: Layout, profile: Profile, copies: int) -> None:
    if not layout.is_printable:
        raise _impossible(profile, f"the label does not hold what it must: {layout.problems}")
    if layout.dots_per_mm != profile.dots_per_mm:
        raise _impossible(
            profile,
            f"it is laid out for {layout.dots_per_mm} dots per mm, the printer has {profile.dots_per_mm}",
        )
    width_mm, length_mm = layout.width_dots / profile.dots_per_mm, layout.height_dots / profile.dots_per_mm
    if not profile.prints(width_mm, length_mm):
        raise _impossible(
            profile,
            f"the label is {width_mm:g} mm wide and {length_mm:g} mm long,"
            f" the printer prints {profile.width_mm_max} by {profile.length_mm_max} mm at most",
            finding=f"printer.label_too_large {width_mm:g}x{length_mm:g}",
        )
    copies_max = min(COPIES_MAX, profile.copies_max)
    if not 1 <= copies <= copies_max:
        raise _impossible(profile, f"{copies} copies were asked for, 1 to {copies_max} are possible")


def _impossible(profile: Profile, reason: str, *, finding: str = "") -> LanguageError:
    return LanguageError(
        attempted="encode the label",
        device=f"printer profile {profile.name!r}",
        reason=reason,
        advice="choose another template or printer",
        finding=finding,
    )
