"""A defect found late is shared between its maker and all who accepted it although it could be seen."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from domain.liability import LiabilityRule, Passage, Role, answerable, passed_through
from domain.route import OperationCode

OVERLOCK, COLLAR, HEM, CHECK, WASH, PACK = map(
    OperationCode, ("OVERLOCK", "COLLAR", "HEM", "CHECK", "WASH", "PACK")
)
SKIPPED, OIL = "skipped_stitch", "oil"


def passage(
    before: OperationCode, operation: OperationCode, unit: str = "", *, inspects: bool = False
) -> Passage:
    return Passage(
        before=before,
        operation=operation,
        unit=unit or operation,
        people=(f"who-{operation}",),
        is_inspection=inspects,
    )


WAY = (
    passage(OVERLOCK, HEM),
    passage(HEM, CHECK, inspects=True),
    passage(CHECK, WASH),
    passage(WASH, PACK),
    passage(COLLAR, HEM, "COLLAR-LINE"),  # another branch, which the skipped stitch never saw
)
MAKER = Passage(before=OperationCode(""), operation=OVERLOCK, unit="LINE-2", people=("1012",))


def shares(defect: str, rule: LiabilityRule, found: OperationCode = PACK) -> list[tuple[str, str, Decimal]]:
    passed = passed_through(OVERLOCK, found, WAY)
    return [(one.role, one.operation, one.share) for one in answerable([defect], MAKER, passed, rule)]


def test_the_maker_each_step_and_the_inspector_share_what_the_packing_found() -> None:
    assert shares(SKIPPED, LiabilityRule()) == [
        ("maker", "OVERLOCK", Decimal("55.56")),  # five parts of nine
        ("step", "HEM", Decimal("11.11")),
        ("inspector", "CHECK", Decimal("22.22")),
        ("step", "WASH", Decimal("11.11")),
    ]


def test_a_step_at_which_it_could_not_be_seen_has_no_share() -> None:
    rule = LiabilityRule(hidden={SKIPPED: (WASH,)})
    assert [operation for _, operation, _ in shares(SKIPPED, rule)] == ["OVERLOCK", "HEM", "CHECK"]
    assert [operation for _, operation, _ in shares(OIL, rule)] == ["OVERLOCK", "HEM", "CHECK", "WASH"]


def test_what_the_next_step_finds_at_once_is_the_makers_alone() -> None:
    assert shares(SKIPPED, LiabilityRule(), found=HEM) == [("maker", "OVERLOCK", Decimal("100.00"))]


def test_a_branch_that_never_met_the_goods_and_one_that_leads_elsewhere_have_no_part() -> None:
    aside = (*WAY, passage(HEM, OperationCode("SAMPLE")))
    assert [one.operation for one in passed_through(OVERLOCK, PACK, aside)] == [HEM, CHECK, WASH]


def test_the_factory_may_say_that_only_the_maker_answers() -> None:
    rule = LiabilityRule(weights={Role.MAKER: Decimal(1)})
    assert [share for _, _, share in shares(SKIPPED, rule)] == [Decimal(100), 0, 0, 0]


@given(weights=st.tuples(*[st.decimals(0, 50, places=1)] * 3), steps=st.lists(st.booleans(), max_size=12))
def test_the_shares_are_always_a_hundred_percent(weights: tuple[Decimal, ...], steps: list[bool]) -> None:
    rule = LiabilityRule(weights=dict(zip(Role, weights, strict=True)))
    passed = [
        passage(OVERLOCK, OperationCode(f"S{number}"), inspects=inspects)
        for number, inspects in enumerate(steps)
    ]
    found = answerable([SKIPPED], MAKER, passed, rule)
    assert sum(one.share for one in found) in ((Decimal(100),) if found else (0,))
    assert all(one.share >= 0 for one in found)
