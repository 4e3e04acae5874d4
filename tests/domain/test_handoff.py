"""Handoff: the customer's verdict, what it has to say, and who answers for the goods before and after it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.bundle import BundleSerial
from domain.handoff import Defect, Handoff, Leg, Liable, Rating, RequirementList, Verdict, liable, why_not
from domain.route import OperationCode

SEWER, FINISHER = "1012", "1007"
HOLE = Defect(code="hole", pieces=3)


def handed(**more: Any) -> Handoff:
    known: dict[str, Any] = {"verdict": Verdict.ACCEPT, "declared": 20, "received": 20, "accepted": 20}
    return Handoff(
        bundle=BundleSerial("B1"),
        before=OperationCode("SEW"),
        operation=OperationCode("FINISH"),
        **{**known, **more},
    )


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"rating": Rating.A},
        {"rating": Rating.D, "reason": "loose threads", "defects": (HOLE,)},
        {"declared": 20, "received": 19, "accepted": 19},
        {"verdict": Verdict.CONCESSION, "conceded_by": "1050", "reason": "customer agreed"},
        {"verdict": Verdict.PART, "accepted": 17, "defects": (HOLE,)},
        {"verdict": Verdict.REJECT, "accepted": 0, "defects": (HOLE,)},
    ],
)
def test_a_verdict_that_says_all_it_must_stands(more: dict[str, Any]) -> None:
    assert why_not(handed(**more), FINISHER, [SEWER]) is None


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"accepted": 19}, "handoff_count"),
        ({"accepted": 21, "verdict": Verdict.PART}, "handoff_count"),
        ({"verdict": Verdict.PART, "accepted": 20}, "handoff_count"),
        ({"verdict": Verdict.REJECT, "accepted": 1, "defects": (HOLE,)}, "handoff_count"),
        ({"rating": Rating.E}, "rating_needs_facts"),
        ({"rating": Rating.D, "reason": "bad"}, "rating_needs_facts"),
        ({"verdict": Verdict.REJECT, "accepted": 0}, "reject_needs_defect"),
        ({"defects": (Defect(code="hole", pieces=21),)}, "defect_count"),
        ({"verdict": Verdict.CONCESSION, "reason": "urgent"}, "concession_needs_name"),
        ({"verdict": Verdict.CONCESSION, "conceded_by": "1050"}, "concession_needs_name"),
    ],
)
def test_a_verdict_that_lacks_something_is_refused_with_its_rule(more: dict[str, Any], code: str) -> None:
    problem = why_not(handed(**more), FINISHER, [SEWER])
    assert problem
    assert problem.code == code


def test_nobody_accepts_his_own_work() -> None:
    problem = why_not(handed(), SEWER, [SEWER, "1013"])
    assert problem
    assert (problem.code, problem.parameters["name"]) == ("own_handoff", SEWER)


def test_liability_moves_at_the_customers_scan_and_not_before() -> None:
    assert liable(None) is Liable.SENDER, "silence is not acceptance"
    assert liable(handed()) is Liable.RECEIVER
    rejected = {"verdict": Verdict.REJECT, "accepted": 0, "defects": (HOLE,)}
    assert liable(handed(**rejected)) is Liable.SENDER
    wet = Leg(carrier="1099", is_damaged=True, condition="wet")
    assert liable(handed(**rejected, leg=wet)) is Liable.CARRIER


def test_a_list_that_one_side_did_not_agree_to_is_a_proposal() -> None:
    def agreed_by(*people: str) -> bool:
        sender, receiver = people
        return RequirementList(
            before=OperationCode("SEW"),
            operation=OperationCode("FINISH"),
            version=1,
            requirements=(),
            agreed_by=(sender, receiver),
        ).is_agreed

    assert agreed_by(SEWER, FINISHER)
    assert not agreed_by(SEWER, "")


@given(st.sampled_from(Verdict), st.integers(0, 30), st.integers(0, 30), st.integers(-1, 31))
def test_what_stands_never_takes_more_than_came(
    verdict: Verdict, declared: int, received: int, accepted: int
) -> None:
    more = {"conceded_by": "1050", "reason": "agreed", "defects": (Defect(code="hole", pieces=1),)}
    given_ = handed(verdict=verdict, declared=declared, received=received, accepted=accepted, **more)
    if why_not(given_, FINISHER, [SEWER]) is None:
        assert 0 <= given_.accepted <= given_.received
        assert given_.refused + given_.accepted == given_.received
        assert given_.short + given_.received == given_.declared
