"""Pieces every screen is made of: words, buttons and rows to choose from. Plain data, as `screen.py` says."""

from typing import Literal

from msgspec import Struct

from domain.names import Names


class Words(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something to say: a catalogue key and what fills its blanks."""

    key: str
    parameters: dict[str, str] = {}


ButtonStyle = Literal["primary", "plain", "danger"]


class Button(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something to touch. `action` and `value` come back as a touch input. `icon` names a symbol of the sprite."""

    action: str
    label: Words
    value: str = ""
    icon: str = ""
    style: ButtonStyle = "plain"
    is_enabled: bool = True
    badge: str = ""


class Choice(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One row of a list to pick from. `action`: what touching it does, where the rows of a list do different things."""

    value: str
    title: str
    names: Names | None = None
    detail: Words | None = None
    badge: str = ""
    action: str = ""
    icon: str = ""
