"""The tables of the results page: places, weeks, sendings, pages, as the parts of the templates want them."""

from typing import Any

from flask import url_for
from flask_babel import format_date, format_decimal, gettext

from hub.blueprints.questionnaire_results import words
from hub.blueprints.statistics_words import share
from hub.questionnaires.results.measuring import Measure
from hub.questionnaires.results.rows import PageLeft, PlaceResult, Results, Way
from hub.questionnaires.sending.cohorts import Cohort

HIDDEN = "–"


def place_rows(found: Results, places: tuple[PlaceResult, ...], args: dict[str, str]) -> list[dict[str, Any]]:
    """In the order of names: never a rank."""
    return [_place(found, row, args) for row in places]


def _place(found: Results, row: PlaceResult, args: dict[str, str]) -> dict[str, Any]:
    part: dict[str, Any] = {"store": row.code} if row.code else {"region": row.id}
    kept: dict[str, Any] = {
        name: value for name, value in args.items() if name not in {"store", "region", "questionnaire_id"}
    }
    measure = row.figure.measure if row.figure else Measure.CSAT
    return {
        "place": row.name,
        "href": url_for("questionnaire_results.show", questionnaire_id=found.id, **kept, **part),
        "answered": HIDDEN if row.is_hidden else row.answered,
        "figure": str(gettext("hidden: too few answers")) if row.is_hidden else words.figure_text(row.figure),
        "shrunk": HIDDEN if row.shrunk is None else words.value(measure, row.shrunk),
        "note": str(gettext("indicative")) if row.figure and row.figure.is_shaky else "",
    }


def spread(found: Results) -> dict[str, Any] | None:
    """The stores' intervals on the scale of the figure, for parts/interval_chart.html."""
    figures = [(row, row.figure) for row in found.stores if row.figure]
    if not figures or found.headline is None or found.headline.figure is None:
        return None
    least, most = _scale(found)
    if most <= least:
        return None
    middle = found.headline.figure.interval.value
    rows = [
        {
            "label": row.name,
            "low": figure.interval.low - least,
            "value": figure.interval.value - least,
            "high": figure.interval.high - least,
            "text": words.figure_text(figure),
        }
        for row, figure in figures
    ]
    return {"rows": rows, "top": most - least, "middle": middle - least}


def _scale(found: Results) -> tuple[float, float]:
    """The ends that intervals are drawn between."""
    headline = found.headline
    if headline is None or headline.figure is None:
        return 0.0, 0.0
    if headline.figure.measure in {Measure.CSAT, Measure.YES}:
        return 0.0, 1.0
    if headline.figure.measure is Measure.NPS:
        return -1.0, 1.0
    intervals = [row.figure.interval for row in found.stores if row.figure]
    ends = headline.question.range
    if ends:
        return ends
    return min(each.low for each in intervals), max(each.high for each in intervals)


def week_rows(found: Results) -> list[dict[str, Any]]:
    """Weeks, of an anonymous questionnaire months."""
    return [
        {
            "week": format_date(row.week_on, "LLLL yyyy")
            if found.is_anonymous
            else str(gettext("week of %(day)s", day=format_date(row.week_on, "d MMM yyyy"))),
            "answered": HIDDEN if row.is_hidden else row.answered,
            "figure": str(gettext("hidden: too few answers"))
            if row.is_hidden
            else words.figure_text(row.figure),
            "change": words.change_text(row.figure.measure, row.change) if row.figure else "",
        }
        for row in found.weeks
    ]


def cohort_rows(way: Way) -> list[dict[str, Any]]:
    return [cohort_row(row) for row in way.cohorts]


def cohort_row(row: Cohort) -> dict[str, Any]:
    return {
        "name": cohort_name(row),
        "starts": row.starts_at,
        "invited": row.invited,
        "delivered": row.delivered,
        "answered": HIDDEN if row.answered is None else row.answered,
        "rate": words.share_text(row.rate) if row.rate else HIDDEN,
        "note": str(gettext("some still have time to answer")) if row.is_open else "",
    }


def cohort_name(row: Cohort) -> str:
    if row.week_on is None:
        return row.name
    day = format_date(row.week_on, "d MMM yyyy")
    return str(gettext("Asked one by one, week of %(day)s", day=day))


def page_rows(way: Way) -> list[dict[str, Any]]:
    return [_page(row) for row in way.pages]


def _page(row: PageLeft) -> dict[str, Any]:
    title = words.say(row.title)
    number = (
        gettext("Page %(number)s", number=row.number)
        if row.number == row.last
        else gettext("Pages %(first)s to %(last)s", first=row.number, last=row.last)
    )
    return {
        "page": f"{number} – {title}" if title else str(number),
        "shown": HIDDEN if row.shown is None else row.shown,
        "left": row.left,
        "share": share(row.left / row.shown) if row.shown else HIDDEN,
    }


def completion(found: Results) -> str:
    """Complete ones among all that were begun."""
    if found.way is None or found.way.partial is None:
        return HIDDEN
    begun = found.complete + found.way.partial
    return share(found.complete / begun) if begun else HIDDEN


def count(number: int) -> str:
    return str(format_decimal(number))
