"""What a customer is worth and how near to leaving, in the reader's words: stage, RFM, value, tier, churn points one by one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import format_currency, format_date, format_decimal, gettext, ngettext

from hub.blueprints.segments.base import NAMED, PAGES, STAGES
from hub.core.text import with_minus
from hub.identity.card import ScoreRow
from hub.orders.behaviour.words import PageKind
from hub.segments.values.rules import Definitions
from hub.segments.values.words import ChurnRule, CycleSource, Stage

_TONES = {
    Stage.NEW: "info",
    Stage.REGULAR: "ok",
    Stage.AMBASSADOR: "ok",
    Stage.LAPSED: "warn",
    Stage.FORMER: "late",
}


@dataclass(frozen=True)
class Scores:
    """The lines of the card; "" is a line that is left out. `reasons`: each churn rule with its points."""

    stage: str
    stage_tone: str
    rfm: str
    rfm_figures: str
    value: str
    predicted: str
    tier: str
    churn_points: str
    churn_tone: str
    reasons: tuple[str, ...]


def scores_of(row: ScoreRow, definitions: Definitions, currency: str) -> Scores:
    """What is not known has no words."""
    stage, tone = stage_words(row.stage)
    has_rfm = row.rfm_segment is not None and row.r is not None
    return Scores(
        stage=stage,
        stage_tone=tone,
        rfm=gettext(NAMED[row.rfm_segment]) if row.rfm_segment else "",
        rfm_figures=f"R {row.r} · F {row.f} · M {row.m}" if has_rfm else "",
        value=_money(row.historic_cents, currency),
        predicted=_money(row.predicted_cents, currency) if row.predicted_cents is not None else "",
        tier=next((tier.name for tier in definitions.tiers if tier.key == row.tier), ""),
        churn_points=_number(row.churn_points),
        churn_tone=_churn_tone(row.churn_points, definitions),
        reasons=tuple(_why(each) for each in row.churn_why),
    )


def stage_words(stage: Stage) -> tuple[str, str]:
    """A lifecycle stage and the tone of its chip."""
    return gettext(STAGES[stage]), _TONES.get(stage, "plain")


def _churn_tone(points: int, definitions: Definitions) -> str:
    if points < definitions.call_below:
        return "late"
    return "warn" if points < definitions.rescue_below else "plain"


def _why(given: Mapping[str, Any]) -> str:
    """`−4 : 4 weeks beyond a cycle of 30 days (his or her own), last order on 3 March`."""
    rule = ChurnRule(given["rule"])
    points = _number(given["points"])
    if rule is ChurnRule.CYCLE:
        return gettext(
            "%(points)s: %(weeks)s beyond a purchase cycle of %(days)s days (%(whose)s); last order on %(day)s",
            points=points,
            weeks=ngettext("%(num)s week", "%(num)s weeks", given["weeks"]),
            days=format_decimal(Decimal(str(given["cycle_days"]))),
            whose=_whose(CycleSource(given["source"])),
            day=_day(given["last_order_on"]),
        )
    if rule is ChurnRule.MAILS:
        return gettext(
            "%(points)s: %(engaged)s of the last %(sent)s measurable mails were opened or clicked",
            points=points,
            engaged=given["engaged"],
            sent=given["sent"],
        )
    return gettext(
        "%(points)s: visited the page on %(what)s on %(day)s",
        points=points,
        what=gettext(PAGES[PageKind(given["kind"])]),
        day=_day(given["visited_on"]),
    )


def _whose(source: CycleSource) -> str:
    words = {
        CycleSource.OWN: gettext("the customer's own"),
        CycleSource.SEGMENT: gettext("that of the segment"),
        CycleSource.CHAIN: gettext("that of the chain"),
        CycleSource.SETTING: gettext("as chosen in the definitions"),
    }
    return words[source]


def _day(written: str) -> str:
    return str(format_date(date.fromisoformat(written), "d MMM y"))


def _money(cents: int, currency: str) -> str:
    return with_minus(str(format_currency(Decimal(cents) / 100, currency)))


def _number(points: int) -> str:
    return with_minus(str(format_decimal(points)))
