"""When the window of a passage opens and closes: for every kind of trigger before the first step can reach the customer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from hub.plans.builtin import BUILTIN_PLANS
from hub.plans.reading import parse_definition
from hub.plans.windows import Window, find_window

PARIS = "Europe/Paris"
DELIVERED = {plan.key: plan.definition for plan in BUILTIN_PLANS}
LETTER = {"key": "letter", "template": "birthday", "purpose": "promotion"}
CODE = {"key": "code", "kind": "promo", "pool": "birthday"}
BY_HAND = {"format": 2, "entry": {"on": "by_hand"}, "horizon_days": 10}
LATER = {"date_on": "2026-04-20"}


@dataclass(frozen=True, kw_only=True)
class Row:
    """Local times; `window` empty: from the entry, for as long as the version says."""

    of: str | Mapping[str, Any]
    anchor: str = "2026-03-03 10:00"
    entered: str = "2026-03-03 10:00"
    values: Mapping[str, Any] = field(default_factory=dict)
    zone: str = PARIS
    window: tuple[str, str] | None = None


def own(*steps: Mapping[str, Any]) -> Mapping[str, Any]:
    return {**BY_HAND, "steps": list(steps)}


def dated(days: int, **fields: Any) -> Mapping[str, Any]:
    return {**LETTER, "anchor": "date", "delay": {"days": days, "at": "10:00"}, **fields}


ROWS = {
    "the end of a life": Row(of="renewal", values={"date_on": "2028-03-03"}, window=("2028-03-03 00:00", "2028-06-01 00:00")),
    "the same far in the east": Row(
        of="renewal", values={"date_on": "2028-03-03"}, zone="Pacific/Noumea", window=("2028-03-03 00:00", "2028-06-01 00:00")
    ),
    "a life that was over when the order was told": Row(of="renewal", values={"date_on": "2026-03-01"}),
    "what is used up: of the month after and of the end of the cycle": Row(
        of="replenishment", values={"date_on": "2026-05-04"}, window=("2026-03-03 10:00", "2026-07-03 00:00")
    ),
    "used up before it was handed over": Row(of="replenishment", values={"date_on": "2026-03-02"}),
    "an order": Row(of="cross_sell"),
    "an order told late": Row(of="cross_sell", anchor="2026-02-01 10:00"),
    "a birthday later in the month is written to on its first day": Row(
        of="birthday", anchor="2026-03-01 00:00", entered="2026-03-01 00:00", values={"date_on": "2026-03-20", "is_day": True}
    ),
    "a day that begins later where the customer lives": Row(
        of="birthday", anchor="2026-03-01 00:00", entered="2026-02-28 19:00", zone="America/Martinique",
        values={"date_on": "2026-03-20", "is_day": True}, window=("2026-03-01 00:00", "2026-03-31 00:00"),
    ),
    "a silence, put off by three days": Row(
        of="anti_churn", anchor="2026-03-06 00:00", values={"is_day": True}, window=("2026-03-06 00:00", "2026-05-05 00:00")
    ),
    "a silence caught up with in the course of the day": Row(of="anti_churn", anchor="2026-03-03 00:00", values={"is_day": True}),
    "no sign of life": Row(of="reactivation", anchor="2026-03-03 00:00", values={"is_day": True}),
    "a score": Row(of="churn_rescue"),
    "a basket": Row(of="abandoned_basket", anchor="2026-03-03 09:30"),
    "a sign-up": Row(of="welcome_pack"),
    "a week before the day": Row(of=own(dated(-7)), values=LATER, window=("2026-04-13 10:00", "2026-04-23 10:00")),
    "a week before a day that is near": Row(of=own(dated(-7)), values={"date_on": "2026-03-05"}),
    "a week after the day counts from the day": Row(of=own(dated(7)), values=LATER, window=("2026-04-20 00:00", "2026-04-30 00:00")),
    "nobody sees a code before its letter": Row(of=own(CODE, dated(0)), values=LATER, window=("2026-04-20 00:00", "2026-04-30 00:00")),
    "a step that is off is none": Row(
        of=own({**LETTER, "key": "off", "is_on": False}, dated(0)), values=LATER, window=("2026-04-20 00:00", "2026-04-30 00:00")
    ),
    "a reminder follows its letter": Row(
        of=own(dated(0), {**LETTER, "key": "again", "anchor": "first_message", "delay": {"days": 5}}),
        values=LATER, window=("2026-04-20 00:00", "2026-04-30 00:00"),
    ),
    "a letter before the day": Row(
        of=own({**LETTER, "key": "now"}, dated(0)), values=LATER, window=("2026-03-03 10:00", "2026-04-30 00:00")
    ),
    "nothing but what follows": Row(of=own({**LETTER, "anchor": "first_message"})),
    "a plan of dates without a date": Row(of=own(dated(0))),
}  # fmt: skip


@pytest.mark.parametrize("name", ROWS)
def test_the_window(name: str) -> None:
    row = ROWS[name]

    def at(words: str) -> datetime:
        return datetime.fromisoformat(words).replace(tzinfo=ZoneInfo(row.zone))

    definition = parse_definition(DELIVERED[row.of] if isinstance(row.of, str) else row.of)
    found = find_window(
        definition, at(row.anchor), row.values, entered_at=at(row.entered), time_zone=row.zone
    )
    assert found == (Window(*map(at, row.window)) if row.window else None), found
