"""Builds the page of a kiosk from its settings, with the scanners that a page can hand codes to."""

from collections.abc import Mapping, Sequence
from typing import Any

from drivers.scanner import Scanner
from drivers.scanners.camera import CameraScanner
from drivers.scanners.virtual import VirtualScanner
from kiosk.boot import StartError
from kiosk.camera import Camera
from kiosk.page import NoPage, PagePort
from kiosk.scanner_tables import with_camera
from kiosk.settings import KioskSettings


def scanner_tables(settings: KioskSettings) -> Sequence[Mapping[str, Any]]:
    """Return the scanners of the settings, and the page's camera where there is a page. Raises SettingsError."""
    others = [str(table.get("name")) for table in (*settings.scale, *settings.lamp, *settings.printer)]
    return with_camera(settings.scanner, settings.camera.scan if settings.page else "never", others)


def camera_among(scanners: Sequence[Scanner]) -> CameraScanner | None:
    """Return the scanner that is the page's camera; None where codes are never read with it."""
    return next((one for one in scanners if isinstance(one, CameraScanner)), None)


def make_page(settings: KioskSettings, scanners: Sequence[Scanner], camera: Camera | None) -> PagePort:
    """Build the page, or none where the settings want none; `camera` keeps its photos. Raises StartError."""
    if not settings.page:
        return NoPage()
    from kiosk.web import Page, SamplesError, VirtualPanel, load_samples  # noqa: PLC0415 a kiosk without page needs no web

    panel = None
    virtual = next((one for one in scanners if isinstance(one, VirtualScanner)), None)
    if virtual is not None:
        scanner: VirtualScanner = virtual

        def scan(text: str, symbology: str | None) -> bool:
            return scanner.scan(text, symbology=symbology).ok

        try:
            samples = load_samples(settings.samples) if settings.samples else ()
        except (SamplesError, OSError) as error:
            raise StartError(f"样码文件不可用 / the sample codes cannot be used: {error}") from error
        panel = VirtualPanel(on_virtual_scan=scan, samples=samples)
    return Page(
        virtual_panel=panel,
        default_language=settings.language,
        camera=camera,
        scan_camera=camera_among(scanners),
    )
