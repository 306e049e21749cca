"""The statements that make vehicles of planned shifts, by the database itself.

They are the same for SQLite and PostgreSQL. Chance is arithmetic on the vehicle's own numbers, so
the same seed gives the same rows on both.
"""

from __future__ import annotations

PRIME = 2_147_483_647

TABLES = (
    "CREATE TEMPORARY TABLE fill_number (n BIGINT PRIMARY KEY)",
    "CREATE TEMPORARY TABLE fill_shift (grading_id BIGINT PRIMARY KEY, of BIGINT, "
    "vehicles BIGINT, faults BIGINT, rain BIGINT)",
    "CREATE TEMPORARY TABLE fill_vehicle (grading_id BIGINT, position BIGINT, start_ms BIGINT, "
    "end_ms BIGINT, profile TEXT, cash BIGINT, faults BIGINT, rain BIGINT, chance BIGINT, "
    "PRIMARY KEY (grading_id, position))",
    "CREATE TEMPORARY TABLE fill_step (grading_id BIGINT, vehicle_position BIGINT, "
    "position BIGINT, step TEXT, phrase TEXT, mandatory BOOLEAN, outcome TEXT, "
    "start_ms BIGINT, end_ms BIGINT)",
    "CREATE TEMPORARY TABLE fill_flow (position BIGINT, step TEXT, phrase TEXT, peak BOOLEAN, "
    "cash BIGINT)",
    "INSERT INTO fill_flow VALUES (0, 'greet', 'greet.hello', TRUE, 0), "
    "(1, 'received', 'flow.received', TRUE, 1), (2, 'change', 'flow.change', TRUE, 1), "
    "(3, 'ticket', 'ticket.take', FALSE, 0), (4, 'thanks', 'flow.thanks', FALSE, 0)",
)
"""`of` is a number that the seed and the shift decide; `cash` of a step: due only then"""


def _chance(of: str, thousand: bool = True) -> str:
    """An expression: 0..999 (or up to the prime), decided by the number that `of` gives."""
    mixed = of
    for _ in range(2):
        mixed = f"(({mixed}) % {PRIME} * (({mixed}) % {PRIME}) + 12345) % {PRIME}"
    return f"({mixed}) % 1000" if thousand else mixed


