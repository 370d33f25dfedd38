"""What the base knows when a file is checked: its mail domains by frequency, and the towns of its post codes."""

from datetime import datetime

from sqlalchemy import func, select

from hub.core.db import db
from hub.customers.hygiene.known import Known
from hub.customers.hygiene.mail_servers import checker
from hub.customers.imports.rules import PARIS
from hub.customers.models import Address, Customer
from hub.customers.words import AddressKind

MOST_DOMAINS = 5000
MOST_TOWNS = 50_000


def get_known(now: datetime) -> Known:
    """Asked once a file."""
    domain = func.split_part(Address.value, "@", 2)
    counted = select(domain, func.count()).where(Address.kind == AddressKind.MAIL).group_by(domain)
    often = db.session.execute(counted.order_by(func.count().desc()).limit(MOST_DOMAINS)).all()
    places = select(Customer.postcode, Customer.town).where(Customer.town != "", Customer.postcode != "")
    towns: dict[str, set[str]] = {}
    for postcode, town in db.session.execute(places.distinct().limit(MOST_TOWNS)):
        towns.setdefault(postcode, set()).add(town)
    known = {postcode: frozenset(names) for postcode, names in towns.items()}
    today = now.astimezone(PARIS).date()
    return Known(today=today, domains=dict(often), towns=known, has_mail_server=checker())
