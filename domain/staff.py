"""People on the floor: who they are, what their badge says, what they and their groups may do."""

from collections.abc import Iterable

from msgspec import Struct

from domain.names import Language, Names

DOCUMENT_ACTS = (
    "see",
    "add",
    "modify",
    "delete",
    "print",
    "import",
    "export",
    "approve",
    "unapprove",
    "others",
    "prices",
    "paper",
)
"""What somebody may be allowed to do with documents of a type. `others`: also with other people's; `paper`: enter what
was written on slips; `prices`: see what it costs."""
OBJECT_ACTS = ("see", "add", "modify", "delete", "print", "import", "export", "prices")
"""The same for a kind of master data."""


class Group(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """People who may do the same. `rights` holds `TYPE.act` (for example `CS.add`); a new group may do nothing."""

    code: str
    names: Names
    rights: tuple[str, ...] = ()
    disabled: bool = False


class Person(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One member of staff, known by employee number. A badge code is replaceable and is a name, not a proof.

    `rights` are the person's own, `TYPE.act` (for example `CS.add`, `PD.approve`); `groups` the codes of groups, and
    `granted` what these give: the hub fills it in whenever a person or a group is written. A new person may do nothing.
    `pin` is at a kiosk only: its verifier of the PIN of somebody who may approve (`pin.py`); empty: there is none.
    `qualifications`: what the person has learnt, by the codes that operations ask for.
    """

    number: str
    names: Names
    badge: str = ""
    language: Language = "zh-CN"
    rights: tuple[str, ...] = ()
    disabled: bool = False
    team: str = ""
    phone: str = ""
    remark: str = ""
    groups: tuple[str, ...] = ()
    granted: tuple[str, ...] = ()
    pin: str = ""
    qualifications: tuple[str, ...] = ()

    def may(self, subject: str, act: str) -> bool:
        """Tell whether this person may do `act` on documents of a type, or on a kind of master data."""
        return f"{subject}.{act}" in self.all_rights

    @property
    def all_rights(self) -> frozenset[str]:
        """Return everything this person may do, alone and by groups."""
        return frozenset() if self.disabled else frozenset((*self.rights, *self.granted))


def rights_of(groups: Iterable[Group]) -> tuple[str, ...]:
    """Return what groups give together, in order and each once."""
    return tuple(sorted({right for group in groups if not group.disabled for right in group.rights}))
