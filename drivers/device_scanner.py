"""What all scanners that are real devices have in common: how their codes end, and how a whole one is handed over."""

from collections.abc import Iterable
from typing import Annotated

import msgspec

from drivers.code_buffer import QUIET_GAP_MS, Closed, Code, Framing, Terminator
from drivers.device import AttachedSettings, Device, DeviceState
from drivers.scanner import Garbled, Scan, ScannerOutput, ScannerStatus


class DeviceScannerSettings(AttachedSettings, frozen=True, kw_only=True):
    """Which device it is, and how it closes a code."""

    terminator: Terminator = "any"
    quiet_gap_ms: Annotated[int, msgspec.Meta(ge=10, le=5_000)] = QUIET_GAP_MS
    prefix: str = ""
    suffix: str = ""

    @property
    def framing(self) -> Framing:
        """How it closes a code."""
        return Framing(
            terminator=self.terminator,
            quiet_gap_ms=self.quiet_gap_ms,
            prefix=self.prefix,
            suffix=self.suffix,
        )


class DeviceScanner(Device[ScannerOutput]):
    """A scanner that is a device: what it read becomes scans."""

    NOUN = "scanner"

    def _status_of(self, state: DeviceState, detail: str) -> ScannerStatus:
        return ScannerStatus(device=self._name, state=state, detail=detail)

    def _deliver(self, closed: Iterable[Closed]) -> None:
        """Hand over what was read, stamped with the time now."""
        for each in closed:
            if isinstance(each, Code):
                now, monotonic_ms = self._clock.now(), self._clock.monotonic_ms()
                self._send(
                    Scan(
                        text=each.text,
                        ended=each.ended,
                        device=self._name,
                        event_time=now,
                        monotonic_ms=monotonic_ms,
                    )
                )
            else:
                self._send(Garbled(device=self._name, reason=each.reason))
