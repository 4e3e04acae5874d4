"""Opens the scanners, scales, lamps and printers of the settings; draws labels in the spooler's thread."""

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from domain.media import Media
from domain.settings import SettingsError, SettingsProblem
from drivers.clock import Clock
from drivers.errors import RenderError
from drivers.job import Job, JobQueue
from drivers.lamp import Lamp, LampStatus, open_lamp
from drivers.printer import Printer, open_printer
from drivers.scale import Scale, ScaleOutput, open_scale
from drivers.scanner import Scanner, ScannerOutput, open_scanner
from drivers.spooler import Spooler, SpoolerOutput
from kiosk.settings import LabelTable

_LOG = logging.getLogger(__name__)
OwnTemplate = Callable[[str], str]
"""Tells the plant's own template of a name, as TOML; empty where the shipped one holds."""


class Devices:
    """The scanners, scales, lamps and printers of one kiosk, each with a thread of its own."""

    def __init__(
        self,
        *,
        scanners: Sequence[Mapping[str, Any]],
        printers: Sequence[Mapping[str, Any]],
        scales: Sequence[Mapping[str, Any]] = (),
        lamps: Sequence[Mapping[str, Any]] = (),
        label: LabelTable | None = None,
        clock: Clock,
    ) -> None:
        """Build them; no device is touched before `start`. Raises SettingsError."""
        self.scanners: tuple[Scanner, ...] = tuple(open_scanner(table, clock) for table in scanners)
        self.scales: tuple[Scale, ...] = tuple(open_scale(table, clock) for table in scales)
        self.lamps: tuple[Lamp, ...] = tuple(open_lamp(table, clock) for table in lamps)
        self.printers: tuple[Printer, ...] = tuple(open_printer(table) for table in printers)
        self._clock = clock
        self._label = label or LabelTable()
        self._spoolers: tuple[Spooler, ...] = ()
        names = [one.name for one in (*self.scanners, *self.scales, *self.lamps, *self.printers)]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            problem = SettingsProblem(key="name", reason=f"two devices are called {twice!r}")
            raise SettingsError("scanners, scales, lamps and printers", [problem])

    def start(
        self,
        queue: JobQueue,
        emit: Callable[[ScannerOutput | ScaleOutput | LampStatus | SpoolerOutput], None],
        *,
        prints: bool,
        own_template: OwnTemplate = lambda _name: "",
    ) -> None:
        """Begin to read and print; `emit` is called from the devices' threads and may make them wait.

        `own_template` is asked by the printers' threads.
        """
        if prints:
            self._spoolers = tuple(
                Spooler(
                    printer=printer,
                    queue=queue,
                    render=_renderer(printer, self._label, own_template),
                    emit=emit,
                    media_of=lambda job: media_of(job, own_template(job.template)),
                    clock=self._clock,
                )
                for printer in self.printers
            )
        for spooler in self._spoolers:
            spooler.start()
        for lamp in self.lamps:
            lamp.start(emit)
        for scanner in self.scanners:
            scanner.start(emit)
        for scale in self.scales:
            scale.start(emit)

    def wake_printers(self) -> None:
        """There is a new label."""
        for spooler in self._spoolers:
            spooler.wake()

    def stop_readers(self) -> None:
        """Let go of scanners and scales first, so that nothing comes in any more."""
        for reader in (*self.scanners, *self.scales):
            reader.stop()

    def stop_lamps(self) -> None:
        """Switch the lamps off, after the last answer."""
        for lamp in self.lamps:
            lamp.stop()

    def stop_printers(self) -> None:
        """Let go of the printers."""
        for spooler in self._spoolers:
            spooler.stop()


def _renderer(printer: Printer, wanted: LabelTable, own_template: OwnTemplate) -> Callable[[Job], bytes]:
    def render(job: Job) -> bytes:
        return render_label(job, printer, wanted, own_template(job.template))

    return render


def render_label(job: Job, printer: Printer, wanted: LabelTable, own: str = "") -> bytes:
    """Return the bytes that print a job's label on a printer, once it is found fit. Raises RenderError otherwise.

    `own`: the plant's template in place of the shipped one; empty for that.
    """
    # Drawing is imported with the first label: a kiosk is ready sooner and stays small without one.
    from labels.layout import lay_out  # noqa: PLC0415
    from labels.own_template import template_printed  # noqa: PLC0415
    from labels.preflight import preflight  # noqa: PLC0415
    from labels.printed import PrintConditions  # noqa: PLC0415
    from labels.template import TemplateError, bind  # noqa: PLC0415

    try:
        label = bind(template_printed(job.template, own), job.data, wanted.languages)
        layout = lay_out(label, printer.profile.dots_per_mm)
    except TemplateError as error:
        raise RenderError(
            attempted="draw a label",
            device=printer.name,
            reason=str(error),
            advice="correct the template or the data, then print the label again",
        ) from error
    verdict = preflight(
        layout, conditions=PrintConditions(dot_gain=wanted.dot_gain), grade_min=wanted.grade_min
    )
    if not verdict.is_fit:
        found = verdict.stopping[0]
        raise RenderError(
            attempted="draw a label",
            device=printer.name,
            reason=f"{found.code} {found.subject} {found.detail}".rstrip(),
            advice="correct the data or the template, then print the label again",
            finding=f"preflight.{found.code} {found.subject}",
        )
    for finding in verdict.findings:
        _LOG.info("printer %s, job %s: %s %s", printer.name, job.job_id, finding.code, finding.detail)
    return printer.encode(layout, job.copies_left)


def media_of(job: Job, own: str = "") -> Media | None:
    """Return the size of a job's label; None where its template cannot be read, which `render_label` will say."""
    from labels.own_template import template_printed  # noqa: PLC0415 - with the first label, as above
    from labels.template import TemplateError  # noqa: PLC0415 - as above

    try:
        template = template_printed(job.template, own)
    except TemplateError:
        return None
    return Media(width_mm=template.width_mm, length_mm=template.height_mm)
