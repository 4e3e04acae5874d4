"""Piece rate: the price of the day the work was done, to the cent, and never a cent for pieces that came back."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.pay import Band, BonusRule, Measure, PayLine, PiecePrice, pay, price_for

DAY = date(2026, 11, 20)
HEM = "HEM"


def price(text: str, valid_from: date = date(2026, 1, 1), *, order: str = "", style: str = "") -> PiecePrice:
    return PiecePrice(operation=HEM, price=Decimal(text), valid_from=valid_from, order=order, style=style)


def line(pieces: int, text: str | None = "0.35") -> PayLine:
    rate = Decimal(text) if text else None
    return PayLine(person="1012", job="J1", operation=HEM, day=DAY, pieces=pieces, price=rate)


PRICES = (
    price("0.10"),
    price("0.30", style="P2601"),
    price("0.35", date(2026, 11, 15), style="P2601"),
    price("0.40", date(2026, 11, 21), style="P2601"),
    price("0.33", order="WO1", style="P2601"),
    price("0.99", order="WO2"),
)


@pytest.mark.parametrize(
    ("order", "style", "day", "expected"),
    [
        ("WO9", "P2601", DAY, "0.35"),
        ("WO9", "P2601", date(2026, 11, 14), "0.30"),
        ("WO9", "P2601", date(2026, 11, 21), "0.40"),
        ("WO1", "P2601", DAY, "0.33"),
        ("WO2", "P9999", DAY, "0.99"),
        ("WO9", "P9999", DAY, "0.10"),
    ],
)
def test_the_nearest_price_that_held_on_the_day_of_the_work(
    order: str, style: str, day: date, expected: str
) -> None:
    found = price_for(PRICES, order, style, HEM, day)
    assert found
    assert found.price == Decimal(expected)


def test_what_nobody_priced_is_kept_until_somebody_does() -> None:
    assert price_for(PRICES, "WO1", "P2601", "BUTTON", DAY) is None
    assert price_for(PRICES, "WO1", "P2601", HEM, date(2025, 12, 31)) is None
    earned = pay([line(20), line(7, None)], {})
    assert (earned.pieces, earned.unpriced, earned.total) == (27, 7, Decimal("7.00"))


def test_what_came_back_is_taken_back_exactly() -> None:
    assert pay([line(20), line(-4)], {}).total == Decimal("5.60")


RULES = (
    BonusRule(
        name="quality",
        measure=Measure.RFT,
        bands=(
            Band(least=Decimal(95), percent=Decimal(3)),
            Band(least=Decimal(98), percent=Decimal(8)),
        ),
        pieces_min=100,
    ),
    BonusRule(
        name="target",
        measure=Measure.ATTAINMENT,
        bands=(Band(least=Decimal(100), percent=Decimal("2.5")),),
    ),
)


@pytest.mark.parametrize(
    ("rft", "attainment", "pieces", "total"),
    [
        ("98.0", "99.9", 200, "75.60"),
        ("97.9", "99.9", 200, "72.10"),
        ("94.9", "100", 200, "71.75"),
        ("99.0", "100", 99, "35.52"),
        ("50", "50", 200, "70.00"),
    ],
)
def test_a_bonus_is_what_the_declared_bands_say(rft: str, attainment: str, pieces: int, total: str) -> None:
    measured = {Measure.RFT: Decimal(rft), Measure.ATTAINMENT: Decimal(attainment)}
    assert pay([line(pieces)], measured, RULES).total == Decimal(total)


def test_what_was_not_measured_earns_nothing() -> None:
    assert pay([line(200)], {}, RULES).bonuses == ()


@given(st.lists(st.tuples(st.integers(-50, 300), st.decimals("0.001", "9.999", places=3)), max_size=40))
def test_only_the_total_is_rounded_so_the_order_and_the_parting_of_lines_mean_nothing(
    rows: list[tuple[int, Decimal]],
) -> None:
    lines = [
        PayLine(person="1012", job=str(n), operation=HEM, day=DAY + timedelta(days=n % 9), pieces=p, price=r)
        for n, (p, r) in enumerate(rows)
    ]
    exact = sum((p * r for p, r in rows), Decimal(0))
    assert pay(lines, {}).base == exact == pay(lines[::-1], {}).base
    assert abs(pay(lines, {}).total - exact) <= Decimal("0.005")
