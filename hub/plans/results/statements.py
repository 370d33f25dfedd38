"""The statements behind the results of plans: computed from facts each time, so that a late order restates them."""

from sqlalchemy import text

HORIZON_DAYS = 30
PROSPECTS = "('account_created', 'newsletter_joined')"
"""Triggers by which somebody enters who bought nothing yet."""
PROSPECT_KEY = "welcome:prospect"


def _bare(column: str) -> str:
    """Letters and digits alone, spelt as rules.household_of spells them: what was drawn as one is one witness."""
    whole = f"replace(replace(replace({column}, 'œ', 'oe'), 'Œ', 'oe'), 'æ', 'ae')"
    return rf"""
        replace(lower(regexp_replace(normalize({whole}, NFKD) COLLATE pg_c_utf8, '\W|_', '', 'g')), 'ß', 'ss')
    """


_IN_PERIOD = "{at} >= :since AND {at} < :until"
# Of a coalesce() the planner knows nothing, and would go through windows in nested loops.
OPENED = f"""
    e.plan_id = ANY (:plan_ids) AND (e.opens_at IS NULL AND {_IN_PERIOD.format(at="e.entered_at")}
        OR {_IN_PERIOD.format(at="e.opens_at")})
"""
_HEADS = f"""
    WITH horizons AS MATERIALIZED (
        SELECT id, number, make_interval(days => coalesce((definition ->> 'horizon_days')::int, {HORIZON_DAYS})) AS horizon
        FROM plan_versions WHERE plan_id = ANY (:plan_ids)
    ),
    entries AS (
        SELECT id, plan_id, customer_id, arm, number, is_prospect, opens_at, closes_at,
            max(closes_at) OVER (PARTITION BY plan_id, customer_id, is_prospect ORDER BY opens_at, id
                ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS taken_until,
            min(opens_at) FILTER (WHERE NOT is_prospect) OVER (PARTITION BY plan_id, customer_id ORDER BY opens_at, id
                ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) AS customer_at
        FROM (
            SELECT e.id, e.plan_id, e.customer_id, e.arm, h.number, coalesce(e.opens_at, e.entered_at) AS opens_at,
                coalesce(e.closes_at, e.entered_at + h.horizon) AS closes_at, starts_with(e.entry_key, :prospects)
                OR coalesce(e.values ->> 'trigger', '') IN {PROSPECTS} AS is_prospect
            FROM enrolments AS e JOIN horizons AS h ON h.id = coalesce(e.entered_version_id, e.version_id)
            WHERE {OPENED} {{entries_of}}
        ) AS opened
    ),
    windows AS MATERIALIZED (
        SELECT e.id, e.plan_id, e.customer_id, e.arm, e.is_prospect, e.opens_at, e.closes_at,
            least(e.closes_at, CASE WHEN e.is_prospect THEN e.customer_at END) AS counts_until,
            e.number, c.preferred_store_id AS store_id,
            CASE WHEN home.words = '' OR home.digits = '' THEN c.id
                ELSE hashtextextended(home.digits || '|' || home.words, 0) END AS household
        FROM entries AS e
        JOIN customers AS c ON c.id = e.customer_id
        CROSS JOIN LATERAL (SELECT {_bare("c.street")} AS words, {_bare("c.postcode")} AS digits OFFSET 0) AS home
        WHERE e.taken_until IS NULL OR e.taken_until <= e.opens_at
    ),
    discounts AS MATERIALIZED (
        SELECT r.order_id, sum(coalesce(p.discount_cents, l.cents * p.discount_percent / 100)) AS given, max(l.cents) AS listed
        FROM promo_redemptions AS r
        JOIN promo_codes AS k ON k.id = r.code_id
        JOIN promo_pools AS p ON p.id = k.pool_id
        JOIN orders AS o ON o.id = r.order_id
        CROSS JOIN LATERAL (
            SELECT coalesce(nullif(sum(quantity * unit_price_cents), 0), o.total_cents) AS cents
            FROM order_lines WHERE order_id = r.order_id
        ) AS l
        WHERE r.verdict = 'valid' AND r.cancelled_at IS NULL AND r.redeemed_at > :since {{orders_of}}
        GROUP BY r.order_id
    ),
    spending AS (
        SELECT w.id, count(*) FILTER (WHERE o.state <> 'returned') AS bought,
            sum(greatest(0, o.total_cents - o.returned_cents
                - greatest(0, coalesce(d.given - greatest(0, d.listed - o.total_cents), 0)))) AS spent
        FROM windows AS w
        JOIN orders AS o ON o.customer_id = w.customer_id AND o.placed_at > w.opens_at
            AND o.placed_at <= w.counts_until AND o.placed_at <= :now AND o.state <> 'cancelled'
        LEFT JOIN discounts AS d ON d.order_id = o.id
        GROUP BY w.id
    ),
    heads AS MATERIALIZED (
        SELECT w.id, w.plan_id, w.arm, w.number, w.store_id, w.household, w.closes_at <= :now AS is_closed,
            w.is_prospect, coalesce(s.bought, 0) > 0 AS is_buyer, coalesce(s.spent, 0)::float8 AS spent
        FROM windows AS w LEFT JOIN spending AS s ON s.id = w.id
    )
"""  # noqa: S608 - pieces of our own
EVERYBODY = _HEADS.format(entries_of="", orders_of="")
SOME = _HEADS.format(
    entries_of="AND e.customer_id = ANY (:people)", orders_of="AND o.customer_id = ANY (:people)"
)


