"""What happens when somebody is asked for a PIN at a kiosk. The digits stand nowhere."""

from domain.event import Event


class PinAccepted(Event, frozen=True, kw_only=True, omit_defaults=True):
    """A person proved by PIN who they are. `act` is what it was asked for: approve, take_back, countersign."""

    person: str
    act: str
    document: str = ""


class PinRefused(Event, frozen=True, kw_only=True, omit_defaults=True):
    """A wrong PIN was typed for a person. `failures`: so many in a row here; `issue` names the PIN asked for."""

    person: str
    act: str
    failures: int
    issue: str = ""
    document: str = ""
