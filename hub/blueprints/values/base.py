"""The blueprint of the values and what its pages share: their tabs, words, money."""

from datetime import date
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from flask import Blueprint, g
from flask_babel import format_currency, format_decimal, format_percent, get_locale, gettext

from hub.blueprints.access import viewer
from hub.blueprints.room_tabs import RoomTab, draw_tabs
from hub.blueprints.segments.base import NAMED, STAGES
from hub.core import clock
from hub.core.text import N_, with_minus
from hub.segments.values.queries import find_last_run
from hub.segments.values.rules import Definitions
from hub.segments.values.words import RfmSegment, Stage
from hub.staff.words import Permission
from hub.stores.queries import ChainRow, get_chain

blueprint = Blueprint("values", __name__)
PAGES = (
    ("values.show_stages", N_("Stages")),
    ("values.show_rfm", N_("RFM")),
    ("values.show_churn", N_("Churn score")),
    ("values.show_value", N_("Value and cohorts")),
    ("values.show_tiers", N_("Tiers")),
)
DEFINING = ("values.show_definitions", N_("Definitions"))


@blueprint.context_processor
def shared() -> dict[str, Any]:
    return {
        "may_define": viewer().may(Permission.EDIT_SEGMENTS),
        "value_tabs": value_tabs,
        "computed_at": find_last_run(),
    }


def value_tabs() -> list[RoomTab]:
    """The pages of this part of the customers room."""
    pages = (*PAGES, DEFINING) if viewer().may(Permission.EDIT_SEGMENTS) else PAGES
    return draw_tabs(pages)


def stage_word(stage: Stage) -> str:
    return gettext(STAGES[stage])


def segment_word(segment: RfmSegment | None) -> str:
    return gettext(NAMED[segment]) if segment else ""


def tier_word(key: str | None, by: Definitions) -> str:
    return next((tier.name for tier in by.tiers if tier.key == key), "")


def money(cents: int | None) -> str:
    """In the chain's currency, without cents: these are sums of many orders."""
    if cents is None:
        return "–"
    form = _locale().currency_formats["standard"].pattern.replace(".00", "")
    return with_minus(
        str(format_currency(Decimal(cents) / 100, _currency(), format=form, currency_digits=False))
    )


def _chain() -> ChainRow:
    """Read once a request."""
    kept: ChainRow | None = g.get("values_chain")
    if kept is None:
        kept = g.values_chain = get_chain()
    return kept


def _currency() -> str:
    return _chain().currency


def today() -> date:
    """The chain's day."""
    return clock.business_now().astimezone(ZoneInfo(_chain().time_zone)).date()


def euros(cents: int | None) -> str:
    """With cents."""
    return "–" if cents is None else with_minus(str(format_currency(Decimal(cents) / 100, _currency())))


def share(part: float, whole: float) -> str:
    form = _locale().percent_formats[None].pattern.replace("#,##0", "#,##0.0")
    return with_minus(str(format_percent(part / whole, format=form))) if whole else "–"


def _locale() -> Locale:
    return get_locale() or Locale("fr")


def number(value: float, digits: int = 0) -> str:
    form = f"#,##0.{'#' * digits}" if digits else "#,##0"
    return with_minus(str(format_decimal(round(value, digits), format=form)))
