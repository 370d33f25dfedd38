"""Makes tickets by the million for the benchmarks: names, words, stores, people and states drawn as a chain has them."""

from datetime import datetime

from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from hub.core.db import db, transaction
from hub.inbox.vocabulary import work_words
from tests.conftest import TUESDAY
from tests.makers.customers import make_customer
from tests.makers.inbox import make_reason
from tests.makers.staff import make_agent
from tests.makers.stores import make_chain, make_store

STORES, AGENTS, CUSTOMERS, REASONS = 61, 120, 2000, 12
CHUNK = 50_000
LIVE = 10_000
"""Open tickets are among so many latest ones, however long the history: a chain works off what comes in."""
MANY = 100_000
"""From so many rows on, indexes are made after the rows."""
_TICKETS = text(
    """
    WITH drawn AS (
        SELECT i, CAST(:start AS timestamptz) - make_interval(secs => (CAST(:total AS int) - i) * 30.0) AS at, i % 20 AS turn,
            CAST(:first_store AS bigint) + (hashint4(i) & 65535) % CAST(:stores AS int) AS store_id,
            (CAST(:names AS text[]))[1 + (hashint4(i + 7) & 65535) % cardinality(CAST(:names AS text[]))] AS last_name,
            (CAST(:given AS text[]))[1 + (hashint4(i + 11) & 65535) % cardinality(CAST(:given AS text[]))] AS first_name,
            (CAST(:things AS text[]))[1 + (hashint4(i + 13) & 65535) % cardinality(CAST(:things AS text[]))] AS thing,
            'mot' || translate(to_hex(hashint4(i + 17) & 1023), '0123456789', 'ghijklmnop') || 'z' AS often,
            'rare' || translate(to_hex(i / 5), '0123456789', 'ghijklmnop') || 'z' AS seldom
        FROM generate_series(CAST(:first AS int), CAST(:last AS int)) AS i),
    worded AS (
        SELECT *, thing || ' ' || CASE WHEN turn < 10 THEN 'livraison' ELSE 'facture' END || ' ' || often AS subject,
            'Bonjour, ma commande C-' || i || ' de ' || thing || ' est en retard depuis la semaine ' || often || ' '
            || seldom || '. Merci de me répondre vite, cordialement' AS body FROM drawn)
    INSERT INTO tickets (id, number, store_id, customer_id, requester_name, requester_address, channel, state, priority,
        language, subject, preview, reason_id, assignee_id, route_source, route_confidence, is_grievance, is_confirmed,
        waiting_since, due_at, missed_at, list_at, reopened_count, transfer_count, last_event_id, created_at, updated_at,
        search)
    SELECT i, 'T-2603-' || lpad(i::text, 7, '0'), store_id,
        CAST(:first_customer AS bigint) + i % CAST(:customers AS int), first_name || ' ' || last_name,
        'c' || i % 200000 || '@client.example',
        CASE turn WHEN 3 THEN 'sms' WHEN 4 THEN 'form' WHEN 5 THEN 'phone' ELSE 'email' END,
        CASE WHEN is_open AND turn < 2 THEN 'open' WHEN is_open THEN 'pending' ELSE 'closed' END,
        CASE WHEN i % 50 = 0 THEN 'urgent' WHEN i % 25 = 0 THEN 'high' ELSE 'normal' END, 'fr', subject, left(body, 140),
        CAST(:first_reason AS bigint) + i % CAST(:reasons AS int),
        CASE WHEN i % 3 > 0 THEN CAST(:first_agent AS bigint) + (hashint4(i + 23) & 65535) % CAST(:agents AS int) END,
        'store_address', 0.95, i % 30 = 0, true,
        CASE WHEN is_open AND turn < 2 THEN at END, CASE WHEN is_open AND turn < 2 THEN at + interval '4 hours' END,
        CASE WHEN is_open AND turn = 0 THEN at + interval '4 hours' END,
        CASE WHEN is_open AND turn < 2 THEN at + interval '4 hours' ELSE at END, 0, 0, 2, at, at,
        strip(to_tsvector('simple', unaccent(words))) || strip(to_tsvector('french', words))
    FROM (SELECT *, turn < 3 AND i > CAST(:total AS int) - CAST(:live AS int) AS is_open,
        'T-2603-' || lpad(i::text, 7, '0') || ' ' || subject || ' ' || body || ' ' || first_name || ' ' || last_name AS words
        FROM worded) AS rows
    """
)
_MESSAGES = text(
    """
    INSERT INTO ticket_messages (ticket_id, kind, channel, event_id, ends_wait, author_name, is_stranger, subject, text,
        quoted_text, html, inserted, happened_at)
    SELECT t.id, k.kind, 'email', k.place, k.kind = 'agent', t.requester_name, false, '', t.preview || ' ' || t.subject,
        '', '', '{}', t.created_at + make_interval(mins => k.place)
    FROM tickets AS t, (VALUES ('customer', 1), ('agent', 2)) AS k (kind, place)
    WHERE t.id BETWEEN :first AND :last AND (k.place = 1 OR t.waiting_since IS NULL)
    """
)
_NAMES = [
    "Martin", "Bernard", "Dubois", "Thomas", "Robert", "Richard", "Petit", "Durand", "Leroy", "Moreau", "Simon",
    "Laurent", "Lefèvre", "Michel", "Garcia", "David", "Bertrand", "Roux", "Vincent", "Fournier", "Morel", "Girard",
    "André", "Mercier", "Dupont", "Lambert", "Bonnet", "François", "Martinez", "Legrand", "Garnier", "Faure", "Haddad",
]  # fmt: skip
_GIVEN = [
    "Anne",
    "Paul",
    "Zoé",
    "Luc",
    "Lise",
    "Édouard",
    "Inès",
    "Max",
    "Dora",
    "Emil",
    "Fay",
    "Gil",
    "Chloé",
    "Noé",
]
_THINGS = [
    "lampe",
    "bougie",
    "canapé",
    "vase",
    "miroir",
    "chaise",
    "tapis",
    "rideau",
    "assiette",
    "couteau",
    "coussin",
]


