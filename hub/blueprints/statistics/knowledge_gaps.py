"""The page of what the knowledge base does not answer: tickets solved without an article, and searches in vain."""

from typing import Any

from flask import url_for
from flask_babel import gettext

from hub.blueprints import statistics_words as words
from hub.blueprints.statistics.asked import Asked
from hub.blueprints.statistics.base import Page
from hub.blueprints.statistics.links import behind, to_page
from hub.blueprints.statistics.tables import Column, Kind, Row, Table
from hub.core.text import N_
from hub.knowledge.rows import Gap
from hub.knowledge.words import SearchPlace
from hub.staff.words import Permission
from hub.statistics.knowledge_gaps import KnowledgeGaps, get_knowledge_gaps
from hub.statistics.rows import Missed
from hub.stores.queries import StoreRow

KEY = "gaps"
PLACES = {
    SearchPlace.HELP: N_("Help centre"),
    SearchPlace.TICKET: N_("Replies"),
    SearchPlace.STAFF: N_("Staff"),
}


def find(asked: Asked) -> KnowledgeGaps:
    return get_knowledge_gaps(asked.filters, viewer=asked.viewer, now=asked.now)


def tables(found: KnowledgeGaps, asked: Asked) -> list[Table]:
    names = {row.id: row.path(asked.viewer.language) for row in asked.choices.reasons}
    reasons = tuple(_reason(reason_id, missed, names, asked) for reason_id, missed in found.by_reason)
    stores = tuple(_store(row, missed, asked) for row, missed in found.by_store)
    by_reason = gettext("Solved without an article by contact reason, most first")
    by_store = gettext("Solved without an article by store, in alphabetical order")
    return [
        Table(KEY, "by-reason", by_reason, _columns(gettext("Contact reason")), reasons, is_sortable=True),
        Table(KEY, "by-store", by_store, _columns(gettext("Store")), stores, is_sortable=True),
        *(_of_searches(found, asked) if found.searches else []),
    ]


def share_words(missed: Missed) -> str:
    """`40 % (32 % to 49 %)`, marked of few."""
    if missed.interval is None:
        return "–"
    low, high = words.share(missed.interval.low), words.share(missed.interval.high)
    text = gettext("%(share)s (%(low)s to %(high)s)", share=words.share(missed.share), low=low, high=high)
    return " · ".join((text, gettext("indicative"))) if missed.is_few else str(text)


def _columns(head: str) -> tuple[Column, ...]:
    return (
        Column("name", head),
        Column("count", gettext("Without an article"), Kind.COUNT),
        Column("total", gettext("Solved tickets"), Kind.COUNT),
        Column("share", gettext("Share"), Kind.SHARE),
    )


def _row(name: str, missed: Missed, href: str, links: dict[str, str]) -> Row:
    values = {"name": name, "count": missed.count, "total": missed.total, "share": missed.share}
    few = frozenset({"share"}) if missed.is_few else frozenset[str]()
    return Row(values, href, {"share": share_words(missed)}, links, few)


def _links(asked: Asked, clicked: dict[str, Any]) -> dict[str, str]:
    return {
        "count": behind(asked, "without_article", part=1, **clicked),
        "total": behind(asked, "without_article", **clicked),
    }


def _reason(reason_id: int | None, missed: Missed, names: dict[int, str], asked: Asked) -> Row:
    if reason_id is None:
        return _row(gettext("No reason yet"), missed, "", _links(asked, {"unnamed": 1}))
    href = to_page(asked, "statistics.gaps", reason=reason_id)
    clicked = {"reason": reason_id, "alone": 1}
    return _row(names.get(reason_id, "–"), missed, href, _links(asked, clicked))


def _store(row: StoreRow | None, missed: Missed, asked: Asked) -> Row:
    if row is None:
        return _row(gettext("Central queue"), missed, "", _links(asked, {"central": 1}))
    href = to_page(asked, "statistics.gaps", store=row.code)
    return _row(row.name, missed, href, _links(asked, {"store": row.code}))


def _of_searches(found: KnowledgeGaps, asked: Asked) -> list[Table]:
    if found.searches is None:
        return []
    places = tuple(_row(gettext(PLACES[each]), missed, "", {}) for each, missed in found.searches.by_place)
    by_place = (
        Column("name", gettext("Where")),
        Column("count", gettext("In vain"), Kind.COUNT),
        Column("total", gettext("Searches"), Kind.COUNT),
        Column("share", gettext("Share"), Kind.SHARE),
    )
    by_words = (
        Column("name", gettext("What was looked for")),
        Column("count", gettext("Times"), Kind.COUNT),
        Column("last_on", gettext("Last time"), Kind.DAY),
    )
    rows = tuple(_words(gap, asked) for gap in found.searches.words)
    return [
        Table(KEY, "by-place", gettext("Searches in vain by place"), by_place, places),
        Table(KEY, "by-words", gettext("Searched in vain most"), by_words, rows),
    ]


def _words(gap: Gap, asked: Asked) -> Row:
    """Who writes articles begins it from here."""
    values = {"name": gap.words, "count": gap.count, "last_on": gap.last_at.date()}
    if not asked.viewer.may(Permission.EDIT_KNOWLEDGE):
        return Row(values)
    return Row(values, url_for("knowledge.new_article", title=gap.words, language=gap.language))


GAPS = Page(KEY, find, tables, frozenset({"channel", "reason"}))
