"""Doors of the gaps: what the base does not answer, from four sources, as the editors' work list."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, gettext

from hub.blueprints.access import viewer
from hub.blueprints.knowledge.base import blueprint
from hub.core import clock
from hub.core.db import transaction
from hub.core.errors import Invalid
from hub.core.text import N_
from hub.core.words import Language
from hub.knowledge import gaps
from hub.knowledge.rows import Gap
from hub.knowledge.words import GapState
from hub.reasons.queries import list_reasons
from hub.staff import queries as staff
from hub.statistics.queries import read_filters
from hub.statistics.rules import Filters, Period
from hub.statistics.unanswered import list_reasons_without_article, list_topics_of_unhappy
from hub.surveys.words import TOPIC_WORDS

SHOWN = 100
LONGEST_ABOUT = 1_000
SAID = {
    GapState.DONE: N_("Done. It comes back if it happens again."),
    GapState.ASIDE: N_("Put aside. It stays in its own list."),
    GapState.OPEN: N_("Taken up again."),
}


@dataclass(frozen=True)
class Line:
    """One gap. `why` says how it is known; `writing` begins the article, `leads` shows the tickets or searches behind."""

    key: str
    title: str
    why: str
    count: int
    last_at: datetime
    writing: str
    leads: str = ""
    language: str = ""


@blueprint.get("/gaps")
def list_gaps() -> ResponseReturnValue:
    """All, or those about some words between commas, as a theme of comments hands them over."""
    typed, state = request.args.get("about", "")[:LONGEST_ABOUT], _asked_state()
    about = [words for words in map(str.strip, typed.split(",")) if words]
    now = clock.business_now()
    filters = read_filters({"period": Period.NINETY_DAYS.value}, now=now, viewer=viewer())
    lines = list(_lines(about, filters, now=now))
    marks = gaps.list_marks(line.key for line in lines)
    mine = [line for line in lines if gaps.state_of(marks.get(line.key), line.last_at) is state]
    people = staff.get_agents({mark.agent_id for mark in marks.values() if mark.agent_id})
    return render_template(
        "knowledge/gaps.html",
        lines=sorted(mine, key=lambda line: -line.count)[:SHOWN],
        marks=marks,
        people=people,
        state=state,
        days=filters.days,
        about=", ".join(about),
    )


@blueprint.post("/gaps")
def mark_gap() -> ResponseReturnValue:
    """Done, put aside, or taken up again."""
    asked = request.form.get("state", "")
    state = GapState(asked) if asked in set(GapState) else GapState.OPEN
    try:
        with transaction():
            gaps.mark_gap(request.form.get("key", ""), state, by=viewer().actor, now=clock.business_now())
    except Invalid as error:
        flash(gettext(error.text), "late")
    else:
        flash(gettext(SAID[state]), "ok")
    return redirect(url_for("knowledge.list_gaps", state=request.form.get("list") or None), 303)


def _asked_state() -> GapState:
    asked = request.args.get("state", "")
    return GapState(asked) if asked in set(GapState) else GapState.OPEN


def _lines(about: list[str], filters: Filters, *, now: datetime) -> Iterator[Line]:
    yield from map(_of_search, gaps.list_searches(since=filters.since, now=now, about=about))
    if not about:
        yield from _of_reasons(filters)
        yield from _of_topics(filters.since)


def _of_search(gap: Gap) -> Line:
    why = gettext("searched in vain") if gap.is_empty else gettext("searched, and no answer was opened")
    place = url_for("knowledge.list_articles", q=gap.words, language=gap.language)
    writing = url_for("knowledge.new_article", title=gap.words, language=gap.language)
    return Line(gap.key, gap.words, why, gap.count, gap.last_at, writing, place, gap.language)


def _of_reasons(filters: Filters) -> Iterable[Line]:
    """Tickets that were solved, where nobody found or used an article; the line leads to these very tickets."""
    language = Language(str(get_locale()))
    reasons = {str(row.id): row for row in list_reasons(active=False)}
    for row in list_reasons_without_article(filters, viewer=viewer()):
        reason = reasons[row.subject]
        yield Line(
            f"reason:{row.subject}",
            reason.path(language.value),
            gettext(
                "solved without an article: %(count)s of %(total)s tickets", count=row.count, total=row.total
            ),
            row.count,
            row.last_at,
            url_for("knowledge.new_article", title=reason.name(language.value), reason=reason.id),
            _tickets(filters, reason.id),
        )


def _tickets(filters: Filters, reason_id: int) -> str:
    """Those without an article of this reason alone."""
    days = {"since": filters.since_on.isoformat(), "until": filters.until_on.isoformat()}
    args: dict[str, Any] = {**days, "reason": reason_id, "alone": 1, "part": 1}
    return url_for("statistics.tickets", measure="without_article", **args)


def _of_topics(since: datetime) -> Iterable[Line]:
    """What customers who were not satisfied named."""
    words = TOPIC_WORDS[Language(str(get_locale()))]
    for row in list_topics_of_unhappy(since=since):
        name = words.get(row.subject, row.subject)
        why = gettext(
            "named by %(count)s of %(total)s customers who were not satisfied",
            count=row.count,
            total=row.total,
        )
        writing = url_for("knowledge.new_article", title=name)
        yield Line(
            f"topic:{row.subject}",
            name,
            why,
            row.count,
            row.last_at,
            writing,
            url_for("surveys.list_touches"),
        )
