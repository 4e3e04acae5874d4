"""Says on the second serial port what the kiosk's page shows, each time it is something else. Run in the guest."""

import re
import time
import urllib.request
from pathlib import Path

PAGE = "http://127.0.0.1:8001/"
PORT = Path("/dev/ttyS1")
LOOK_EVERY_S = 0.3
ANSWER_TIMEOUT_S = 10


def main() -> None:
    """Look until somebody ends this; while there is no kiosk, there is nothing to say."""
    before = ""
    while True:
        try:
            with urllib.request.urlopen(PAGE, timeout=ANSWER_TIMEOUT_S) as answer:
                page = answer.read().decode()
        except OSError:
            time.sleep(LOOK_EVERY_S)
            continue
        seen = words(page)
        if seen != before:
            PORT.write_text(seen + "\n", encoding="utf-8")
        before = seen
        time.sleep(LOOK_EVERY_S)


def words(page: str) -> str:
    """Return the classes of the screen and its words, in one line."""
    look = re.search(r'<div class="(screen [^"]*)"', page)
    shown = page[page.find('<div id="screen"') : page.find('<div id="lost"')]
    shown = re.sub(r"<[^>]+>", " ", shown).replace("\u2060", "")
    return " ".join((look[1] if look else "", *shown.split()))


if __name__ == "__main__":
    main()
