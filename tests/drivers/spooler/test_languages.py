"""The spooler and printers of every language: the same promises, as far as each can say how it is."""

import pytest

from drivers.emulator import EmulatedPrinter
from drivers.job import Job, PrinterHealth
from drivers.language import Condition
from drivers.printer import Printer
from labels.layout import lay_out
from labels.template import bind, load_template
from tests.drivers.listening import eventually
from tests.drivers.printing import Jobs, job, printer_for
from tests.drivers.spooler.spooling import becomes, spooling


@pytest.fixture(params=["zpl", "tspl", "escpos"])
def spoken(request, tmp_path):
    made = EmulatedPrinter(folder=tmp_path / "spoken", language=request.param, ms_per_label=30)
    made.start()
    yield made
    made.stop()


def spoken_printer(emulator: EmulatedPrinter) -> Printer:
    return printer_for(
        emulator, "emulator" if emulator.language == "zpl" else f"emulator_{emulator.language}"
    )


def slip(printer: Printer, wanted: Job) -> bytes:
    blank = load_template("pay_slip")
    return printer.encode(lay_out(bind(blank, blank.samples), 8), wanted.copies)


def test_a_job_is_printed_once_and_confirmed_in_every_language(spoken):
    printer, queue = spoken_printer(spoken), Jobs(job("3", copies=2))
    with spooling(printer, queue, render=lambda wanted: slip(printer, wanted)):
        becomes(queue, "3", "printed")
        assert len(spoken.mechanism.labels) == 2
    assert queue.story("3") == ["sending", "sent", "printed"]


@pytest.mark.fault("P1", "P2")
@pytest.mark.parametrize("condition", [Condition.PAPER_OUT, Condition.HEAD_OPEN])
def test_a_printer_that_is_not_ready_is_waited_for_in_every_language(spoken, condition):
    spoken.mechanism.set_condition(condition, on=True)
    printer, queue = spoken_printer(spoken), Jobs(job("3"))
    with spooling(printer, queue, render=lambda wanted: slip(printer, wanted)):
        becomes(queue, "3", "held")
        spoken.mechanism.set_condition(condition, on=False)
        becomes(queue, "3", "printed")
    assert queue.story("3") == [f"held:{condition}", "sending", "sent", "printed"]
    assert len(spoken.mechanism.labels) == 1


@pytest.mark.fault("P4")
def test_a_printer_that_cannot_say_whether_all_is_printed_ends_at_sent_and_is_asked_before(tmp_path):
    emulator = EmulatedPrinter(folder=tmp_path / "slips", language="escpos", ms_per_label=0)
    emulator.start()
    emulator.mechanism.set_condition(Condition.HEAD_OPEN, on=True)
    printer, queue = printer_for(emulator, "escpos_80"), Jobs(job("3"))
    with spooling(printer, queue, render=lambda wanted: slip(printer, wanted)):
        becomes(queue, "3", "held")
        emulator.mechanism.set_condition(Condition.HEAD_OPEN, on=False)
        becomes(queue, "3", "sent")
        eventually(lambda: len(emulator.mechanism.labels) == 1, "the slip")
    assert queue.story("3") == ["held:head_open", "sending", "sent"]
    emulator.stop()


@pytest.mark.fault("P1")
def test_a_roll_near_its_end_is_told_while_the_printer_goes_on(tmp_path):
    emulator = EmulatedPrinter(folder=tmp_path / "slips", language="escpos", ms_per_label=0)
    emulator.start()
    emulator.mechanism.set_condition(Condition.NEAR_END, on=True)
    printer, queue = spoken_printer(emulator), Jobs(job("3"))
    with spooling(printer, queue, render=lambda wanted: slip(printer, wanted)) as (_, listener):
        becomes(queue, "3", "printed")
        listener.waits_for(
            lambda heard: any(
                isinstance(h, PrinterHealth) and (h.state, h.detail) == ("ready", "near_end") for h in heard
            )
        )
    emulator.stop()
