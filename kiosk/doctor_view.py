"""What the scanner doctor's screen shows: plain data, drawn by `screens/scanner_doctor/view.jinja`."""

from typing import Literal

from msgspec import Struct

from kiosk.parts import Button, Words


class SheetCodeView(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One code of the sheet: not scanned yet, arrived as printed, or otherwise."""

    label: Words
    state: Literal["missing", "clean", "otherwise"] = "missing"


class FindingView(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing found, and what to do about it. `is_note`: it works as it is, and could be better."""

    says: Words
    way_out: Words
    is_note: bool = False


class DoctorView(Struct, frozen=True, kw_only=True, omit_defaults=True, tag="scanner_doctor"):
    """A scanner looked at with the sheet. `sizes`: down to which size it reads."""

    asks: Words
    device: str = ""
    codes: tuple[SheetCodeView, ...]
    sizes: tuple[SheetCodeView, ...]
    findings: tuple[FindingView, ...] = ()
    is_adapted: bool = False
    is_in_order: bool = False
    buttons: tuple[Button, ...] = ()
