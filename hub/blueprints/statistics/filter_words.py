"""The filters of a page: what is offered to choose from, and what was chosen, in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date
from flask import request, url_for
from flask_babel import get_locale, gettext

from hub.blueprints.inbox.words import channel_words
from hub.blueprints.statistics.choices import Choices
from hub.core.text import N_
from hub.core.words import Channel
from hub.staff.rules import Viewer
from hub.statistics.rules import Compare, Filters, Period, days_of

FILTERS = ("period", "since", "until", "compare", "region", "store", "channel", "reason", "agent")
NARROWINGS = frozenset({"channel", "reason", "agent"})
INDENT = "\u2003"
MOST_NAMES = 3
Options = list[tuple[object, str]]

PERIODS = {
    Period.WEEK: N_("7 days"),
    Period.LAST_WEEK: N_("Last calendar week"),
    Period.THIRTY_DAYS: N_("30 days"),
    Period.NINETY_DAYS: N_("90 days"),
    Period.THIS_MONTH: N_("This month"),
    Period.LAST_YEAR: N_("Last year"),
}
COMPARED = {
    Compare.PREVIOUS: N_("The period before"),
    Compare.YEAR: N_("The same days a year before"),
    Compare.NONE: N_("Nothing"),
}


@dataclass(frozen=True)
class Preset:
    label: str
    href: str
    is_current: bool


@dataclass(frozen=True)
class Offered:
    """What stands in the form; a list that is empty is not shown."""

    presets: list[Preset]
    compare: Options
    regions: Options
    stores: Options
    channels: Options
    reasons: Options
    people: Options


def offered(
    choices: Choices,
    args: Mapping[str, str],
    uses: frozenset[str],
    *,
    viewer: Viewer,
    now: datetime,
    compares: bool,
) -> Offered:
    """Only stores and people that the reader may see; people where the page counts by person."""
    filters = choices.filters
    return Offered(
        presets=_presets(filters, args, now),
        compare=[(key.value, gettext(text)) for key, text in COMPARED.items()] if compares else [],
        regions=[(row.id, row.name) for row in choices.regions],
        stores=[*_together(choices, args), *((row.code, row.name) for row in choices.stores)],
        channels=[(each.value, channel_words(each)) for each in Channel] if "channel" in uses else [],
        reasons=_reasons(choices, viewer) if "reason" in uses else [],
        people=[(row.id, row.name) for row in choices.people] if "agent" in uses else [],
    )


def _together(choices: Choices, args: Mapping[str, str]) -> Options:
    """Several stores, as an alert rule names them, so that another choice in the form keeps them."""
    return [(args["store"], _store_words(choices))] if choices.filters.store_ids else []


def _store_words(choices: Choices) -> str:
    """Of those that the reader sees."""
    names = [row.name for row in choices.stores if row.id in choices.filters.store_ids]
    return ", ".join([*names[:MOST_NAMES], *(["…"] if len(names) > MOST_NAMES else [])])


def _presets(filters: Filters, args: Mapping[str, str], now: datetime) -> list[Preset]:
    today = now.astimezone(ZoneInfo(filters.time_zone)).date()
    given: dict[str, Any] = {
        **(request.view_args or {}),
        **{name: value for name, value in args.items() if name not in {"since", "until"}},
    }
    endpoint = request.endpoint or "statistics.index"
    return [
        Preset(
            gettext(text),
            url_for(endpoint, **(given | {"period": period.value})),
            days_of(period, today) == (filters.since_on, filters.until_on),
        )
        for period, text in PERIODS.items()
    ]


def _reasons(choices: Choices, viewer: Viewer) -> Options:
    return [(row.id, INDENT * (row.depth - 1) + row.name(viewer.language)) for row in choices.reasons]


def said(choices: Choices, *, compares: bool) -> str:
    """`2 Feb 2026 – 3 Mar 2026, compared with the period before · Lyon · E-mail`."""
    filters = choices.filters
    parts = [f"{day(filters.since_on)} – {day(filters.seen_until_on)}"]
    if compares and filters.compare is not Compare.NONE:
        parts += _compared(filters)
    return " · ".join([", ".join(parts), *placed(choices)])


def _compared(filters: Filters) -> list[str]:
    if filters.before() is None:
        return [gettext("not compared: none of its days is over")]
    is_year = filters.compare is Compare.YEAR
    with_what = (
        N_("compared with the same days a year before") if is_year else N_("compared with the period before")
    )
    is_whole = filters.over() == filters
    return [gettext(with_what), *([] if is_whole else [gettext("as many days as are over")])]


def placed(choices: Choices) -> list[str]:
    """What the figures are narrowed to, beside the period."""
    filters, viewer = choices.filters, choices.viewer
    words: list[str] = []
    if filters.region_id is not None:
        words += [row.name for row in choices.regions if row.id == filters.region_id]
    if filters.store_id is not None:
        words += [row.name for row in choices.stores if row.id == filters.store_id]
    if filters.store_ids:
        words.append(_store_words(choices))
    if filters.channel is not None:
        words.append(channel_words(filters.channel))
    if filters.reason_id is not None:
        words += [row.path(viewer.language) for row in choices.reasons if row.id == filters.reason_id]
    if filters.agent_id is not None:
        words += [row.name for row in choices.people if row.id == filters.agent_id]
    return words or [gettext("All stores") if viewer.scope.is_everything else gettext("All your stores")]


def day(value: date) -> str:
    return str(format_date(value, "d MMM y", locale=get_locale() or "fr"))
