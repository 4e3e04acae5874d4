"""Laws L5 to L8 as questions to the hub's own tables: each gives the rows that break it, and there must be none."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text

from hub.store.database import reading
from tests.hub.plant import P, Plant

LAWS = {
    "L5: no operation has more of a bundle than the bundle and what was sent back or cut anew": """
        SELECT j.bundle, j.operation, sum(j.received) AS claimed FROM jobs j
        JOIN bundles b ON b.plant = j.plant AND b.serial = j.bundle
        WHERE j.plant = :plant AND j.state <> 'withdrawn'
        GROUP BY j.bundle, j.operation, b.pieces, b.work_order, b.colour, b.size, b.component
        HAVING sum(j.received) > b.pieces + (
            SELECT coalesce(sum(t.returned + t.replaced), 0) FROM order_tally t WHERE t.plant = :plant
            AND t.work_order = b.work_order AND t.colour = b.colour AND t.size = b.size
            AND t.component = b.component AND t.operation = j.operation)""",
    "L6: an operation has told of no more than came": """
        SELECT * FROM order_tally WHERE plant = :plant AND operation <> ''
        AND received - good - seconds - scrap - missing < 0""",
    "L6: sums of an order are the sums of its jobs": """
        SELECT t.* FROM order_tally t LEFT JOIN (
            SELECT b.work_order, b.colour, b.size, b.component, j.operation, sum(j.received) AS received,
            sum(j.good) AS good, sum(j.seconds) AS seconds, sum(j.scrap) AS scrap, sum(j.missing) AS missing
            FROM jobs j JOIN bundles b ON b.plant = j.plant AND b.serial = j.bundle WHERE j.plant = :plant
            GROUP BY b.work_order, b.colour, b.size, b.component, j.operation
        ) s ON s.work_order = t.work_order AND s.colour = t.colour AND s.size = t.size
            AND s.component = t.component AND s.operation = t.operation
        WHERE t.plant = :plant AND t.operation <> '' AND (t.received <> coalesce(s.received, 0)
            OR t.good <> coalesce(s.good, 0) OR t.seconds <> coalesce(s.seconds, 0)
            OR t.scrap <> coalesce(s.scrap, 0) OR t.missing <> coalesce(s.missing, 0))""",
    "L7: bundles made from one have as many pieces as were left of it": """
        SELECT p.serial, p.live, sum(c.pieces) AS made FROM bundles p
        JOIN bundle_links l ON l.plant = p.plant AND l.parent = p.serial AND l.act = 'split'
        JOIN bundles c ON c.plant = l.plant AND c.serial = l.child
        WHERE p.plant = :plant GROUP BY p.serial, p.live HAVING sum(c.pieces) <> p.live""",
    "L7: who was made into others is closed, and nobody else is": """
        SELECT b.serial FROM bundles b WHERE b.plant = :plant AND b.closed <> EXISTS (
            SELECT 1 FROM bundle_links l WHERE l.plant = b.plant AND l.parent = b.serial)""",
    "L7: what lives of a colour and size is what was cut": """
        SELECT t.work_order, t.good FROM order_tally t LEFT JOIN (
            SELECT b.work_order, b.colour, b.size, b.component, sum(b.pieces) AS pieces FROM bundles b
            WHERE b.plant = :plant AND NOT EXISTS (SELECT 1 FROM bundle_links l
                WHERE l.plant = b.plant AND l.child = b.serial)
            GROUP BY b.work_order, b.colour, b.size, b.component
        ) s ON s.work_order = t.work_order AND s.colour = t.colour AND s.size = t.size
            AND s.component = t.component
        WHERE t.plant = :plant AND t.operation = '' AND t.good <> coalesce(s.pieces, 0)""",
    "L6: cut is what lives, and what was lost or became a part of something else": """
        SELECT t.work_order, t.good FROM order_tally t WHERE t.plant = :plant AND t.operation = ''
        AND t.work_order NOT IN (SELECT b.work_order FROM bundle_links l
            JOIN bundles b ON b.plant = l.plant AND b.serial = l.parent
            WHERE l.plant = :plant AND l.act = 'joined')
        AND t.good <> (SELECT coalesce(sum(b.live), 0) FROM bundles b WHERE b.plant = t.plant AND NOT b.closed
            AND b.work_order = t.work_order AND b.colour = t.colour AND b.size = t.size
            AND b.component = t.component)
          + (SELECT coalesce(sum(o.seconds + o.scrap + o.missing + o.short - o.replaced), 0) FROM order_tally o
            WHERE o.plant = t.plant AND o.work_order = t.work_order AND o.colour = t.colour
            AND o.size = t.size AND o.component = t.component AND o.operation <> '')""",
    "L8: shares are no more than the good pieces of their job": """
        SELECT j.job FROM jobs j JOIN job_shares s ON s.plant = j.plant AND s.job = j.job
        WHERE j.plant = :plant GROUP BY j.job, j.good HAVING sum(s.pieces) <> j.good OR min(s.returned) < 0
        OR min(s.pieces - s.returned) < 0""",
    "L8: no more is anybody's than was made good and not sent back": """
        SELECT s.operation, b.work_order FROM job_shares s
        JOIN bundles b ON b.plant = s.plant AND b.serial = s.bundle
        JOIN order_tally t ON t.plant = s.plant AND t.work_order = b.work_order AND t.colour = b.colour
            AND t.size = b.size AND t.component = b.component AND t.operation = s.operation
        WHERE s.plant = :plant
        GROUP BY s.operation, b.work_order, b.colour, b.size, b.component, t.good, t.returned
        HAVING sum(s.pieces - s.returned) > t.good - t.returned""",
    "L8: what is paid of a job is what its shares say, and no more than was made good": """
        SELECT j.job, l.paid FROM jobs j
        JOIN (SELECT plant, job, sum(pieces) AS paid FROM pay_lines GROUP BY plant, job) l
            ON l.plant = j.plant AND l.job = j.job
        WHERE j.plant = :plant AND (l.paid > j.good OR l.paid <> (SELECT coalesce(sum(s.paid), 0)
            FROM job_shares s WHERE s.plant = j.plant AND s.job = j.job))""",
    "L8: what was taken back of a job is no more than was paid, at the same price": """
        SELECT job, person FROM pay_lines WHERE plant = :plant GROUP BY job, person
        HAVING sum(pieces) < 0 OR min(coalesce(price, -1)) <> max(coalesce(price, -1))""",
    "lines' hours are what their jobs finished": """
        SELECT h.unit, h.good FROM (SELECT unit, operation, sum(good) AS good FROM unit_hours
            WHERE plant = :plant GROUP BY unit, operation) h
        WHERE h.good <> (SELECT coalesce(sum(j.good), 0) FROM jobs j WHERE j.plant = :plant
            AND j.unit = h.unit AND j.operation = h.operation AND j.state = 'finished')""",
    "what units said of each other's goods adds up to their verdicts": """
        SELECT coalesce(v.judged, u.judged), v.handoffs, u.handoffs FROM (
            SELECT unit_judged AS judged, unit_judging AS judging, verdict, rating, count(*) AS handoffs,
            sum(received) AS received, sum(CASE WHEN declared <> received THEN 1 ELSE 0 END) AS miscounted
            FROM handoffs WHERE plant = :plant AND unit_judged <> '' AND unit_judged <> unit_judging
            AND NOT is_silent AND verdict <> 'withdrawn' GROUP BY unit_judged, unit_judging, verdict, rating
        ) v FULL OUTER JOIN (
            SELECT unit_judged AS judged, unit_judging AS judging, verdict, rating, sum(handoffs) AS handoffs,
            sum(received) AS received, sum(miscounted) AS miscounted FROM unit_verdicts WHERE plant = :plant
            GROUP BY unit_judged, unit_judging, verdict, rating HAVING sum(handoffs) <> 0
        ) u ON v.judged = u.judged AND v.judging = u.judging AND v.verdict = u.verdict AND v.rating = u.rating
        WHERE coalesce(v.handoffs, 0) <> coalesce(u.handoffs, 0)
        OR coalesce(v.received, 0) <> coalesce(u.received, 0)
        OR coalesce(v.miscounted, 0) <> coalesce(u.miscounted, 0)""",
}


def broken_laws(plant: Plant) -> dict[str, list[Any]]:
    """Return what breaks each law; nothing where all hold."""
    found: dict[str, list[Any]] = {}
    with reading(plant.engine) as connection:
        for name, law in LAWS.items():
            rows = [tuple(row) for row in connection.execute(text(law), {"plant": P})]
            if rows:
                found[name] = rows
    return found
