"""The JSON shapes of figures: what is asked with, what is answered, and how the doors describe it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from hub.blueprints.openapi_parts import get, query
from hub.blueprints.openapi_schemas import MAYBE_TEXT, NUMBER, SHARE, TEXT, enum, many, ref, whole
from hub.core.errors import Invalid
from hub.core.text import N_
from hub.core.words import Channel, Language
from hub.reasons.queries import find_reason_by_key
from hub.staff.queries import find_agent_by_email
from hub.statistics.measures import Measure
from hub.statistics.measuring.figures import Figure
from hub.statistics.measuring.naming import GroupName, name_groups
from hub.statistics.rows import ResponseTimes, Waits
from hub.statistics.rules import BUCKETS_SECONDS, Compare, Filters
from hub.statistics.words import Dimension
from hub.stores.properties import get_region_by_key

DAY = {"type": "string", "format": "date"}


def filters_of(args: Mapping[str, str]) -> dict[str, str]:
    """As a page takes them: ids in place of keys and addresses; nothing is compared unless it is asked for. Raises Invalid."""
    found = {name: value for name, value in args.items() if value}
    found.setdefault("compare", Compare.NONE.value)
    if "region" in found:
        found["region"] = str(get_region_by_key(found["region"]).id)
    if "reason" in found:
        found["reason"] = str(_reason_id(found["reason"]))
    if "agent" in found:
        found["agent"] = str(_agent_id(found["agent"]))
    return found


def _reason_id(key: str) -> int:
    reason = find_reason_by_key(key)
    if reason is None:
        raise Invalid(N_("This contact reason does not exist. Please choose another one."), field="reason")
    return reason.id


def _agent_id(email: str) -> int:
    agent = find_agent_by_email(email)
    if agent is None:
        raise Invalid(
            N_("This person works in none of your stores. Please choose another one."), field="agent"
        )
    return agent.id


def dimension_of(word: str | None) -> Dimension | None:
    """Raises Invalid (field by)."""
    if not word:
        return None
    if word not in set(Dimension):
        raise Invalid(
            N_("A figure is broken down by: %(known)s. “%(word)s” is none of these."),
            field="by",
            word=word,
            known=", ".join(Dimension),
        )
    return Dimension(word)


def definition(measure: Measure) -> dict[str, Any]:
    """In English, whoever asks: it is read by programs and those who write them."""
    return {
        "key": measure.key,
        "name": measure.name,
        "unit": measure.unit,
        "definition": measure.definition,
        "formula": measure.formula,
        "leaves_out": measure.leaves_out,
    }


class Found(NamedTuple):
    """The figures of a period."""

    filters: Filters
    figures: Iterable[Figure]


def measured(measure: Measure, by: Dimension | None, found: Found, beside: Sequence[Found]) -> dict[str, Any]:
    """`beside`: the days of the period that are compared, and those before; nothing where nothing is compared."""
    compared, before = beside or (None, None)
    return {
        "measure": definition(measure),
        "by": by.value if by else None,
        **_period(found, by),
        "compared": _period(compared, by) if compared else None,
        "before": _period(before, by) if before else None,
    }


def _period(found: Found, by: Dimension | None) -> dict[str, Any]:
    return {
        "since": found.filters.since_on.isoformat(),
        "until": found.filters.until_on.isoformat(),
        "figures": _figures(found.figures, by),
    }


def _figures(figures: Iterable[Figure], by: Dimension | None) -> list[dict[str, Any]]:
    rows = list(figures)
    names = name_groups(rows, by, language=Language.ENGLISH)
    return [_figure(row, names[row.group]) for row in rows]


def _figure(row: Figure, name: GroupName) -> dict[str, Any]:
    return {
        "group": name.code,
        "name": name.name,
        "value": row.value,
        "count": row.count,
        "low": row.low,
        "high": row.high,
    }


def response_times(found: ResponseTimes) -> dict[str, Any]:
    return {
        "since": found.filters.since_on.isoformat(),
        "until": found.filters.until_on.isoformat(),
        "total": _waits(found.total),
        "by_store": [
            {"store": row.code or None, "name": row.name} | _waits(row.waits) for row in found.by_store
        ],
        "by_channel": [{"channel": channel.value} | _waits(waits) for channel, waits in found.by_channel],
        "distribution": {"edges_seconds": list(BUCKETS_SECONDS), "counts": list(found.buckets)},
        "dropped": found.dropped,
        "waiting": found.waiting_count,
        "late": found.late_count,
    }


def _waits(waits: Waits) -> dict[str, Any]:
    return {
        "count": waits.count,
        "measured": waits.measured_count,
        "median_seconds": waits.median_seconds,
        "p90_seconds": waits.p90_seconds,
        "mean_seconds": waits.mean_seconds,
        "within_target": waits.target_share,
    }


FIGURE = whole(
    {"group": MAYBE_TEXT, "name": MAYBE_TEXT, "value": SHARE, "count": NUMBER, "low": SHARE, "high": SHARE}
)
DEFINITION = whole(dict.fromkeys(("key", "name", "unit", "definition", "formula", "leaves_out"), TEXT))
PERIOD = {"since": DAY, "until": DAY, "figures": many(FIGURE)}
MEASURED = whole(
    {
        "measure": DEFINITION,
        "by": MAYBE_TEXT,
        **PERIOD,
        "compared": {"anyOf": [whole(PERIOD), {"type": "null"}]},
        "before": {"anyOf": [whole(PERIOD), {"type": "null"}]},
    }
)


KEY = {
    "name": "key",
    "in": "path",
    "required": True,
    "schema": {**TEXT, "minLength": 1},
    "description": "key of a figure, as /statistics/measures lists them",
}
PERIOD_AND_PLACE = [
    query("since", "first day, YYYY-MM-DD"),
    query("until", "last day, YYYY-MM-DD"),
    query("store", "code of a store"),
    query("channel", "channel", enum(Channel)),
]
NARROWED = [
    *PERIOD_AND_PLACE,
    query("region", "key of a region"),
    query("reason", "key of a contact reason; those below it count too"),
    query("agent", "mail address of a person"),
    query("plan", "key of a plan, for the figures of one plan: plan_gain and its sisters"),
    query("compare", "what the period is set beside", enum(Compare)),
    query("by", "what it is broken down by; a group is what the filter of that name takes", enum(Dimension)),
]
EVERY = "Every figure that can be asked for, with its definition"
ONE = "One figure of a period: seconds, cents, shares of 1 or counts"
TIMES = "Median, 90th percentile and share within target, in business seconds"


def paths() -> dict[str, Any]:
    """The operations of these doors."""
    return {
        "/statistics/measures": {"get": get(EVERY, whole({"measures": many(DEFINITION)}), [])},
        "/statistics/{key}": {"get": get(ONE, MEASURED, [KEY, *NARROWED])},
        "/statistics/response-times": {"get": get(TIMES, ref("ResponseTimes"), PERIOD_AND_PLACE)},
    }
