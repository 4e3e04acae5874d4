"""Work that went on without the kiosk's program: scans kept in safe mode."""

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
}
