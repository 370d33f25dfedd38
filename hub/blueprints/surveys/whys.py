"""Door of the answers to "tell us why": how often each reason was given in a period, and in whose words."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from hub.blueprints.surveys.base import blueprint
from hub.blueprints.why_words import why_choices, why_words
from hub.core import clock
from hub.customers.queries import get_customers
from hub.stores.queries import get_chain, get_stores
from hub.surveys.whys import queries
from hub.surveys.whys.queries import WhyRow
from hub.surveys.whys.words import WhyReason

PERIODS = (30, 90, 365)


@blueprint.get("/whys")
def list_whys() -> ResponseReturnValue:
    """`days` is the period, `reason` narrows the list."""
    days = _days(request.args.get("days", ""))
    since, until = _period(days)
    reason = request.args.get("reason", "")
    chosen = WhyReason(reason) if reason in set(WhyReason) else None
    page = queries.list_whys(since=since, until=until, reason=chosen, after=request.args.get("after"))
    keep: dict[str, Any] = {"days": days, "reason": chosen.value if chosen else None}
    return render_template(
        "surveys/whys.html",
        counts=_counts(since, until),
        lines=_lines(page.rows),
        keep=keep,
        periods=[(each, ngettext("%(num)s day", "%(num)s days", each)) for each in PERIODS],
        reasons=[("", gettext("All")), *why_choices()],
        older=url_for("surveys.list_whys", after=page.next_key, **keep) if page.next_key else None,
        newest=url_for("surveys.list_whys", **keep) if "after" in request.args else None,
    )


def _days(text: str) -> int:
    return int(text) if text in {str(each) for each in PERIODS} else PERIODS[1]


def _period(days: int) -> tuple[datetime, datetime]:
    """Whole days of the chain, today included."""
    zone = ZoneInfo(get_chain().time_zone)
    tomorrow = clock.business_now().astimezone(zone).date() + timedelta(days=1)
    until = datetime.combine(tomorrow, time(), zone)
    return datetime.combine(tomorrow - timedelta(days=days), time(), zone), until


def _counts(since: datetime, until: datetime) -> list[dict[str, Any]]:
    """Every reason with its count and its share, in the order of the page."""
    counts = queries.count_whys(since=since, until=until)
    total = sum(counts.values())
    return [
        {"words": why_words(reason), "count": count, "share": count / total if total else None}
        for reason, count in counts.items()
    ]


def _lines(rows: Sequence[WhyRow]) -> list[dict[str, Any]]:
    customers = get_customers({row.customer_id for row in rows})
    stores = get_stores({row.store_id for row in rows if row.store_id})
    return [
        {
            "at": row.answered_at,
            "customer": customers.get(row.customer_id),
            "store": stores[row.store_id].name if row.store_id in stores else "",
            "reason": why_words(row.reason),
            "comment": row.comment,
        }
        for row in rows
    ]
