"""A spooler in a hurry, on a queue in memory, and how its stories are read."""

from collections.abc import Iterator
from contextlib import contextmanager

from drivers.printer import Printer
from drivers.spooler import Spooler, SpoolerOutput, SpoolerSettings
from tests.drivers.listening import Listener, eventually
from tests.drivers.printing import Jobs, tiny_label

QUICK = SpoolerSettings(
    look_interval_ms=20,
    health_interval_ms=50,
    retry_first_ms=20,
    retry_max_ms=100,
    confirm_interval_ms=10,
    confirm_timeout_ms=600,
)


@contextmanager
def spooling(
    printer: Printer, queue: Jobs, settings: SpoolerSettings = QUICK, render=None
) -> Iterator[tuple[Spooler, Listener[SpoolerOutput]]]:
    listener: Listener[SpoolerOutput] = Listener()
    spooler = Spooler(
        printer=printer,
        queue=queue,
        render=render or (lambda wanted: tiny_label(printer, wanted)),
        emit=listener,
        settings=settings,
    )
    spooler.start()
    try:
        yield spooler, listener
    finally:
        spooler.stop()
        assert not spooler._thread.is_alive()


def becomes(queue: Jobs, job_id: str, state: str) -> None:
    eventually(lambda: queue.states[job_id] == state, f"job {job_id} {state}; story {queue.story(job_id)}")
