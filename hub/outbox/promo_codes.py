"""Promo codes in messages: reserved when a message is posted, marked or released when it has ended."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from babel.numbers import format_currency, format_percent
from sqlalchemy import select

from hub.content.phrases import day_in_words
from hub.content.rendering import PreparedTemplate
from hub.core import clock
from hub.core.db import db, transaction
from hub.core.words import Language
from hub.loyalty import giving
from hub.loyalty.models import PromoGrant
from hub.loyalty.rows import GivenCode
from hub.loyalty.words import GrantState
from hub.outbox.models import OutboundMessage
from hub.outbox.words import MessageState
from hub.stores.queries import ChainRow

SETTLED_AT_ONCE = 1_000
SEEN = frozenset({MessageState.ACCEPTED, MessageState.DELIVERED, MessageState.BOUNCED})
NEVER_LEFT = frozenset(
    {MessageState.BLOCKED, MessageState.EXPIRED, MessageState.FAILED, MessageState.CANCELLED}
)
LOCALES = {Language.FRENCH: "fr_FR", Language.ENGLISH: "en_GB"}
OFF = {Language.FRENCH: "{discount} de remise", Language.ENGLISH: "{discount} off"}


def reserve(wanted: Sequence[tuple[str, str, int | None]], *, now: datetime) -> dict[str, GivenCode]:
    """Codes for messages not yet posted, from (pool key, message key, customer); a message without one is left out."""
    known = set(
        db.session.scalars(
            select(OutboundMessage.key).where(OutboundMessage.key.in_([key for _, key, _ in wanted]))
        )
    )
    given: dict[str, GivenCode] = {}
    for pool_key in {pool_key for pool_key, _, _ in wanted}:
        asked = {key: person for pool, key, person in wanted if pool == pool_key and key not in known}
        if asked:
            given |= giving.reserve(pool_key=pool_key, wanted=asked, now=now)
    return given


def shows_code(version: PreparedTemplate) -> bool:
    """A code is taken only by a message that shows it."""
    return any(spec.name == "promo_code" for spec in version.specs)


def last_moment(expires_at: datetime | None, given: GivenCode | None) -> datetime | None:
    """A message does not outlive the code it carries."""
    ends = [moment for moment in (expires_at, given.ends_at if given else None) if moment is not None]
    return min(ends, default=None)


def values_of(given: GivenCode, chain: ChainRow, language: Language) -> Mapping[str, str]:
    """`promo_code`, `promo_terms` ("10 % de remise") and `promo_ends_on` ("31 décembre 2026") as a mail says them."""
    locale = LOCALES[language]
    if given.discount_percent is not None:
        discount = format_percent(given.discount_percent / 100, locale=locale)
    else:
        discount = format_currency((given.discount_cents or 0) / 100, chain.currency, locale=locale)
    day = day_in_words(given.ends_at.astimezone(ZoneInfo(chain.time_zone)).date(), language.value)
    terms = OFF[language].format(discount=discount)
    return {"promo_code": given.code, "promo_ends_on": day, "promo_terms": terms}


def work_promo_codes(wake: Callable[[], None]) -> int:
    """Settle codes whose message has ended. What bounced later may have been seen; what is unknown stays reserved."""
    with transaction():
        now = clock.business_now()
        sent = _reserved_in(SEEN)
        unsent = _reserved_in(NEVER_LEFT)
        giving.mark_sent(sent, now=now)
        giving.release(unsent, now=now)
    count = len(sent) + len(unsent)
    if max(len(sent), len(unsent)) == SETTLED_AT_ONCE:
        wake()
    return count


def _reserved_in(states: frozenset[MessageState]) -> list[str]:
    rows = db.session.scalars(
        select(PromoGrant.reference)
        .join(OutboundMessage, OutboundMessage.key == PromoGrant.reference)
        .where(PromoGrant.state == GrantState.RESERVED, OutboundMessage.state.in_(states))
        .limit(SETTLED_AT_ONCE)
    )
    return list(rows)


def has_due() -> bool:
    """Settling can wait for its turn in the schedule: until then a code is only held a little longer."""
    return False
