"""Work that went on without the kiosk's program: scans kept in safe mode, slips entered from paper."""

WORDS = {
    "board.event.ScanKept": "Scan kept in safe mode",
    "board.discrepancy.scan_kept": "Scan kept in safe mode",
    "desk.cause.scan_kept": "Kiosk {device} did not start at {time} and kept the scan {text}: it moved nothing.",
    "desk.cause.scan_kept.settings": (
        "The settings of kiosk {device} were wrong at {time}; it kept the scan {text}, which moved nothing. {detail}"
    ),
    "desk.cause.scan_kept.start": (
        "Kiosk {device} could not start at {time}; it kept the scan {text}, which moved nothing. {detail}"
    ),
    "desk.cause.scan_kept.program": (
        "The program of kiosk {device} failed at {time}; it kept the scan {text}, which moved nothing. {detail}"
    ),
    "desk.advice.scan_kept": "Ask who worked there at that time, and have it entered from paper.",
    "board.discrepancy.slip_twice": "Paper slip entered twice",
    "desk.cause.slip_twice": "{name}: this slip had been entered before, in another document.",
    "desk.advice.slip_twice": "Compare both documents with the slip; take back the line that is one too many.",
    "field.slip": "Slip number",
    "field.paper_day": "Day on the slip",
    "field.paper_time": "Time on the slip",
    "ask.slip": "Type the slip's number",
    "ask.paper_day": "Which day was it?",
    "ask.paper_time": "What time was it?",
    "ask.home_paper": "From paper: what is on the slips?",
    "problem.slip_unreadable": "“{text}” is not the number of a slip",
    "problem.slip_unreadable.way_out": "Type it as it stands on the slip, for example A1-0007",
    "problem.day_unreadable": "“{text}” is not a day",
    "problem.day_unreadable.way_out": "Type month and day: 1122 is 22 November",
    "problem.day_to_come": "{day} has not been yet",
    "problem.day_to_come.way_out": "Type the day that stands on the slip",
    "problem.time_unreadable": "“{text}” is not a time of day",
    "problem.time_unreadable.way_out": "Type hours and minutes: 0840 is 8:40",
    "problem.slip_twice": "Slip {slip} was entered already: document {document}, by {name}, {time}",
    "problem.slip_twice.way_out": "Nothing was recorded. Look at the slip's number; put each slip aside once entered",
    "problem.slip_again": "Slip {slip} had lines in this document before: more lines of the same slip?",
    "problem.slip_again.way_out": "Yes if they stand on the same slip; no if the number is wrong",
    "problem.paper_overtaken": "{unit} was scanned at {time}, after this slip was written",
    "problem.paper_overtaken.way_out": "Nothing to enter: that scan already says where it is",
    "problem.quantity_large": "{quantity}: is that really so much?",
    "problem.quantity_large.way_out": "Yes if it was counted so; else no, and enter it again",
}
