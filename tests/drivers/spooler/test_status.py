"""The spooler and what a printer says of itself: it waits for one that is not ready, and pretends nothing."""

from pathlib import Path

import pytest

from drivers.job import PrinterHealth
from drivers.language import Condition
from drivers.printer import open_printer
from drivers.spooler import SpoolerSettings
from tests.drivers.listening import eventually
from tests.drivers.printing import Jobs, job, printed_numbers, printer_for, with_profile
from tests.drivers.spooler.spooling import becomes, spooling


@pytest.mark.parametrize(
    "condition", [Condition.PAPER_OUT, Condition.HEAD_OPEN, Condition.PAUSED, Condition.RIBBON_OUT]
)
@pytest.mark.fault("P1", "P2")
def test_a_printer_that_is_not_ready_holds_the_job_by_name_and_prints_it_once_later(emulator, condition):
    emulator.mechanism.set_condition(condition, on=True)
    queue = Jobs(job("9"))
    with spooling(printer_for(emulator), queue) as (_, listener):
        becomes(queue, "9", "held")
        listener.waits_for(
            lambda heard: any(isinstance(h, PrinterHealth) and h.detail == condition for h in heard)
        )
        emulator.mechanism.set_condition(condition, on=False)
        becomes(queue, "9", "printed")
    assert queue.story("9") == [f"held:{condition}", "sending", "sent", "printed"]
    assert printed_numbers(emulator) == [9]


@pytest.mark.fault("P4")
def test_a_printer_that_is_off_holds_the_job_until_it_is_on(emulator):
    emulator.power_off()
    queue = Jobs(job("9"), job("10"))
    with spooling(printer_for(emulator), queue) as (_, listener):
        listener.waits_for(
            lambda heard: any(isinstance(h, PrinterHealth) and h.state == "unreachable" for h in heard)
        )
        becomes(queue, "9", "held")
        emulator.power_on()
        becomes(queue, "10", "printed")
    assert queue.story("9")[0] == "held:unreachable"
    assert printed_numbers(emulator) == [9, 10]


@pytest.mark.fault("P1")
def test_paper_out_in_mid_batch_is_told_and_waited_for(emulator):
    emulator.mechanism.load_paper(2)
    queue = Jobs(job("4", copies=3))
    with spooling(printer_for(emulator), queue) as (_, listener):
        eventually(lambda: "sent:paper_out" in queue.story("4"), "paper out told")
        emulator.mechanism.set_condition(Condition.PAPER_OUT, on=False)
        becomes(queue, "4", "printed")
        listener.waits_for(
            lambda heard: [each.state for each in heard if isinstance(each, PrinterHealth)][-1] == "ready"
        )
    assert queue.story("4")[:3] == ["sending", "sent", "sent:paper_out"]
    assert queue.story("4")[-1] == "printed"
    assert printed_numbers(emulator) == [4, 4, 4]


@pytest.mark.fault("P1")
def test_waiting_for_paper_outlasts_the_confirmation_time_out(emulator):
    emulator.mechanism.load_paper(1)
    queue = Jobs(job("4", copies=2))
    impatient = SpoolerSettings(
        look_interval_ms=20, confirm_interval_ms=10, confirm_timeout_ms=100, retry_first_ms=20
    )
    with spooling(printer_for(emulator), queue, impatient) as (spooler, _):
        eventually(lambda: "sent:paper_out" in queue.story("4"), "paper out told")
        spooler._stopping.wait(0.4)
        assert queue.states["4"] == "sent"
        emulator.mechanism.set_condition(Condition.PAPER_OUT, on=False)
        becomes(queue, "4", "printed")


def test_a_printer_that_tells_nothing_ends_at_sent(tmp_path):
    file = tmp_path / "lp0"
    printer = open_printer({"name": "dock", "profile": "zpl_203", "address": f"file://{file}"})
    queue = Jobs(job("5"), job("6"))
    with spooling(printer, queue):
        becomes(queue, "6", "sent")
    assert queue.story("5") == ["sending", "sent"]
    assert file.read_bytes().count(b"^XA") == 2


def test_restarted_it_leaves_alone_what_such_a_printer_was_sent(tmp_path):
    printer = open_printer({"name": "dock", "profile": "zpl_203", "address": f"file://{tmp_path / 'lp0'}"})
    queue = Jobs(job("5"), job("6"))
    queue.states["5"] = "sent"
    with spooling(printer, queue):
        becomes(queue, "6", "sent")
    assert queue.states["5"] == "sent"


def test_a_missing_device_file_holds_the_job():
    printer = open_printer(
        {"name": "dock", "profile": "zpl_203", "address": "file:///dev/noac-no-such-printer"}
    )
    queue = Jobs(job("5"))
    with spooling(printer, queue):
        becomes(queue, "5", "held")
    assert queue.story("5") == ["held:unreachable"]
    assert not Path("/dev/noac-no-such-printer").exists()


def test_health_is_told_when_it_changes_and_only_then(emulator):
    queue = Jobs()
    with spooling(printer_for(emulator), queue) as (spooler, listener):
        listener.waits_for(lambda heard: len(heard) == 1, "ready")
        spooler._stopping.wait(0.3)
        emulator.mechanism.set_condition(Condition.HEAD_OPEN, on=True)
        listener.waits_for(lambda heard: len(heard) == 2, "head open")
        emulator.power_off()
        listener.waits_for(lambda heard: len(heard) == 3, "off")
    told = [(each.state, each.detail) for each in listener.heard if isinstance(each, PrinterHealth)]
    assert told == [("ready", ""), ("not_ready", "head_open"), ("unreachable", "unreachable")]


def test_a_printer_without_status_is_not_asked(emulator):
    queue = Jobs(job("5"))
    emulator.mute(on=True)
    with spooling(with_profile(printer_for(emulator), status=False), queue):
        becomes(queue, "5", "sent")
        eventually(lambda: printed_numbers(emulator) == [5], "printed all the same")
