"""The spooler and lost power, cables and answers: nothing is lost, nothing printed twice, nothing pretended."""

import random
import time
from collections import Counter

import pytest
from msgspec.structs import replace

from drivers import stream_connection
from drivers.language import Condition
from drivers.printer import open_printer
from tests.drivers.listening import eventually
from tests.drivers.printing import Jobs, job, printed_numbers, printer_for
from tests.drivers.spooler.spooling import QUICK, becomes, spooling

SEEDS = range(4)
CUTS = 8


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
def test_when_some_copies_came_out_only_the_rest_is_printed(emulator):
    emulator.mechanism.set_speed(60)
    queue = Jobs(job("5", copies=9), job("6"))
    with spooling(printer_for(emulator), queue):
        eventually(lambda: len(emulator.mechanism.labels) == 2, "two are out")
        emulator.power_cycle(off_ms=50)
        eventually(lambda: len(emulator.mechanism.labels) >= 5, "more are out")
        emulator.power_cycle(off_ms=50)
        becomes(queue, "6", "printed")
    assert queue.story("5").count("waiting:resumed") == 2
    assert printed_numbers(emulator) == [5] * 9 + [6]


@pytest.mark.fault("P3")
@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_is_cut_off_when_every_copy_of_every_label_comes_out_once(emulator, seed, monkeypatch):
    monkeypatch.setattr(stream_connection, "ANSWER_TIMEOUT_S", 5.0)  # answers are late on a busy machine
    fate = random.Random(seed)
    copies = [fate.randint(1, 12) for _ in range(8)]
    emulator.mechanism.set_speed(3)
    queue = Jobs(*(job(str(number), copies=many) for number, many in enumerate(copies, 1)))
    patient = replace(QUICK, confirm_timeout_ms=20_000)
    with spooling(printer_for(emulator), queue, patient):
        for _ in range(CUTS):
            time.sleep(fate.random() / 10)
            match fate.randrange(3):
                case 0:
                    emulator.power_cycle(off_ms=20)
                case 1:
                    emulator.hang_up()
                case _:
                    emulator.power_off_after(fate.randrange(200))
                    time.sleep(0.05)
                    emulator.power_on()
        becomes(queue, str(len(copies)), "printed")
    assert Counter(printed_numbers(emulator)) == dict(enumerate(copies, 1))


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
