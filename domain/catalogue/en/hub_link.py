"""Why the hub is not there, as the kiosk's frame says it: short, beside the age."""

WORDS = {
    "hub.starting": "not asked yet",
    "hub.timeout": "no answer in time",
    "hub.no_connection": "not reachable",
    "hub.not_the_hub": "something else answers",
    "hub.not_understood": "not understood",
    "hub.older_generation": "older data",
    "hub.own_store": "could not store here",
    "hub.refused": "not taken",
    "hub.revoked": "this kiosk was revoked",
    "hub.no_progress": "nothing gets through",
    "problem.screen_failed": "The screen could not be drawn; what was confirmed is stored",
    "problem.screen_failed.way_out": "Scan HOME or touch Try again; if it stays so, tell the system's keeper",
}
