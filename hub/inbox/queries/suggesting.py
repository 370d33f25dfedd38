"""What may be typed next in the search field: filters by their first letters, then the values of the filter begun."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import select

from hub.core.db import db
from hub.core.text import fold
from hub.core.words import Language
from hub.customers import queries as customers
from hub.inbox.asked_values import VALUES, as_key, written_values
from hub.inbox.asking import FILTERS, NAMES, Filter, Term, filter_name, write_term
from hub.inbox.models import Tag
from hub.reasons import queries as reasons
from hub.staff import queries as staff
from hub.staff.rules import Viewer
from hub.staff.words import Permission
from hub.stores import queries as stores

MOST = 8
MOST_PEOPLE = 20
SHORTEST_NAME = 2


@dataclass(frozen=True)
class Suggestion:
    """`search` is the whole field once it is taken; `label` the part that is new; `value` "" for a filter's name."""

    search: str
    label: str
    filter: Filter
    value: str = ""


def suggest_words(search: str, viewer: Viewer) -> list[Suggestion]:
    """At most eight ways to go on from the last word of the field; none while plain words are typed."""
    before, word = _split(search)
    minus = "-" if word.startswith("-") else ""
    name, colon, value = word.removeprefix("-").partition(":")
    if not colon:
        return _names(before, minus, name, viewer.language)
    asked = FILTERS.get(fold(name))
    if asked is None:
        return []
    begun = value.strip('"')
    made = (Term(each, asked, bool(minus)) for each in _values(asked, begun, viewer))
    written = ((term, write_term(term, viewer.language)) for term in made)
    return [
        Suggestion(f"{before}{text} ", text, asked, term.value)
        for term, text in written
        if text.rstrip() != word
    ][:MOST]


def _split(search: str) -> tuple[str, str]:
    """What stands before the last word, and the last word: an open quotation is one word."""
    text = search[:400]
    if text.count('"') % 2:
        start = text.rfind(" ", 0, text.rfind('"')) + 1
    elif text.endswith('"'):
        start = text.rfind(" ", 0, text.rfind('"', 0, len(text) - 1)) + 1
    else:
        start = text.rfind(" ") + 1
    return text[:start], text[start:]


def _names(before: str, minus: str, begun: str, language: Language) -> list[Suggestion]:
    """Filters whose name begins so in either language, in the reader's own; all of them in an empty field."""
    if (before or minus) and not begun:
        return []
    folded = fold(begun)
    found = [asked for asked in Filter if any(fold(each).startswith(folded) for each in NAMES[asked])]
    limit = MOST if begun else len(Filter)
    return [
        Suggestion(f"{before}{minus}{name}:", f"{minus}{name}:", asked)
        for asked in found[:limit]
        for name in (filter_name(asked, language),)
    ]


def _values(asked: Filter, begun: str, viewer: Viewer) -> list[str]:
    if asked in VALUES:
        return _beginning(written_values(asked, viewer.language), begun)
    make = _NAMED.get(asked)
    return make(begun, viewer) if make else []


def _stores(begun: str, viewer: Viewer) -> list[str]:
    scope = None if viewer.scope.is_everything else viewer.scope.store_ids
    return _beginning((row.name for row in stores.list_stores(store_ids=scope)), begun)


def _reasons(begun: str, viewer: Viewer) -> list[str]:
    return _beginning((row.name(viewer.language) for row in reasons.list_reasons()), begun)


def _tags(begun: str, viewer: Viewer) -> list[str]:
    del viewer
    return _beginning(db.session.scalars(select(Tag.name).where(Tag.is_active).order_by(Tag.key)), begun)


def _customers(begun: str, viewer: Viewer) -> list[str]:
    if len(begun) < SHORTEST_NAME or not viewer.may(Permission.READ_CUSTOMERS):
        return []
    return list(dict.fromkeys(row.name for row in customers.list_customers(begun, size=MOST).rows))


def _people(begun: str, viewer: Viewer) -> list[str]:
    own = ("moi", "personne") if viewer.language is Language.FRENCH else ("me", "nobody")
    if viewer.home_store_id is not None:
        names = [row.name for row in staff.list_store_agents(viewer.home_store_id)]
    else:
        names = [card.name for card in staff.list_agents(search=begun, size=MOST_PEOPLE).rows]
    return _beginning((*own, *names), begun)


def _beginning(names: Iterable[str], begun: str) -> list[str]:
    """Those with a word that begins so; those that begin so themselves come first."""
    asked = as_key(begun)
    found = [name for name in dict.fromkeys(names) if f"-{asked}" in f"-{as_key(name)}"]
    return sorted(found, key=lambda name: not as_key(name).startswith(asked))


_NAMED: Mapping[Filter, Callable[[str, Viewer], list[str]]] = {
    Filter.STORE: _stores,
    Filter.REASON: _reasons,
    Filter.TAG: _tags,
    Filter.ASSIGNEE: _people,
    Filter.CUSTOMER: _customers,
}
