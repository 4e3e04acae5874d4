"""The network between kiosks and hub, in bytes: what `requests` would do, with everything that goes wrong."""

from __future__ import annotations

import io
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import requests

from tests.simulation.options import Options
from tests.simulation.schedule import Schedule

ANSWER_TIMEOUT_S = 15.0
LATE_S_MAX = 7 * 86_400.0
KEPT_MAX = 40
PORTAL = b"<html><body>Welcome to the guest network. Please log on.</body></html>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What goes over the wire."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What comes back; has what the kiosk's client looks at."""

    status_code: int
    headers: Mapping[str, str]
    content: bytes

    def __enter__(self) -> SlowlyRead:
        return SlowlyRead(self)

    def __exit__(self, *_error: object) -> None:
        """Nothing is open."""


class SlowlyRead:
    """An answer as it is read, piece by piece."""

    def __init__(self, answer: Answer) -> None:
        self.status_code, self.headers = answer.status_code, answer.headers
        self._rest = io.BytesIO(answer.content)
        self.raw = self

    def read1(self, limit: int, *, decode_content: bool) -> bytes:
        return self._rest.read(limit)


class Network:
    """Carries requests to the hub. While one is on its way, the rest of the world goes on."""

    def __init__(
        self, schedule: Schedule, options: Options, serve: Callable[[Request], Answer], rng: random.Random
    ) -> None:
        self._schedule, self._options, self._serve, self._rng = schedule, options, serve, rng
        self.is_healed = False
        self.off_until_s = 0.0
        self._seen: list[Request] = []
        self._answers: list[Answer] = []

    def carry(self, request: Request, still_there: Callable[[], None]) -> Answer:
        """Bring a request to the hub and its answer back. `still_there` ends the sender if it is gone meanwhile."""
        begin_s = self._schedule.now_s
        arrived = self._on_the_way_there(request)
        still_there()
        answer = self._serve(arrived)
        self._remember(request, answer)
        answer = self._on_the_way_back(request, answer)
        still_there()
        if self._schedule.now_s - begin_s > ANSWER_TIMEOUT_S:
            raise requests.Timeout("read timed out")
        return answer

    def _strikes(self, name: str, chance: float) -> bool:
        return not self.is_healed and self._options.strikes(self._rng, name, chance)

    def _on_the_way_there(self, request: Request) -> Request:
        if self.is_healed:
            return request
        self._schedule.elapse(self._rng.uniform(0.0, 0.3))
        if self._schedule.now_s < self.off_until_s:
            self._schedule.elapse(3.0)
            raise requests.ConnectionError("no route to host")
        if self._strikes("request_lost", 0.1):
            self._times_out()
        if self._strikes("late_request", 0.08):
            later_s = self._rng.choice((20.0, 600.0, 86_400.0, LATE_S_MAX)) * self._rng.random()
            self._deliver_again(request, later_s, "a late request arrives")
            self._times_out()
        if self._strikes("repeated_request", 0.08):
            self._deliver_again(request, self._rng.choice((0.0, 5.0, 3_600.0)), "a request arrives again")
        if self._seen and self._strikes("replayed_request", 0.08):
            self._deliver_again(self._rng.choice(self._seen), 0.0, "somebody sends an old request again")
        if self._strikes("slow_network", 0.1):
            self._schedule.elapse(self._rng.uniform(1.0, 14.0))
        body = request.body
        if body and self._strikes("body_cut", 0.05):
            body = body[: self._rng.randrange(len(body))]
        if body and self._strikes("bit_flip_on_the_way", 0.05):
            body = _flipped(body, self._rng)
        return Request(method=request.method, target=request.target, headers=request.headers, body=body)

    def _on_the_way_back(self, request: Request, answer: Answer) -> Answer:
        if self.is_healed:
            return answer
        self._schedule.elapse(self._rng.uniform(0.0, 0.3))
        if self._strikes("reply_lost", 0.1):
            self._times_out()
        if self._strikes("captive_portal", 0.05):
            return Answer(status_code=200, headers={"Content-Type": "text/html"}, content=PORTAL)
        if self._strikes("bit_flip_on_the_way", 0.05):
            return Answer(
                status_code=answer.status_code,
                headers=answer.headers,
                content=_flipped(answer.content, self._rng),
            )
        if self._answers and self._strikes("replayed_answer", 0.05):
            return self._rng.choice(self._answers)
        return answer

    def _times_out(self) -> None:
        self._schedule.elapse(ANSWER_TIMEOUT_S)
        raise requests.Timeout("read timed out")

    def _deliver_again(self, request: Request, later_s: float, words: str) -> None:
        def deliver() -> None:
            try:
                self._serve(request)
            except requests.ConnectionError:
                self._schedule.say("and finds no hub")

        self._schedule.after(later_s, words, deliver)

    def _remember(self, request: Request, answer: Answer) -> None:
        self._seen.append(request)
        del self._seen[:-KEPT_MAX]
        self._answers.append(answer)
        del self._answers[:-KEPT_MAX]


class Session:
    """Stands where the client has its `requests.Session`."""

    trust_env = False

    def __init__(self, network: Network, still_there: Callable[[], None]) -> None:
        self._network, self._still_there = network, still_there

    def request(
        self, method: str, url: str, *, data: bytes, headers: Mapping[str, str], **_rest: object
    ) -> Answer:
        target = "/" + url.split("/", 3)[3]
        request = Request(method=method, target=target, headers=dict(headers), body=bytes(data or b""))
        return self._network.carry(request, self._still_there)

    def close(self) -> None:
        """Nothing is open."""


def _flipped(body: bytes, rng: random.Random) -> bytes:
    if not body:
        return body
    spoilt = bytearray(body)
    spoilt[rng.randrange(len(body))] ^= 1 << rng.randrange(8)
    return bytes(spoilt)
