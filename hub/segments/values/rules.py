"""The definitions of the values as the chain may change them, and what follows from them by calendar alone. Pure."""

from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from hub.core.errors import Invalid
from hub.core.text import N_, slug
from hub.customers.rules import StandingBorders
from hub.segments.values.words import CycleSource, RfmSegment

SCORES = 5
"""R, F and M go from 1 to 5."""
S = RfmSegment
MAP: tuple[tuple[RfmSegment, ...], ...] = (
    (S.NEW, S.POTENTIAL, S.LOYAL, S.CHAMPIONS, S.CHAMPIONS),
    (S.PROMISING, S.POTENTIAL, S.LOYAL, S.LOYAL, S.CHAMPIONS),
    (S.ABOUT_TO_SLEEP, S.NEED_ATTENTION, S.NEED_ATTENTION, S.LOYAL, S.LOYAL),
    (S.DORMANT, S.DORMANT, S.AT_RISK, S.AT_RISK, S.CANNOT_LOSE),
    (S.LOST, S.LOST, S.AT_RISK, S.CANNOT_LOSE, S.CANNOT_LOSE),
)
"""Rows from R 5 down to R 1, columns from (F+M)/2 = 1 to 5 (halves are rounded up)."""
YEAR_MONTHS = 12
TIERS_MOST = 12
NIGHT_HOUR = 2
"""O'clock in the chain's time zone: each night is computed from then on."""
MAIL_REST_DAYS = 2
"""A mail accepted later than so many days ago may still be read: nobody is judged by it."""
NAME_CHARS, REWARD_CHARS = 60, 500
LIMITS: dict[str, tuple[int, int]] = {
    "new_days": (1, 730),
    "regular_orders": (2, 100),
    "lapsed_months": (1, 60),
    "former_months": (2, 120),
    "ambassador_percent": (1, 50),
    "ambassador_orders": (2, 100),
    "window_months": (1, 120),
    "week_points": (0, 100),
    "mail_count": (1, 50),
    "mail_percent": (1, 100),
    "mail_points": (0, 100),
    "visit_days": (1, 365),
    "visit_points": (0, 100),
    "rescue_below": (-1000, 0),
    "call_below": (-1000, 0),
    "high_value_percent": (1, 50),
    "cycle_customers": (1, 100_000),
    "cycle_days": (1, 3650),
    "observed_days": (7, 365),
    "target_percent": (1, 1000),
    "target_months": (1, 60),
}
"""The least and the greatest value of each number."""


@dataclass(frozen=True)
class Tier:
    """A rank of the loyalty programme: reached by net value and orders of 12 months, both. `rewards` are not discounts."""

    key: str
    name: str
    min_cents: int = 0
    min_orders: int = 0
    rewards: str = ""


@dataclass(frozen=True)
class Definitions:
    """What the chain means by its words (customers.md). `tiers` from the lowest to the highest.

    `mails_of_all`: clicks alone are enough to measure a customer's mails; else only those count who agreed to be measured.
    `cycle_customers`: so many customers with a cycle of their own give their segment one; `cycle_days` when nobody has one.
    """

    new_days: int = 90
    regular_orders: int = 3
    lapsed_months: int = 6
    former_months: int = 24
    ambassador_percent: int = 10
    ambassador_orders: int = 2
    window_months: int = 24
    week_points: int = 1
    mail_count: int = 5
    mail_percent: int = 10
    mail_points: int = 2
    mails_of_all: bool = False
    visit_days: int = 30
    visit_points: int = 3
    rescue_below: int = -5
    call_below: int = -10
    high_value_percent: int = 10
    cycle_customers: int = 30
    cycle_days: int = 90
    observed_days: int = 90
    target_percent: int = 25
    target_months: int = 6
    target_from_on: date | None = None
    rfm_map: tuple[tuple[RfmSegment, ...], ...] = MAP
    tiers: tuple[Tier, ...] = ()


def read_definitions(kept: Mapping[str, Any]) -> Definitions:
    """As they were kept; what is missing or unknown is the default."""
    plain = {name: kept[name] for name in (*LIMITS, "mails_of_all") if isinstance(kept.get(name), int)}
    target = kept.get("target_from_on")
    return replace(
        Definitions(**plain),
        target_from_on=date.fromisoformat(target) if target else None,
        rfm_map=_read_map(kept.get("rfm_map")),
        tiers=tuple(Tier(**tier) for tier in kept.get("tiers", ())),
    )


def _read_map(rows: Any) -> tuple[tuple[RfmSegment, ...], ...]:
    words = set(RfmSegment)
    try:
        read = tuple(tuple(RfmSegment(word) for word in row if word in words) for row in rows or ())
    except TypeError:
        return MAP
    return read if [len(row) for row in read] == [SCORES] * SCORES else MAP


def keep_definitions(given: Definitions) -> dict[str, Any]:
    """As JSON."""
    plain = asdict(given)
    plain["target_from_on"] = given.target_from_on.isoformat() if given.target_from_on else None
    plain["rfm_map"] = [[word.value for word in row] for row in given.rfm_map]
    return plain


def check_definitions(given: Definitions) -> None:
    """Raises Invalid for a number that makes no sense, with its field."""
    for name, (least, most) in LIMITS.items():
        if not least <= getattr(given, name) <= most:
            raise Invalid(
                N_("Please give a number from %(least)s to %(most)s."), field=name, least=least, most=most
            )
    if given.former_months <= given.lapsed_months:
        raise Invalid(
            N_("A former customer has not bought for longer than a lapsed one."), field="former_months"
        )
    if given.call_below > given.rescue_below:
        raise Invalid(N_("A call comes after the rescue: please give a smaller number."), field="call_below")
    _check_tiers(given.tiers)


