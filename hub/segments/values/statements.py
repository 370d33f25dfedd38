"""The one source of the scores: SQL that adds orders up and judges customers, for a night's base or for one customer."""

from hub.core.facts import TELL_NEWS
from hub.segments.values.rules import SCORES

SUM_UP = """
    SELECT customer_id, min(placed_at) AS first_order_at, max(placed_at) AS last_order_at, count(*) AS order_count,
        sum(net)::bigint AS historic_cents,
        count(*) FILTER (WHERE placed_at > :year_after) AS orders_12_months,
        coalesce(sum(net) FILTER (WHERE placed_at > :year_after), 0)::bigint AS value_12_months_cents,
        count(*) FILTER (WHERE placed_at > :window_after) AS window_orders,
        coalesce(sum(net) FILTER (WHERE placed_at > :window_after), 0)::bigint AS window_cents,
        CASE WHEN count(*) FILTER (WHERE gap > 0) >= 2
            THEN percentile_cont(0.5) WITHIN GROUP (ORDER BY gap) FILTER (WHERE gap > 0) END AS cycle_days
    FROM (
        SELECT customer_id, placed_at, net, day - lag(day) OVER (PARTITION BY customer_id ORDER BY placed_at) AS gap
        FROM (SELECT customer_id, placed_at, total_cents - returned_cents AS net, {day} AS day
            FROM orders WHERE state <> 'cancelled' AND placed_at <= :now {whose} OFFSET 0) AS dated
    ) AS bought GROUP BY customer_id"""
"""A customer's orders by `now`. A gap is in days; orders of one day are one purchase, and a cycle needs three purchases."""
DAY = "(placed_at AT TIME ZONE :zone)::date"
DAY_OF_SESSION = "placed_at::date"
"""The same where the session has the chain's time zone: a third of the time that the sums of everybody take."""

BUYING_COLUMNS = (
    "customer_id, first_order_at, last_order_at, order_count, historic_cents, orders_12_months,"
    " value_12_months_cents, window_orders, window_cents, cycle_days"
)

AGREED = """
    SELECT DISTINCT a.customer_id FROM addresses AS a
    JOIN consent_states AS s ON s.address_kind = a.kind AND s.address = a.value
    WHERE s.channel = 'email' AND s.purpose = 'open_measurement' AND s.action = 'given' AND a.{whose}"""
EVERYBODY = "SELECT id AS customer_id FROM customers WHERE {whose_id}"
NOBODY = "SELECT id AS customer_id FROM customers WHERE false"

HEARD = """(EXISTS (SELECT FROM link_clicks AS k WHERE k.message_id = o.id AND k.label = 'human'
                    AND k.clicked_at <= :now)
                OR EXISTS (SELECT FROM message_openings AS e WHERE e.message_id = o.id AND e.opener = 'program'
                    AND e.first_at <= :now))"""
LOOKS = """
    measured AS ({measured}),
    unheard AS (
        SELECT p.customer_id, count(*) AS sent, count(*) FILTER (WHERE last.is_engaged) AS engaged
        FROM measured AS p CROSS JOIN LATERAL (
            SELECT {heard} AS is_engaged
            FROM outbound_messages AS o
            WHERE o.customer_id = p.customer_id AND o.channel = 'email' AND o.state IN ('accepted', 'delivered')
                AND o.purpose IN ('service', 'survey', 'promotion', 'newsletter') AND o.accepted_at <= :mails_until
                AND ({heard} OR NOT EXISTS (SELECT FROM message_openings AS e WHERE e.message_id = o.id
                    AND e.opener IN ('apple', 'gmail', 'yahoo') AND e.first_at <= :now))
            ORDER BY o.created_at DESC, o.id DESC LIMIT :mail_count
        ) AS last
        GROUP BY p.customer_id
        HAVING count(*) >= :mail_count
            AND count(*) FILTER (WHERE last.is_engaged) * 100 < :mail_percent * count(*)
    ),
    leaving AS (
        SELECT DISTINCT ON (customer_id) customer_id, kind, visited_at FROM visits
        WHERE kind IN ('returns', 'account_closing') AND visited_at > :visits_after AND visited_at <= :now AND {whose}
        ORDER BY customer_id, visited_at DESC, id DESC
    )"""
"""Whose last mails were not engaged with, and who looked at the returns or account-closing pages. A mail that only a
provider's proxy opened says nothing of its reader, and one of the last two days may still be read: they are passed over."""

REMOVED = """
    DELETE FROM customer_scores AS s USING customers AS c WHERE c.id = s.customer_id AND c.{whose_id}
        AND (c.merged_into_id IS NOT NULL OR c.archived_at IS NOT NULL OR c.erased_at IS NOT NULL)"""
"""Who was merged, archived or erased has no score; the orders stay in the sums of the chain."""

