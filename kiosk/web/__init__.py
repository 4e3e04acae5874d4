"""The kiosk's page: HTML made here in Python, pushed to one browser on the same machine."""

from kiosk.web.page import Page
from kiosk.web.render import Renderer
from kiosk.web.virtual_panel import Sample, SamplesError, VirtualPanel, load_samples

__all__ = ["Page", "Renderer", "Sample", "SamplesError", "VirtualPanel", "load_samples"]
