"""PINs that somebody guesses at: more wrong ones in a row than a slip of the finger makes."""

from collections.abc import Mapping

from domain.event import Event
from domain.events.pins import PinRefused
from domain.pin import QUICK_TRIES
from hub.projection import Fact, Handler, Projection


class Pins(Projection):
    """Books each further guess with an exception that names whose PIN it is. Has no table."""

    name = "pins"

    def handlers(self) -> Mapping[type[Event], Handler]:
        return {PinRefused: self._refused}

    def _refused(self, _fact: Fact, event: PinRefused) -> None:
        if event.failures >= QUICK_TRIES:
            self.desk.note("pin_guessed", event.person)


PROJECTION = Pins
