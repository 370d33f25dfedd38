"""Fills the demo chain once: 5 regions, 61 stores, 20,000 customers, a year of orders, tickets and answers."""

import json
from datetime import datetime, time, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select, text

from hub.content.actions import publish_builtin_templates
from hub.core import clock, site
from hub.core.db import db
from hub.core.errors import NotFound
from hub.core.text import N_
from hub.demo import (
    alerting,
    asking,
    browsing,
    codes,
    doubling,
    following_up,
    founding,
    helping,
    importing,
    joining,
    jotting,
    mailing,
    planning,
    reviewing,
    routing,
    segmenting,
    shopping,
    talking,
    tending,
    valuing,
)
from hub.demo.help_centre import write_help_centre
from hub.demo.models import DEMO_NOTES, METADATA
from hub.demo.national.telling import run_questionnaires
from hub.plans.actions import add_builtin_plans
from hub.reasons.actions import add_builtin_reasons
from hub.statistics.columns.rebuilding import rebuild_all
from hub.stores.queries import find_chain, list_stores
from hub.surveys.actions import add_builtin_survey

SEED = 20260303
TUESDAY = 1
OPENING = time(10, 0)
PARIS = ZoneInfo("Europe/Paris")


def fill(customer_count: int = shopping.CUSTOMERS) -> bool:
    """Fill in the caller's transaction. Returns False when a chain exists already; nothing is changed then."""
    METADATA.create_all(db.session.connection())
    if find_chain() is not None:
        return False
    now = _next_tuesday(clock.machine_now())
    clock.set_business_now(now)
    random = Random(SEED)
    founding.found_chain(now=now - timedelta(days=700), reply_domain=site.inbound_domain())
    add_builtin_reasons()
    publish_builtin_templates(now=now)
    add_builtin_survey(now=now)
    add_builtin_plans(now=now)
    write_help_centre(now=now)
    logins = founding.hire(now=now - timedelta(days=700), random=random)
    _tell_story(customer_count, now, random)
    rebuild_all()
    note = {"api_key": founding.cut_key(agent_id=1, now=now), "logins": logins}
    db.session.execute(insert(DEMO_NOTES).values(id=1, text=json.dumps(note)))
    db.session.execute(text("ANALYZE"))
    return True


def describe() -> dict[str, Any]:
    """The key and the log-ins of the demo. Raises NotFound before it is filled."""
    note = db.session.scalar(select(DEMO_NOTES.c.text).where(DEMO_NOTES.c.id == 1))
    if note is None:
        raise NotFound(N_("The demo is not filled yet. Please run make demo."))
    found: dict[str, Any] = json.loads(note)
    return found


def _tell_story(customer_count: int, now: datetime, random: Random) -> None:
    people = shopping.make_customers(customer_count, now=now, random=random)
    sales = shopping.make_orders(people, now=now, random=random)
    browsing.make_behaviour(people, sales, now=now)
    browsing.hand_in_till_file(list_stores()[0].code, now=now)
    alerting.choose_alerts(now=now)
    talking.make_tickets(sales, people, now=now, random=random)
    routing.make_routing(now=now)
    asking.make_survey_year(sales, now=now, random=random)
    reviewing.make_reviews(sales, now=now)
    mailing.make_messages(sales, now=now, random=random)
    following_up.follow_up(sales, people, now=now)
    joining.make_signup_form(now=now)
    codes.make_promo_codes(now=now, random=random)
    helping.live_with_the_base(now=now)
    valuing.make_values(now=now)
    planning.open_plans(sales, now=now)
    importing.make_imports(now=now)
    jotting.make_customer_notes(now=now)
    segmenting.make_segments(now=now)
    run_questionnaires(now=now)
    doubling.make_duplicates(now=now)
    tending.tend_the_base(now=now)


def _next_tuesday(moment: datetime) -> datetime:
    """The first Tuesday from `moment` on, 10:00 in Paris: what happens on the real clock today is already past."""
    local = moment.astimezone(PARIS)
    day = local.date() + timedelta(days=(TUESDAY - local.weekday()) % 7)
    opening = datetime.combine(day, OPENING, tzinfo=PARIS)
    return opening if opening >= local else datetime.combine(day + timedelta(days=7), OPENING, tzinfo=PARIS)
