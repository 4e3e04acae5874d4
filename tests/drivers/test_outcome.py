"""What the printer's answers say became of a job: whatever is cut off when, every copy comes out once."""

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from drivers.job import Job
from drivers.language import Condition, PrinterStatus
from drivers.outcome import Look, Outcome, looked, outcome_of
from tests.drivers.printing import job

IDLE = PrinterStatus()
BUSY = PrinterStatus(labels_remaining=1)
OUT_OF_PAPER = PrinterStatus(conditions=(Condition.PAPER_OUT,))


def at_rest(count: int | None) -> Look:
    return looked(looked(None, IDLE, count), IDLE, count)


def counted(copies: int, before: int, out: int = 0) -> Job:
    return replace(job("5", copies=copies), printed_before=before, copies_out=out)


@given(
    copies=st.integers(1, 99),
    others=st.integers(0, 10**6),
    cuts=st.lists(st.integers(0, 99), max_size=12),
)
def test_however_often_it_is_interrupted_every_copy_comes_out_once(
    copies: int, others: int, cuts: list[int]
) -> None:
    wanted, count, came_out = job("5", copies=copies), others, 0
    for cut in (*cuts, copies):
        wanted = replace(wanted, printed_before=count)
        out = min(cut, wanted.copies_left)
        count, came_out = count + out, came_out + out
        outcome = outcome_of(wanted, at_rest(count), is_doubted=True)
        assert outcome is not None
        assert outcome.copies_out == came_out
        if outcome.is_out:
            break
        wanted = replace(wanted, copies_out=outcome.copies_out)
    assert came_out == copies


def test_a_printer_that_is_busy_or_not_ready_says_nothing_yet() -> None:
    for status in (BUSY, OUT_OF_PAPER):
        look = looked(looked(None, status, 7), status, 7)
        assert outcome_of(counted(2, 7), look, is_doubted=True) is None


def test_it_is_not_at_rest_while_its_count_still_moves() -> None:
    look = looked(looked(None, IDLE, 7), IDLE, 8)
    assert outcome_of(counted(3, 7), look, is_doubted=True) is None
    assert outcome_of(counted(3, 7), looked(look, IDLE, 8), is_doubted=True) == Outcome(
        is_out=False, copies_out=1
    )


def test_without_a_doubt_nothing_is_sent_again() -> None:
    assert outcome_of(counted(3, 7), at_rest(8)) is None


def test_a_count_below_what_it_was_is_another_printers_and_says_nothing() -> None:
    assert outcome_of(counted(3, 7), at_rest(6), is_doubted=True) is None


def test_a_count_that_cannot_be_asked_now_says_nothing() -> None:
    assert outcome_of(counted(3, 7), at_rest(None), is_doubted=True) is None


def test_a_printer_that_never_counts_is_believed_when_it_is_at_rest() -> None:
    wanted = job("5", copies=2)
    assert outcome_of(wanted, looked(None, IDLE, None)) is None
    assert outcome_of(wanted, at_rest(None)) == Outcome(is_out=True, copies_out=2)
