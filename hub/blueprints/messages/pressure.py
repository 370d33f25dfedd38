"""Door of the pressure page: how much customers hear from us, what waits, what was not sent and why."""

from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_decimal, format_percent, gettext, ngettext

from hub.blueprints.customer_words import block_words, purpose_words
from hub.blueprints.inbox.words import channel_words
from hub.blueprints.messages.base import (
    blueprint,
    channel_choices,
    purpose_choices,
    read_channel,
    read_purpose,
)
from hub.blueprints.messages.words import cap_words, why_words
from hub.core import clock
from hub.customers.queries import get_customers
from hub.outbox.policy import get_policy
from hub.outbox.pressure import MOST_BARS, WEEKS, Asked, Pressure, WaitRow, get_pressure
from hub.outbox.queries import is_set_up

USUAL_WEEKS = 4


@blueprint.get("/")
def pressure() -> ResponseReturnValue:
    """Filters stand in the address; a figure leads to its list."""
    asked = _read_asked()
    found = get_pressure(asked, get_policy().caps)
    return render_template(
        "messages/pressure.html",
        found=found,
        bars=_bars(found),
        tables=_tables(found, _kept(asked)),
        per_week=_decimal(found.per_week),
        channels=channel_choices(),
        purposes=purpose_choices(),
        periods=[(weeks, ngettext("Last week", "Last %(num)s weeks", weeks)) for weeks in WEEKS],
    )


def _read_asked() -> Asked:
    weeks = request.args.get("weeks", type=int, default=USUAL_WEEKS)
    return Asked(
        now=clock.business_now(),
        weeks=weeks if weeks in WEEKS else USUAL_WEEKS,
        channel=read_channel(request.args),
        purpose=read_purpose(request.args),
    )


def _kept(asked: Asked) -> dict[str, Any]:
    """The filters that the list of what was not sent understands too."""
    return {
        name: value.value
        for name, value in (("channel", asked.channel), ("purpose", asked.purpose))
        if value is not None
    }


def _bars(found: Pressure) -> list[dict[str, Any]]:
    labels = [str(number) for number in range(1, MOST_BARS)]
    labels.append(gettext("%(count)s or more", count=MOST_BARS))
    return [
        {"label": label, "count": count} for label, count in zip(labels, found.weekly_counts, strict=True)
    ]


def _tables(found: Pressure, kept: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    return {
        "kinds": _kinds(found),
        "caps": _caps(found),
        "waiting": _waiting(found),
        "top": _top(found),
        "not_sent": _not_sent(found, kept),
    }


def _kinds(found: Pressure) -> list[dict[str, Any]]:
    return [
        {
            "channel": channel_words(row.channel),
            "purpose": purpose_words(row.purpose),
            "messages": row.message_count,
            "customers": row.customer_count,
            "each": _decimal(row.message_count / row.customer_count),
        }
        for row in found.by_kind
    ]


def _caps(found: Pressure) -> list[dict[str, Any]]:
    return [
        {
            "cap": cap_words(row.channel, row.purpose, row.cap),
            "customers": row.customer_count,
            "full": row.full_count,
            "share": "–" if row.share is None else format_percent(round(row.share, 3)),
        }
        for row in found.caps
    ]


def _waiting(found: Pressure) -> list[dict[str, Any]]:
    return [
        {
            "channel": channel_words(row.channel),
            "purpose": purpose_words(row.purpose),
            "why": _waiting_words(row),
            "count": row.count,
            "oldest": row.oldest_due_at,
        }
        for row in found.waiting
    ]


def _top(found: Pressure) -> list[dict[str, Any]]:
    names = get_customers([row.customer_id for row in found.top])
    return [
        {
            "customer": names[row.customer_id].name or gettext("Customer without a name"),
            "href": url_for("customers.messages", customer_id=row.customer_id),
            "count": row.count,
            "oldest": row.oldest_due_at,
        }
        for row in found.top
        if row.customer_id in names
    ]


def _not_sent(found: Pressure, kept: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "why": why_words(why),
            "href": url_for("messages.list_blocked", **{**kept, "reason": why}),
            "count": count,
        }
        for why, count in found.not_sent.items()
    ]


def _waiting_words(row: WaitRow) -> str:
    if row.why is not None:
        return block_words(row.why)
    if not is_set_up(row.channel):
        return gettext("It waits: %(channel)s is not set up.", channel=channel_words(row.channel))
    return gettext("Not due yet, or leaving now.")


def _decimal(value: float | None) -> str:
    return "–" if value is None else str(format_decimal(round(value, 2)))
