"""Documents: their titles, states and the rights on them."""

WORDS = {
    "document.CS": "Purchase receipt",
    "document.YW": "Location move",
    "document.PD": "Stocktake",
    "document.status.draft": "Draft",
    "document.status.open": "Open",
    "document.status.submitted": "Waiting for approval",
    "document.status.closed": "Closed",
    "document.status.void": "Void",
    "plan.purchase_order": "Purchase order",
    "right.see": "see",
    "right.add": "add",
    "right.modify": "modify",
    "right.delete": "delete",
    "right.print": "print",
    "right.paper": "enter from paper",
    "right.approve": "approve",
    "right.CS.approve": "approve purchase receipts",
    "right.unapprove": "un-approve",
    "plan.receipt": "Purchase receipt",
}
