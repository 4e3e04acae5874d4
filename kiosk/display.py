"""What a person sees and hears of a turn. Nothing that fails here takes a turn back or stops the next one."""

import logging
from collections.abc import Callable

from msgspec.structs import replace

from domain.names import Language, Names
from domain.paper import slip_number
from domain.place import Station
from domain.problem import Problem, fault
from kiosk.lamps import Lamps
from kiosk.page import PagePort
from kiosk.screen import Answer, FaultView, Frame, Screen, Standing, Tone
from kiosk.sound import SoundPort
from kiosk.speech import Voice
from kiosk.store.errors import StoreError

_LOG = logging.getLogger(__name__)


class Display:
    """Page, sounds, voice and lamps. `station` is the one known last: it is named also when the file cannot be read."""

    def __init__(
        self,
        page: PagePort,
        sound: SoundPort,
        language: Language,
        *,
        lamps: Lamps | None = None,
        voice: Voice | None = None,
    ) -> None:
        self._page = page
        self._sound = sound
        self._lamps = lamps or Lamps()
        self._voice = voice
        self._language: Language = language
        self._last: Screen | None = None
        self.station: Station | None = None

    @property
    def shows_weights(self) -> bool:
        """Tell whether a scale's weight is on the screen, so that a newer one must be shown."""
        return bool(self._last and self._last.weights)

    def play(self, tone: Tone) -> None:
        """Sound a tone and flash it. What fails takes nothing back: what was stored is stored."""
        self._safely(lambda: self._sound.play(tone))
        self._safely(lambda: self._lamps.play(tone))

    def set_volume(self, volume: int) -> None:
        """Be as loud as this from now on, in percent."""
        self._safely(lambda: self._sound.set_volume(volume))

    def answer(self, answer: Answer) -> None:
        """Let an answer be heard, in words too where the station is to speak: those of who was there before it."""
        self.play(answer.tone)
        if voice := self._voice:
            language = self._last.frame.language if self._last else self._language
            self._safely(lambda: voice.tell(answer, language))

    @staticmethod
    def _safely(signal: Callable[[], None]) -> None:
        try:
            signal()
        except Exception:  # noqa: BLE001 a player that is gone must not make a stored line look like one that failed
            _LOG.exception("no signal")

    def show(self, make: Callable[[], Screen], otherwise: Callable[[Problem], Screen]) -> None:
        """Show a screen; what cannot be made or drawn becomes the plain screen that says so."""
        try:
            made = make()
        except Exception as error:  # noqa: BLE001 the screen must never stop the work, and must not stay silent
            _LOG.exception("the screen cannot be made")
            code = error.code if isinstance(error, StoreError) else "screen_failed"
            made = otherwise(fault(code, code=""))
        self._last = made
        self._safely(lambda: self._lamps.stand(made.standing))
        if self._is_drawn(made) or isinstance(made.view, FaultView):
            return
        self._is_drawn(otherwise(fault("screen_failed", code="")))

    def _is_drawn(self, screen: Screen) -> bool:
        try:
            self._page.show(screen)
        except Exception:  # noqa: BLE001 a page that is gone stops no scan; the sound still confirms
            _LOG.exception("the page does not show the screen")
            return False
        return True

    def show_saving(self) -> None:
        """Say that the card takes long. Called from the sign's thread while the loop waits for the card."""
        if self._last:
            self._is_drawn(replace(self._last, is_saving=True))

    def plain_screen(self, view: FaultView, turn: int) -> Screen:
        """Return a screen that asks nothing of the file."""
        station = self.station
        frame = Frame(
            language=self._language,
            station=station.place if station else "",
            station_names=station.names if station else Names(),
        )
        return Screen(turn=turn, frame=frame, view=view, standing=Standing.OUT_OF_ORDER)

    def paper_view(self, problem: Problem, slips: int) -> FaultView:
        """Return the view that sends people to paper, with the number of the next slip after those entered so far."""
        slip = slip_number(self.station.number_code, slips + 1) if self.station else ""
        return FaultView(problem=problem, slip=slip)
