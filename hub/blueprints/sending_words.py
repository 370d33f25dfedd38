"""What became of messages in the reader's words: tiles, tables, the daily line, reasons, the pressure."""

from collections.abc import Callable, Mapping
from typing import Any

from babel import Locale
from flask_babel import format_date, format_percent, get_locale, gettext

from hub.blueprints.base_words import number
from hub.blueprints.inbox.words import channel_words
from hub.blueprints.message_names import purpose_words, template_words
from hub.blueprints.messages.words import why_words
from hub.blueprints.plan_words import plan_name
from hub.blueprints.statistics_words import beside, share
from hub.content.naming import TemplateName
from hub.core.intervals import wilson
from hub.core.text import N_
from hub.statistics.measuring.pressure import MOST
from hub.statistics.messages import MessageLine, Sendings, Tally
from hub.statistics.rules import OF_MESSAGES_LATER, Compare

FEW = 30
RATES: Mapping[str, tuple[tuple[str, ...], str]] = {
    "delivered": (("delivered",), "sent"),
    "bounced": (("hard", "soft"), "sent"),
    "opened": (("opened",), "measured"),
    "clicked": (("clicked",), "delivered"),
    "unsubscribed": (("unsubscribed",), "delivered"),
    "complaints": (("complained",), "delivered"),
}
"""What of what; each has its definition as `messages_<key>`."""
NAMES = {
    "delivered": N_("Delivered"),
    "bounced": N_("Bounced"),
    "opened": N_("Opened"),
    "clicked": N_("Clicked"),
    "unsubscribed": N_("Unsubscribed"),
    "complaints": N_("Complaints"),
}


def count_of(tally: Tally, key: str) -> int:
    return sum(tally.get(name, 0) for name in RATES[key][0])


def whole_of(tally: Tally, key: str) -> int:
    return tally.get(RATES[key][1], 0)


def rate(tally: Tally, key: str) -> dict[str, Any]:
    """A share with its interval, and how many of how many, for a tile or a cell."""
    count, whole = count_of(tally, key), whole_of(tally, key)
    found = wilson(count, whole)
    if found is None:
        return {"value": "–", "share": None, "text": ""}
    of = gettext("%(count)s of %(whole)s", count=number(count), whole=number(whole))
    between = gettext("95%% interval %(low)s to %(high)s", low=fine(found.low), high=fine(found.high))
    few = [gettext("indicative")] if whole < FEW else []
    return {"value": fine(found.value), "share": found.value, "text": " · ".join([of, between, *few])}


def fine(value: float) -> str:
    """Complaints are told in tenths of a per cent."""
    return share(value) if value in {0, 1} else _decimal(value)


def _decimal(value: float) -> str:
    form = (get_locale() or Locale("fr")).percent_formats[None].pattern.replace("#,##0", "#,##0.0")
    return str(format_percent(round(value, 3), format=form))


def tiles(found: Sendings, behind: Callable[[str], str]) -> list[dict[str, Any]]:
    """Each leads to its messages."""
    return [
        {
            "label": gettext(NAMES[key]),
            **rate(found.total, key),
            "comparison": before_words(found, key),
            "key": f"messages_{key}",
            "href": behind(f"messages_{key}") or None,
            "note": bounce_words(found.total) if key == "bounced" else None,
        }
        for key in RATES
    ]


def bounce_words(tally: Tally) -> str:
    return str(
        gettext(
            "%(hard)s for good, %(soft)s for now",
            hard=number(tally.get("hard", 0)),
            soft=number(tally.get("soft", 0)),
        )
    )


def before_words(found: Sendings, key: str) -> str | None:
    """The same of the period to compare with, of messages that had as many days; small numbers are said."""
    days = OF_MESSAGES_LATER.get(f"messages_{key}", 0)
    pair = found.settled[days] if days else (found.total, found.before)
    if found.before is None:
        return None
    if pair is None:
        return str(gettext("too early to compare: sent less than %(days)s days ago", days=days))
    now, before = pair
    if before is None or min(whole_of(before, key), whole_of(now, key)) < FEW:
        is_year = found.filters.compare is Compare.YEAR
        few = N_("too few to compare") if is_year else N_("too few to compare with the period before")
        return str(gettext(few))
    shown, over = (rate(each, key)["value"] for each in (found.total, now))
    said = beside(rate(before, key)["value"], found.filters.compare)
    if shown == over or said is None:
        return said
    return " · ".join([gettext("sent over %(days)s days ago: %(text)s", days=days, text=over), said])


def not_sent(tally: Tally) -> int:
    return sum(count for name, count in tally.items() if name.startswith("not_"))


def cells(tally: Tally) -> dict[str, str]:
    """Each share with its number; under 30 the number alone, since a share would be chance."""
    found = {
        "sent": number(tally.get("sent", 0)),
        "not_sent": number(not_sent(tally)),
    }
    for key in RATES:
        whole, count = whole_of(tally, key), count_of(tally, key)
        if not whole:
            found[key] = "–"
        elif whole < FEW:
            found[key] = gettext("%(count)s of %(whole)s, few", count=number(count), whole=number(whole))
        else:
            found[key] = f"{number(count)} · {fine(count / whole)}"
    return found


def named_lines(found: Sendings) -> list[tuple[dict[str, str], MessageLine]]:
    """By plan, then by the name of the message."""
    rows = [
        (
            {
                "name": message_name(each),
                "plan": plan_name(each.plan) if each.plan else gettext("Without a plan"),
                "kind": purpose_words(each.purpose),
                "channel": channel_words(each.channel),
                "key": each.template_key or "",
            },
            each,
        )
        for each in found.lines
    ]
    return sorted(
        rows, key=lambda row: (row[0]["plan"].casefold(), row[0]["name"].casefold(), row[0]["channel"])
    )


def message_name(line: MessageLine) -> str:
    named = TemplateName(line.template_key, "") if line.template_key else None
    return template_words(named, line.purpose)


def reason_rows(found: Sendings) -> list[dict[str, Any]]:
    """The most frequent first."""
    whole = sum(count for _, count in found.refused)
    return [
        {
            "key": why,
            "why": why_words(why),
            "count": count,
            "share": count / whole,
        }
        for why, count in found.refused
    ]


def line(found: Sendings) -> dict[str, Any]:
    """Sent and delivered over time, for parts/line_chart.html."""
    sent = [tally.get("sent", 0) for _, tally in found.by_period]
    delivered = [tally.get("delivered", 0) for _, tally in found.by_period]
    top = _round_up(max([*sent, 1]))
    return {
        "labels": [format_date(day, "d MMM") for day, _ in found.by_period],
        "series": [
            {"name": gettext("Messages sent"), "values": sent, "texts": [number(each) for each in sent]},
            {
                "name": gettext("Delivered"),
                "values": delivered,
                "texts": [number(each) for each in delivered],
            },
        ],
        "top": top,
        "ticks": [number(top * part // 4) for part in range(5)],
    }


def _round_up(value: int) -> int:
    """A top of the axis that divides by four."""
    step = max(4, 2 * int("1".ljust(len(str(value)), "0")))
    return -(-value // step) * step


def pressure_bins(found: Sendings) -> list[dict[str, Any]]:
    """0 is left out where nobody knows how many customers there are."""
    bars = [
        {
            "label": gettext("%(count)s or more", count=MOST) if at == MOST else str(at),
            "count": count,
            "is_late": at == MOST,
        }
        for at, count in enumerate(found.pressure)
    ]
    return [bar for bar in bars if bar["count"] is not None]
