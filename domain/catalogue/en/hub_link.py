"""Why the hub is not there, as the kiosk's frame says it."""

WORDS = {
    "hub.unreachable": "Not reachable: recording goes on, everything is sent later",
    "hub.not_ours": "Something else answers in the hub's place: tell the system's keeper",
    "hub.not_understood": "The hub's answer is not understood: tell the system's keeper",
    "hub.not_kept": "What the hub sent could not be stored",
    "hub.identity": "The hub does not know this kiosk's key: ask for a new enrolment",
    "hub.too_large": "The hub asks for smaller parcels",
    "hub.busy": "The hub is busy: it is tried again",
    "hub.failed": "The hub has a failure: it is tried again",
    "hub.no_progress": "The hub answers, but nothing gets through: tell the system's keeper",
    "problem.screen_failed": "The screen could not be drawn; what was confirmed is stored",
    "problem.screen_failed.way_out": "Scan HOME or touch Try again; if it stays so, tell the system's keeper",
}
