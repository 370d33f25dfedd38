"""The base in the reader's words: tiles, tables with their links, the grid of recency and frequency, the cohorts."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flask import url_for
from flask_babel import format_date, format_decimal, gettext, ngettext

from hub.blueprints.inbox.words import channel_words
from hub.blueprints.message_names import purpose_words
from hub.blueprints.segments.base import STAGES
from hub.blueprints.statistics_words import share
from hub.blueprints.values.stages import definition_of
from hub.core.intervals import wilson
from hub.core.text import N_, with_minus
from hub.core.words import Channel, Purpose
from hub.segments.values.cohort_queries import Cohort, CohortMonth
from hub.segments.values.rules import SCORES, Definitions
from hub.segments.values.words import Stage
from hub.statistics.base.people import Person
from hub.statistics.base.queries import BaseFigures, Night
from hub.statistics.base.rules import (
    ADDRESS_OF,
    ANYWHERE,
    EVERYBODY,
    OFFERS,
    PURPOSES,
    SAID,
    UNSCORED,
    Counts,
    cohort_part,
    rf_part,
    said_part,
    stage_part,
)
from hub.statistics.rules import FEW_ANSWERS

HEATS = 5
MONTHS = 12
SAYINGS = {"yes": N_("Consent given"), "no": N_("Consent refused"), "never": N_("Never asked")}
WHOLE = {
    EVERYBODY: N_("Customers"),
    UNSCORED: N_("Not scored yet"),
    ANYWHERE: N_("May be written to"),
    OFFERS: N_("May get offers"),
    "has:mail": N_("With a mail address"),
    "has:phone": N_("With a phone"),
    "open:mail": N_("May be written to by e-mail"),
    "open:phone": N_("May be written to by text message"),
}


def part_words(part: str) -> str:
    """What a part of the base is called."""
    head, *rest = part.split(":")
    if part in WHOLE:
        return str(gettext(WHOLE[part]))
    if head == "stage":
        return str(gettext(STAGES[Stage(rest[0])]))
    if head == "rf":
        return f"R {rest[0]} · F {rest[1]}"
    if head == "cohort":
        return str(gettext("First order in %(month)s", month=_month(date.fromisoformat(f"{rest[0]}-01"))))
    channel, purpose = Channel(rest[0]), Purpose(rest[1])
    parts = (channel_words(channel), purpose_words(purpose), gettext(SAYINGS[head]).lower())
    return " · ".join(parts)


def href(part: str, asked: Mapping[str, str]) -> str:
    return url_for("statistics_base.show_people", part=part, **asked)  # type: ignore[arg-type]  # any query value


def number(count: int) -> str:
    return with_minus(str(format_decimal(count)))


def customers(count: int) -> str:
    return str(ngettext("%(count)s customer", "%(count)s customers", count, count=number(count)))


def change(part: str, now: Night, before: Night | None) -> int | None:
    """How many more or fewer than then; None where that night was not kept."""
    return None if before is None else now.counts[part] - before.counts[part]


def signed(difference: int | None) -> str:
    if difference is None:
        return "–"
    return f"+{number(difference)}" if difference > 0 else number(difference)


def compared(part: str, found: BaseFigures) -> str:
    """`+120 since 2 February 2026 · +1,410 since 2 March 2025`, or that none was kept."""
    if found.now is None:
        return ""
    said = [
        gettext(
            "%(change)s since %(day)s",
            change=signed(change(part, found.now, night)),
            day=format_date(night.taken_on, "long"),
        )
        for night in (found.month, found.year)
        if night
    ]
    return " · ".join(said) or str(gettext("nothing kept to compare with yet"))


def kept_words(found: BaseFigures) -> str:
    """Of which nights the changes are told, and why one is not."""
    lacking = [
        words
        for night, words in ((found.month, gettext("a month ago")), (found.year, gettext("a year ago")))
        if night is None
    ]
    if not lacking or found.since_on is None:
        return ""
    return str(
        gettext(
            "The base is kept since %(day)s: of %(when)s nothing is known.",
            day=format_date(found.since_on, "long"),
            when=gettext(" and ").join(lacking),
        )
    )


def reach(part: str, counts: Counts) -> dict[str, Any]:
    """A share of everybody with its interval, for a tile."""
    found = wilson(counts[part], counts[EVERYBODY])
    if found is None:
        return {"value": "–", "share": None, "text": ""}
    count = customers(counts[part])
    text = gettext("95%% interval %(low)s to %(high)s", low=share(found.low), high=share(found.high))
    few = [gettext("indicative")] if counts[EVERYBODY] < FEW_ANSWERS else []
    return {"value": share(found.value), "share": found.value, "text": " · ".join([count, text, *few])}


def stage_rows(found: BaseFigures, by: Definitions, asked: Mapping[str, str]) -> list[dict[str, Any]]:
    """From the first look to gone; customers without a score only where there are some."""
    now = found.now
    if now is None:
        return []
    parts = [(stage_part(stage), definition_of(stage, by)) for stage in Stage]
    if now.counts[UNSCORED]:
        parts.append((UNSCORED, gettext("known since the last night")))
    return [
        {
            "name": part_words(part),
            "means": means,
            "href": href(part, asked),
            "count": now.counts[part],
            "share": part_share(now.counts[part], now.counts[EVERYBODY]),
            "month": change(part, now, found.month),
            "year": change(part, now, found.year),
        }
        for part, means in parts
    ]


def part_share(count: int, whole: int) -> float | None:
    return count / whole if whole else None


def grid(counts: Counts, asked: Mapping[str, str]) -> list[dict[str, Any]]:
    """Rows from R 5 down, columns from F 1: a cell is darker the more customers it holds."""
    scale = range(1, SCORES + 1)
    most = max((counts[rf_part(r, f)] for r in scale for f in scale), default=0)
    return [
        {
            "r": r,
            "cells": [
                {
                    "count": number(counts[rf_part(r, f)]),
                    "href": href(rf_part(r, f), asked),
                    "heat": heat(counts[rf_part(r, f)], most),
                    "words": part_words(rf_part(r, f)),
                }
                for f in scale
            ],
        }
        for r in reversed(scale)
    ]


def heat(value: float, most: float) -> int:
    """From 0 to 5; whoever is there at all is seen."""
    return int(-(-value * HEATS // most)) if most else 0


def consent_rows(found: BaseFigures, asked: Mapping[str, str]) -> list[dict[str, Any]]:
    """One row a channel and purpose, each number with its link; how many more agree than a month and a year ago."""
    rows: list[dict[str, Any]] = []
    if found.now is None:
        return rows
    counts = found.now.counts
    for channel, kind in ADDRESS_OF.items():
        whole = counts[f"has:{kind}"]
        for purpose in PURPOSES:
            parts = [said_part(said, channel, purpose) for said in SAID]
            rows.append(
                {
                    "channel": channel_words(channel),
                    "purpose": purpose_words(purpose),
                    "whole": whole,
                    "whole_href": href(f"has:{kind}", asked),
                    "month": change(parts[0], found.now, found.month),
                    "year": change(parts[0], found.now, found.year),
                    "cells": [
                        {
                            "count": counts[part],
                            "share": part_share(counts[part], whole),
                            "href": href(part, asked),
                            "words": part_words(part),
                            "head": gettext(SAYINGS[said]),
                        }
                        for said, part in zip(SAID, parts, strict=True)
                    ],
                }
            )
    return rows


def cohort_rows(cohorts: Sequence[Cohort], asked: Mapping[str, str]) -> list[dict[str, Any]]:
    """Shares that bought again, the latest month first. Narrowed to stores a cohort has no list: it is by first order."""
    shown = [(cohort, cohort.months[1 : MONTHS + 1]) for cohort in cohorts]
    most = max((_returned(month, cohort) or 0 for cohort, months in shown for month in months), default=0)
    return [
        {
            "name": _month(cohort.cohort_on),
            "href": None if asked else href(cohort_part(cohort.cohort_on), asked),
            "count": cohort.customer_count,
            "cells": [
                {
                    "share": _returned(month, cohort),
                    "heat": heat(_returned(month, cohort) or 0, most),
                    "is_running": month.is_running,
                    "is_few": cohort.customer_count < FEW_ANSWERS,
                }
                for month in months
            ],
        }
        for cohort, months in shown
    ]


def _returned(month: CohortMonth, cohort: Cohort) -> float | None:
    """The share that bought again; none of a month that is not over."""
    return None if month.is_running else part_share(month.active_count, cohort.customer_count)


def _month(day: date) -> str:
    return str(format_date(day, "MMMM y"))


def people_rows(rows: Sequence[Person]) -> list[dict[str, Any]]:
    return [
        {
            "name": row.name or gettext("Customer %(number)s", number=row.customer_id),
            "href": url_for("customers.card", customer_id=row.customer_id),
            "stage": gettext(STAGES[row.stage]) if row.stage else "–",
            "rf": f"{row.r} · {row.f}" if row.r else "–",
            "last": format_date(row.last_order_at, "d MMM y") if row.last_order_at else "–",
        }
        for row in rows
    ]
