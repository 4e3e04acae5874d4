"""The spooler and its jobs: in order, once, and one that cannot be printed stops no other."""

from datetime import UTC, datetime, timedelta

import pytest

from drivers.errors import RenderError
from drivers.job import PrinterReport
from drivers.language import Condition
from drivers.spooler import SpoolerSettings
from tests.drivers.printing import Jobs, job, printed_numbers, printer_for, tiny_label
from tests.drivers.spooler.spooling import becomes, spooling


def test_jobs_are_printed_in_order_and_confirmed(emulator):
    queue = Jobs(*(job(str(number)) for number in range(1, 6)))
    with spooling(printer_for(emulator), queue) as (_, listener):
        becomes(queue, "5", "printed")
    assert printed_numbers(emulator) == [1, 2, 3, 4, 5]
    assert queue.story("1") == ["sending", "sent", "printed"]
    reports = [(each.job_id, each.state) for each in listener.heard if isinstance(each, PrinterReport)]
    assert reports[:3] == [("1", "sending"), ("1", "sent"), ("1", "printed")]
    assert all(each.event_time.utcoffset() == timedelta(0) for each in listener.heard)


def test_a_new_job_is_taken_at_once_when_woken(emulator):
    queue = Jobs()
    patient = SpoolerSettings(look_interval_ms=60_000, confirm_interval_ms=10)
    with spooling(printer_for(emulator), queue, patient) as (spooler, listener):
        listener.waits_for(bool, "health")
        queue.add(job("7"))
        spooler.wake()
        becomes(queue, "7", "printed")


def test_copies_count_as_printed_when_all_are_out(emulator):
    emulator.mechanism.set_speed(30)
    queue = Jobs(job("3", copies=4))
    with spooling(printer_for(emulator), queue):
        becomes(queue, "3", "printed")
        assert printed_numbers(emulator) == [3, 3, 3, 3]


def test_a_printer_without_counter_is_believed_when_it_is_idle(emulator):
    emulator.mechanism.set_speed(30)
    queue = Jobs(job("3", copies=2))
    with spooling(printer_for(emulator, "zpl_203"), queue):
        becomes(queue, "3", "printed")
        assert printed_numbers(emulator) == [3, 3]


def test_a_job_cancelled_at_the_printer_is_unknown_not_printed(emulator):
    emulator.mechanism.set_speed(10_000)
    queue = Jobs(job("5"))
    with spooling(printer_for(emulator), queue):
        becomes(queue, "5", "sent")
        emulator.mechanism.forget()
        becomes(queue, "5", "unknown")
    assert queue.story("5")[-1] == "unknown:not_confirmed"


def test_a_held_job_can_be_cancelled_and_the_next_goes_on(emulator):
    emulator.mechanism.set_condition(Condition.PAUSED, on=True)
    queue = Jobs(job("5"), job("6"))
    with spooling(printer_for(emulator), queue):
        becomes(queue, "5", "held")
        queue.cancel("5")
        emulator.mechanism.set_condition(Condition.PAUSED, on=False)
        becomes(queue, "6", "printed")
    assert printed_numbers(emulator) == [6]


def test_a_job_cancelled_just_before_its_bytes_go_out_sends_none(emulator):
    queue = Jobs(job("5"), job("6"))
    printer = printer_for(emulator)

    def render_and_cancel(wanted):
        if wanted.job_id == "5":
            queue.cancel("5")
        return tiny_label(printer, wanted)

    with spooling(printer, queue, render=render_and_cancel):
        becomes(queue, "6", "printed")
    assert queue.states["5"] == "cancelled"
    assert printed_numbers(emulator) == [6]


def test_a_job_too_old_expires_unprinted(emulator):
    queue = Jobs(job("5", created=datetime.now(UTC) - timedelta(days=2)), job("6"))
    with spooling(printer_for(emulator), queue):
        becomes(queue, "6", "printed")
    assert queue.story("5") == ["expired:too_old"]
    assert printed_numbers(emulator) == [6]


@pytest.mark.parametrize(
    "trouble",
    [
        RenderError(attempted="bind", device="template 'roll'", reason="no field 'lto'", advice="lot?"),
        KeyError("lto"),
    ],
    ids=["told", "fault"],
)
@pytest.mark.fault("P6")
def test_a_job_that_cannot_be_rendered_fails_alone_with_its_reason(emulator, trouble):
    queue = Jobs(job("5"), job("6"))
    printer = printer_for(emulator)

    def render(wanted):
        if wanted.job_id == "5":
            raise trouble
        return tiny_label(printer, wanted)

    with spooling(printer, queue, render=render):
        becomes(queue, "6", "printed")
    assert queue.states["5"] == "failed"
    assert "lto" in queue.story("5")[0]


def test_a_store_that_fails_for_a_moment_stops_nothing(emulator, caplog):
    queue = Jobs(job("5"))
    queue.broken = 3
    with spooling(printer_for(emulator), queue):
        becomes(queue, "5", "printed")
    assert "print queue failed" in caplog.text
    assert printed_numbers(emulator) == [5]
