"""What the hub finds that cannot be on the production floor, and what it parks."""

WORDS = {
    "board.code.unknown_bundle": "bundle not known",
    "board.code.unknown_job": "check-in not known",
    "board.code.bundle_known": "bundle number given before",
    "board.code.job_known": "check-in number given before",
    "board.code.lay_known": "lay number given before",
    "desk.cause.parked.unknown_bundle": (
        "Bundle {detail} is not known here: the kiosk that cut it has not sent its log yet, or a ticket was misread."
    ),
    "desk.cause.parked.unknown_job": "Nobody began job {detail} here: what the kiosk told before it has not arrived.",
    "desk.cause.parked.bundle_known": "Bundle {detail} was there already; two kiosks gave the same number.",
    "desk.cause.parked.job_known": "Job {detail} was there already; two kiosks gave the same number.",
    "desk.cause.parked.lay_known": "Lay {detail} was there already; two kiosks gave the same number.",
    "desk.reason.counted_again": "counted again",
    "desk.reason.ticket_found": "the newer ticket was found",
    "board.discrepancy.claimed_twice": "Bundle claimed twice",
    "desk.cause.claimed_twice": (
        "{people} began on bundle {bundle} at {operation} ({device}), but {others} had it already. {pieces} pieces "
        "count only once."
    ),
    "desk.advice.claimed_twice": (
        "Ask both who did it. Pay stays with whoever was heard of first; if that is wrong, their check-in is taken "
        "back, and the others check in again."
    ),
    "board.discrepancy.ticket_void": "Void ticket scanned",
    "desk.cause.ticket_void": (
        "{people} checked in bundle {bundle} at {operation} by an old ticket; number {copy} is the live one. None of "
        "its {pieces} pieces count."
    ),
    "desk.advice.ticket_void": (
        "Find out which goods lay there: two tickets of one bundle are two pays. Take the old one away; if the work is "
        "right, let it be checked in by the live ticket."
    ),
    "board.discrepancy.bundle_closed": "Closed bundle worked on",
    "desk.cause.bundle_closed": (
        "{people} told of bundle {bundle} at {operation} ({device}), which had become {became}. It does not count."
    ),
    "desk.advice.bundle_closed": "Let the work be told of with the newer tickets; throw the old one away.",
    "board.discrepancy.out_of_sequence": "Begun before its turn",
    "desk.cause.out_of_sequence": (
        "{people} began bundle {bundle} at {operation}, and nobody is known to have finished it at {unmet}."
    ),
    "desk.advice.out_of_sequence": (
        "Usually another station was offline and its finish is still to come: then this closes by itself. Otherwise "
        "see whether the operation was left out."
    ),
    "board.discrepancy.own_handoff": "Own work accepted",
    "desk.cause.own_handoff": "{people} took over bundle {bundle} at {operation} from nobody but themselves.",
    "desk.advice.own_handoff": "Let somebody else look at the goods and say what they are like.",
    "board.discrepancy.not_at_work": "Said of a job that was over",
    "desk.cause.not_at_work": (
        "{people} told something of bundle {bundle} at {operation} ({device}) when its job was finished or taken back."
    ),
    "desk.advice.not_at_work": "See what was meant; take the finish back and tell it again if a count was wrong.",
    "board.discrepancy.not_all_told": "Pieces not accounted for",
    "desk.cause.not_all_told": "{people} finished bundle {bundle} at {operation}, and {pieces} pieces are not told of.",
    "desk.advice.not_all_told": (
        "Count the bundle. Take the finish back and tell again: good, seconds, scrap or missing; then this closes."
    ),
    "board.discrepancy.undone_too_late": "Taken back too late",
    "desk.cause.undone_too_late": (
        "{people} took back what was told of bundle {bundle} at {operation}, when others had worked on it or judged it."
    ),
    "desk.advice.undone_too_late": "It stands as it was. If it was wrong, settle it with the operation after it.",
    "board.discrepancy.closed_at_work": "Split or joined while in work",
    "desk.cause.closed_at_work": "Bundle {bundle} became {became} while somebody was at work on it.",
    "desk.advice.closed_at_work": "Ask who was at work, and let them check in the new tickets.",
    "board.discrepancy.more_than_came": "More pieces told of than came",
    "desk.cause.more_than_came": (
        "{people} told of {pieces} pieces of bundle {bundle} at {operation} that were not there; they are not counted."
    ),
    "desk.advice.more_than_came": (
        "Another station was heard of later, or somebody counted wrongly. Count the bundle; what is paid is what came."
    ),
    "board.discrepancy.remade_pieces": "Split or join is not even",
    "desk.cause.remade_pieces": (
        "Bundle {bundle} became {became} at {operation}: {pieces} pieces are missing, or are on the tickets only."
    ),
    "desk.advice.remade_pieces": "Count the new bundles; print tickets with the right numbers.",
    "board.code.not_on_the_job": "not on that job",
    "desk.cause.parked.not_on_the_job": "Pieces of a job can only be given to who was on it: {detail}.",
    "report.column.day": "Day",
    "report.column.pieces": "Pieces",
    "report.column.unpriced": "Without a price",
    "report.column.amount": "Amount",
    "report.column.person": "Person",
    "report.field.since": "From",
    "report.field.until": "Until",
}
