"""Quality tickets: each has an owner and a date until its finder closes it, whatever people do about it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.problem import Problem
from domain.quality_ticket import (
    Act,
    Agree,
    Decide,
    Dispute,
    Explain,
    Mend,
    Party,
    Propose,
    Reopen,
    Ticket,
    TicketState,
    Verify,
    Vote,
    act,
)

DAY = date(2026, 11, 28)
SOON, LATE = DAY + timedelta(days=2), DAY + timedelta(days=9)
FOUND = Ticket(number="Q1", finder="finishing", opened_on=DAY, due=SOON)
UNITS = st.sampled_from(["finishing", "sewing", "cutting"])
DATES = st.dates(DAY, DAY + timedelta(days=30))
TEXTS = st.sampled_from(["", " ", "needle too thick"])
ACTS: st.SearchStrategy[Act] = st.one_of(
    st.builds(Propose, by=UNITS, unit=UNITS, due=DATES),
    st.builds(Agree, by=UNITS, due=DATES),
    st.builds(Dispute, by=UNITS, reason=TEXTS, due=DATES),
    st.builds(Decide, party=st.sampled_from(Party), vote=st.builds(Vote, unit=UNITS, due=DATES)),
    st.builds(Explain, by=UNITS, cause=TEXTS, due=DATES),
    st.builds(Mend, by=UNITS, action=TEXTS, due=DATES),
    st.builds(Verify, by=UNITS, is_mended=st.booleans(), due=DATES),
    st.builds(Reopen, by=UNITS, due=DATES),
)


def after(*acts: Act) -> Ticket:
    ticket = FOUND
    for one in acts:
        done = act(ticket, one)
        assert isinstance(done, Ticket), (one, done)
        ticket = done
    return ticket


TO_SEWING = Propose(by="finishing", unit="sewing", due=SOON)
HANDLED = (
    TO_SEWING,
    Agree(by="sewing", due=SOON),
    Explain(by="sewing", cause="needle too thick", due=SOON),
    Mend(by="sewing", action="needle 9, checked each shift", due=LATE),
)


def test_upstream_agrees_explains_mends_and_the_finder_closes() -> None:
    steps = [after(*HANDLED[:count]) for count in range(len(HANDLED) + 1)]
    assert [one.owner for one in steps] == ["finishing", "sewing", "sewing", "sewing", "finishing"]
    closed = after(*HANDLED, Verify(by="finishing", is_mended=True, due=LATE))
    assert (closed.state, closed.owner) == (TicketState.CLOSED, "")
    assert not closed.is_exposed(LATE + timedelta(days=99))


def test_who_mended_it_does_not_close_it() -> None:
    problem = act(after(*HANDLED), Verify(by="sewing", is_mended=True, due=LATE))
    assert isinstance(problem, Problem)
    assert (problem.code, problem.parameters["unit"]) == ("ticket_finders", "finishing")


def test_what_is_not_mended_begins_again_and_what_comes_back_is_counted() -> None:
    again = after(*HANDLED, Verify(by="finishing", is_mended=False, due=LATE))
    assert (again.state, again.owner, again.cause) == (TicketState.AGREED, "sewing", "")
    back = after(*HANDLED, Verify(by="finishing", is_mended=True, due=LATE), Reopen(by="finishing", due=LATE))
    assert (back.state, back.times_reopened) == (TicketState.AGREED, 1)


def test_ones_own_fault_needs_nobodys_agreement() -> None:
    assert after(Propose(by="finishing", unit="finishing", due=SOON)).state is TicketState.AGREED


def test_a_disputed_ticket_is_decided_by_three_who_say_the_same() -> None:
    disputed = (TO_SEWING, Dispute(by="sewing", reason="the cloth came so", due=SOON))
    say = {party: Decide(party=party, vote=Vote(unit="cutting", due=SOON)) for party in Party}
    two = after(*disputed, say[Party.QUALITY], say[Party.PRODUCTION])
    assert (two.state, two.owner) == (TicketState.DISPUTED, "downstream")
    other = Decide(party=Party.DOWNSTREAM, vote=Vote(unit="sewing", due=SOON))
    apart = after(*disputed, say[Party.QUALITY], say[Party.PRODUCTION], other)
    assert apart.state is TicketState.DISPUTED, "they do not say the same"
    later = Decide(party=Party.DOWNSTREAM, vote=Vote(unit="cutting", due=LATE))
    decided = after(*disputed, say[Party.QUALITY], say[Party.PRODUCTION], other, later)
    assert (decided.state, decided.unit, decided.due) == (TicketState.AGREED, "cutting", LATE)


def test_a_ticket_nobody_answers_is_exposed_the_day_after_it_was_due() -> None:
    ticket = after(TO_SEWING)
    assert not ticket.is_exposed(SOON)
    assert ticket.is_exposed(SOON + timedelta(days=1))


@pytest.mark.parametrize("wrong", [Dispute(by="sewing", reason=" ", due=SOON)])
def test_a_dispute_says_why(wrong: Act) -> None:
    problem = act(after(TO_SEWING), wrong)
    assert isinstance(problem, Problem)
    assert problem.code == "ticket_reason"


@given(st.lists(ACTS, max_size=40))
def test_whatever_people_do_a_ticket_has_an_owner_until_its_finder_closed_it(acts: list[Act]) -> None:
    ticket, closed_by_finder = FOUND, False
    for one in acts:
        done = act(ticket, one)
        if isinstance(done, Problem):
            continue
        if done.state is TicketState.CLOSED:
            closed_by_finder = isinstance(one, Verify) and one.by == ticket.finder and one.is_mended
        ticket = done
        assert bool(ticket.owner) != (ticket.state is TicketState.CLOSED)
        if ticket.state in (TicketState.EXPLAINED, TicketState.MENDED, TicketState.CLOSED):
            assert ticket.cause.strip()
            assert ticket.unit
    assert ticket.state is not TicketState.CLOSED or closed_by_finder
