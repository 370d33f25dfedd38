"""What surveys learn of mail filters: by domain of the recipients how long a filter opens links there, never by person."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, func, select, text
from sqlalchemy.orm import aliased

from hub.core import clock
from hub.core.db import db, transaction
from hub.customers.models import Address
from hub.customers.words import AddressKind
from hub.surveys import rules
from hub.surveys.models import FilteredDomain, Invitation

# A domain of few customers is no row: it would tell of persons. What is not seen again in the days that touches are kept
# stays as it was learnt, for a year. Only what came within a day of the mail is a filter at the door; later it was forwarded.
_LEARN = text("""
    WITH seen AS (
        SELECT touches.invitation_id,
               bool_or(touches.label = 'machine' AND touches.reason IN ('burst', 'head')) AS is_filtered,
               max(coalesce(touches.happened_at, touches.touched_at) - invitations.accepted_at)
                   FILTER (WHERE touches.label = 'machine' AND touches.reason IN ('burst', 'head')) AS age
        FROM touches JOIN invitations ON invitations.id = touches.invitation_id
        WHERE touches.choice IN ('1', '2', '3') AND touches.label <> 'unknown'
              AND coalesce(touches.happened_at, touches.touched_at) - invitations.accepted_at
                  BETWEEN interval '0' AND interval '1 day'
        GROUP BY touches.invitation_id
    )
    INSERT INTO filtered_domains (domain, touched_count, filtered_count, window_seconds, learned_at)
    SELECT split_part(addresses.value, '@', 2), count(*), count(*) FILTER (WHERE is_filtered),
           coalesce(extract(epoch FROM percentile_disc(0.9) WITHIN GROUP (ORDER BY age) FILTER (WHERE is_filtered)), 0)::bigint,
           :now
    FROM seen
    JOIN invitations ON invitations.id = seen.invitation_id
    JOIN addresses ON addresses.customer_id = invitations.customer_id AND addresses.kind = 'mail' AND addresses.is_primary
    GROUP BY 1
    HAVING count(DISTINCT invitations.customer_id) >= :least
    ON CONFLICT (domain) DO UPDATE SET
        touched_count = excluded.touched_count, filtered_count = excluded.filtered_count,
        window_seconds = excluded.window_seconds, learned_at = excluded.learned_at
    RETURNING domain
""")
_FORGET = text("DELETE FROM filtered_domains WHERE learned_at < :until RETURNING domain")


@dataclass(frozen=True)
class DomainRow:
    """`window` is None where filters open too few of the mails to say anything about one of them."""

    domain: str
    touched_count: int
    filtered_count: int
    window: timedelta | None
    learned_at: datetime


def work_domains(_wake: Callable[[], None]) -> int:
    """Learn anew from the touches that are kept. Returns how many rows changed. Each night, all at once."""
    now = clock.business_now()
    with transaction():
        learnt = db.session.execute(_LEARN, {"now": now, "least": rules.LEAST_OF_DOMAIN}).all()
        gone = db.session.execute(_FORGET, {"until": now - rules.DOMAIN_TERM}).all()
    return len(learnt) + len(gone)


def has_due() -> bool:
    """The schedule rings each night; nothing waits in between."""
    return False


def find_window(customer_id: int) -> timedelta | None:
    """How long after the mail filters still open links at this customer's mail domain; None: not known."""
    mail = aliased(Address)
    row = db.session.scalar(
        select(FilteredDomain)
        .join(mail, FilteredDomain.domain == func.split_part(mail.value, "@", 2))
        .where(and_(mail.customer_id == customer_id, mail.kind == AddressKind.MAIL, mail.is_primary))
        .limit(1)
    )
    return _window_of(row) if row else None


def list_windows(invitation_ids: set[int]) -> dict[int, datetime]:
    """Invitation id → until when a lone touch is a filter's, of those whose mail domain is known to be filtered."""
    rows = db.session.execute(
        select(Invitation.id, Invitation.accepted_at, FilteredDomain)
        .join(Address, and_(Address.customer_id == Invitation.customer_id, Address.is_primary))
        .join(FilteredDomain, FilteredDomain.domain == func.split_part(Address.value, "@", 2))
        .where(
            Invitation.id.in_(invitation_ids),
            Address.kind == AddressKind.MAIL,
            Invitation.accepted_at.is_not(None),
        )
    )
    return {
        invitation_id: accepted_at + window
        for invitation_id, accepted_at, row in rows
        if accepted_at and (window := _window_of(row))
    }


def list_domains() -> list[DomainRow]:
    """What is known, the most touched first; 200 at most."""
    found = select(FilteredDomain).order_by(FilteredDomain.touched_count.desc(), FilteredDomain.domain)
    return [
        DomainRow(row.domain, row.touched_count, row.filtered_count, _window_of(row), row.learned_at)
        for row in db.session.scalars(found.limit(200))
    ]


def _window_of(row: FilteredDomain) -> timedelta | None:
    return rules.window_of(row.touched_count, row.filtered_count, row.window_seconds)
