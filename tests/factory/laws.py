"""The laws of production, L5 to L8, held against the books at a moment: each names what it found where it is broken."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from domain.pay import PayLine, PiecePrice, pay, price_for
from domain.progress import Progress
from domain.route import OperationCode, Route
from tests.factory.goods import Cell, Truth
from tests.factory.recount import Page, Recount, cell_of
from tests.factory.styles import PACK, Style

CENT = Decimal("0.01")
DAY = date(2026, 11, 2)
Pay = Counter[tuple[str, str, OperationCode]]


class LawError(AssertionError):
    """The books break a law."""


def law(name: str, holds: object, found: object) -> None:
    """Raises LawError where it does not hold."""
    if not holds:
        raise LawError(f"{name}: {found}")


def l5_each_piece_is_taken_up_once(bundles: Iterable[Progress], routes: Mapping[str, Route]) -> int:
    """L5: no operation of a live bundle has taken up more pieces than came; no job has told of more than it took."""
    looked = 0
    for one in bundles:
        route = routes[one.bundle.order]
        for step in route.steps if not one.became else ():
            left = one.left_for(step.operation, route)
            law("L5", left >= 0, f"{one.bundle.serial} at {step.operation}: {-left} pieces taken up twice")
            looked += 1
        for job in one.jobs:
            law("L5", 0 <= job.tally.accounted <= job.tally.received, f"{job.name} tells of {job.tally}")
    return looked


def l6_every_piece_is_somewhere_once(
    bundles: Iterable[Progress], routes: Mapping[str, Route], recount: Recount
) -> int:
    """L6: cut + recut = in process + finished + seconds + scrap + missing + joined into others, in every cell."""
    cells: dict[Cell, Counter[str]] = {}
    for one in bundles:
        tally = cells.setdefault(cell_of(one.bundle), Counter())
        route = routes[one.bundle.order]
        finished = one.through(PACK, route) if not one.became else 0
        tally["finished"] += finished
        tally["in process"] += 0 if one.became else one.live() - finished
        tally["recut"] += sum(one.replaced.values())
        tally["missing"] += sum(one.missed.values())
        for job in one.jobs:
            tally["seconds"] += job.tally.seconds
            tally["scrap"] += job.tally.scrap
            tally["missing"] += job.tally.missing
    for cell, tally in cells.items():
        there = sum(tally.values()) - tally["recut"] + recount.joined_out[cell]
        came = recount.parts[cell] + tally["recut"]
        law("L6", came == there, f"{cell}: {came} came, {there} are told of: {dict(tally)}")
        law("L6", min(tally.values()) >= 0, f"{cell}: {dict(tally)}")
    return len(cells)


def l7_what_bundles_become_has_their_pieces(bundles: Iterable[Progress], recount: Recount) -> int:
    """L7: a bundle that became others has given all it had left, no more; the two counts say the same of each."""
    looked = 0
    for one in bundles:
        page = recount.pages[one.bundle.serial]
        law("L7", one.pieces == page.pieces, f"{one.bundle.serial} is of {one.pieces}, counted {page.pieces}")
        law("L7", one.live() == page.live(), f"{one.bundle.serial} has {one.live()}, counted {page.live()}")
        law("L7", bool(one.became) == page.is_closed, f"{one.bundle.serial} is closed: {one.became}")
        looked += 1
    return looked


def both_counts_agree(bundles: Iterable[Progress], routes: Mapping[str, Route], recount: Recount) -> int:
    """Every job and every operation of every bundle comes to the same, counted by another hand."""
    looked = 0
    for one in bundles:
        page, route = recount.pages[one.bundle.serial], routes[one.bundle.order]
        for job in one.jobs:
            _same_job(one, page, job.name)
            looked += 1
        for step in route.steps if not one.became else ():
            left, free = one.left_for(step.operation, route), page.free[step.operation]
            law("L5", left == free, f"{one.bundle.serial} at {step.operation}: {left} left, counted {free}")
    return looked


def _same_job(one: Progress, page: Page, name: str) -> None:
    job, line = one.job(name), page.lines[name]
    law("L5", job, name)
    if job:
        tally = job.tally
        told = (tally.received, tally.good, tally.seconds, tally.scrap, tally.missing)
        counted = (line.received, line.good, line.seconds, line.scrap, line.missing)
        law("L5", told == counted, f"{name} on {one.bundle.serial}: {told}, counted {counted}")
        shares = [(share.person, share.pieces) for share in job.shares]
        law("L8", shares == line.shares, f"{name}: {shares}, counted {line.shares}")


def l8_pay_is_what_was_good(
    paid_to: Pay, good: Mapping[tuple[str, OperationCode], int], recount: Recount
) -> int:
    """L8: what is paid is not more than what passed as good, and to the piece what the other hand counted."""
    mine = {key: pieces for key, pieces in paid_to.items() if pieces}
    other = {key: pieces for key, pieces in recount.pay.items() if pieces}
    wrong = [key for key in mine.keys() | other.keys() if mine.get(key) != other.get(key)]
    law("L8", not wrong, [(key, mine.get(key), other.get(key)) for key in wrong[:3]])
    law("L8", min(mine.values(), default=0) >= 0, [key for key, pieces in mine.items() if pieces < 0][:3])
    paid: Counter[tuple[str, OperationCode]] = Counter()
    for (_, order, operation), pieces in mine.items():
        paid[order, operation] += pieces
    over = [(key, pieces, good.get(key, 0)) for key, pieces in paid.items() if pieces > good.get(key, 0)]
    law("L8", not over, f"more paid than good: {over[:3]}")
    return len(mine)


def good_pieces(bundles: Iterable[Progress]) -> Counter[tuple[str, OperationCode]]:
    """Return what operations told of as good and that counts, by order and operation."""
    good: Counter[tuple[str, OperationCode]] = Counter()
    for one in bundles:
        for job in one.jobs:
            good[one.bundle.order, job.operation] += job.tally.good
    return good


def l20_the_books_explain_the_floor(bundles: Iterable[Progress], paid_to: Pay, truth: Truth) -> int:
    """L20: when all is heard, the books say of every cell and every operation what really happened, whoever cheated."""
    told: dict[str, Counter[Cell]] = {
        one: Counter() for one in ("seconds", "scrap", "lost", "packed", "recut")
    }
    for one in bundles:
        cell = cell_of(one.bundle)
        told["lost"][cell] += sum(one.missed.values())
        told["recut"][cell] += sum(one.replaced.values())
        for job in one.jobs:
            told["seconds"][cell] += job.tally.seconds
            told["scrap"][cell] += job.tally.scrap
            told["lost"][cell] += job.tally.missing
            told["packed"][cell] += job.tally.good if job.operation == PACK else 0
    looked = 0
    for name, counts in told.items():
        really: Counter[Cell] = getattr(truth, name)
        wrong = [cell for cell in counts.keys() | really.keys() if counts[cell] != really[cell]]
        law("L20", not wrong, [(name, cell, counts[cell], really[cell]) for cell in wrong[:3]])
        looked += len(counts)
    paid: Counter[tuple[str, OperationCode]] = Counter()
    for (_, order, operation), pieces in paid_to.items():
        paid[order, operation] += pieces
    wrong_pay = [key for key in paid.keys() | truth.good.keys() if paid[key] != truth.good[key]]
    law("L20", not wrong_pay, [(key, paid[key], truth.good[key]) for key in wrong_pay[:3]])
    return looked + len(paid)


def wages(paid_to: Pay, style_of: Mapping[str, Style]) -> dict[str, Decimal]:
    """Return what each person has earned, to the cent: each order's and operation's pieces at its price."""
    earned: dict[str, Decimal] = {}
    for (person, order, operation), pieces in paid_to.items():
        price = style_of[order].prices[operation]
        earned[person] = earned.get(person, Decimal(0)) + pieces * price
    return {
        person: amount.quantize(CENT, rounding=ROUND_HALF_UP) for person, amount in earned.items() if amount
    }


def wages_by_rule(paid_to: Pay, style_of: Mapping[str, Style]) -> dict[str, Decimal]:
    """Return the same by the domain's own rule: a price for each style and operation, and a line for each."""
    prices: dict[str, list[PiecePrice]] = {}
    for style in {one.code: one for one in style_of.values()}.values():
        for operation, price in style.prices.items():
            known = prices.setdefault(operation, [])
            known.append(PiecePrice(operation=operation, price=price, valid_from=DAY, style=style.code))
    lines: dict[str, list[PayLine]] = {}
    for (person, order, operation), pieces in paid_to.items():
        found = price_for(prices[operation], order, style_of[order].code, operation, DAY)
        line = PayLine(
            person=person,
            job="",
            operation=operation,
            day=DAY,
            pieces=pieces,
            price=found.price if found else None,
        )
        lines.setdefault(person, []).append(line)
    totals = {person: pay(each, {}).total for person, each in lines.items()}
    return {person: total for person, total in totals.items() if total}