def _added_up(scope: str, number: str, store: str) -> str:
    """Households of each group, then their sums: what rules.Sums holds."""
    return f"""
    SELECT '{scope}' AS scope, plan_id, is_prospect, number, store_id, arm, is_closed, count(*) AS households,
        sum(n)::bigint AS heads, sum(buyers)::bigint AS buyers, sum(s) AS spent, sum(s * s) AS squares, sum(s * n) AS crossed,
        sum(n * n) AS head_squares, sum(s * s * s) AS cubes, sum(s * s * n) AS squares_crossed,
        sum(s * n * n) AS crossed_squares, sum(n * n * n) AS head_cubes
    FROM (
        SELECT plan_id, is_prospect, {number} AS number, {store} AS store_id, arm, is_closed, count(*)::float8 AS n,
            sum(spent) AS s, count(*) FILTER (WHERE is_buyer) AS buyers
        FROM heads GROUP BY 1, 2, 3, 4, arm, is_closed, household
    ) AS of_household
    GROUP BY plan_id, is_prospect, number, store_id, arm, is_closed
    """  # noqa: S608 - the words are ours


HEADS = text(
    f"{EVERYBODY} {_added_up('plan', 'NULL::bigint', 'NULL::bigint')} UNION ALL {_added_up('cell', 'number', 'store_id')}"
).bindparams(prospects=PROSPECT_KEY)
"""By plan, those who entered as prospects apart: their welcome is another thing than that of a buyer. And by version and
store, from which every narrower figure is summed.
"""

HEADS_OF = text(
    f"{SOME} SELECT id, is_closed, is_buyer, spent FROM heads ORDER BY id DESC"  # noqa: S608 - pieces of our own
).bindparams(prospects=PROSPECT_KEY)
"""The windows of some customers, one by one: all of each customer's are looked at, since one may shut another out."""

PASSAGES = text(f"""
    SELECT v.number, c.preferred_store_id AS store_id, e.arm, e.state, e.exit_reason, e.step_key,
        coalesce(e.opens_at > :now, false) AS is_ahead, count(*) AS passages,
        to_char(min(e.opens_at) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS first_at
    FROM enrolments AS e
    JOIN plan_versions AS v ON v.id = coalesce(e.entered_version_id, e.version_id)
    JOIN customers AS c ON c.id = e.customer_id
    WHERE {OPENED} OR (e.plan_id = ANY (:plan_ids) AND e.opens_at > :now)
    GROUP BY 1, 2, 3, 4, 5, 6, 7
""")  # noqa: S608 - pieces of our own
"""Of the period, and beside them who waits for a window that opens later (`is_ahead`, the first at `first_at`)."""

MESSAGES = text(f"""
    WITH runs AS MATERIALIZED (
        SELECT e.id, v.number, o.preferred_store_id AS store_id, r.step_key,
            CASE e.arm WHEN 'control' THEN 'ghost' ELSE r.outcome END AS outcome, m.state IN ('accepted', 'delivered', 'bounced', 'unknown') AS is_sent,
            m.state IN ('accepted', 'delivered') AS is_delivered, m.refused_at IS NOT NULL AS has_refused,
            EXISTS (SELECT FROM link_clicks WHERE message_id = m.id AND label = 'human')
                OR EXISTS (SELECT FROM message_openings WHERE message_id = m.id AND opener = 'program') AS is_engaged,
            EXISTS (SELECT FROM delivery_receipts WHERE message_id = m.id AND kind = 'complaint') AS has_complained
        FROM enrolments AS e
        JOIN plan_versions AS v ON v.id = coalesce(e.entered_version_id, e.version_id)
        JOIN customers AS o ON o.id = e.customer_id
        JOIN step_runs AS r ON r.enrolment_id = e.id
        LEFT JOIN outbound_messages AS m ON m.id = r.outbound_id AND e.arm = 'treated'
        WHERE {OPENED} AND (e.arm = 'treated' OR r.outcome NOT IN ('skipped', 'expired'))
    )
    SELECT number, store_id, step_key, outcome, count(*) AS passages, count(*) FILTER (WHERE is_sent) AS sent,
        count(*) FILTER (WHERE is_delivered) AS delivered, count(*) FILTER (WHERE is_sent AND is_engaged) AS engaged,
        count(*) FILTER (WHERE is_sent AND has_refused) AS refused, count(*) FILTER (WHERE is_sent AND has_complained) AS complained
    FROM runs GROUP BY number, store_id, step_key, outcome
    UNION ALL
    SELECT number, store_id, NULL, NULL, count(*), count(*) FILTER (WHERE is_sent), count(*) FILTER (WHERE is_delivered),
        count(*) FILTER (WHERE is_engaged), count(*) FILTER (WHERE has_refused), count(*) FILTER (WHERE has_complained)
    FROM (
        SELECT number, store_id, bool_or(is_sent) AS is_sent, bool_or(is_delivered) AS is_delivered, bool_or(is_sent AND is_engaged) AS is_engaged,
            bool_or(is_sent AND has_refused) AS has_refused, bool_or(is_sent AND has_complained) AS has_complained
        FROM runs GROUP BY id, number, store_id
    ) AS passages
    GROUP BY number, store_id
""")  # noqa: S608 - pieces of our own
"""What the steps did in the treated arm, and what became of its messages; whatever one did, or would have done, in the control
arm is its ghost. A refusal stands with the message since it was said (hub/outbox/actions/refusals.py): an erasure takes its address.
"""
