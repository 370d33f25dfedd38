"""Scores customers: a range of them by night, or a few at once after an order; the statement is the same."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import TextClause, text

from hub.core.db import db, ring_after_commit
from hub.core.facts import BELL
from hub.outbox.tracking.policy import read_policy
from hub.outbox.tracking.words import OpenPolicy
from hub.segments.values import rules, statements
from hub.segments.values.defining import find_zone
from hub.segments.values.rules import Definitions, Yardsticks
from hub.stores.queries import find_chain

TRIES = 3
"""A customer who is scored by somebody else at the same moment is looked at again."""
IN_ZONE = text("SELECT set_config('timezone', :zone, true)")


@dataclass(frozen=True)
class Scored:
    """`found_count` rows had something new, of which so many were added or changed."""

    found_count: int
    added_count: int
    changed_count: int
    news_count: int

    @property
    def is_complete(self) -> bool:
        return self.found_count == self.added_count + self.changed_count


def score_range(
    first_id: int, last_id: int, *, by: Definitions, with_: Yardsticks, is_silent: bool, now: datetime
) -> Scored:
    """Score the customers of a range of ids from what the night added up (`customer_buying`)."""
    given = {"first_id": first_id, "last_id": last_id}
    return _score("BETWEEN :first_id AND :last_id", given, by=by, with_=with_, is_silent=is_silent, now=now)


def score_some(
    ids: Collection[int], *, by: Definitions, with_: Yardsticks, is_silent: bool = False, now: datetime
) -> None:
    """Score these customers from their orders as they are now."""
    given = {"ids": sorted(ids)}
    for _ in range(TRIES):
        scored = _score("= ANY(:ids)", given, by=by, with_=with_, is_silent=is_silent, now=now)
        if scored.is_complete:
            return


def sum_up(*, by: Definitions, now: datetime) -> int:
    """Add up the orders of everybody into `customer_buying`. Returns how many customers bought."""
    db.session.execute(text("TRUNCATE customer_buying"))
    columns = statements.BUYING_COLUMNS
    summed = statements.SUM_UP.format(whose="", day=statements.DAY_OF_SESSION)
    filled = text(f"INSERT INTO customer_buying ({columns}) {summed}")
    with _in_zone(find_zone()):
        found = db.session.execute(filled, vars(rules.moments_of(by, now)))
    return int(getattr(found, "rowcount", 0))


@contextmanager
def _in_zone(zone: str) -> Iterator[None]:
    """The session's days are those of this time zone."""
    before = db.session.scalar(text("SELECT current_setting('timezone')"))
    db.session.execute(IN_ZONE, {"zone": zone})
    yield
    db.session.execute(IN_ZONE, {"zone": before})


def _score(
    whose: str, given: dict[str, Any], *, by: Definitions, with_: Yardsticks, is_silent: bool, now: datetime
) -> Scored:
    measured = _measured(by)
    statement = _statement(whose, measured, len(by.tiers))
    moments = vars(rules.moments_of(by, now)) | {"zone": find_zone()}
    values = given | moments | _parameters(by, with_) | {"is_silent": is_silent}
    db.session.execute(text(statements.REMOVED.format(whose_id=f"id {whose}")), given)
    row = db.session.execute(statement, values).one()
    if row.news_count:
        ring_after_commit(BELL)
    return Scored(*row)


def _measured(by: Definitions) -> str:
    """Whose mails can be judged: who agreed, or everybody when the chain measures or takes clicks for enough."""
    chain = find_chain()
    policy = read_policy(chain.settings if chain else {})
    if policy.opens is OpenPolicy.ALL or (by.mails_of_all and policy.has_links):
        return statements.EVERYBODY
    return statements.AGREED if policy.opens is OpenPolicy.CONSENTED else statements.NOBODY


@lru_cache(maxsize=64)
def _statement(whose: str, measured: str, tier_count: int) -> TextClause:
    """The statement for this choice of customers; nothing in it comes from outside but parameters."""
    names = {"whose": f"customer_id {whose}", "whose_id": f"id {whose}"}
    parts = (
        statements.LOOKS.format(measured=measured.format(**names), heard=statements.HEARD, **names),
        statements.NUMBERS.format(
            buying=_buying(names["whose"]),
            r=statements.quintile("r"),
            f=statements.quintile("f"),
            m=statements.quintile("m"),
            **names,
        ),
        statements.SCORED.format(stage=statements.STAGE, tier=_tier(tier_count)),
        statements.writing(names["whose"]),
    )
    return text(f"WITH {', '.join(parts)}")


def _buying(whose: str) -> str:
    columns = statements.BUYING_COLUMNS.replace("customer_id", "customer_id AS buyer_id")
    if "BETWEEN" in whose:
        source = f"customer_buying WHERE {whose}"
    else:
        summed = statements.SUM_UP.format(whose=f"AND {whose}", day=statements.DAY)
        source = f"({summed}) AS summed"
    return f"(SELECT {columns} FROM {source}) AS b"  # noqa: S608 - all parts are ours


def _tier(count: int) -> str:
    if not count:
        return "NULL::text"
    steps = [
        f"WHEN n.value_12_months_cents >= CAST(:tier_cents{position} AS bigint)"
        f" AND n.orders_12_months >= CAST(:tier_orders{position} AS bigint) THEN CAST(:tier_key{position} AS text)"
        for position in reversed(range(count))
    ]
    return f"CASE WHEN n.order_count IS NULL THEN NULL {' '.join(steps)} END"


def _parameters(by: Definitions, with_: Yardsticks) -> dict[str, Any]:
    cycles, outside = rules.choose_cycles(by, with_)
    tiers = {
        f"tier_{part}{position}": value
        for position, tier in enumerate(by.tiers)
        for part, value in (("key", tier.key), ("cents", tier.min_cents), ("orders", tier.min_orders))
    }
    plain = (
        "regular_orders ambassador_orders week_points mail_count mail_percent mail_points visit_points"
        " rescue_below call_below"
    )
    return {
        **{name: getattr(by, name) for name in plain.split()},
        **rules.ends_of(with_),
        **tiers,
        "has_yardsticks": bool(with_.r),
        "map": [word.value for row in by.rfm_map for word in row],
        "cycles": [cycle.days for cycle in cycles],
        "sources": [cycle.source.value for cycle in cycles],
        "chain_cycle": outside.days,
        "chain_source": outside.source.value,
        "ambassador_cents": with_.ambassador_cents,
        "high_value_cents": with_.high_value_cents,
    }
