"""The hub's REST API: declared routes, their OpenAPI description and a readable page of it."""

from flask import Flask

from hub.api.serve import serve_routes
from hub.hub import Hub


def register(app: Flask, hub: Hub) -> None:
    """Put the API below /api/v1 of `app`."""
    serve_routes(app, hub)
