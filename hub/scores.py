"""Monthly scores 质量考核: worked out from what was counted until they are published, and locked from then on."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, func, select

from domain.event import Event
from domain.events.quality import ScorePublished
from domain.handoff import BAD, Rating, Verdict
from domain.liability import Role
from domain.month import is_month
from domain.score import score
from domain.score_watch import Listed, Said, watch
from hub.month_counts import Month, counts_of, escapes_of, is_judged, month_of_plant, refused
from hub.office import Hand, Office, OrderError
from hub.quality_rules import QualityRules
from hub.rights.grants import person_of
from hub.rights.matrix import SCORE_RIGHT
from hub.store.production_tables import IS_REMARKED, handoffs
from hub.store.quality_tables import published_scores, unit_verdicts
from hub.views.plans import today_of

SMALL_SAMPLE = 30
"""A month of fewer verdicts than this says little, whatever it says."""
BLAME_DAYS = 3
"""A rating so soon after the one rated found fault with the judge may be an answer to that."""
_NO_FIGURE = Decimal(-1)
"""Below every score: of whom nothing was counted stands last."""
_score = msgspec.json.Decoder(ScorePublished)


class UnitMonth(Struct, frozen=True, kw_only=True):
    """A unit's month, as it is or as it was published. `position`: of the publication; 0: it is not published."""

    said: ScorePublished
    position: int = 0
    person: str = ""
    published_at: str = ""

    @property
    def is_small(self) -> bool:
        """Tell whether too few verdicts are behind it to say much."""
        return self.said.counted is None or self.said.counted.miscounted.of < SMALL_SAMPLE


def unit_months(
    connection: Connection, plant: str, period: str, now: datetime, rules: QualityRules
) -> tuple[UnitMonth, ...]:
    """Return a month's scores, the best coefficient first; those that are published as they were then."""
    held = published_scores.c
    asked = select(published_scores).where(held.plant == plant, held.period == period)
    months = {
        row.unit: UnitMonth(
            said=_score.decode(row.score_json),
            position=row.position,
            person=row.person,
            published_at=row.published_at,
        )
        for row in connection.execute(asked)
    }
    month = month_of_plant(connection, plant, period)
    counts = counts_of(connection, month, today_of(connection, plant, now), rules.liability)
    for unit in counts.units:
        if unit not in months:
            months[unit] = UnitMonth(said=_worked_out(month, unit, counts, rules))
    return tuple(sorted(months.values(), key=_best_first))


def _best_first(one: UnitMonth) -> tuple[Decimal, Decimal, str]:
    said = one.said
    coefficient, total = (_NO_FIGURE if held is None else held for held in (said.coefficient, said.total))
    return (-coefficient, -total, said.unit)


def _worked_out(month: Month, unit: str, counts: Any, rules: QualityRules) -> ScorePublished:
    counted, rated = counts.of(unit), dict(counts.ratings.get(unit, {}))
    made = score(counted, rated, rules.score)
    return ScorePublished(
        period=month.period,
        unit=unit,
        objective=made.objective,
        subjective=made.subjective,
        total=made.total,
        attainment=made.attainment,
        coefficient=made.coefficient,
        ratings=made.ratings,
        counted=counted,
        rated=rated,
        parts=made.parts,
    )


def publish(  # noqa: PLR0917 (whose hand, in which plant, which months, by which rules)
    office: Office,
    plant: str,
    hand: Hand,
    period: str,
    units: Sequence[str],
    now: datetime,
    rules: QualityRules,
) -> bool:
    """Publish a month of some units, of all that are not yet where none is named; tells whether it is booked already.

    Raises OrderError where the month is not over or one was published before, StoreBusyError.
    """

    def facts(connection: Connection) -> Sequence[Event]:
        person = person_of(connection, plant, hand.person)
        if person is None or SCORE_RIGHT not in person.all_rights:
            raise OrderError("desk.refused.no_right")
        if not is_month(period) or period >= today_of(connection, plant, now).isoformat()[:7]:
            raise OrderError("score.refused.not_over")
        months = {one.said.unit: one for one in unit_months(connection, plant, period, now, rules)}
        wanted = units or [unit for unit, one in months.items() if not one.position]
        if not wanted or any(unit not in months for unit in wanted):
            raise OrderError("score.refused.nothing")
        if any(months[unit].position for unit in wanted):
            raise OrderError("score.refused.published")
        return [months[unit].said for unit in wanted]

    return office.write(plant, hand, facts)


def oddities(connection: Connection, plant: str, period: str, rules: QualityRules) -> tuple[Listed, ...]:
    """Return what in a month's verdicts cannot be chance: mutual praise, units that never reject, revenge."""
    return watch(said_of(connection, month_of_plant(connection, plant, period), rules))


def said_of(connection: Connection, month: Month, rules: QualityRules) -> list[Said]:
    """Return a month's verdicts as they are watched: each rated or refused one, all plain ones of a pair at once."""
    held, sums = handoffs.c, unit_verdicts.c
    is_plain = (sums.rating == "") & sums.verdict.in_((Verdict.ACCEPT, Verdict.CONCESSION))
    pairs = select(sums.unit_judging, sums.unit_judged, func.sum(sums.received)).where(
        sums.plant == month.plant, sums.month == month.period, is_plain
    )
    said = [
        Said(judge=judge, judged=judged, pieces=int(pieces))
        for judge, judged, pieces in connection.execute(pairs.group_by(sums.unit_judging, sums.unit_judged))
    ]
    is_told = (held.rating != "") | held.verdict.in_((Verdict.PART, Verdict.REJECT))
    columns = (held.unit_judging, held.unit_judged, held.received, held.pieces, held.verdict, held.rating)
    asked = select(*columns, held.at, held.handoff_json).where(*is_judged(month), IS_REMARKED, is_told)
    asked = asked.order_by(held.at, held.position)
    told = connection.execute(asked).all()
    blamed: dict[tuple[str, str], list[datetime]] = defaultdict(list)
    for row in told:
        at = datetime.fromisoformat(row.at)
        before = blamed[row.unit_judged, row.unit_judging]
        said.append(
            Said(
                judge=row.unit_judging,
                judged=row.unit_judged,
                pieces=row.received,
                rejected=refused(row),
                rating=Rating(row.rating) if row.rating else None,
                after_blame=bool(before) and at - before[-1] <= timedelta(days=BLAME_DAYS),
            )
        )
        if row.verdict in (Verdict.REJECT, Verdict.PART) or row.rating in BAD:
            blamed[row.unit_judging, row.unit_judged].append(at)
    for ticket, answers in escapes_of(connection, month, rules.liability):
        # Whoever goes on with the work of their own unit is no customer of it.
        passed = [one for one in answers if one.role is not Role.MAKER and one.unit not in ("", ticket.unit)]
        said += [
            Said(judge=one.unit, judged=ticket.unit, pieces=0, proved_bad=max(1, ticket.pieces))
            for one in passed
        ]
    return said
