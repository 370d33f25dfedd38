"""The blueprint of the promo codes and what its pages share: worth and verdicts in words."""

from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint
from flask_babel import format_currency, format_percent, gettext

from hub.blueprints.access import viewer
from hub.blueprints.message_tabs import message_tabs
from hub.core.errors import Invalid
from hub.core.text import N_
from hub.loyalty.rows import PoolRow
from hub.loyalty.words import PoolKind, RedemptionVerdict
from hub.staff.words import Permission
from hub.stores.queries import get_chain

blueprint = Blueprint("loyalty", __name__)


@blueprint.context_processor
def shared() -> dict[str, Any]:
    return {
        "may_edit": viewer().may(Permission.EDIT_MESSAGES),
        "message_tabs": message_tabs,
        "worth": worth,
        "kind_words": kind_words,
        "verdict_words": verdict_words,
    }


def worth(pool: PoolRow) -> str:
    """What a code takes off an order: “10 %” or “5,00 €”."""
    if pool.discount_percent is not None:
        return str(format_percent(pool.discount_percent / 100))
    return str(format_currency((pool.discount_cents or 0) / 100, get_chain().currency))


def kind_words(kind: PoolKind) -> str:
    return {
        PoolKind.UNIQUE: gettext("One code for each customer"),
        PoolKind.SHARED: gettext("One code for everybody"),
    }[kind]


def verdict_words(verdict: RedemptionVerdict) -> tuple[str, str]:
    """The verdict in words, and the tone of its chip."""
    return {
        RedemptionVerdict.VALID: (gettext("valid"), "ok"),
        RedemptionVerdict.TOO_EARLY: (gettext("used before its first day"), "warn"),
        RedemptionVerdict.TOO_LATE: (gettext("used after its end"), "warn"),
        RedemptionVerdict.USED_BEFORE: (gettext("used a second time"), "warn"),
        RedemptionVerdict.NOT_GIVEN: (gettext("never given to anybody"), "warn"),
        RedemptionVerdict.OTHER_CUSTOMER: (gettext("given to another customer"), "warn"),
        RedemptionVerdict.UNKNOWN_CODE: (gettext("not a code of ours"), "plain"),
    }[verdict]


def first_moment(text: str, field: str) -> datetime:
    """The beginning of a day of the chain. Raises Invalid."""
    return datetime.combine(_day(text, field), time(), ZoneInfo(get_chain().time_zone))


def last_moment(text: str, field: str) -> datetime:
    """The last second of a day of the chain: a code that ends on a day is good all that day. Raises Invalid."""
    return datetime.combine(_day(text, field), time(23, 59, 59), ZoneInfo(get_chain().time_zone))


def _day(text: str, field: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid(N_("Please give a date."), field=field) from None
