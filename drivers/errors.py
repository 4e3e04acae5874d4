"""What can go wrong with a device, said so that somebody can act on it."""


class DriverError(Exception):
    """A device could not do what was asked: what was attempted, on what, why, and what to try next.

    `finding`: what is wrong with a label, as a key of the catalogue and after it the text, code or size concerned.
    """

    def __init__(self, *, attempted: str, device: str, reason: str, advice: str, finding: str = "") -> None:
        self.finding = finding
        self.attempted = attempted
        self.device = device
        self.reason = reason
        self.advice = advice
        super().__init__(f"could not {attempted} on {device}: {reason}; {advice}")

    @property
    def detail(self) -> str:
        """What is kept of it with a print job."""
        return self.finding or str(self)


class TransportError(DriverError):
    """Bytes could not be carried to or from a printer; `sent_bytes` is how many may have reached it."""

    def __init__(self, *, attempted: str, device: str, reason: str, advice: str, sent_bytes: int = 0) -> None:
        super().__init__(attempted=attempted, device=device, reason=reason, advice=advice)
        self.sent_bytes = sent_bytes


class AnswerTimeoutError(TransportError):
    """The printer is connected and did not answer in time."""


class LanguageError(DriverError):
    """A label cannot be said in the printer's language, or the printer's answer cannot be understood."""


class RenderError(DriverError):
    """A print job cannot become a label: the spooler marks it failed and goes on with the next."""
