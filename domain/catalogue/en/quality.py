"""The customer's verdict, quality tickets, and what a month was worth."""

WORDS = {
    "verdict.accept": "Accept",
    "verdict.concession": "Take with concession",
    "verdict.part": "Take a part",
    "verdict.reject": "Reject",
    "ticket_state.open": "open",
    "ticket_state.proposed": "responsibility proposed",
    "ticket_state.disputed": "disputed",
    "ticket_state.agreed": "agreed",
    "ticket_state.explained": "cause found",
    "ticket_state.mended": "mended, to be verified",
    "ticket_state.closed": "closed",
    "problem.own_handoff": "{name} did the step before: nobody accepts their own work",
    "problem.own_handoff.way_out": "Somebody else shows their badge and takes it over",
    "problem.handoff_count": (
        "Bundle {bundle}: {declared} declared, {received} came, {accepted} taken: these do not fit the verdict"
    ),
    "problem.handoff_count.way_out": "Accept takes all that came, reject none, a part something between",
    "problem.rating_needs_facts": "A rating of {rating} needs a reason and a defect",
    "problem.rating_needs_facts.way_out": "Touch the defect and say what is wrong",
    "problem.reject_needs_defect": "Bundle {bundle}: what is not taken needs a defect",
    "problem.reject_needs_defect.way_out": "Touch the defect and how many pieces have it",
    "problem.defect_count": "{told} defects are named, {received} pieces came",
    "problem.defect_count.way_out": "No defect can be on more pieces than came",
    "problem.concession_needs_name": "A concession for bundle {bundle} needs who allows it, and why",
    "problem.concession_needs_name.way_out": "Who may allow it shows their badge; then say why",
    "problem.ticket_not_now": "Ticket {ticket} is {state}: this is not its next step",
    "problem.ticket_not_now.way_out": "Open the ticket to see whose turn it is",
    "problem.ticket_finders": "Only {unit}, who found it, can do this with ticket {ticket}",
    "problem.ticket_finders.way_out": "Ask somebody of that unit",
    "problem.ticket_owners": "Only {unit}, who answers for it, can do this with ticket {ticket}",
    "problem.ticket_owners.way_out": "Ask somebody of that unit",
    "problem.ticket_reason": "Ticket {ticket} needs it in words",
    "problem.ticket_reason.way_out": "Write what it was, in a sentence",
    "board.discrepancy.ticket_contradiction": "Ticket: not its next step",
    "desk.cause.ticket_contradiction": (
        "Somebody did something about ticket {name} that was not its next step, or not "
        "theirs to do; it changed nothing."
    ),
    "desk.advice.ticket_contradiction": "Open the ticket: its story shows who tried what. Tell them whose turn it is.",
    "board.code.number_twice": "its number was there before",
    "board.code.unknown_number": "it belongs to something not known",
    "board.code.published_twice": "published before",
    "desk.cause.parked.number_twice": (
        "Another one had this number before; this one is kept and changed nothing. {detail}"
    ),
    "desk.cause.parked.unknown_number": (
        "It speaks of a number the hub has never heard of; it is kept and changed nothing. {detail}"
    ),
    "desk.cause.parked.published_twice": (
        "The unit's month was published before and is locked; this changed nothing. {detail}"
    ),
}
