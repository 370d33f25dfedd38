"""A crowd inside plans that use every kind of step, all due now; and all that the steps left behind, without ids and times."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select, text

from hub.content.actions import publish_builtin_templates
from hub.core.actor import SYSTEM
from hub.customers.models import Customer
from hub.customers.properties import save_property
from hub.customers.property_words import PropertyKind
from hub.outbox.words import MessageState
from hub.plans import actions
from hub.plans.models import Plan, PlanVersion
from hub.plans.reading import parse_definition
from hub.plans.words import StepKind, VersionState
from hub.surveys.actions import add_builtin_survey
from tests.conftest import TUESDAY
from tests.flows.conftest import House
from tests.makers.loyalty import make_pool
from tests.makers.outbox import post_draft
from tests.makers.staff import make_agent
from tests.makers.stores import make_chain, make_store

HELLO = {"kind": "send", "template": "welcome_prospect", "purpose": "promotion"}
STEPS: tuple[dict[str, Any], ...] = (
    {"key": "fork", "kind": "split", "when": [{"is": "phone_known"}], "otherwise": "code"},
    {"key": "text", **HELLO, "channel": "sms"},
    {"key": "code", "kind": "promo", "pool": "bienvenue"},
    {"key": "hello", **HELLO},
    {"key": "tag", "kind": "property", "property": "plan_colour", "value": "blue"},
    {"key": "tell", "kind": "notify", "words": "Has not answered."},
    {"key": "call", "kind": "task", "subject": "Ask how she is."},
    {"key": "ads", "kind": "audience", "name": "Left"},
    {"key": "letter", "kind": "postal", "name": "Autumn"},
    {"key": "due", "kind": "erasure_due", "days": 5},
    {"key": "never", **HELLO, "when": [{"is": "purchased"}]},
    {"key": "bye", "kind": "end"},
)
EVERY = {"format": 2, "entry": {"on": "by_hand"}, "exits": ["purchased", "life_sign"], "steps": list(STEPS)}
LIMITED = {
    "format": 2,
    "entry": {"on": "by_hand"},
    "daily_limit": 30,
    "steps": [
        {"key": "first", **HELLO},
        {"key": "mark", "kind": "property", "property": "plan_shade", "value": "red"},
    ],
}
"""The same customers at the same time: both plans write into the same rows."""
KINDS = frozenset(StepKind(step["kind"]) for step in STEPS)
PEOPLE = text("""
    WITH people AS (
        INSERT INTO customers (first_name, last_name, sort_key, street, postcode, town, country, company, language, preferred_store_id,
            created_at, updated_at)
        SELECT 'Dora', 'M' || i, 'm' || i, i || ' rue Basse', '69003', 'Lyon', 'FR', '', 'fr', :store, :now, :now
        FROM generate_series(1, CAST(:count AS int)) AS i RETURNING id, last_name
    ), phones AS (
        INSERT INTO addresses (customer_id, kind, value, is_primary, created_at)
        SELECT id, 'phone', '+336' || lpad(substr(last_name, 2), 8, '0'), true, :now FROM people
        WHERE CAST(substr(last_name, 2) AS int) % 3 > 0
    )
    INSERT INTO addresses (customer_id, kind, value, is_primary, created_at)
    SELECT id, 'mail', lower(last_name) || '@client.example', true, :now FROM people
