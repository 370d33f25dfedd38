"""Doors of the lists: one list by due time or search, what may be typed next, the counts of saved views."""

from collections.abc import Sequence
from typing import Any

from flask import jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hub.blueprints.access import viewer
from hub.blueprints.htmx import wants_fragment
from hub.blueprints.inbox import search_words, words
from hub.blueprints.inbox.base import blueprint
from hub.blueprints.inbox.filters import Asked, read_asked, tabs_of, view_choices, with_saved
from hub.blueprints.inbox.rows import list_row
from hub.core import clock
from hub.inbox import queries
from hub.inbox.queries import Found, TicketFilters, ViewRow
from hub.inbox.queries.experts import count_asked_of
from hub.inbox.words import InboxView
from hub.staff.words import Permission
from hub.stores import queries as stores

MOST_SHOWN = 99


@blueprint.get("/")
def list_tickets() -> ResponseReturnValue:
    """One list by due time; as a fragment it fills the left pane beside a ticket."""
    asked = read_asked(request.args)
    given = gather_list(asked, after=request.args.get("after"), current=request.args.get("current", ""))
    if wants_fragment():
        return render_template("inbox/_list.html", is_beside=True, **given)
    return render_template("inbox/list.html", **given)


@blueprint.get("/suggest-words")
def suggest_words() -> ResponseReturnValue:
    """Filters and values that may be typed next in the search field."""
    found = queries.suggest_words(request.args.get("q", ""), viewer())
    return jsonify(search_words.suggestion_rows(found))


@blueprint.get("/view-counts")
def view_counts() -> ResponseReturnValue:
    """The saved views with their counts: a fragment that comes after the list, so that nobody waits for it."""
    me = viewer()
    views = queries.list_views(me)
    counts = queries.count_in_views(views, me)
    saved_id = request.args.get("saved", type=int)
    return render_template("inbox/_views.html", saved=view_links(views, saved_id, counts), is_counted=True)


def gather_list(asked: Asked, *, after: str | None, current: str = "") -> dict[str, Any]:
    """What `inbox/_list.html` shows."""
    now, me = clock.business_now(), viewer()
    views = queries.list_views(me)
    asked = with_saved(asked, views)
    found = queries.find_tickets(asked.filters, me, after=after)
    scope = None if me.scope.is_everything else me.scope.store_ids
    keep = asked.keep
    may_answer = me.may(Permission.ANSWER_TICKETS)
    return {
        "asked": asked,
        "rows": [list_row(row, now, keep, current, may_pick=may_answer) for row in found.page.rows],
        "tabs": tabs_of(asked, queries.count_views(me, store_id=asked.store_id)),
        "views": view_choices(),
        "stores": [(row.id, row.name) for row in stores.list_stores(store_ids=scope)],
        "newest_id": queries.find_newest_id(),
        "current": current,
        "older_href": url_for("inbox.list_tickets", after=found.page.next_key, **keep)
        if found.page.next_key
        else None,
        "first_href": url_for("inbox.list_tickets", **keep) if after else None,
        "upcoming": _upcoming(asked, list(found.page.rows), now=now),
        "may_answer": may_answer,
        "asked_count": count_asked_of(me.agent_id) if may_answer else 0,
        "saved": view_links(views, asked.saved_id),
        **_understood(found, asked),
    }


def _understood(found: Found, asked: Asked) -> dict[str, Any]:
    """Chips, sentences and help around the search field."""

    def address_of(search: str) -> str:
        return url_for("inbox.list_tickets", **(asked.with_search(search).keep))

    return {
        "query_chips": search_words.chips_of(found.asking, address_of),
        "problems": search_words.problems_of(found.asking, address_of),
        "guess": search_words.guess_words(found.asking),
        "search_help": search_words.help_rows(),
    }


def view_links(
    views: Sequence[ViewRow], saved_id: int | None, counts: dict[int, int] | None = None
) -> list[dict[str, Any]]:
    """The saved views as links; `count` None where it is not known, "99+" where it goes on."""
    return [
        {
            "label": view.name,
            "href": url_for("inbox.list_tickets", saved=view.id),
            "is_current": view.id == saved_id,
            "count": _count_words((counts or {}).get(view.id)),
        }
        for view in views
    ]


def _count_words(count: int | None) -> str | None:
    if count is None:
        return None
    return f"{MOST_SHOWN}+" if count > MOST_SHOWN else str(count)


def _upcoming(asked: Asked, rows: list[Any], *, now: Any) -> dict[str, str] | None:
    """The ticket that is due next, for the words of an empty list or of an empty thread pane."""
    first = rows[0] if rows and rows[0].waiting_since else None
    if first is None and not rows and not asked.search:
        waiting = TicketFilters(view=InboxView.WAITING, store_id=asked.store_id)
        found = queries.list_tickets(waiting, viewer(), size=1).rows
        first = found[0] if found else None
    if first is None:
        return None
    name = first.requester_name or first.subject
    return {
        "name": name,
        "due": words.due_words(first, now),
        "href": url_for("inbox.ticket", number=first.number),
    }
