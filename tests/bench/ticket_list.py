"""Benchmark: the ticket list, a deep page, a search and one ticket at 10,000 and at 100,000 tickets.

`.venv/bin/python -m tests.bench.ticket_list [counts]` prints JSON lines. Bars: list p50 ≤ 25 ms, p95 at the larger count
≤ 1.5 × p95 at the smaller one.
"""

import json
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable

from sqlalchemy import text

from hub.app import create_app
from hub.content.actions import publish_builtin_templates
from hub.core.db import db, transaction
from hub.core.words import Language
from hub.inbox.queries import TicketFilters, access_ticket, count_views, list_thread, list_tickets
from hub.inbox.words import InboxView
from hub.staff.rules import Scope, Viewer
from hub.staff.words import Role
from tests.bench.mail_in import _config
from tests.conftest import TUESDAY
from tests.makers.customers import make_customer
from tests.makers.staff import make_agent
from tests.makers.stores import make_chain, make_store

COUNTS = (10_000, 100_000)
STORES = 20
ROUNDS = 40
_FILL = text(
    """
    WITH numbers AS (SELECT i, CAST(:start AS timestamptz) - make_interval(mins => CAST(:total AS int) - i) AS at
        FROM generate_series(CAST(:first AS int), CAST(:total AS int)) AS i),
    made AS (
        INSERT INTO tickets (id, number, store_id, customer_id, requester_name, channel, state, priority, language,
            subject, preview, route_source, route_confidence, is_grievance, is_confirmed, waiting_since, due_at, list_at,
            reopened_count, transfer_count, last_event_id, created_at, updated_at, search)
        SELECT i, 'T-2603-' || lpad(i::text, 7, '0'), CAST(:store AS bigint) + (i / 20) % CAST(:stores AS int),
            CAST(:customer AS bigint), 'Dora Lefèvre', 'email',
            CASE WHEN i % 20 = 0 THEN 'open' WHEN i % 20 = 1 THEN 'pending' ELSE 'closed' END, 'normal', 'fr',
            'Lampe ' || i, 'Bonjour', 'store_address', 0.95, false, true,
            CASE WHEN i % 20 = 0 THEN at END, CASE WHEN i % 20 = 0 THEN at + interval '4 hours' END,
            CASE WHEN i % 20 = 0 THEN at + interval '4 hours' ELSE at END, 0, 0, 1, at, at,
            to_tsvector('simple', 'lampe bonjour mot' || i % 1000 || ' rare' || i % 20000)
        FROM numbers RETURNING id, created_at)
    INSERT INTO ticket_messages (ticket_id, kind, channel, event_id, ends_wait, author_name, is_stranger, subject, text,
        quoted_text, html, inserted, happened_at)
    SELECT id, 'customer', 'email', 1, false, 'Dora', false, '', 'Bonjour', '', '', '{}', created_at FROM made
    """
)


def run(counts: tuple[int, ...] = COUNTS) -> dict[str, float]:
    """Milliseconds of server time without a web server: p50 and p95 by size and question."""
    app = create_app(_config())
    figures: dict[str, float] = {}
    with app.app_context():
        with transaction() as session:
            make_chain(session)
            publish_builtin_templates(now=TUESDAY)
            first = make_store(session)
            for place in range(1, STORES):
                make_store(session, f"Magasin {place}", code=f"M{place}")
            agent = make_agent(session)
            customer = make_customer(session)
            fill = {"store": first.id, "stores": STORES, "customer": customer.id, "start": TUESDAY}
            agent_id = agent.id
        done = 0
        for count in counts:
            with transaction() as session:
                session.execute(_FILL, {**fill, "first": done + 1, "total": count})
            with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as wire:
                wire.execute(text("VACUUM ANALYZE tickets, ticket_messages"))
            done = count
            for name, question in _questions(agent_id, frozenset({fill["store"], fill["store"] + 1})).items():
                p50, p95 = _measure(question)
                figures |= {f"{name}.{count}.p50_ms": p50, f"{name}.{count}.p95_ms": p95}
        db.session.remove()
        db.engine.dispose()
    return figures


def _questions(agent_id: int, store_ids: frozenset[int]) -> dict[str, Callable[[], object]]:
    def viewer(scope: Scope) -> Viewer:
        return Viewer(agent_id, "Ada", "ada@verel.example", Role.AGENT, Language.FRENCH, scope, 0)

    head, own = viewer(Scope(is_everything=True)), viewer(Scope(is_everything=False, store_ids=store_ids))
    deep = list_tickets(TicketFilters(view=InboxView.ALL), head, size=3000).next_key
    return {
        "list_head_office": lambda: list_tickets(TicketFilters(), head),
        "list_store": lambda: list_tickets(TicketFilters(), own),
        "list_open_store": lambda: list_tickets(TicketFilters(view=InboxView.OPEN), own),
        "list_all_deep": lambda: list_tickets(TicketFilters(view=InboxView.ALL), head, after=deep),
        "search_rare": lambda: list_tickets(TicketFilters(view=InboxView.ALL, search="rare777"), head),
        "search_common": lambda: list_tickets(TicketFilters(view=InboxView.ALL, search="lampe"), own),
        "count_views": lambda: count_views(own),
        "ticket": lambda: list_thread(access_ticket("T-2603-0000020", head).id),
    }


def _measure(question: Callable[[], object]) -> tuple[float, float]:
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        question()
        times.append((time.perf_counter() - start) * 1000)
        db.session.rollback()
    return statistics.median(times), sorted(times)[int(ROUNDS * 0.95)]


if __name__ == "__main__":
    asked = tuple(int(each) for each in sys.argv[1:]) or COUNTS
    for name, value in run(asked).items():
        machine = f"{platform.machine()}, {os.cpu_count()} cores"
        line = {"name": f"ticket_list.{name}", "value": round(value, 2), "unit": "ms", "machine": machine}
        print(
            json.dumps({**line, "baseline": "list p50", "baseline_value": 25, "ratio": round(value / 25, 2)})
        )
