"""Photos, each under its digest: what a page shows small opens here whole."""

from flask import Flask, Response

from hub.hub import Hub
from hub.photos import photo_folder
from hub.web.pages import Pages

FOR_EVER = "private, max-age=31536000, immutable"
"""Other bytes would have another digest."""


def serve_photos(app: Flask, hub: Hub, pages: Pages) -> None:
    """Serve the photos of a plant to whoever may see its board."""

    def show(digest: str) -> Response:
        plant, language = pages.asked()
        jpeg = None
        if plant in hub.settings.plants and photo_folder(hub.settings.data_folder, plant).has(digest):
            jpeg = photo_folder(hub.settings.data_folder, plant).read(digest)
        if jpeg is None:
            return pages.missing(hub.settings.plants[0], language)
        return Response(jpeg, content_type="image/jpeg", headers={"Cache-Control": FOR_EVER})

    app.add_url_rule("/photos/<digest>", "photo", show)
