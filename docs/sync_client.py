"""A whole kiosk's half of docs/sync.md in the standard library: write facts down, upload them, pull changes.

python docs/sync_client.py http://127.0.0.1:8080 PLANT DEVICE KEY-IN-HEXADECIMAL
"""

import hashlib
import hmac
import json
import sys
import time
import urllib.request
import uuid
from datetime import UTC, datetime


class Kiosk:
    """One device. A real one keeps `log`, `epoch` and `cursor` on a disk, and syncs it before it confirms anything."""

    def __init__(self, hub: str, plant: str, device: str, key: bytes) -> None:
        self.hub, self.plant, self.device, self.key = hub, plant, device, key
        self.log: list[bytes] = []
        self.epoch = 1
        self.acknowledged = 0  # the hub has everything through this sequence
        self.generation, self.cursor, self.complete_through = 0, "", 0

    def record(self, kind: str, fact: dict) -> None:
        """Write a fact down: these bytes are final."""
        event_id = f"{time.time_ns() // 10**6:012x}7{uuid.uuid4().hex[13:]}"  # UUIDv7
        now = datetime.now(UTC).isoformat()
        self.seal({"event_id": event_id, "type": kind, "schema": 1, "fact": fact, "event_time": now})

    def seal(self, said: dict) -> None:
        """Give a fact its place in the log."""
        place = {
            "epoch": self.epoch,
            "sequence": len(self.log) + 1,
            "previous_digest": self.digest(len(self.log)),
        }
        envelope = {"plant": self.plant, "device": self.device, **said, **place}
        self.log.append(json.dumps(envelope, ensure_ascii=False, separators=(",", ":")).encode())

    def digest(self, sequence: int) -> str:
        """Our own digest at a number; 0 is before the first entry."""
        return hashlib.sha256(self.log[sequence - 1]).hexdigest() if sequence else "0" * 64

    def request(self, method: str, target: str, body: bytes = b"") -> dict:
        """Ask the hub, and believe only an answer that was made with our key for this very request."""
        mac = self.mac(f"{method} {target}\n".encode() + body)
        headers = {"Noac-Device": f"{self.plant}/{self.device}", "Noac-Mac": mac}
        asked = urllib.request.Request(self.hub + target, body or None, headers, method=method)  # noqa: S310 (ours)
        with urllib.request.urlopen(asked, timeout=15) as answer:  # noqa: S310 (raises HTTPError from 400 on)
            status, given, data = answer.status, answer.headers.get("Noac-Mac", ""), answer.read()
        if not hmac.compare_digest(self.mac(f"{mac} {status}\n".encode() + data).encode(), given.encode()):
            raise ValueError("this answer is not our hub's")
        return json.loads(data)

    def mac(self, text: bytes) -> str:
        """HMAC-SHA-256 with the device's key."""
        return hmac.new(self.key, text, hashlib.sha256).hexdigest()

    def upload(self) -> None:
        """Send what the hub does not have, until it has everything. A failure changes nothing: call it again later."""
        while self.acknowledged < len(self.log):
            lines = self.log[self.acknowledged : self.acknowledged + 200]  # and 256 KiB: our facts are short
            header = {
                "device": self.device,
                "epoch": self.epoch,
                "first_sequence": self.acknowledged + 1,
                "previous_digest": self.digest(self.acknowledged),
                "events": len(lines),
                "head": {"sequence": len(self.log), "digest": self.digest(len(self.log))},
            }
            body = b"".join(line + b"\n" for line in (json.dumps(header).encode(), *lines))
            answer = self.request("POST", "/sync/v1/upload", body)
            verdict, head = answer["verdict"], answer["accepted"]
            if verdict["type"] == "fork":
                self.begin_epoch(verdict["next_epoch"])
            elif head["sequence"] > len(self.log) or head["digest"] != self.digest(head["sequence"]):
                self.begin_epoch(self.epoch + 1)  # the hub holds another log under our name
            else:  # "accepted", or "resend": what follows the hub's head is sent, again or for the first time
                self.acknowledged = head["sequence"]
            time.sleep(answer["wait_s"])

    def begin_epoch(self, epoch: int) -> None:
        """Issue everything again under the same event ids: the hub knows what it has."""
        facts, self.log, self.epoch, self.acknowledged = map(json.loads, self.log), [], epoch, 0
        for said in facts:
            self.seal(said)

    def pull(self) -> list[dict]:
        """Return what changed since the last time; a kiosk applies each page in one transaction with its cursor."""
        changes, more = [], True
        while more:
            page = self.request("GET", f"/sync/v1/changes?cursor={self.cursor}&limit=1000")
            if page["generation"] != self.generation:
                changes = []  # the hub itself was put back: this is the beginning, forget what was known
            changes += page["changes"]
            self.generation, self.cursor, more = page["generation"], page["cursor"], page["more"]
            self.complete_through = page["complete_through"] if page["epoch"] == self.epoch else 0
        return changes


if __name__ == "__main__":
    kiosk = Kiosk(*sys.argv[1:4], bytes.fromhex(sys.argv[4]))
    kiosk.record("SignedOn", {"person": "1001"})
    kiosk.record("SignedOff", {"person": "1001"})
    kiosk.upload()
    print(f"the hub has everything through {kiosk.acknowledged}; {len(kiosk.pull())} changes for us")
