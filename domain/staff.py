"""People on the floor: who they are, what their badge says, what they may do."""

from msgspec import Struct

from domain.names import Language, Names


class Person(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One member of staff, known by employee number. A badge code is replaceable and is a name, not a proof.

    `rights` holds `TYPE.act` (for example `CS.add`, `PD.approve`). A new person may do nothing.
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

    def may(self, document_type: str, act: str) -> bool:
        """Tell whether this person may do `act` on documents of `document_type`."""
        return not self.disabled and f"{document_type}.{act}" in self.rights
