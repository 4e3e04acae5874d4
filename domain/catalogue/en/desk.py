"""The discrepancy desk and the books' balance, in English."""

WORDS = {
    "desk.title": "Discrepancy desk",
    "desk.lead": "Everything that was not plainly booked: why, whose it is, and what settles it.",
    "desk.open": "open",
    "desk.late": "late",
    "desk.oldest": "oldest",
    "desk.all_kinds": "All",
    "desk.all_owners": "Everybody",
    "desk.only_late": "Late only",
    "desk.settled": "Settled",
    "desk.back": "← Back to the list",
    "desk.nothing": "Nothing to settle",
    "desk.nothing_like_this": "Nothing of this kind",
    "desk.export": "Export CSV",
    "desk.times": "{count} ×",
    "desk.since": "waiting",
    "desk.due": "due {date}",
    "desk.keys": "Keys: ↑ ↓ move · Enter opens · X ticks · Esc goes back",
    "desk.new_word": "Books as of {position}",
    "desk.why": "Why it is here",
    "desk.what_to_do": "What to do",
    "desk.evidence": "Evidence",
    "desk.who": "Who",
    "desk.where": "Where",
    "desk.when": "Scanned",
    "desk.arrived": "Arrived",
    "desk.belief": "What the kiosk knew",
    "desk.belief_position": "books as of {position} ({behind} behind)",
    "desk.belief_none": "not recorded",
    "desk.it_says": "What it says was moved; nothing of it is booked",
    "desk.neighbours": "Before and after it at the same kiosk",
    "desk.this_one": "this one",
    "desk.all_events": "Events concerned",
    "desk.shown_of": "the newest {shown} of {count}",
    "desk.meanwhile": "Meanwhile",
    "desk.registered_now": "registered by now",
    "desk.still_unknown": "still not registered",
    "desk.balance_now": "the books now say {amount}",
    "desk.clock_unsure": "clock unsure",
    "desk.history": "What was done",
    "desk.no_history": "Nobody has done anything yet",
    "desk.no_effect": "no effect: {why}",
    "desk.open_event": "Open the event",
    "desk.open_place": "Open the place",
    "desk.open_document": "Open the document",
    "desk.settle": "Settle it",
    "desk.closes_itself": "It closes by itself when its cause is gone.",
    "desk.closed_itself": "It closed by itself: its cause is gone.",
    "desk.is_settled": "Settled at {time}.",
    "desk.act.release": "Book it now",
    "desk.act.correct": "It was put right",
    "desk.act.accept": "Leave it as it is",
    "desk.act.set_aside": "Keep it, never book it",
    "desk.act.count": "Have it counted",
    "desk.act.assign": "Give it to somebody",
    "desk.act.reopen": "Open it again",
    "desk.says.release": "It is booked by what is known now. The same fact is never booked twice.",
    "desk.says.correct": "The cause was removed by other means.",
    "desk.says.accept": "No number changes; somebody has looked.",
    "desk.says.set_aside": "The event is kept as it is and moves nothing.",
    "desk.says.count": "Somebody counts the place again; once approved, it closes by itself.",
    "desk.says.assign": "It becomes theirs, with a date if you give one.",
    "desk.done.accepted": "left as it is",
    "desk.done.corrected": "put right",
    "desk.done.set_aside": "kept, not booked",
    "desk.done.released": "booked after all",
    "desk.done.assigned": "given to somebody",
    "desk.done.count": "to be counted",
    "desk.done.reopened": "opened again",
    "desk.in_your_name": "Every step goes into the ledger in your name: {name}.",
    "desk.no_right_here": "You may not settle discrepancies: that needs the right desk.settle in this plant",
    "desk.sign_on": "Sign on to settle",
    "desk.reason": "Reason",
    "desk.choose_reason": "Choose a reason",
    "desk.note": "Note (optional)",
    "desk.owner": "Give it to",
    "desk.choose_owner": "Employee number",
    "desk.due_date": "By",
    "desk.bulk": "Settle many: {kind}",
    "desk.bulk_ticked": "those ticked",
    "desk.bulk_all": "all {count} that match",
    "desk.choose_kind": "Choose a kind to settle many at once.",
    "desk.told": "{count}: {outcome}",
    "desk.outcome.done": "settled",
    "desk.outcome.stored": "in the ledger, being booked",
    "desk.outcome.known": "the same fact was booked already; not booked again",
    "desk.outcome.failed": "still cannot be booked; it stays parked",
    "desk.outcome.closed_already": "closed before; nothing was changed",
    "desk.outcome.not_there": "there is no such one",
    "desk.outcome.not_offered": "this kind cannot be settled like that",
    "desk.outcome.not_settled_by_hand": (
        "not settled by a person, or the same is open again: it cannot be opened"
    ),
    "desk.outcome.not_that_entry": "the ledger has no such entry",
    "desk.outcome.unreadable": "cannot be read, so it cannot be booked",
    "desk.outcome.foreign_sender": "not the sender's own, so it cannot be booked",
    "desk.refused.no_right": "This person has no right to settle (desk.settle)",
    "desk.refused.nobody": "Give the number of somebody who is registered",
    "desk.refused.nothing_chosen": "Nothing is ticked",
    "desk.refused.too_many": "At most 1,000 at once",
    "desk.refused.note": "The note is too long (500 characters at most)",
    "desk.refused.reason": "Choose a reason",
    "desk.refused.other_needs_note": "With “other”, say what in the note",
    "desk.refused.date": "That is no date",
    "desk.refused.busy": "The hub is busy; try again in a moment. Nothing is settled twice",
    "desk.reason.checked": "checked",
    "desk.reason.counted": "counted",
    "desk.reason.registered": "registered now",
    "desk.reason.mistaken_label": "the label was wrong",
    "desk.reason.known_in_person": "known in person",
    "desk.reason.agreed_with_supplier": "agreed with the supplier",
    "desk.reason.order_changed": "the order was changed",
    "desk.reason.told_apart": "the two can be told apart",
    "desk.reason.label_is_there": "the label is there",
    "desk.reason.printed_again": "printed again",
    "desk.reason.not_needed": "not needed",
    "desk.reason.sent_by_stranger": "sent by a stranger",
    "desk.reason.recorded_anew": "recorded anew",
    "desk.reason.cannot_be_read": "cannot be read",
    "desk.reason.machine_found": "the machine was found",
    "desk.reason.card_replaced": "the card was replaced",
    "desk.reason.nothing_missing": "nothing is missing",
    "desk.reason.other": "other (say what)",
    "desk.role.warehouse": "Warehouse",
    "desk.role.purchasing": "Purchasing",
    "desk.role.master_data": "Master data",
    "desk.role.supervisor": "Supervisor",
    "desk.role.system": "System administrator",
    "board.discrepancy.backup": "Backup not proven",
    "board.discrepancy.books": "Books do not agree",
    "board.discrepancy.unknown_item": "Item not registered",
    "board.discrepancy.unknown_place": "Place not registered",
    "board.discrepancy.unknown_person": "Person not registered",
    "board.discrepancy.unknown_plan": "Order not registered",
    "board.discrepancy.unknown_line": "Taken back, never recorded",
    "board.discrepancy.unknown_label": "Label nobody asked for",
    "board.discrepancy.reversed_twice": "Taken back twice",
    "desk.cause.other": "Cause: {code}",
    "desk.cause.shortage": (
        "The books say {place} holds less than nothing of {item}: goods left it that were not there on the "
        "books."
    ),
    "desk.cause.over_plan": (
        "Order {plan}, line {line}, asks for {ordered}; more has come in than is allowed."
    ),
    "desk.cause.line_left_out": "{document} has {lines} lines; it was finished without some of them ({device}).",
    "desk.cause.document_number": (
        "{first_device} and {device} made the same number {document}; both documents are kept."
    ),
    "desk.cause.label": "It is not certain that label {serial} came out.",
    "desk.cause.label.failed": "Label {serial} was not printed: {detail}.",
    "desk.cause.label.unknown": (
        "The printer was lost while label {serial} was printing: nobody knows whether it came out."
    ),
    "desk.cause.label.expired": "Label {serial} waited too long and was given up.",
    "desk.cause.parked": "The event is kept and not booked: {code}.",
    "board.code.line_parked": "was taken back while its line was parked",
    "desk.cause.parked.line_parked": (
        "The line it takes back is parked itself ({detail}). Release the line: this one is released with it."
    ),
    "desk.cause.parked.revoked": (
        "Kiosk {device} sent it after it was stopped. It is kept, and can be booked once somebody has looked."
    ),
    "desk.cause.parked.foreign_sender": (
        "{device} sent an entry that names another kiosk, plant or epoch: it is not taken for its own."
    ),
    "desk.cause.parked.unreadable": "The bytes {device} wrote cannot be read; they are kept as they are.",
    "desk.cause.parked.unknown_event": (
        "The event {type} is newer than this program; after an upgrade it is booked by itself."
    ),
    "desk.cause.parked.bad_fact": "The content is not of the shape of {type}: {detail}",
    "desk.cause.parked.handler_failed": "This program failed on {type}: {detail}",
    "desk.cause.parked.handler_slow": "{type} took too long to book; folding the ledger again tries it once more",
    "desk.cause.parked.write_failed": "The database refuses what it says: {detail}",
    "desk.cause.parked.id_reused": "Its id belongs to another fact already, at position {detail}.",
    "desk.cause.fork": (
        "Kiosk {device} said something else under number {sequence} than before: its card was put back or "
        "copied. The facts of both are kept."
    ),
    "desk.cause.damage": (
        "{count} entries of kiosk {device} ({first} to {last}) are not as they were written."
    ),
    "desk.cause.damage.damaged": (
        "{count} entries of kiosk {device} ({first} to {last}) changed on its disk. They are kept apart; "
        "nothing spoilt became a fact."
    ),
    "desk.cause.damage.missing": "{count} entries of kiosk {device} ({first} to {last}) are gone.",
    "desk.cause.damage.unlinked": (
        "The chain before entries {first} to {last} of kiosk {device} is broken; they are sound, and were "
        "sent."
    ),
    "desk.cause.damage.forgotten": (
        "Kiosk {device} let go of entries {first} to {last} because a backup held them; now the hub lacks "
        "them."
    ),
    "desk.cause.backup": (
        "The backup in {folder} could not be proven: {problem}. Until one is, kiosks keep everything."
    ),
    "desk.cause.books": "The check of the books found a difference.",
    "desk.cause.books.bytes": (
        "The bytes at position {position} do not match their digest: they were altered."
    ),
    "desk.cause.books.chain": (
        "Position {position} does not follow from the entry before it: one of the two was altered."
    ),
    "desk.cause.books.missing": "The ledger lacks position {position}.",
    "desk.cause.books.head": "After position {position}, where that kiosk's log ends is noted wrongly.",
    "desk.cause.books.unseen": "Position {position} is parked and does not stand on this desk.",
    "desk.cause.books.parked_moved": "Position {position} is parked and has moved goods.",
    "desk.cause.books.row": "What the ledger says beside position {position} is not what its bytes say.",
    "desk.cause.books.sum": "Item {item} does not sum to zero over all places ({unit}).",
    "desk.cause.books.balance": (
        "{item} at {place} (lot {lot}): the books say {book}, its movements add up to {folded}."
    ),
    "desk.cause.unknown_item": (
        "Goods were scanned as {name}, which is no item here. They moved all the same."
    ),
    "desk.cause.unknown_place": "{name} is no place here. The goods moved all the same.",
    "desk.cause.unknown_person": "Nobody is registered as {name}; the work was booked all the same.",
    "desk.cause.unknown_plan": "There is no order {name} here; the goods were received all the same.",
    "desk.cause.unknown_line": "{name} was taken back, and nobody recorded it here.",
    "desk.cause.unknown_label": "A printer reported on label {name}, which nobody asked for here.",
    "desk.cause.reversed_twice": (
        "{name} had been taken back, and was taken back again. The second time moved nothing."
    ),
    "desk.advice.other": "Look at the evidence, ask its owner, then settle it.",
    "desk.advice.shortage": (
        "Find the receipt or move that was not scanned and scan it; if there is none, have the place "
        "counted. Once covered it closes."
    ),
    "desk.advice.over_plan": (
        "Ask purchasing whether the surplus stays. If it goes back, this closes by itself."
    ),
    "desk.advice.line_left_out": "Compare its lines with what was approved or sent, and set right what is missing.",
    "desk.advice.document_number": "Compare the two documents and mark on paper which kiosk each is from.",
    "desk.advice.label": "Go and see whether the label is there; if not, print it again.",
    "desk.advice.parked": (
        "Look at what the event says. If it is true, book it now; if not, keep it without booking."
    ),
    "desk.advice.fork": (
        "Find out which machine is the real one and stop the other. When the new epoch begins, this closes."
    ),
    "desk.advice.damage": "Replace the card of that kiosk; see whether what is missing was recorded anew.",
    "desk.advice.backup": (
        "Look at the backup disk and its cable, then run noac hub backup again. A proven one closes this."
    ),
    "desk.advice.books": (
        "Run noac hub verify at once, and find out who was at the database. When it is right again, this "
        "closes."
    ),
    "desk.advice.unknown_item": (
        "Find out what it is; register it in the items' sheet and import it. If the label is wrong, "
        "replace it."
    ),
    "desk.advice.unknown_place": "Register it in the places' sheet and import it; replace a wrong label.",
    "desk.advice.unknown_person": "Find out who it is; register them in the people's sheet and import it.",
    "desk.advice.unknown_plan": "Ask purchasing for the order and import it.",
    "desk.advice.unknown_line": "Compare with the document; have the place counted if in doubt.",
    "desk.advice.unknown_label": "See where the label is from; tear it up if nobody needs it.",
    "desk.advice.reversed_twice": "Ask why it was taken back twice; have the place counted if in doubt.",
    "board.tile.books": "Books balance",
    "board.books.good": "balanced",
    "board.books.bad": "not balanced",
    "board.books.checking": "checking",
    "board.books.old": "check is late",
    "board.books.through": "checked to",
    "board.books.left": "{count} to go",
    "board.books.found": "{count} differences",
    "board.books.exception": "exceptions",
    "desk.cause.transit_difference": "Of {plan} {lines} lines did not arrive in full; {document} took in the rest.",
    "desk.advice.transit_difference": (
        "Ask sender and carrier. When it arrives it is received as usual, and this closes by itself;"
        " what is lost is adjusted."
    ),
    "desk.cause.taken_back_too_late": "{plan} was taken back, but {other_plant} had goods of it: both books have them.",
    "desk.advice.taken_back_too_late": "Ask the other plant: send it again, or have them take their receipt back.",
}