NUMBERS = """
    judged AS (
        SELECT c.id AS customer_id, b.*, u.sent, u.engaged, v.kind AS visit_kind, v.visited_at,
            CASE WHEN b.window_orders > 0 AND :has_yardsticks THEN {r} END AS r,
            CASE WHEN b.window_orders > 0 AND :has_yardsticks THEN {f} END AS f,
            CASE WHEN b.window_orders > 0 AND :has_yardsticks THEN {m} END AS m
        FROM customers AS c
        LEFT JOIN {buying} ON b.buyer_id = c.id
        LEFT JOIN unheard AS u ON u.customer_id = c.id
        LEFT JOIN leaving AS v ON v.customer_id = c.id
        WHERE c.{whose_id} AND c.merged_into_id IS NULL AND c.archived_at IS NULL AND c.erased_at IS NULL
        OFFSET 0
    ),
    placed AS (SELECT *, (5 - r) * 5 + (f + m + 1) / 2 AS cell FROM judged OFFSET 0),
    timed AS (
        SELECT *, (CAST(:map AS text[]))[cell] AS rfm_segment,
            coalesce(cycle_days, (CAST(:cycles AS float8[]))[cell], :chain_cycle) AS used_cycle,
            CASE WHEN cycle_days IS NOT NULL THEN 'own'
                ELSE coalesce((CAST(:sources AS text[]))[cell], :chain_source) END AS source
        FROM placed OFFSET 0
    ),
    counted AS (
        SELECT *, greatest(0, floor(
            (date_part('epoch', CAST(:now AS timestamptz) - last_order_at) / 86400 - used_cycle) / 7
        ))::bigint AS weeks FROM timed OFFSET 0
    )"""
"""`OFFSET 0` keeps the parts apart: else each figure is worked out anew wherever it is named, those of r, f and m a dozen
times for a customer."""

SCORED = """
    scored AS (
        SELECT n.customer_id, {stage} AS stage, n.r, n.f, n.m, n.rfm_segment,
            CASE WHEN n.order_count IS NULL THEN 0 ELSE -(n.weeks * :week_points
                + CASE WHEN n.sent IS NOT NULL THEN :mail_points ELSE 0 END
                + CASE WHEN n.visit_kind IS NOT NULL THEN :visit_points ELSE 0 END) END AS churn_points,
            n.weeks, n.source, n.sent, n.engaged, n.visit_kind, n.visited_at,
            CASE WHEN n.order_count IS NOT NULL THEN n.used_cycle END AS used_cycle_days,
            coalesce(n.historic_cents, 0) AS historic_cents, coalesce(n.order_count, 0) AS order_count,
            coalesce(n.orders_12_months, 0) AS orders_12_months,
            coalesce(n.value_12_months_cents, 0) AS value_12_months_cents,
            coalesce(n.window_cents, 0) AS window_cents, n.cycle_days, n.first_order_at, n.last_order_at,
            {tier} AS tier
        FROM counted AS n OFFSET 0
    )"""

STAGE = """CASE WHEN n.order_count IS NULL THEN 'prospect'
            WHEN n.last_order_at <= :former_before THEN 'former'
            WHEN n.last_order_at <= :lapsed_before THEN 'lapsed'
            WHEN n.order_count >= :ambassador_orders AND n.value_12_months_cents >= :ambassador_cents
                AND n.value_12_months_cents > 0 THEN 'ambassador'
            WHEN n.order_count = 1 AND n.first_order_at > :new_after THEN 'new'
            WHEN n.orders_12_months >= :regular_orders THEN 'regular'
            ELSE 'occasional' END"""
"""The first that holds. `ambassador_cents` is None (never reached) before the first night."""

OF_CYCLE = """CASE WHEN n.weeks * :week_points > 0 THEN jsonb_build_array(jsonb_build_object('rule', 'cycle',
                    'points', -n.weeks * :week_points, 'weeks', n.weeks, 'cycle_days', round(n.used_cycle_days::numeric, 1),
                    'source', n.source, 'last_order_on', (n.last_order_at AT TIME ZONE :zone)::date))
                    ELSE '[]'::jsonb END"""
WHY = f"""CASE WHEN n.order_count = 0 THEN '[]'::jsonb
                WHEN n.sent IS NULL AND n.visit_kind IS NULL THEN {OF_CYCLE}
                ELSE {OF_CYCLE}
                || CASE WHEN n.sent IS NOT NULL AND :mail_points > 0 THEN jsonb_build_array(jsonb_build_object(
                    'rule', 'mails', 'points', -:mail_points, 'sent', n.sent, 'engaged', n.engaged))
                    ELSE '[]'::jsonb END
                || CASE WHEN n.visit_kind IS NOT NULL AND :visit_points > 0 THEN jsonb_build_array(jsonb_build_object(
                    'rule', 'visit', 'points', -:visit_points, 'kind', n.visit_kind,
                    'visited_on', (n.visited_at AT TIME ZONE :zone)::date)) ELSE '[]'::jsonb END
            END"""