def statements(*, postgresql: bool) -> tuple[str, ...]:
    """What fills the shifts that stand in fill_shift, in their order."""
    rain = _json('["weather.rain_fog.drive"]', postgresql)
    nothing, clock = _json("[]", postgresql), _json('["greet.hello"]', postgresql)
    return (
        "DELETE FROM fill_vehicle",
        "DELETE FROM fill_step",
        f"""INSERT INTO fill_vehicle
            SELECT grading_id, n, start_ms, start_ms + 9000 + chance % 16000,
                   CASE WHEN start_ms / 3600000 IN (1, 6) THEN 'peak' ELSE 'normal' END,
                   CASE WHEN chance / 16 % 100 < 35 THEN 1 ELSE 0 END, faults, rain, chance
            FROM (SELECT grading_id, n, faults, rain, {_chance("of + n * 48271", False)} AS chance,
                         n * (28700000 / vehicles) + of % 1000 AS start_ms
                  FROM fill_shift JOIN fill_number ON n < vehicles) AS drawn""",
        f"""INSERT INTO fill_step
            SELECT grading_id, place, position, step, phrase, mandatory,
                   CASE WHEN excused THEN 'excused'
                        WHEN luck < faults THEN CASE WHEN cash = 1 AND luck % 4 = 0 THEN 'wrong'
                                                     ELSE 'missing' END
                        WHEN luck < faults + 25 THEN 'unsure' ELSE 'said' END,
                   start_ms + position * 1500, start_ms + position * 1500 + 1100
            FROM (SELECT v.grading_id, v.position AS place, f.position, f.step, f.phrase, f.cash,
                         (v.profile = 'normal' OR f.peak) AS mandatory,
                         (f.cash = 1 AND v.cash = 0) AS excused, v.faults, v.start_ms,
                         {_chance("v.chance + f.position * 7919 + 1")} AS luck
                  FROM fill_vehicle v CROSS JOIN fill_flow f) AS drawn""",
        f"""INSERT INTO vehicle (grading_id, position, vehicle, is_number, start_ms, end_ms, lane,
                inferred, outcome, profile, clock, clock_sure, wish_allowed, rule_version,
                warnings, day)
            SELECT v.grading_id, v.position, CAST(v.position + 1 AS TEXT), TRUE, v.start_ms,
                   v.end_ms, 'exit', FALSE, s.outcome, v.profile, {clock}, TRUE, TRUE, 'fill',
                   {nothing}, ''
            FROM (SELECT grading_id, vehicle_position,
                         CASE MAX(CASE WHEN NOT mandatory THEN 0
                                       WHEN outcome IN ('missing', 'wrong') THEN 2
                                       WHEN outcome = 'unsure' THEN 1 ELSE 0 END)
                         WHEN 2 THEN 'fault' WHEN 1 THEN 'unsure' ELSE 'compliant' END AS outcome
                  FROM fill_step GROUP BY grading_id, vehicle_position) AS s
            CROSS JOIN fill_vehicle v
            WHERE s.grading_id = v.grading_id AND s.vehicle_position = v.position
            ORDER BY v.grading_id, v.position""",
        """INSERT INTO step (grading_id, vehicle_position, position, step, mandatory, outcome,
                phrase, heard, score, start_ms, end_ms, why)
            SELECT grading_id, vehicle_position, position, step, mandatory, outcome,
                   CASE WHEN outcome = 'said' THEN phrase END, NULL,
                   CASE WHEN outcome = 'said' THEN 0.97 END,
                   CASE WHEN outcome = 'said' THEN start_ms END,
                   CASE WHEN outcome = 'said' THEN end_ms END, 'made by scripts/fill'
            FROM fill_step ORDER BY grading_id, vehicle_position, position""",
        """INSERT INTO finding (grading_id, vehicle_position, position, code, status, step,
                expected, heard, at_ms, reason)
            SELECT grading_id, vehicle_position, position,
                   CASE WHEN outcome = 'wrong' THEN 'amount.' ELSE 'missing.' END || step,
                   CASE WHEN outcome = 'unsure' THEN 'unsure' ELSE 'fault' END,
                   step, NULL, NULL, end_ms, 'made by scripts/fill'
            FROM fill_step
            WHERE mandatory AND outcome IN ('missing', 'wrong', 'unsure')""",
        *(
            f"""INSERT INTO finding (grading_id, vehicle_position, position, code, status, step,
                    expected, heard, at_ms, reason)
                SELECT grading_id, position, {place}, '{code}', '{status}', NULL, NULL, NULL,
                       end_ms, 'made by scripts/fill'
                FROM fill_vehicle WHERE {when}"""
            for place, code, status, when in (
                (5, "slow", "remark", "end_ms - start_ms > 20000"),
                (6, "context.weather", "remark",
                 "rain = 1 AND profile = 'normal' AND chance % 10 < 3"),
                (7, "forbidden", "unsure", "chance % 20011 = 0"),
            )
        ),
        f"""INSERT INTO due (grading_id, vehicle_position, position, code, phrases, slots, reason,
                sure)
            SELECT grading_id, position, 0, 'context.weather', {rain}, {_json("{}", postgresql)},
                   'rain', TRUE
            FROM fill_vehicle WHERE rain = 1 AND profile = 'normal'""",
    )  # fmt: skip


SUMS = """UPDATE grading SET
    vehicles = (SELECT SUM(f.vehicles) FROM fact_total f WHERE f.grading_id = grading.id),
    compliant = (SELECT SUM(f.compliant) FROM fact_total f WHERE f.grading_id = grading.id),
    fault = (SELECT SUM(f.fault) FROM fact_total f WHERE f.grading_id = grading.id),
    unsure = (SELECT SUM(f.unsure) FROM fact_total f WHERE f.grading_id = grading.id),
    score = (SELECT 100.0 * SUM(f.said) / SUM(f.said + f.missing + f.wrong) FROM fact_step f
             WHERE f.grading_id = grading.id AND f.mandatory),
    score_low = (SELECT 98.0 * SUM(f.said) / SUM(f.said + f.missing + f.wrong) FROM fact_step f
                 WHERE f.grading_id = grading.id AND f.mandatory),
    score_high = 100.0
WHERE id IN (SELECT grading_id FROM fill_shift)"""
"""what a grading's own row says of its vehicles; the score's interval is a guess"""


def _json(text: str, postgresql: bool) -> str:
    return f"CAST('{text}' AS JSON)" if postgresql else f"'{text}'"
