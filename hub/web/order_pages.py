"""The pages of work orders: those at work, and one as a matrix of colours and sizes with what became of the pieces."""

from flask import Flask, Response, request
from sqlalchemy import Connection

from domain.names import Language
from hub.hub import Hub
from hub.views.names import NameBook
from hub.views.order_progress import order_progress, orders_at_work
from hub.views.page import WORD_CHARS_MAX
from hub.views.plans import today_of
from hub.views.stock import StockQuery, stock_page
from hub.web.pages import Pages

MATERIAL_SHOWN = 50


def serve_orders(app: Flask, hub: Hub, pages: Pages) -> None:
    """Serve the pages."""
    served = _Orders(hub, pages)
    app.add_url_rule("/orders", "orders", served.list)
    app.add_url_rule("/orders/<path:number>", "order", served.one)


class _Orders:
    def __init__(self, hub: Hub, pages: Pages) -> None:
        self._hub, self._pages = hub, pages

    def list(self) -> Response:
        def show(connection: Connection, plant: str, language: Language) -> str:
            is_all = "all" in request.args
            rows = orders_at_work(connection, plant, is_all=is_all)
            names = NameBook()
            names.read(connection, plant, "style", {one.order.style for one in rows})
            names.read(connection, plant, "customer", {one.order.owner for one in rows})
            today = today_of(connection, plant, self._hub.clock.now())
            return self._pages.draw(
                "orders.html",
                plant,
                language,
                title="order.title",
                rows=rows,
                is_all=is_all,
                names=names,
                today=today,
            )

        return self._pages.answer(show)

    def one(self, number: str) -> Response:
        def show(connection: Connection, plant: str, language: Language) -> str | None:
            if len(number) > WORD_CHARS_MAX or "\0" in number:
                return None
            found = order_progress(connection, plant, number)
            if found is None:
                return None
            owner, names = found.order.owner, NameBook()
            query = StockQuery(owner=owner, limit=MATERIAL_SHOWN)
            material = stock_page(connection, plant, query).rows if owner else ()
            names.read(connection, plant, "style", {found.order.style})
            names.read(connection, plant, "colour", found.colours)
            names.read(connection, plant, "customer", {owner})
            names.read(connection, plant, "item", {one.item for one in material})
            names.read(connection, plant, "place", {one.place for one in material})
            return self._pages.draw(
                "order.html",
                plant,
                language,
                title="order.title",
                found=found,
                order=found.order,
                material=material,
                names=names,
                today=today_of(connection, plant, self._hub.clock.now()),
            )

        return self._pages.answer(show)
