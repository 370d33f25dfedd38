"""Privacy and data quality in the demo: some faults to repair, requests of customers, terms that are on, an audit that is due."""

from datetime import datetime, timedelta

from sqlalchemy import func, select, update

from hub.core.actor import SYSTEM
from hub.core.db import db
from hub.customers.actions import note_view
from hub.customers.models import Address, Customer
from hub.customers.quality import auditing
from hub.customers.words import AddressKind
from hub.identity import requests, retention
from hub.identity.privacy_words import RequestKind
from hub.staff.queries import list_agents_with
from hub.staff.words import Permission

SHOUTED = range(500, 540)
MISTYPED = range(540, 560)
ASKED = ((600, RequestKind.ERASURE, 35), (601, RequestKind.ACCESS, 12), (602, RequestKind.OBJECTION, 3))


def tend_the_base(*, now: datetime) -> None:
    """Faults as an old import leaves them; the job counts them at once."""
    loud = {"first_name": func.upper(Customer.first_name), "last_name": func.upper(Customer.last_name)}
    db.session.execute(update(Customer).where(Customer.id.in_(SHOUTED)).values(loud))
    _mistype()
    for customer_id, kind, days in ASKED:
        day = (now - timedelta(days=days)).date()
        requests.note_request(customer_id, kind, day, by=SYSTEM, now=now, today=now.date())
        note_view(customer_id, by=SYSTEM, now=now)
    for key, months in (("visits", 13), ("recordings", 6), ("access_log", 12)):
        retention.set_term(key, months=months, is_on=True, by=SYSTEM, now=now)
    settings = auditing.open_settings(now)
    settings.agent_ids = [agent.id for agent in list_agents_with(Permission.KEEP_PRIVACY)][:1]
    settings.next_audit_at = now
    db.session.flush()


def _mistype() -> None:
    """`@gmial.com` where a name is free."""
    local = func.split_part(Address.value, "@", 1)
    chosen = select(Address.id).where(Address.kind == AddressKind.MAIL, Address.customer_id.in_(MISTYPED))
    wrong = update(Address).where(Address.id.in_(chosen)).values(value=local.op("||")("@gmial.com"))
    db.session.execute(wrong.execution_options(synchronize_session=False))
