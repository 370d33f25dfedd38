"""What the base teaches the checks: its mail domains by frequency. Looked up for files, and lightly for forms."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from types import MappingProxyType

from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError

from hub.core.db import db
from hub.customers.hygiene.domains import MUCH_USED
from hub.customers.hygiene.known import Known
from hub.customers.hygiene.mails import check_mail
from hub.customers.models import Address
from hub.customers.words import AddressKind

FRESH = timedelta(hours=1)
"""So long a process keeps what a sample of the addresses told."""
SAMPLE = 50_000
"""Addresses read for forms; a file's check reads them all."""
MOST_DOMAINS = 5000


class _Kept:
    """The domains of the last sample, in this process."""

    read_at: datetime | None = None
    domains: Mapping[str, int] = MappingProxyType({})


def suggest_mail(given: str, *, today: date, machine_now: datetime) -> str | None:
    """What a mail address was probably meant to be ("did you mean"), None when it is right or nobody can tell.

    The lists of the house and the domains many customers have suggest; a domain that customers of the base already
    have is asked for by itself before anything is said against it.
    """
    _refresh(machine_now)
    known = Known(today=today, domains=_Kept.domains)
    suggestion = _suggestion(given, known)
    domain = given.strip().lower().rpartition("@")[2]
    if suggestion is None or not domain:
        return suggestion
    exact = Known(today=today, domains={**_Kept.domains, domain: count_domain(domain)})
    return _suggestion(given, exact)


def _suggestion(given: str, known: Known) -> str | None:
    found = check_mail(given, known).found
    return next((each.suggestion for each in found if each.suggestion), None)


def count_domain(domain: str) -> int:
    """How many addresses have this domain, counted up to where more say nothing more; by the trigram index."""
    like = domain.replace("\\", "").replace("%", "").replace("_", r"\_")
    found = select(Address.id).where(Address.kind == AddressKind.MAIL, Address.value.like(f"%@{like}"))
    return db.session.scalar(select(func.count()).select_from(found.limit(MUCH_USED).subquery())) or 0


def _refresh(machine_now: datetime) -> None:
    if _Kept.read_at is None or machine_now - _Kept.read_at > FRESH:
        _Kept.domains, _Kept.read_at = _sampled(), machine_now


def _sampled() -> dict[str, int]:
    """The domains of a sample of whole pages, most used first."""
    rows = db.session.scalar(text("select reltuples from pg_class where oid = 'addresses'::regclass")) or 0
    share = 100 if rows <= SAMPLE else max(0.01, 100 * SAMPLE / rows)
    sampled = select(Address).tablesample(func.system(share)).subquery()
    domain = func.split_part(sampled.c.value, "@", 2)
    counted = select(domain, func.count()).where(sampled.c.kind == AddressKind.MAIL).group_by(domain)
    found = db.session.execute(counted.order_by(func.count().desc()).limit(MOST_DOMAINS)).all()
    return {row[0]: row[1] for row in found}


def find_known(today: date) -> Known | None:
    """All mail domains of the base, for the check of a whole file; None when there is no database."""
    domain = func.split_part(Address.value, "@", 2)
    counted = select(domain, func.count()).where(Address.kind == AddressKind.MAIL).group_by(domain)
    try:
        found = db.session.execute(counted.order_by(func.count().desc()).limit(MOST_DOMAINS)).all()
    except SQLAlchemyError:
        db.session.rollback()
        return None
    return Known(today=today, domains={row[0]: row[1] for row in found})
