"""Lets a hub on trial prove itself: it answers its own question after health, again and again, for long enough."""

import http.client
import threading
import time
from http import HTTPStatus

from updates.trial import OwnRelease, TrialWatch

HEALTH_PATH = "/api/v1/health"
LOOK_EVERY_S = 1.0
ANSWER_WITHIN_S = 5.0
_ANY_ADDRESS = ("0.0.0.0", "::", "")  # noqa: S104 what it is compared with, nothing listens because of it


def watch(host: str, port: int) -> None:
    """Watch from a thread of its own until the trial is over; a release that is not on trial is left alone."""
    own = OwnRelease.of_this_program()
    if own.is_on_trial:
        asked = "127.0.0.1" if host in _ANY_ADDRESS else host
        threading.Thread(
            target=_watch, args=(TrialWatch(own), asked, port), name="trial", daemon=True
        ).start()


def _watch(trial: TrialWatch, host: str, port: int) -> None:
    since_s = time.monotonic()
    while not trial.is_over:
        time.sleep(LOOK_EVERY_S)
        if not _answers(host, port):
            since_s = time.monotonic()
        trial.look(time.monotonic() - since_s)


def _answers(host: str, port: int) -> bool:
    connection = http.client.HTTPConnection(host, port, timeout=ANSWER_WITHIN_S)
    try:
        connection.request("GET", HEALTH_PATH)
        return connection.getresponse().status == HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
