"""The spooler and a printer that fails in every way: nothing is lost, nothing printed twice, nothing pretended."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from drivers import stream_connection
from drivers.emulator import EmulatedPrinter
from drivers.errors import RenderError
from drivers.job import Job, PrinterHealth, PrinterReport
from drivers.language import Condition
from drivers.printer import Printer, open_printer
from drivers.spooler import Spooler, SpoolerOutput, SpoolerSettings
from labels.layout import lay_out
from labels.template import bind, load_template
from tests.drivers.listening import Listener, eventually
from tests.drivers.printing import Jobs, job, printed_numbers, printer_for, tiny_label, with_profile

QUICK = SpoolerSettings(
    look_interval_ms=20,
    health_interval_ms=50,
    retry_first_ms=20,
    retry_max_ms=100,
    confirm_interval_ms=10,
    confirm_timeout_ms=600,
)


@pytest.fixture(autouse=True)
def _printers_answer_quickly_or_not_at_all(monkeypatch):
    monkeypatch.setattr(stream_connection, "ANSWER_TIMEOUT_S", 0.15)


@pytest.fixture
def emulator(tmp_path):
    made = EmulatedPrinter(folder=tmp_path / "labels", ms_per_label=0)
    made.start()
    yield made
    made.stop()


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


def positions() -> list[int]:
    """Byte positions over one job, status questions before it included."""
    questions = len(b"~HS\r\n") + len(b'! U1 getvar "odometer.total_label_count"\r\n')
    return [questions + offset for offset in (1, 3, 30, 60, 90, 110, 130, 2_000)]


@pytest.mark.parametrize("position", positions())
@pytest.mark.fault("P3")
def test_power_lost_at_any_byte_every_label_of_a_printer_that_counts_comes_out_once(emulator, position):
    emulator.power_off_after(position)
    queue = Jobs(job("5"), job("6"))
    with spooling(printer_for(emulator), queue):
        eventually(lambda: not emulator.is_on or queue.states["6"] == "printed", "power or all printed")
        emulator.power_on()
        becomes(queue, "5", "printed")
        becomes(queue, "6", "printed")
    assert printed_numbers(emulator) == [5, 6]


@pytest.mark.parametrize("position", positions())
@pytest.mark.fault("P3")
def test_power_lost_at_any_byte_loses_no_job_and_resends_none_blindly(emulator, position):
    emulator.power_off_after(position)
    queue = Jobs(job("5"), job("6"))
    with spooling(printer_for(emulator, "zpl_203"), queue):
        eventually(lambda: queue.states["5"] not in {"waiting", "held", "sending"}, "first job settled")
        eventually(lambda: not emulator.is_on or queue.states["6"] == "printed", "power or all printed")
        emulator.power_on()
        eventually(lambda: queue.states["6"] in {"printed", "unknown"}, f"second settled {queue.story('6')}")
        eventually(lambda: queue.states["5"] in {"printed", "unknown"}, f"first settled {queue.story('5')}")
    numbers = printed_numbers(emulator)
    for number in (5, 6):
        assert numbers.count(number) <= 1, "no label twice"
        sent = [state for state in queue.story(str(number)) if state == "sending"]
        assert len(sent) == 1, "bytes go out once"
        if queue.states[str(number)] == "printed":
            assert numbers.count(number) == 1, "printed is never pretended"


@pytest.mark.fault("P3")
def test_power_lost_before_the_label_came_out_it_is_printed_once_the_printer_has_not_counted_it(emulator):
    emulator.mechanism.set_speed(300)
    queue = Jobs(job("5"))
    with spooling(printer_for(emulator), queue):
        becomes(queue, "5", "sent")
        emulator.power_cycle(off_ms=50)
        eventually(lambda: "waiting:resumed" in queue.story("5"), "its turn again")
        becomes(queue, "5", "printed")
    assert queue.story("5") == [
        *("sending", "sent", "sent:power_lost"),
        *("waiting:resumed", "sending", "sent", "printed"),
    ]
    assert printed_numbers(emulator) == [5]


@pytest.mark.fault("P3")
def test_the_cable_lost_after_the_label_came_out_is_no_second_label(emulator):
    emulator.mechanism.set_speed(300)
    queue = Jobs(job("5"))
    with spooling(printer_for(emulator), queue):
        becomes(queue, "5", "sent")
        emulator.hang_up()
        becomes(queue, "5", "printed")
    assert "sent:power_lost" in queue.story("5")
    assert printed_numbers(emulator) == [5]


@pytest.mark.fault("P3")
def test_when_some_copies_came_out_a_person_is_asked(emulator):
    emulator.mechanism.set_speed(150)
    queue = Jobs(job("5", copies=20))
    with spooling(printer_for(emulator), queue):
        eventually(lambda: len(emulator.mechanism.labels) == 2, "two are out")
        emulator.power_cycle(off_ms=50)
        becomes(queue, "5", "unknown")
    assert queue.story("5")[-1] == "unknown:not_confirmed"
    assert 2 <= len(printed_numbers(emulator)) < 20


@pytest.mark.fault("P3")
def test_the_count_of_a_printer_that_others_use_too_says_nothing(emulator):
    emulator.mechanism.set_speed(1_000)
    queue = Jobs(job("5"))
    printer = open_printer(
        {"name": "dock", "profile": "emulator", "address": emulator.address, "shared": True}
    )
    with spooling(printer, queue):
        becomes(queue, "5", "sent")
        emulator.power_cycle(off_ms=50)
        becomes(queue, "5", "unknown")
    assert printed_numbers(emulator) == []


@pytest.mark.fault("P3")
def test_power_lost_before_the_label_came_out_ends_as_unknown(emulator):
    emulator.mechanism.set_speed(10_000)
    queue = Jobs(job("5"))
    with spooling(printer_for(emulator, "zpl_203"), queue):
        becomes(queue, "5", "sent")
        emulator.power_cycle(off_ms=50)
        becomes(queue, "5", "unknown")
        eventually(lambda: emulator.is_on, "on again")
    assert queue.story("5") == ["sending", "sent", "unknown:power_lost"]
    assert printed_numbers(emulator) == []


@pytest.mark.fault("P4")
def test_lost_answers_before_the_job_hold_it_unsent(emulator):
    emulator.mute(on=True)
    queue = Jobs(job("5"))
    with spooling(printer_for(emulator), queue):
        becomes(queue, "5", "held")
        assert queue.story("5") == ["held:no_answer"]
        emulator.mute(on=False)
        becomes(queue, "5", "printed")
    assert printed_numbers(emulator) == [5]


@pytest.mark.fault("P4")
def test_lost_answers_after_the_job_end_as_unknown_and_not_as_a_second_label(emulator):
    emulator.mechanism.set_speed(300)
    queue = Jobs(job("5"))
    with spooling(printer_for(emulator), queue):
        becomes(queue, "5", "sent")
        emulator.mute(on=True)
        becomes(queue, "5", "unknown")
    assert queue.story("5")[-1] == "unknown:no_answer"
    assert printed_numbers(emulator) == [5]


@pytest.mark.fault("P4")
def test_answers_lost_for_a_moment_do_not_matter(emulator):
    emulator.mechanism.set_speed(300)
    queue = Jobs(job("5"))
    with spooling(printer_for(emulator), queue):
        becomes(queue, "5", "sent")
        emulator.mute(on=True)
        eventually(lambda: len(emulator.mechanism.labels) == 1, "label out")
        emulator.mute(on=False)
        becomes(queue, "5", "printed")


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


@pytest.mark.parametrize("left", ["sending", "sent"])
@pytest.mark.parametrize("came_out", [False, True])
@pytest.mark.fault("P3", "K1")
def test_what_a_killed_spooler_left_half_way_is_known_by_the_printer_that_counts(emulator, left, came_out):
    before = Jobs(job("4"))
    with spooling(printer_for(emulator), before):
        becomes(before, "4", "printed")
    counted = 1 - came_out
    queue = Jobs(replace(job("4" if came_out else "5"), printed_before=counted), job("6"))
    name = next(iter(queue.states))
    queue.states[name] = left
    with spooling(printer_for(emulator), queue):
        becomes(queue, "6", "printed")
    assert queue.story(name)[-1] == "printed"
    assert ("sending" in queue.story(name)) is not came_out
    assert printed_numbers(emulator) == ([4, 6] if came_out else [4, 5, 6])


@pytest.mark.parametrize("left", ["sending", "sent"])
@pytest.mark.fault("P3", "K1")
def test_what_a_killed_spooler_left_half_way_becomes_unknown_and_is_not_sent_again(emulator, left):
    queue = Jobs(job("5"), job("6"))
    queue.states["5"] = left
    with spooling(printer_for(emulator), queue):
        becomes(queue, "6", "printed")
    assert queue.story("5") == ["unknown:restarted"]
    assert printed_numbers(emulator) == [6]


def test_stopped_while_waiting_for_paper_the_job_stays_sent(emulator):
    emulator.mechanism.load_paper(0)
    emulator.mechanism.set_condition(Condition.PAPER_OUT, on=False)
    emulator.mechanism.set_speed(10_000)
    queue = Jobs(job("5"))
    with spooling(printer_for(emulator), queue):
        becomes(queue, "5", "sent")
    assert queue.states["5"] == "sent"


def test_a_store_that_fails_for_a_moment_stops_nothing(emulator, caplog):
    queue = Jobs(job("5"))
    queue.broken = 3
    with spooling(printer_for(emulator), queue):
        becomes(queue, "5", "printed")
    assert "print queue failed" in caplog.text
    assert printed_numbers(emulator) == [5]


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
