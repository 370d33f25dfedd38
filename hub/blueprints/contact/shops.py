"""Doors of the stores: all of them by town, and one with its hours."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import get_day_names
from flask import g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import format_date, get_locale, gettext, to_user_timezone

from hub.blueprints.contact.base import blueprint
from hub.content.phrases import hour_in_words
from hub.core import clock, site
from hub.core.errors import NotFound
from hub.core.text import fold
from hub.core.words import Language
from hub.customers.rules import show_phone
from hub.knowledge.contents import list_store_articles
from hub.stores import queries
from hub.stores.queries import StoreRow
from hub.stores.rules import Hours, Range, is_open, is_public_holiday, next_opening, ranges_on

SCHEMA_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
SHOWN_DAYS = 60


@dataclass(frozen=True)
class DayLine:
    """One line of the hours: a day and its ranges in words."""

    day: str
    words: str
    is_today: bool = False


@blueprint.get("/stores/")
def list_stores() -> ResponseReturnValue:
    """All stores by region, found by name, town or post code."""
    search = request.args.get("q", "").strip()
    rows = [row for row in queries.list_stores() if _is_asked(row, search)]
    return render_template("contact/stores.html", regions=_by_region(rows), search=search)


@blueprint.get("/stores/<slug>")
def store(slug: str) -> ResponseReturnValue:
    """Address, hours of the week, what is different in the next weeks, open now or when next."""
    row = queries.find_store_by_slug(slug)
    if row is None:
        raise NotFound(queries.NO_STORE)
    g.time_zone = row.time_zone
    hours, now = queries.get_hours(row.id), clock.business_now()
    return render_template(
        "contact/store.html",
        store=row,
        phone=show_phone(row.phone) if row.phone else "",
        opening=_opening(hours, now),
        is_open=is_open(hours, now),
        week=_week(hours, now),
        different=_different(row.id, hours, now),
        data=_structured(row, hours),
        articles=list_store_articles(row.id, Language(str(get_locale()))),
    )


def _is_asked(row: StoreRow, search: str) -> bool:
    return fold(search) in fold(f"{row.name} {row.town} {row.postcode} {row.street}")


def _by_region(rows: Sequence[StoreRow]) -> list[tuple[str, list[StoreRow]]]:
    """Regions by name; stores without one come last. Empty regions are left out."""
    names = {region.id: region.name for region in queries.list_regions()}
    groups = [
        (name, [row for row in rows if row.region_id == region_id]) for region_id, name in names.items()
    ]
    others = [row for row in rows if row.region_id not in names]
    return [(name, found) for name, found in [*groups, (gettext("Other stores"), others)] if found]


def _opening(hours: Hours, now: datetime) -> str:
    """Open until when, or when next; "" when no hours are known."""
    start = next_opening(hours, now)
    if start is None:
        return ""
    if start <= now:
        return gettext("Open now")
    local, today = to_user_timezone(start), to_user_timezone(now).date()
    hour = hour_in_words(local, str(get_locale()))
    if local.date() == today:
        return gettext("Closed now, opens today at %(hour)s", hour=hour)
    day = format_date(local.date(), "EEEE d MMMM", rebase=False)
    return gettext("Closed now, opens %(day)s at %(hour)s", day=day, hour=hour)


def _week(hours: Hours, now: datetime) -> list[DayLine]:
    """Monday to Sunday; empty when no hours are known."""
    if not hours.is_known:
        return []
    names = get_day_names("wide", locale=str(get_locale()))
    today = now.astimezone(ZoneInfo(hours.time_zone)).weekday()
    return [
        DayLine(names[day].capitalize(), _ranges(hours.weekly.get(day, ())), day == today) for day in range(7)
    ]


def _different(store_id: int, hours: Hours, now: datetime) -> list[DayLine]:
    """Exceptional days and public holidays of the next two months, by date."""
    if not hours.is_known:
        return []
    first = now.astimezone(ZoneInfo(hours.time_zone)).date()
    notes = {row.day_on: row.note for row in queries.list_exceptional_days(store_id, since=first)}
    lines = []
    for day in (first + timedelta(days=count) for count in range(SHOWN_DAYS)):
        is_holiday = is_public_holiday(hours.territory, day) and bool(hours.weekly.get(day.weekday()))
        if day in hours.exceptions or is_holiday:
            words = _ranges(ranges_on(hours, day))
            note = notes.get(day) or (gettext("public holiday") if is_holiday else "")
            lines.append(DayLine(_day_words(day), f"{words} ({note})" if note else words))
    return lines


def _day_words(day: date) -> str:
    words: str = format_date(day, "EEEE d MMMM", rebase=False)
    return words.capitalize()


def _ranges(ranges: Sequence[Range]) -> str:
    if not ranges:
        return gettext("closed")
    return ", ".join(f"{_hour(each.opens_at)} – {_hour(each.closes_at)}" for each in ranges)


def _hour(at: Any) -> str:
    return hour_in_words(datetime(2000, 1, 1, at.hour, at.minute, tzinfo=UTC), str(get_locale()))


def _structured(row: StoreRow, hours: Hours) -> dict[str, Any]:
    """The page for search engines (schema.org LocalBusiness)."""
    found = {
        "@context": "https://schema.org",
        "@type": "LocalBusiness",
        "name": row.name,
        "url": f"{site.base_url()}/stores/{row.slug}",
        "telephone": row.phone,
        "address": {
            "@type": "PostalAddress",
            "streetAddress": row.street,
            "postalCode": row.postcode,
            "addressLocality": row.town,
            "addressCountry": row.country,
        },
        "openingHoursSpecification": [
            {
                "@type": "OpeningHoursSpecification",
                "dayOfWeek": SCHEMA_DAYS[day],
                "opens": f"{each.opens_at:%H:%M}",
                "closes": f"{each.closes_at:%H:%M}",
            }
            for day, ranges in hours.weekly.items()
            for each in ranges
        ],
    }
    return {key: value for key, value in found.items() if value}
