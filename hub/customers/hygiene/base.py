"""What the base teaches the checks: its mail domains by frequency. Looked up for files, and lightly for forms."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from types import MappingProxyType

from sqlalchemy import func, select, tablesample, text
from sqlalchemy.exc import SQLAlchemyError

from hub.core.db import db
from hub.customers.hygiene.checking import check_row
from hub.customers.hygiene.domains import MUCH_USED
from hub.customers.hygiene.findings import Field, FindingKind, Severity
from hub.customers.hygiene.known import Known
from hub.customers.hygiene.mail_servers import checker
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


def suggest(values: Mapping[str, str], *, today: date, machine_now: datetime) -> dict[str, str]:
    """What was probably meant ("did you mean"), by field (`findings.Field`); nothing for what is right or nobody can tell.

    The rules of the import, field beside field. Capitals and spaces are put right without a question, so they are not
    asked about. A mail domain that customers of the base have is looked up before anything is said against it.
    """
    _refresh(machine_now)
    found = _asked(values, Known(today=today, domains=_Kept.domains))
    domain = values.get(Field.MAIL, "").strip().lower().rpartition("@")[2]
    if Field.MAIL not in found or not domain:
        return found
    return _asked(values, Known(today=today, domains={**_Kept.domains, domain: count_domain(domain)}))


def _asked(values: Mapping[str, str], known: Known) -> dict[str, str]:
    found: dict[str, str] = {}
    for each in check_row(0, values, known)[1]:
        is_telling = each.severity is not Severity.NOTICE and each.kind not in _UNASKED
        if each.suggestion and is_telling and each.suggestion != each.value.strip():
            found[each.field] = each.suggestion
    return found


_UNASKED = frozenset({FindingKind.ENCODING, FindingKind.TOWN_TYPO, FindingKind.PHONE_FOREIGN})
"""What a form does not ask about: it is mended silently, or belongs to a field the forms keep as typed."""


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
    sampled = tablesample(Address, func.system(share))
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
    return Known(today=today, domains={row[0]: row[1] for row in found}, has_mail_server=checker())


def without_base(today: date) -> Known:
    """What the checks know when there is no database: the lists of the house, and DNS when it may be asked."""
    return Known(today=today, has_mail_server=checker())
