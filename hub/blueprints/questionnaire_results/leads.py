"""Where a theme of comments leads: tickets of its reason, articles that answer it, searches in vain that speak of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import request, url_for

from hub.blueprints.access import viewer
from hub.blueprints.questionnaire_results import words
from hub.core import clock
from hub.inbox.asking import Filter, Query, Term, write
from hub.knowledge.queries import search_articles
from hub.knowledge.rows import ArticleHit
from hub.knowledge.words import SearchPlace
from hub.questionnaires.results.comments import ThemeRow
from hub.questionnaires.results.rows import Places
from hub.reasons.queries import ReasonRow, list_reasons
from hub.staff.words import Permission

DAYS = 90
"""As far as the searches in vain are looked through."""
MOST_ARTICLES, MOST_KEYWORDS = 3, 20


@dataclass(frozen=True)
class Leads:
    """Addresses are empty where the reader may not go, or the theme has no reason. `articles` None: he may read none."""

    theme: ThemeRow
    reason: str
    tickets: str
    articles: Sequence[ArticleHit] | None
    gaps: str
    writing: str


def leads_of(themes: Sequence[ThemeRow], places: Places) -> Leads | None:
    """Of the theme that comments are narrowed to; None without one."""
    theme = next((row for row in themes if row.id == request.args.get("theme", type=int)), None)
    if theme is None:
        return None
    reason = next((row for row in list_reasons() if row.id == theme.reason_id), None)
    may_edit = viewer().may(Permission.EDIT_KNOWLEDGE)
    about = ", ".join(theme.keywords[:MOST_KEYWORDS])
    writing: dict[str, Any] = {
        "title": theme.name(words.spoken()),
        "language": words.spoken(),
        "reason": theme.reason_id,
    }
    return Leads(
        theme,
        reason.path(words.spoken()) if reason else "",
        _tickets(reason, places) if reason and viewer().may(Permission.READ_TICKETS) else "",
        _articles(theme) if viewer().may(Permission.READ_KNOWLEDGE) else None,
        url_for("knowledge.list_gaps", about=about) if may_edit else "",
        url_for("knowledge.new_article", **writing) if may_edit else "",
    )


def _tickets(reason: ReasonRow, places: Places) -> str:
    """The inbox shows what its reader may see of them."""
    since = (clock.business_now() - timedelta(days=DAYS)).date()
    terms = [Term(reason.key, Filter.REASON), Term(since.isoformat(), Filter.AFTER)]
    if request.args.get("store") in {row.code for row in places.stores}:
        terms.append(Term(request.args["store"], Filter.STORE))
    return url_for("inbox.list_tickets", q=write(Query(tuple(terms)), words.spoken()))


def _articles(theme: ThemeRow) -> list[ArticleHit]:
    """Those a reply may quote; none is a gap of the knowledge base."""
    asked = " ".join((theme.name(words.spoken()), *theme.keywords[:MOST_KEYWORDS]))
    return search_articles(asked, words.spoken(), SearchPlace.TICKET, MOST_ARTICLES)
