"""Why the hub is not there, as the kiosk's frame says it."""

WORDS = {
    "hub.starting": "Not asked yet",
    "hub.timeout": "No answer in time: recording goes on, everything is sent later",
    "hub.no_connection": "Not reachable: recording goes on, everything is sent later",
    "hub.not_the_hub": "Something else answers in the hub's place: tell the system's keeper",
    "hub.not_understood": "The hub's answer is not understood: tell the system's keeper",
    "hub.older_generation": "The hub answers with older data: tell the system's keeper",
    "hub.own_store": "What the hub sent could not be stored here",
    "hub.refused": "The hub did not take it: tell the system's keeper",
    "hub.no_progress": "The hub answers, but nothing gets through: tell the system's keeper",
    "problem.screen_failed": "The screen could not be drawn; what was confirmed is stored",
    "problem.screen_failed.way_out": "Scan HOME or touch Try again; if it stays so, tell the system's keeper",
}
