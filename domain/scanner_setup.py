"""Set-up codes 设置码 of makers, printed for a scanner that the doctor found fault with. The folder is the registry.

A family is only there where a public source says exactly what its codes hold: a wrong one would set a scanner up in
some other way. Each code is a label of its own, so that only the one that is wanted can be scanned.
"""

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache

from msgspec import Struct

import domain.scanner_setups
from domain.events.labels import LabelRequested
from domain.label_words import in_both
from domain.names import LANGUAGES, Names
from domain.scanner_doctor import FindingKind
from domain.words import speak

TEMPLATE = "scanner_setup"


class SetupCode(Struct, frozen=True, kw_only=True):
    """One code: what is wrong without it, and its content without the function character.

    Its words are `doctor.setup.<name>`.
    """

    name: str
    mends: FindingKind
    content: str


class ScannerFamily(Struct, frozen=True, kw_only=True):
    """Scanners that are set up by the same codes. `maker` as it stands on them; its sources stand in its file."""

    maker: str
    codes: tuple[SetupCode, ...]


@cache
def scanner_families() -> Mapping[str, ScannerFamily]:
    """Return every family of the folder by its file's name."""
    names = sorted(one.name for one in pkgutil.iter_modules(domain.scanner_setups.__path__))
    return {name: importlib.import_module(f"domain.scanner_setups.{name}").FAMILY for name in names}


def setup_code(family: str, code: str) -> SetupCode | None:
    """Return one code of a family; None where there is none of that name."""
    known = scanner_families().get(family)
    return next((one for one in known.codes if one.name == code), None) if known else None


def setup_label(family: str, code: SetupCode, job: str) -> LabelRequested:
    """Ask for the label of one code, by the name of its print job."""
    zh, en = (speak(language, f"doctor.setup.{code.name}") for language in LANGUAGES)
    maker = scanner_families()[family].maker
    data = {"maker": maker, "does": in_both(Names(zh=zh, en=en)), "code": code.content}
    return LabelRequested(job=job, template=TEMPLATE, data=data)
