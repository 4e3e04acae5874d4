"""Problems of the kiosk itself: what it cannot do now, and what it needs a yes for."""

WORDS = {
    "problem.badge_first": "Nobody is signed on",
    "problem.badge_first.way_out": "Scan your badge first, then this code",
    "problem.person_disabled": "The badge of {name} is switched off",
    "problem.person_disabled.way_out": "Please see the supervisor",
    "problem.change_operator": "{name} showed a badge: change the operator?",
    "problem.change_operator.way_out": (
        "Documents stay. Only to countersign? Say no and scan it when {field} is asked"
    ),
    "problem.switch_document": "{current} is open, and {document} was scanned",
    "problem.switch_document.way_out": "Yes goes on with {document}; {current} is kept",
    "problem.open_other_order": "{current} is open, and order {order} was scanned",
    "problem.open_other_order.way_out": "Yes opens another document for {order}; {current} is kept",
    "problem.already_at_document": "This is {document} already",
    "problem.already_at_document.way_out": "Go on scanning goods",
    "problem.too_many_open": "Too many open documents: {most} at most",
    "problem.too_many_open.way_out": "Finish one before you open another",
    "problem.not_at_this_station": "{document} is not done at this station",
    "problem.not_at_this_station.way_out": "Use another station, or ask the office to allow it here",
    "problem.question_open": "Answer the question on the screen first",
    "problem.question_open.way_out": "Touch yes or no, or scan the YES or NO card",
    "problem.nothing_asked": "There is no question to answer now",
    "problem.nothing_asked.way_out": "Look at the large line and go on",
    "problem.command_not_here": "{command} is of no use here",
    "problem.command_not_here.way_out": "Look at the large line and go on",
    "problem.approval_waits": "This document waits for approval and takes no lines",
    "problem.approval_waits.way_out": "Let the approver scan a badge, or go home",
    "problem.no_label_yet": "There is no label to print again yet",
    "problem.no_label_yet.way_out": "Labels are printed when goods are received",
    "problem.no_label_for": "There is no label for {code}",
    "problem.no_label_for.way_out": "Scan the label on the roll or package, or choose from the list",
    "problem.label_cannot_be_cancelled": "This label can no longer be cancelled",
    "problem.label_cannot_be_cancelled.way_out": "It is printing or printed; destroy the one too many",
    "problem.scan_garbled": "{device} did not deliver the whole code: {reason}",
    "problem.scan_garbled.way_out": "Nothing was recorded: scan it again",
    "problem.scanner_for_badges": "{device} reads badges only",
    "problem.scanner_for_badges.way_out": "Scan goods, places and cards with the other scanner",
    "problem.scanner_for_goods": "{device} reads no badges",
    "problem.scanner_for_goods.way_out": "Scan the badge with the scanner for badges",
    "problem.trigger_stuck": "The scanner {device} keeps reading: {count} scans were not taken",
    "problem.trigger_stuck.way_out": "Let go of its trigger, take the code away from it, or unplug it",
    "problem.kiosk_failed": "Our own fault ({error}): this input was not recorded",
    "problem.kiosk_failed.way_out": "Try it again; if it fails again, give the code to the system's keeper",
    "problem.disk_full": "The kiosk's storage is full: this was not stored",
    "problem.disk_full.way_out": (
        "Stop scanning and call the system's keeper to make room; all that was stored is safe"
    ),
    "problem.store_locked": "Another program holds the kiosk's file: this was not stored",
    "problem.store_locked.way_out": "Scan it again; if it fails again, have the other program closed",
    "problem.store_io": "The kiosk's storage failed: this was not stored",
    "problem.store_io.way_out": "Stop scanning and have the storage checked; all that was stored is kept",
    "problem.store_damaged": "The kiosk's file is damaged: this was not stored",
    "problem.store_damaged.way_out": (
        "Stop using this kiosk and call the system's keeper; do not delete the file"
    ),
    "problem.store_failed": "This was not stored",
    "problem.store_failed.way_out": "Scan it again; if it fails again, call the system's keeper",
    "problem.session_put_aside": "Nothing worked any more in what was open ({error}): the screen begins empty",
    "problem.session_put_aside.way_out": (
        "All that was stored is kept. Show your badge and begin again; give the code to the system's keeper"
    ),
    "problem.card_full": "Kiosk {device}: the storage is full, nothing more can be recorded here",
    "problem.card_full.way_out": "Go on with paper and call the system's keeper to make room; what was stored is safe",
    "problem.card_read_only": (
        "Kiosk {device}: the card takes nothing any more; {pending} records are not known at the hub yet"
    ),
    "problem.card_read_only.way_out": "Leave the kiosk switched on, go on with paper, and have the card changed today",
    "problem.card_failing": (
        "Kiosk {device}: the storage fails and cannot be trusted; {pending} records are not known at the hub yet"
    ),
    "problem.card_failing.way_out": (
        "Go on with paper; call the system's keeper. The kiosk tries again and then shows what was stored last"
    ),
    "problem.card_replaced": (
        "Kiosk {device}: somebody moved or deleted the data file; {pending} records are not known at the hub yet"
    ),
    "problem.card_replaced.way_out": (
        "Leave the kiosk switched on, go on with paper, and call the system's keeper to put the file back"
    ),
    "problem.card_kept_nothing": "Kiosk {device} did not start, and its card takes nothing: this scan was not kept",
    "problem.card_kept_nothing.way_out": "Go on with paper and call the system's keeper",
    "problem.card_low": "The storage is nearly full: room for about {events} more records",
    "problem.card_low.way_out": "Work goes on; have the system's keeper make room today",
    "problem.labels_unknown": "Did the label come out? The printer could not say: {count}",
    "problem.labels_unknown.way_out": "Look at the printer, then touch Labels: it came out, or print it again",
    "problem.clock_unsure": "The clock of this kiosk is not right: it says {time}",
    "problem.clock_unsure.way_out": "Work goes on, times are marked as unsure; have the clock set",
    "problem.lease_over": "Too long without the hub: nobody new can sign on; {pending} records wait to be sent",
    "problem.lease_over.way_out": "What is stored stays and is sent by itself; have the connection to the hub mended",
    "problem.lease_over_sign_on": "Too long without the hub: nobody new can sign on",
    "problem.lease_over_sign_on.way_out": "Have the connection to the hub mended; work on paper until then",
    "problem.lease_over_approval": "Too long without the hub: nothing can be approved here",
    "problem.lease_over_approval.way_out": "Have the connection to the hub mended; the document waits",
    "garbled.events_dropped": "keys were lost",
    "garbled.unplugged": "it was unplugged meanwhile",
    "garbled.too_long": "it is too long",
    "garbled.unterminated": "its end is missing",
    "garbled.prefix_missing": "its prefix is missing",
    "garbled.suffix_missing": "its suffix is missing",
    "garbled.bad_record": "a record was damaged",
    "garbled.other_layout": "the scanner types for another keyboard: set it to US English",
}
