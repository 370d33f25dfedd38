"""Rows by the million that figures are made of, in the order of two years: tickets with waits, ratings and moves, orders with answers, messages."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import numpy as np
from sqlalchemy import insert, text

from hub.core.db import db, transaction
from hub.statistics.base.working import keep_night
from hub.statistics.columns.layouts import LAYOUTS, SLOT
from hub.statistics.models import StatisticsColumn
from hub.statistics.words import Subject
from hub.surveys.actions import add_builtin_survey
from hub.surveys.queries import get_survey_id
from tests.bench.bulk import bulk_filling
from tests.bench.many_tickets import make_chain_of_stores
from tests.conftest import TUESDAY

YEARS = 2
SPAN_SECONDS = YEARS * 365 * 86_400
STORES, WHATS, TEMPLATES, ADVERTS, CUSTOMERS = 61, (1, 2, 6, 7, 8), 8, 5000, 300_000
TABLES = (
    "tickets",
    "reply_waits",
    "ticket_ratings",
    "route_corrections",
    "gestures",
    "knowledge_uses",
    "orders",
    "invitations",
    "answers",
)
TICKETS = """
    INSERT INTO tickets (id, number, store_id, requester_name, channel, state, priority, language, subject, preview, reason_id,
        route_source, route_confidence, is_grievance, is_confirmed, list_at, waiting_since, due_at, first_replied_at,
        first_solved_at, solved_at, closed_at, reopened_count, transfer_count, last_event_id, created_at, updated_at)
    SELECT i, 'B-' || i, CASE WHEN i % 50 > 0 THEN :first_store + (hashint8(i) & 65535) % 61 END, '',
        CASE i % 8 WHEN 3 THEN 'sms' WHEN 4 THEN 'form' WHEN 5 THEN 'survey' ELSE 'email' END,
        CASE WHEN i % 500 = 0 THEN 'open' ELSE 'closed' END, 'normal', 'fr', 'Lampe ' || i, '',
        CASE WHEN i % 12 > 0 THEN :first_reason + i % 12 END,
        CASE i % 9 WHEN 0 THEN 'order_number' WHEN 1 THEN 'agent' ELSE 'store_address' END, 0.9, false, true, at,
        CASE WHEN i % 500 = 0 THEN at END, CASE WHEN i % 500 = 0 THEN at + interval '4 hours' END, at + interval '3 hours',
        CASE WHEN i % 500 > 0 THEN at + lasted / 2 END, CASE WHEN i % 500 > 0 THEN at + lasted END,
        CASE WHEN i % 500 > 0 THEN at + lasted + interval '7 days' END, (i % 20 = 0)::int, 0, 2, at, at
    FROM (SELECT i, make_interval(secs => hashint8(i + 11) & 262143) AS lasted, CAST(:now AS timestamptz)
        - make_interval(secs => (CAST(:size AS bigint) - i) * CAST(:span AS float8) / CAST(:size AS bigint)) AS at
        FROM generate_series(1::bigint, CAST(:size AS bigint)) AS i) AS drawn
"""
WAITS = """
    INSERT INTO reply_waits (ticket_id, store_id, channel, reason_id, kind, started_at, target_seconds, ended_at, agent_id,
        is_transferred, seconds, business_seconds, dropped_at, drop_reason)
    SELECT id, store_id, channel, reason_id, 'first', created_at, 14400, CASE WHEN id % 40 > 0 THEN at END,
        CASE WHEN id % 40 > 0 THEN :first_agent + (hashint8(id + 5) & 65535) % 120 END, false, lasted, lasted / 2,
        CASE WHEN id % 40 = 0 THEN at END, CASE WHEN id % 40 = 0 THEN 'solved_without_reply' END
    FROM (SELECT *, hashint8(id + 3) & 65535 AS lasted, created_at + make_interval(secs => hashint8(id + 3) & 65535) AS at
        FROM tickets WHERE id % 500 > 0) AS drawn
"""
PASSED_ON = """
    INSERT INTO reply_waits (ticket_id, store_id, channel, reason_id, kind, started_at, target_seconds, ended_at, agent_id,
        is_transferred, seconds, business_seconds)
    SELECT id, :first_store, channel, reason_id, 'first', created_at - interval '1 hour', 14400, created_at, :first_agent, true, 3600, 1800
    FROM tickets WHERE id % 30 = 7
"""
RATINGS = """
    INSERT INTO ticket_ratings (ticket_id, store_id, agent_id, message_key, asked_at, score, comment, answered_at)
    SELECT id, store_id, :first_agent + (hashint8(id + 5) & 65535) % 120, 'k' || id, solved_at,
        CASE WHEN id % 3 = 0 THEN 1 + (hashint8(id) & 65535) % 3 END, '', CASE WHEN id % 3 = 0 THEN solved_at + interval '1 hour' END
    FROM tickets WHERE id % 5 < 2 AND solved_at IS NOT NULL