"""Figures that stay the same from day to day, so that a night changes only the rows of which something is new. It is
written for those only; without a mail or a visit it follows from what is compared."""

COLUMNS = (
    "stage",
    "r",
    "f",
    "m",
    "rfm_segment",
    "churn_points",
    "historic_cents",
    "order_count",
    "orders_12_months",
    "value_12_months_cents",
    "window_cents",
    "cycle_days",
    "used_cycle_days",
    "first_order_at",
    "last_order_at",
    "tier",
)
WRITE = """
    compared AS MATERIALIZED (
        SELECT n.*, o.customer_id IS NULL AS is_added, o.stage AS old_stage, o.rfm_segment AS old_segment,
            o.tier AS old_tier, o.churn_points AS old_points, o.computed_at AS old_computed_at
        FROM scored AS n LEFT JOIN customer_scores AS o ON o.customer_id = n.customer_id AND o.{whose}
        WHERE o.customer_id IS NULL
            OR (o.computed_at <= :now AND (ROW({new}) IS DISTINCT FROM ROW({old})
                OR ((n.sent IS NOT NULL OR n.visit_kind IS NOT NULL) AND o.churn_why IS DISTINCT FROM {why})))
    ),
    changed AS (
        UPDATE customer_scores AS s SET {changes}, churn_why = {why}, computed_at = :now FROM compared AS n
        WHERE NOT n.is_added AND s.customer_id = n.customer_id AND s.computed_at = n.old_computed_at
        RETURNING s.customer_id
    ),
    added AS (
        INSERT INTO customer_scores (customer_id, {columns}, churn_why, computed_at)
        SELECT n.customer_id, {new}, {why}, :now FROM compared AS n WHERE n.is_added
        ON CONFLICT (customer_id) DO NOTHING RETURNING customer_id
    ),
    moved AS (SELECT n.* FROM compared AS n JOIN changed USING (customer_id)),
    walked AS (
        INSERT INTO customer_score_changes (customer_id, changed_at, from_stage, to_stage, from_segment, to_segment,
            from_tier, to_tier)
        SELECT customer_id, :now, old_stage, stage, old_segment, rfm_segment, old_tier, tier FROM moved
        WHERE ROW(stage, rfm_segment, tier) IS DISTINCT FROM ROW(old_stage, old_segment, old_tier)
    ),
    news AS (
        SELECT customer_id AS position, 'StageChanged' AS kind, customer_id, CAST(:now AS timestamptz) AS happened_at,
            jsonb_build_object('from_stage', old_stage, 'to_stage', stage) AS data
        FROM moved WHERE NOT :is_silent AND stage <> old_stage
        UNION ALL
        SELECT customer_id, 'ChurnThresholdCrossed', customer_id, :now, jsonb_build_object('level', level,
            'points', churn_points, 'last_order_on', (last_order_at AT TIME ZONE :zone)::date)
        FROM moved CROSS JOIN (VALUES ('rescue', CAST(:rescue_below AS bigint), 0),
            ('call', CAST(:call_below AS bigint), CAST(:high_value_cents AS bigint))) AS line (level, border, least)
        WHERE NOT :is_silent AND churn_points < border AND old_points >= border AND historic_cents >= least
    ),
    {tell_news}
    SELECT (SELECT count(*) FROM compared) AS found_count, (SELECT count(*) FROM added) AS added_count,
        (SELECT count(*) FROM changed) AS changed_count, (SELECT count(*) FROM news) AS news_count"""
"""Only rows of which something is new are written, and none that somebody else has written since it was read."""

VALUES = {
    "r": ("b.last_order_at >=", "timestamptz"),
    "f": ("b.window_orders >", "bigint"),
    "m": ("b.window_cents >", "bigint"),
}


def quintile(name: str) -> str:
    """1 and one more for each border reached: those who tie share a score, the lower one of F and M, the higher one of R."""
    value, kind = VALUES[name]
    steps = [f"coalesce(({value} CAST(:{name}{end} AS {kind}))::int, 0)" for end in range(SCORES - 1)]
    return f"1 + {' + '.join(steps)}"


def writing(whose: str) -> str:
    """The part that writes, with its lists of columns; `whose` once more, else all scores are read for each range."""
    return WRITE.format(
        whose=whose,
        new=", ".join(f"n.{name}" for name in COLUMNS),
        old=", ".join(f"o.{name}" for name in COLUMNS),
        changes=", ".join(f"{name} = n.{name}" for name in COLUMNS),
        columns=", ".join(COLUMNS),
        why=WHY,
        tell_news=TELL_NEWS,
    )
