"""What a promo code looks like, how long it is good, and what one on an order is worth. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from hub.core.errors import Invalid
from hub.core.text import N_
from hub.loyalty.words import PoolKind, RedemptionVerdict

ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Without 0, O, 1 and I, which customers confuse when they type a code from a mail."""

RANDOM_SIZE = 8
CODE = re.compile(r"[A-Z0-9]{4,40}")
HEADINGS = frozenset({"CODE", "CODES", "PROMOCODE", "CODEPROMO", "COUPON", "VOUCHER"})
"""Headings of exported lists, which are no code."""

LARGEST_BATCH = 100_000
LARGEST_PERCENT = 100


@dataclass(frozen=True)
class Validity:
    """When codes of a pool are good."""

    starts_at: datetime
    ends_at: datetime
    valid_days: int | None


@dataclass(frozen=True)
class CodeHistory:
    """What is known of a code when it comes back on an order.

    `holder_ids`: customers it was sent to; `ends_at`: when the asking customer's grant ends (None: they hold none);
    `used_count`: good redemptions on other orders, of a unique code by anybody, of a shared one by this customer.
    """

    kind: PoolKind
    validity: Validity
    is_single_use: bool
    holder_ids: frozenset[int]
    ends_at: datetime | None
    used_count: int


def normal_code(text: str) -> str:
    """Customers type small letters, spaces and hyphens: `merci-ab 12` is `MERCIAB12`."""
    return re.sub(r"[\s\-_.]", "", text).upper()


def read_codes(text: str) -> tuple[list[str], list[tuple[int, str]]]:
    """The codes of a pasted or uploaded list, one a line, the first column of a CSV; and the bad lines as they came.

    A line twice is one code. Bad lines are returned as (line number from 1, text).
    """
    good: dict[str, None] = {}
    bad: list[tuple[int, str]] = []
    for number, line in enumerate(text.removeprefix("\ufeff").splitlines(), 1):
        cell = re.split(r"[;,\t]", line, maxsplit=1)[0].strip().strip('"')
        if not cell:
            continue
        code = normal_code(cell)
        if code in HEADINGS:
            continue
        if CODE.fullmatch(code):
            good[code] = None
        else:
            bad.append((number, cell))
    return list(good), bad


def end_of_grant(validity: Validity, now: datetime) -> datetime:
    """The end of the pool, or so many days after the code was given when that is sooner."""
    if validity.valid_days is None:
        return validity.ends_at
    return min(validity.ends_at, now + timedelta(days=validity.valid_days))


def is_giving(validity: Validity, *, is_active: bool, now: datetime) -> bool:
    """A code may be given before it starts (the mail says from when), never once it has ended."""
    return is_active and end_of_grant(validity, now) > now


def judge(history: CodeHistory | None, *, customer_id: int, ordered_at: datetime) -> RedemptionVerdict:
    """What a code on an order was worth, the clearest reason first."""
    verdict = RedemptionVerdict
    if history is None:
        return verdict.UNKNOWN_CODE
    if ordered_at < history.validity.starts_at:
        return verdict.TOO_EARLY
    if ordered_at > (history.ends_at or history.validity.ends_at):
        return verdict.TOO_LATE
    if history.is_single_use and history.used_count:
        return verdict.USED_BEFORE
    if history.kind is PoolKind.UNIQUE and customer_id not in history.holder_ids:
        return verdict.OTHER_CUSTOMER if history.holder_ids else verdict.NOT_GIVEN
    return verdict.VALID


def needs_alert(kind: PoolKind, left_count: int, alert_below: int) -> bool:
    """A shared code does not run out; an empty pool is told whatever the mark."""
    return kind is PoolKind.UNIQUE and (left_count < alert_below or left_count == 0)


def check_pool(
    *,
    name: str,
    discount_percent: int | None,
    discount_cents: int | None,
    starts_at: datetime,
    ends_at: datetime,
    valid_days: int | None,
    alert_below: int,
) -> None:
    """Raises Invalid with the field to correct."""
    if not name.strip():
        raise Invalid(N_("Please give the pool a name."), field="name")
    if (discount_percent is None) == (discount_cents is None):
        raise Invalid(N_("Please give either a percentage or an amount."), field="discount_percent")
    if discount_percent is not None and not 1 <= discount_percent <= LARGEST_PERCENT:
        raise Invalid(N_("Please give a percentage from 1 to 100."), field="discount_percent")
    if discount_cents is not None and discount_cents < 1:
        raise Invalid(N_("Please give an amount above zero."), field="discount_amount")
    if ends_at <= starts_at:
        raise Invalid(N_("The end must come after the start. Please choose a later day."), field="ends_on")
    if valid_days is not None and valid_days < 1:
        raise Invalid(N_("Please give at least one day, or leave it empty."), field="valid_days")
    if alert_below < 0:
        raise Invalid(N_("Please give zero or more."), field="alert_below")


def check_prefix(prefix: str) -> str:
    """The normal form of what generated codes begin with. Raises Invalid."""
    normal = normal_code(prefix)
    if normal and not re.fullmatch(r"[A-Z0-9]{1,20}", normal):
        raise Invalid(N_("Please use letters and digits only, 20 at most."), field="prefix")
    return normal


def draw(prefix: str, letters: Iterable[str]) -> str:
    """One code from letters drawn at random by the caller."""
    return prefix + "".join(letters)
