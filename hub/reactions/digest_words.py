"""A digest in the reader's words: the same for the page, the mail and the PDF. Needs the language of `force_locale`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import format_decimal, format_percent, get_locale, gettext, ngettext

from hub.content.phrases import day_in_words
from hub.core.text import N_
from hub.core.words import Language
from hub.reasons.queries import list_reasons
from hub.statistics.digest.queries import DigestView
from hub.statistics.digest.rules import SHOWN
from hub.statistics.digest.words import Rule
from hub.statistics.measures import MEASURES
from hub.statistics.rules import FEW_WAITS
from hub.statistics.words import Period

MINUTE, HOUR = 60, 3600
DURATIONS, SHARES = frozenset({"median_reply"}), frozenset({"within_target", "csat", "reopened"})
DASH = "–"


@dataclass(frozen=True)
class FigureWords:
    """One figure: its value, what it is compared with, how it is counted, and where it is looked at closer."""

    measure: str
    label: str
    value: str
    note: str
    definition: str
    page: str


@dataclass(frozen=True)
class ThingWords:
    """One thing to look at: what was seen, and the rule that chose it."""

    title: str
    why: str
    page: str


@dataclass(frozen=True)
class DigestWords:
    """`few` says that fewer than three things are worth a look; "" with three."""

    title: str
    days: str
    name: str
    figures: tuple[FigureWords, ...]
    things: tuple[ThingWords, ...]
    few: str

    @property
    def heading(self) -> str:
        """Over the things: three are promised only where there are three."""
        three = N_("Three things to look at")
        return str(gettext(three if len(self.things) >= SHOWN else N_("What is worth a look")))


def in_words(found: DigestView) -> DigestWords:
    """In the language in force."""
    content = found.content
    things = tuple(_thing(each, found.period) for each in content["things"])
    days = days_in_words(found.since_on, found.until_on)
    is_week = found.period is Period.WEEK
    title = gettext("The week in figures") if is_week else gettext("The month in figures")
    return DigestWords(
        title=title,
        days=days,
        name=content["name"],
        figures=tuple(_figure(each) for each in content["figures"]),
        things=things,
        few=_few(len(things)),
    )


def days_in_words(first: date, last: date) -> str:
    """From the first to the last day, in full."""
    language = str(get_locale() or Language.FRENCH)
    return gettext(
        "from %(since)s to %(until)s",
        since=day_in_words(first, language),
        until=day_in_words(last, language),
    )


def _few(count: int) -> str:
    if count >= SHOWN:
        return ""
    if not count:
        return gettext(
            "Nothing changed by more than chance explains: there is nothing in particular to look at."
        )
    return gettext(
        "Nothing else changed by more than chance explains, so that fewer than three things are shown."
    )


def _figure(found: Mapping[str, Any]) -> FigureWords:
    key, value = found["measure"], found["value"]
    measure = MEASURES[key]
    said = gettext(measure.name), _value(key, value), _note(found), gettext(measure.definition)
    return FigureWords(key, *said, found["page"])


def _value(key: str, value: float | None) -> str:
    if value is None:
        return DASH
    if key in DURATIONS:
        return duration(value)
    return _share(value) if key in SHARES else str(format_decimal(value))


def _note(found: Mapping[str, Any]) -> str:
    """The interval where there is one, then the period before; small numbers are said, not compared."""
    if found["measure"] == "waiting_now":
        late = int(found["late"] or 0)
        return ngettext(
            "%(num)s late when the digest was made", "%(num)s late when the digest was made", late
        )
    parts = []
    if found.get("low") is not None:
        parts.append(gettext("%(low)s to %(high)s", low=_share(found["low"]), high=_share(found["high"])))
    parts.append(_compared(found))
    return " · ".join(parts)


def _compared(found: Mapping[str, Any]) -> str:
    if found["measure"] == "reopened":
        return gettext("not compared yet: tickets can come back for 7 days")
    sizes = [found[name] for name in ("count", "count_before") if name in found]
    if any(size < FEW_WAITS for size in sizes) or found["before"] is None:
        return gettext("too few to compare with the period before")
    return gettext("%(value)s in the period before", value=_value(found["measure"], found["before"]))


def _thing(found: Mapping[str, Any], period: Period) -> ThingWords:
    rule, values = Rule(found["rule"]), found["values"]
    given = {
        "place": found["place"],
        "reason": _reason(found["subject"]) if found["subject"] else "",
        **{name: _share(values[name]) for name in ("share", "before") if name in values},
        **{name: format_decimal(int(values[name])) for name in ("count", "total") if name in values},
        **{name: duration(values[name]) for name in ("median",) if name in values},
    }
    if rule is Rule.SLOW:
        given |= {"low": duration(values["low"]), "high": duration(values["high"])}
    title = TITLES[rule](given)
    named = gettext("%(place)s: %(words)s", place=found["place"], words=title) if found["place"] else title
    return ThingWords(named[:1].upper() + named[1:], WHYS[rule](period), found["page"])


Said = Mapping[str, str]
TITLES: Mapping[Rule, Callable[[Said], str]] = {
    Rule.CENTRAL_QUEUE: lambda said: gettext(
        "%(count)s tickets wait in the central queue for a store", **said
    ),
    Rule.LATE: lambda said: gettext("more replies are late, %(share)s instead of %(before)s", **said),
    Rule.SLOW: lambda said: gettext(
        "replies are slower than usual, %(median)s instead of %(low)s to %(high)s", **said
    ),
    Rule.SATISFACTION: lambda said: gettext(
        "satisfaction falls: %(share)s are not satisfied, instead of %(before)s", **said
    ),
    Rule.UNANSWERED: lambda said: gettext(
        "more tickets are closed without a reply, %(share)s instead of %(before)s", **said
    ),
    Rule.REOPENED: lambda said: gettext("more tickets come back, %(share)s instead of %(before)s", **said),
    Rule.REASON: lambda said: gettext(
        "more customers write about “%(reason)s”, %(share)s of the tickets instead of %(before)s", **said
    ),
    Rule.MOVED: lambda said: gettext(
        "more tickets were put in the wrong store, %(share)s instead of %(before)s", **said
    ),
    Rule.GAP: lambda said: gettext(
        "“%(reason)s” has no article that helps: %(count)s of %(total)s tickets were solved without one",
        **said,
    ),
}


def _grown(_period: Period) -> str:
    return gettext(
        "the share grew by more than chance explains (95% interval of the difference above 0) and by at least "
        "three points; both periods have 30 cases or more."
    )


def _slow(period: Period) -> str:
    if period is Period.WEEK:
        return gettext(
            "the median lies above what the 14 weeks before let expect in 19 cases of 20; only weeks with 30 "
            "replies or more count."
        )
    return gettext(
        "the median lies above what the six periods before let expect in 19 cases of 20; only periods with 30 "
        "replies or more count."
    )


WHYS: Mapping[Rule, Callable[[Period], str]] = {
    **dict.fromkeys(Rule, _grown),
    Rule.SLOW: _slow,
    Rule.CENTRAL_QUEUE: lambda _: gettext(
        "ten tickets or more have no store, so that nobody in a store sees them."
    ),
    Rule.GAP: lambda _: gettext(
        "at least 30 tickets of this reason were solved, most of them without an article or a standard reply; "
        "it is the reason with the most of them. Counted in the whole chain, from the first day of the period to the "
        "making of the digest."
    ),
}


def _reason(reason_id: int) -> str:
    """Its path in the tree; "" for one that is gone."""
    language = str(get_locale() or "fr")
    return next((row.path(language) for row in list_reasons(active=False) if row.id == reason_id), "")


def duration(seconds: float) -> str:
    """`42 min`, `3 h 05`, in opening hours."""
    if 0 < seconds < MINUTE:
        return gettext("under 1 min")
    minutes = round(seconds / MINUTE)
    if minutes < MINUTE:
        return gettext("%(minutes)s min", minutes=minutes)
    return gettext("%(hours)s h %(minutes)s", hours=minutes // MINUTE, minutes=f"{minutes % MINUTE:02d}")


def _share(value: float) -> str:
    return str(format_percent(round(value, 3)))