""")
LEFT_BEHIND = {
    "runs": """
        SELECT p.key, c.last_name, r.step_key, r.outcome, r.reason, m.key IS NOT NULL
        FROM step_runs AS r JOIN enrolments AS e ON e.id = r.enrolment_id JOIN plans AS p ON p.id = e.plan_id
        JOIN customers AS c ON c.id = e.customer_id
        LEFT JOIN outbound_messages AS m ON m.id = r.outbound_id AND m.source_id = e.id
    """,
    "passages": """
        SELECT p.key, c.last_name, e.arm, e.state, e.step_key, e.exit_reason, e.wait_reason, CAST(e.due_at AS date), e.values ? 'code',
            (SELECT count(*) FROM jsonb_object_keys(coalesce(e.values -> 'messages', '{}')))
        FROM enrolments AS e JOIN plans AS p ON p.id = e.plan_id JOIN customers AS c ON c.id = e.customer_id
    """,
    "messages": """
        SELECT p.key, c.last_name, split_part(m.key, ':', 3), m.channel, m.recipient, t.key, m.state,
            m.values ? 'promo_code'
        FROM outbound_messages AS m JOIN enrolments AS e ON e.id = m.source_id JOIN plans AS p ON p.id = e.plan_id
        JOIN customers AS c ON c.id = m.customer_id JOIN template_versions AS v ON v.id = m.template_version_id
        JOIN message_templates AS t ON t.id = v.template_id
    """,
    "codes": """
        SELECT c.last_name, split_part(g.reference, ':', 3), g.state, count(*) OVER (PARTITION BY g.code_id)
        FROM promo_grants AS g JOIN customers AS c ON c.id = g.customer_id
    """,
    "held codes": "SELECT grant_id IS NULL FROM promo_codes",
    "properties": "SELECT last_name, properties ->> 'plan_colour' FROM customers",
    "shades": "SELECT last_name, properties ->> 'plan_shade' FROM customers",
    "calls": "SELECT c.last_name, t.state, t.script FROM call_tasks AS t JOIN customers AS c ON c.id = t.customer_id",
    "notices": """
        SELECT c.last_name, n.kind, n.data ->> 'words' FROM notices AS n
        JOIN customers AS c ON c.id = CAST(n.data ->> 'customer_id' AS bigint)
    """,
    "facts": """
        SELECT f.kind, p.key, c.last_name, f.data ->> 'step_key', f.data ->> 'reason' FROM facts AS f
        JOIN enrolments AS e ON e.id = CAST(f.data ->> 'enrolment_id' AS bigint)
        JOIN plans AS p ON p.id = e.plan_id JOIN customers AS c ON c.id = f.customer_id
    """,
    "audiences": """
        SELECT c.last_name, a.name, a.step_key FROM plan_audience_members AS a JOIN customers AS c ON c.id = a.customer_id
    """,
    "letters": "SELECT c.last_name, r.name FROM plan_postal_rows AS r JOIN customers AS c ON c.id = r.customer_id",
    "erasures": """
        SELECT c.last_name, d.erasure_due_on FROM plan_erasure_dates AS d JOIN customers AS c ON c.id = d.customer_id
    """,
    "audit": "SELECT action, subject_kind, count(*) FROM audit_entries GROUP BY 1, 2",
    "days": "SELECT p.key, d.day, d.run_count FROM plan_days AS d JOIN plans AS p ON p.id = d.plan_id",
}
Behind = Mapping[str, Counter[tuple[Any, ...]]]


def fill(house: House, count: int) -> None:
    """So many customers enter a plan, a quarter of them both; two thirds have a phone, a fifth is the control arm.

    The arms are those of the households, so that they are the same each time.
    """
    house.move_clock(TUESDAY)
    session = house.session
    make_chain(session)
    store = make_store(session)
    make_agent(session, store_ids=(store.id,))
    publish_builtin_templates(now=TUESDAY)
    add_builtin_survey(now=TUESDAY)
    for name in ("plan_colour", "plan_shade"):
        save_property(
            key=name,
            family="plan",
            kind=PropertyKind.TEXT,
            label=name,
            description=name,
            is_new=True,
            by=SYSTEM,
            now=TUESDAY,
        )
    make_pool("\n".join(f"CODE{number}" for number in range(count)))
    session.execute(PEOPLE, {"store": store.id, "count": count, "now": TUESDAY})
    people = list(session.scalars(select(Customer.id).order_by(Customer.id)))
    notice = post_draft(session, "notice")
    notice.state, notice.accepted_at = MessageState.ACCEPTED, TUESDAY
    told = {"told": {"step": "notice", "on": "2026-03-08"}, "messages": {"notice": notice.id}}
    for key, definition, control_percent in (("every", EVERY, 20), ("limited", LIMITED, 0)):
        _publish(house, key, definition, control_percent)
        newcomers = [
            actions.Newcomer(customer_id=each, entry_key="hand:1", anchor_at=TUESDAY, values=told)
            for each in (people if key == "every" else people[: count // 4])
        ]
        assert len(actions.enter_many(key, newcomers, now=TUESDAY)) == len(newcomers)
    house.commit()


def _publish(house: House, key: str, definition: Mapping[str, Any], control_percent: int) -> None:
    parse_definition(definition)
    plan = Plan(
        key=key,
        name_fr=key,
        name_en=key,
        priority=60,
        control_percent=control_percent,
        is_on=True,
        created_at=TUESDAY,
    )
    house.session.add(plan)
    house.session.flush()
    version = PlanVersion(
        plan_id=plan.id,
        number=1,
        state=VersionState.PUBLISHED,
        definition=dict(definition),
        created_at=TUESDAY,
        published_at=TUESDAY,
    )
    house.session.add(version)
    house.session.flush()
    plan.published_version_id = version.id


def behind(house: House) -> Behind:
    """Everything that the steps left behind, each line as often as it is there."""
    house.forget()
    found = {}
    for name, statement in LEFT_BEHIND.items():
        rows = house.session.execute(text(statement), {"now": TUESDAY} if ":now" in statement else {})
        found[name] = Counter(tuple(str(value) for value in row) for row in rows)
    house.forget()
    return found
