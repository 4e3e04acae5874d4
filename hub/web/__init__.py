"""What people see of the hub in a browser: the live board, the pages behind it, the discrepancy desk, the office."""

from typing import Any, cast

from flask import Flask
from flask_socketio import SocketIO

from hub.audit import Auditor
from hub.hub import Hub
from hub.registers import Registrar
from hub.web.board import Board, Emit
from hub.web.desk_pages import serve_desk
from hub.web.document_pages import serve_documents
from hub.web.gate import Gate
from hub.web.guard import Guard
from hub.web.label_order_pages import LabelOrderAside, serve_label_orders
from hub.web.label_pages import LabelAside, serve_label_templates
from hub.web.month_pages import serve_months
from hub.web.office_import import serve_office_import
from hub.web.office_matrix import serve_office_matrix
from hub.web.office_pages import OfficePages, serve_office
from hub.web.order_matrix import serve_order_matrix
from hub.web.order_pages import serve_orders
from hub.web.outside_pages import serve_outside
from hub.web.pages import serve_pages
from hub.web.pay_pages import serve_pay
from hub.web.person_pages import PersonAside, serve_persons
from hub.web.photo_pages import serve_photos
from hub.web.plan_pages import serve_plans
from hub.web.quality_forms import serve_quality_forms
from hub.web.quality_pages import serve_quality
from hub.web.question_pages import serve_questions
from hub.web.render import Renderer
from hub.web.score_pages import serve_scores
from hub.web.sign_on_pages import serve_sign_on
from hub.web.socket import serve_socket
from hub.web.ticket_pages import serve_tickets
from hub.web.unit_pages import serve_units


def register(app: Flask, socketio: SocketIO, hub: Hub) -> Board:
    """Put pages and board into `app`. Returns the board; start it in the process that serves, and stop it there."""
    renderer = Renderer()
    emit: Emit = cast("Any", socketio).emit  # published without the types of its arguments
    auditor = Auditor(hub.engine, hub.settings.plants, hub.clock)
    registrar = Registrar(hub.engine, hub.settings.plants)
    board = Board(hub=hub, renderer=renderer, emit=emit, attendants=(auditor, registrar))
    guard = Guard(hub.keyring.session_key)
    pages = serve_pages(app, hub, renderer, board, guard)
    gate = Gate(hub, guard, pages.says)
    gate.install(app)
    serve_sign_on(app, hub, pages)
    serve_documents(app, hub, pages)
    serve_questions(app, hub, pages)
    serve_plans(app, hub, pages)
    serve_outside(app, hub, pages)
    serve_desk(app, hub, pages)
    serve_months(app, hub, pages)
    serve_tickets(app, hub, pages)
    serve_photos(app, hub, pages)
    serve_quality(app, hub, pages)
    serve_quality_forms(app, hub, pages)
    serve_scores(app, hub, pages)
    serve_pay(app, hub, pages)
    serve_units(app, hub, pages)
    serve_orders(app, hub, pages)
    asides = {
        "persons": PersonAside(hub),
        "label_templates": LabelAside(),
        "label_orders": LabelOrderAside(),
    }
    office = OfficePages(hub, pages, asides)
    serve_persons(app, hub, pages)
    serve_label_templates(app, pages)
    serve_label_orders(app, office)
    serve_office(app, office)
    serve_office_import(app, office)
    serve_office_matrix(app, office)
    serve_order_matrix(app, office)
    serve_socket(socketio, hub, board, gate.may_watch)
    hub.subscribers.add(board.wake)
    return board
