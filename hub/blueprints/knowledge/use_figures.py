"""What is shown of the use of an article or a standard reply: a period, and its figures in words."""

from datetime import timedelta

from flask import request, url_for
from flask_babel import format_decimal, format_percent, gettext

from hub.blueprints.row_ids import read_id
from hub.core import clock
from hub.knowledge.rules import WHOLE
from hub.knowledge.uses import count_uses

PERIODS = (30, 90, 365)
USUAL = 90


def use_figures(*, article_id: int | None = None, reply_id: int | None = None) -> dict[str, object]:
    """For `knowledge/_uses.html`: the figures, and links to the other periods."""
    days = _days()
    since = clock.business_now() - timedelta(days=days)
    found = count_uses(article_id=article_id, reply_id=reply_id, since=since)
    mean = found.mean_likeness
    return {
        "use_periods": _links(days),
        "use_facts": [
            (gettext("Used in replies"), format_decimal(found.used)),
            (gettext("Edited before sending"), _share(found.edited, found.used)),
            (gettext("Text sent as offered"), "" if mean is None else format_percent(mean / WHOLE)),
            (gettext("Ticket solved afterwards"), _share(found.solved, found.used)),
        ],
    }


def _days() -> int:
    asked = read_id(request.args.get("days", ""))
    return asked if asked in PERIODS else USUAL


def _links(current: int) -> list[dict[str, object]]:
    given = {**(request.view_args or {})}
    return [
        {
            "label": gettext("%(count)s days", count=days),
            "href": url_for(request.endpoint or "", **given, days=days),
            "is_current": days == current,
        }
        for days in PERIODS
    ]


def _share(count: int, whole: int) -> str:
    return f"{format_decimal(count)} ({format_percent(count / whole)})" if whole else ""