"""
MOVED = """
    INSERT INTO route_corrections (ticket_id, first_store_id, first_source, first_confidence, store_id, opened_at, corrected_at)
    SELECT id, :first_store + id % 61, 'order_number', 0.5, store_id, created_at, created_at FROM tickets WHERE id % 30 = 7
"""
GESTURES = """
    INSERT INTO gestures (ticket_id, store_id, kind, state, amount_cents, currency, text, asked_by_id, asked_at, decided_at)
    SELECT id, store_id, CASE WHEN id % 2 = 0 THEN 'voucher' ELSE 'refund' END, 'done', 1000 + id % 5000, 'EUR', '', :first_agent,
        created_at, created_at FROM tickets WHERE id % 25 = 3
"""
USES = """
    INSERT INTO knowledge_uses (ticket_id, message_id, likeness, used_at, solved_at)
    SELECT id, id, 100, first_replied_at, solved_at FROM tickets WHERE id % 3 = 0 AND solved_at IS NOT NULL
"""
ORDERS = """
    INSERT INTO orders (id, external_id, store_id, customer_id, state, placed_at, state_at, event_key, total_cents, returned_cents,
        currency, promo_codes, created_at)
    SELECT i, 'O' || i, :first_store + (hashint8(i) & 65535) % 61, :first_customer + i % 2000, 'delivered', at, at, '', 4990, 0, 'EUR', '[]', at
    FROM (SELECT i, CAST(:now AS timestamptz)
        - make_interval(secs => (CAST(:size AS bigint) - i) * CAST(:span AS float8) / CAST(:size AS bigint)) AS at
        FROM generate_series(1::bigint, CAST(:size AS bigint)) AS i) AS drawn
"""
INVITATIONS = """
    INSERT INTO invitations (id, survey_id, order_id, customer_id, store_id, language, state, created_at, expires_at, accepted_at)
    SELECT id, :survey, id, customer_id, store_id, 'fr', 'open', placed_at, placed_at + interval '30 days', placed_at FROM orders
"""
ANSWERS = """
    INSERT INTO answers (invitation_id, store_id, customer_id, choice, comment, topics, state, nonce, page_opened_at, confirmed_at, answered_at)
    SELECT id, store_id, customer_id, CAST(1 + (hashint8(id) & 65535) % 3 AS text), '', '[]', 'confirmed', 'n' || id, accepted_at,
        accepted_at + interval '1 day', accepted_at + interval '1 day' FROM invitations WHERE id % 5 = 0
"""


def fill(size: int) -> dict[str, int]:
    """So many tickets and orders a year, in each of two years; the ids that stores, people and reasons begin at."""
    with transaction() as session:
        begin = make_chain_of_stores(session)
        add_builtin_survey(now=TUESDAY)
        given: dict[str, Any] = {"now": TUESDAY, "size": size * YEARS, "span": SPAN_SECONDS, **begin}
        given["survey"] = get_survey_id()
        keep_night(now=TUESDAY)
    statements = (TICKETS, WAITS, PASSED_ON, RATINGS, MOVED, GESTURES, USES, ORDERS, INVITATIONS, ANSWERS)
    with bulk_filling(TABLES) as wire:
        for statement in statements:
            names = {name for name in given if f":{name}" in statement}
            wire.execute(text(statement), {name: given[name] for name in names})
    return begin


def fill_messages(first_store: int) -> None:
    """Straight into their day columns, after all others: ten million messages would say nothing more of the pages."""
    chance = np.random.default_rng(3)
    with transaction() as session:
        for number in range(365 * YEARS):
            rows = list(_columns(TUESDAY.date() - timedelta(days=number), first_store, chance))
            session.execute(insert(StatisticsColumn), rows)
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as wire:
        wire.execute(text("VACUUM ANALYZE statistics_columns"))


def _columns(day: date, first_store: int, chance: np.random.Generator) -> Iterator[dict[str, Any]]:
    store, template, what = (
        each.ravel() for each in np.meshgrid(first_store + np.arange(STORES), 1 + np.arange(TEMPLATES), WHATS)
    )
    of_messages = {
        "store": store,
        "channel": np.ones_like(store),
        "purpose": 1 + template % 6,
        "template": template,
        "plan": np.zeros_like(store),
        "what": what,
        "count": chance.integers(1, 40, len(store)),
    }
    of_pressure = {"customer": chance.integers(1, CUSTOMERS, ADVERTS), "channel": np.ones(ADVERTS)}
    for subject, columns in ((Subject.MESSAGES, of_messages), (Subject.PRESSURE, of_pressure)):
        layout = LAYOUTS[subject]
        assert SLOT not in layout.columns.values()
        for name, values in columns.items():
            data = values.astype(layout.kind_of(name)).tobytes()
            yield {"subject": subject, "day": day, "name": name, "data": data}
