"""The ticket of a bundle 菲票: which pieces of which order these are, and the code that every station scans.

Its fields are those of the template `labels/templates/bundle_ticket.toml`.
"""

from domain.barcodes.house import HouseType, house_code
from domain.bundle import Bundle, ticket_body
from domain.events.labels import LabelRequested

TEMPLATE = "bundle_ticket"


def bundle_label(bundle: Bundle, job: str, reason: str = "") -> LabelRequested:
    """Ask for the live ticket of a bundle, by the name of its print job. `reason`: why it is printed again."""
    plies = f"{bundle.plies[0]}–{bundle.plies[1]}" if bundle.plies else ""
    data = {
        "code": house_code(HouseType.BUNDLE, ticket_body(bundle.serial, bundle.copy)),
        "serial": bundle.serial,
        "order_number": bundle.order,
        "style": bundle.style,
        "colour": bundle.colour,
        "size": bundle.size,
        "component": bundle.component,
        "pieces": str(bundle.pieces),
        "shade": bundle.shade,
        "lay": bundle.lay,
        "plies": plies,
        "copy": str(bundle.copy) if bundle.copy > 1 else "",
        "sent_back_to": bundle.sent_back_to,
    }
    return LabelRequested(job=job, template=TEMPLATE, data=data, serial=bundle.serial, reason=reason)