def make_chain_of_stores(session: Session) -> dict[str, int]:
    """Stores, people, reasons and customers; the ids they begin at."""
    make_chain(session)
    stores = [make_store(session, f"Magasin {place:02}", code=f"M{place:02}") for place in range(STORES)]
    people = [
        make_agent(
            session, f"Agent {place}", email=f"a{place}@verel.example", store_ids=(stores[place % STORES].id,)
        )
        for place in range(AGENTS)
    ]
    reasons = [make_reason(session, f"reason_{place}") for place in range(REASONS)]
    customers = [
        make_customer(session, f"Client {place}", mail=None, phone=None).id for place in range(CUSTOMERS)
    ]
    return {
        "first_store": stores[0].id,
        "first_agent": people[0].id,
        "first_reason": reasons[0].id,
        "first_customer": customers[0],
    }


def make_tickets(begin: dict[str, int], *, done: int, total: int, start: datetime = TUESDAY) -> None:
    """Tickets `done + 1` to `total` with their messages; three in twenty of the latest 10,000 are open."""
    sizes = {"stores": STORES, "agents": AGENTS, "customers": CUSTOMERS, "reasons": REASONS, **begin}
    shared = {**sizes, "start": start, "total": total,
              "names": _NAMES, "given": _GIVEN, "things": _THINGS, "live": LIVE}  # fmt: skip
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as wire:
        wire.execute(text("SET synchronous_commit = off"))
        later = _drop_indexes(wire) if total - done >= MANY else []
        for first in range(done + 1, total + 1, CHUNK):
            last = min(first + CHUNK - 1, total)
            wire.execute(_TICKETS, {**shared, "first": first, "last": last})
            wire.execute(_MESSAGES, {"first": first, "last": last})
        wire.execute(text("SET maintenance_work_mem = '512MB'"))
        for definition in later:
            wire.execute(text(definition))
        wire.execute(text("SELECT setval('tickets_id_seq', :total)"), {"total": total})
        wire.execute(text("VACUUM ANALYZE tickets, ticket_messages"))
    while work_words(lambda: None):
        pass
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as wire:
        wire.execute(text("VACUUM ANALYZE known_words"))


def _drop_indexes(wire: Connection) -> list[str]:
    """How to make them again: all but the keys."""
    found = wire.execute(
        text(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename IN ('tickets', 'ticket_messages') "
            "AND indexname NOT LIKE 'pk_%' AND indexname NOT LIKE 'uq_%'"
        )
    ).all()
    for name, _ in found:
        wire.execute(text(f"DROP INDEX {name}"))
    return [definition for _, definition in found]


def fill(total: int) -> dict[str, int]:
    """A chain with so many tickets, for other benchmarks."""
    with transaction() as session:
        begin = make_chain_of_stores(session)
    make_tickets(begin, done=0, total=total)
    return begin