def _check_tiers(tiers: Sequence[Tier]) -> None:
    if len(tiers) > TIERS_MOST:
        raise Invalid(N_("There can be at most %(most)s tiers."), field="tiers", most=TIERS_MOST)
    if len({tier.key for tier in tiers}) != len(tiers):
        raise Invalid(N_("Two tiers have the same name."), field="tiers")
    for lower, higher in pairwise(tiers):
        if higher.min_cents < lower.min_cents or higher.min_orders < lower.min_orders:
            raise Invalid(
                N_(
                    "“%(higher)s” must ask for at least as much as “%(lower)s”: please order them from low to high."
                ),
                field="tiers",
                higher=higher.name,
                lower=lower.name,
            )


def make_tier(name: str, *, min_cents: int, min_orders: int, rewards: str, key: str = "") -> Tier:
    """A tier by its name; `key`: the one it has, which a new name does not change. Raises Invalid."""
    plain = " ".join(name.split())[:NAME_CHARS]
    key = key or slug(plain)
    if not key or not plain or min_cents < 0 or min_orders < 0 or not (min_cents or min_orders):
        raise Invalid(
            N_("A tier needs a name, and an amount or a number of orders to reach it."), field="tiers"
        )
    return Tier(key, plain, min_cents, min_orders, rewards.strip()[:REWARD_CHARS])


def list_changes(old: Definitions, new: Definitions) -> dict[str, Any]:
    """What differs, for the audit trail: name to [before, after]."""
    before, after = keep_definitions(old), keep_definitions(new)
    return {
        each.name: [before[each.name], after[each.name]]
        for each in fields(Definitions)
        if before[each.name] != after[each.name]
    }


@dataclass(frozen=True)
class Moments:
    """The borders in time that stages and windows are cut by. An order exactly at a border is past it."""

    now: datetime
    new_after: datetime
    lapsed_before: datetime
    former_before: datetime
    year_after: datetime
    window_after: datetime
    visits_after: datetime
    mails_until: datetime


def moments_of(given: Definitions, now: datetime) -> Moments:
    return Moments(
        now=now,
        new_after=now - timedelta(days=given.new_days),
        lapsed_before=months_before(now, given.lapsed_months),
        former_before=months_before(now, given.former_months),
        year_after=months_before(now, YEAR_MONTHS),
        window_after=months_before(now, given.window_months),
        visits_after=now - timedelta(days=given.visit_days),
        mails_until=now - timedelta(days=MAIL_REST_DAYS),
    )


def borders_of(given: Definitions, now: datetime) -> StandingBorders:
    """What "new or loyal" means by them."""
    at = moments_of(given, now)
    return StandingBorders(at.year_after, at.new_after, at.lapsed_before, given.regular_orders)


def months_before(moment: datetime, months: int) -> datetime:
    """The same day so many months ago, or the last of that month."""
    number = moment.year * 12 + moment.month - 1 - months
    year, month = divmod(number, 12)
    return moment.replace(year=year, month=month + 1, day=min(moment.day, monthrange(year, month + 1)[1]))


def next_night(last: datetime, zone: str) -> datetime:
    """The first `NIGHT_HOUR` o'clock of the zone after the last run."""
    local = last.astimezone(ZoneInfo(zone))
    night = local.replace(hour=NIGHT_HOUR, minute=0, second=0, microsecond=0)
    return (night if local < night else night + timedelta(days=1)).astimezone(UTC)


@dataclass(frozen=True)
class Yardsticks:
    """What a night measured in the whole base, so that one customer can be scored alone in the same way.

    `f`, `m`: the highest values of the quintiles 1 to 4 (orders, cents); `r`: the oldest last order of the quintiles 5
    to 2 (ISO time), because those who tie share the better R. `cycles`: median gap in days by named segment, of those with enough customers.
    """

    r: tuple[str | None, ...] = ()
    f: tuple[int | None, ...] = ()
    m: tuple[int | None, ...] = ()
    ambassador_cents: int | None = None
    high_value_cents: int | None = None
    chain_cycle: float | None = None
    cycles: Mapping[str, float] | None = None
    buyer_count: int = 0


def read_yardsticks(kept: Mapping[str, Any]) -> Yardsticks:
    """As a run keeps them."""
    plain: dict[str, Any] = {each.name: kept[each.name] for each in fields(Yardsticks) if each.name in kept}
    return Yardsticks(**plain | {name: tuple(plain.get(name, ())) for name in ("r", "f", "m")})


def ends_of(measured: Yardsticks) -> dict[str, Any]:
    """The ends of the quintiles as parameters r0 … m3; None where there is none."""
    return {
        f"{name}{end}": values[end] if end < len(values) else None
        for name, values in (("r", measured.r), ("f", measured.f), ("m", measured.m))
        for end in range(SCORES - 1)
    }


def quintile_ends(count: int) -> list[int]:
    """How many rows the first 1, 2, 3 and 4 buckets of NTILE(5) hold together: the first ones take the remainder."""
    size, rest = divmod(count, SCORES)
    return [bucket * size + min(bucket, rest) for bucket in range(1, SCORES)]


@dataclass(frozen=True)
class Cycle:
    days: float
    source: CycleSource


def choose_cycles(given: Definitions, measured: Yardsticks) -> tuple[list[Cycle], Cycle]:
    """The cycle of each of the 25 cells of the map for customers without one of their own, and outside the map."""
    if measured.chain_cycle is None:
        chain = Cycle(float(given.cycle_days), CycleSource.SETTING)
    else:
        chain = Cycle(measured.chain_cycle, CycleSource.CHAIN)
    own = measured.cycles or {}
    cells = [word.value for row in given.rfm_map for word in row]
    return [Cycle(own[word], CycleSource.SEGMENT) if word in own else chain for word in cells], chain
