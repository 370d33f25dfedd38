"""Filters in words: `magasin:lyon état:ouvert "phrase exacte" -étiquette:vip`, read and written back; pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher, get_close_matches
from enum import StrEnum

from hub.core.text import SPACES, fold
from hub.core.words import Language

LONGEST_SEARCH = 400
MOST_TERMS = 20
NEAR_ENOUGH = 0.75
LIKE_A_NAME = 0.55
SHORTEST_MISTYPED = 4


class Filter(StrEnum):
    """What a filter is about."""

    STORE = "store"
    STATE = "state"
    REASON = "reason"
    ASSIGNEE = "assignee"
    CHANNEL = "channel"
    TAG = "tag"
    PRIORITY = "priority"
    CUSTOMER = "customer"
    ORDER = "order"
    BEFORE = "before"
    AFTER = "after"
    IS = "is"
    HAS = "has"


F = Filter
NAMES: Mapping[Filter, tuple[str, str]] = {
    F.STORE: ("magasin", "store"),
    F.STATE: ("état", "state"),
    F.REASON: ("motif", "reason"),
    F.ASSIGNEE: ("assigné", "assignee"),
    F.CHANNEL: ("canal", "channel"),
    F.TAG: ("étiquette", "tag"),
    F.PRIORITY: ("priorité", "priority"),
    F.CUSTOMER: ("client", "customer"),
    F.ORDER: ("commande", "order"),
    F.BEFORE: ("avant", "before"),
    F.AFTER: ("après", "after"),
    F.IS: ("est", "is"),
    F.HAS: ("a", "has"),
}
"""What each filter is called, in French and in English."""
_ALSO = {
    "boutique": F.STORE,
    "statut": F.STATE,
    "status": F.STATE,
    "responsable": F.ASSIGNEE,
    "assigned": F.ASSIGNEE,
    "cliente": F.CUSTOMER,
    "depuis": F.AFTER,
    "since": F.AFTER,
    "contient": F.HAS,
}
FILTERS: Mapping[str, Filter] = {
    **{fold(name): each for each, names in NAMES.items() for name in names},
    **_ALSO,
}
ONE_OF = frozenset({F.STORE, F.STATE, F.REASON, F.ASSIGNEE, F.CHANNEL, F.PRIORITY, F.CUSTOMER, F.ORDER})
"""A ticket has one of these: asked twice means either; of the others each must hold."""
_TOKEN = re.compile(r'(-?)(?:([^\W\d_]+):)?(?:"([^"]*)"?|(\S+))?')


@dataclass(frozen=True)
class Term:
    """One piece of a search: a filter with its value, or words (`filter` None), `is_phrase` in this order."""

    value: str
    filter: Filter | None = None
    is_excluded: bool = False
    is_phrase: bool = False


@dataclass(frozen=True)
class Query:
    """A search taken apart. `mistyped` are plain words that look like a filter we do not have."""

    terms: tuple[Term, ...] = ()

    def of(self, asked: Filter) -> tuple[Term, ...]:
        return tuple(term for term in self.terms if term.filter is asked)

    @property
    def words(self) -> str:
        """The plain words that must be there, as one text."""
        return " ".join(term.value for term in self.terms if _is_plain(term) and not term.is_excluded)

    @property
    def has_words(self) -> bool:
        return any(term.filter is None and not term.is_excluded for term in self.terms)

    @property
    def mistyped(self) -> tuple[tuple[str, Filter], ...]:
        """Plain words such as `magazin:lyon`, each with the filter that was probably meant."""
        found = ((term.value, near_filter(term.value)) for term in self.terms if _is_plain(term))
        return tuple((value, near) for value, near in found if near is not None)

    def without(self, position: int) -> "Query":
        return replace(self, terms=(*self.terms[:position], *self.terms[position + 1 :]))


def _is_plain(term: Term) -> bool:
    return term.filter is None and not term.is_phrase


def parse(search: str) -> Query:
    """The terms of a search of at most 400 characters, in order, the first 20. Anything typed has a meaning."""
    text = SPACES.sub(" ", search.replace("\x00", " ")).strip()[:LONGEST_SEARCH]
    found: dict[Term, None] = {}
    for match in _TOKEN.finditer(text):
        term = _read(*match.groups())
        if term is not None:
            found[term] = None
    return Query(tuple(found)[:MOST_TERMS])


def _read(minus: str, name: str | None, quoted: str | None, bare: str | None) -> Term | None:
    """One token; a name that is no filter of ours is part of a plain word."""
    asked = FILTERS.get(fold(name)) if name else None
    is_excluded = bool(minus)
    if asked is not None:
        return Term(_clean(quoted if quoted is not None else bare or ""), asked, is_excluded)
    if name is None and quoted is not None:
        phrase = _clean(quoted)
        return Term(phrase, None, is_excluded, is_phrase=True) if phrase else None
    word = f"{name}:{quoted or bare or ''}" if name else bare or ""
    plain = _clean(word).replace(" ", "-").lstrip("-")
    return Term(plain, None, is_excluded) if plain else None


def _clean(value: str) -> str:
    return SPACES.sub(" ", value.replace('"', " ")).strip()


def write(query: Query, language: Language) -> str:
    """The search as one would type it in this language; `parse` reads the same terms from it."""
    return " ".join(write_term(term, language) for term in query.terms)


def write_term(term: Term, language: Language) -> str:
    minus = "-" if term.is_excluded else ""
    if term.filter is not None:
        value = f'"{term.value}"' if " " in term.value or not term.value else term.value
        return f"{minus}{filter_name(term.filter, language)}:{value}"
    return f'{minus}"{term.value}"' if term.is_phrase else f"{minus}{term.value}"


def filter_name(asked: Filter, language: Language) -> str:
    french, english = NAMES[asked]
    return french if language is Language.FRENCH else english


def near_filter(word: str) -> Filter | None:
    """The filter that `magazin:lyon` probably meant; None for words that only contain a colon."""
    name, colon, value = word.partition(":")
    folded = fold(name)
    if not (colon and value) or len(folded) < SHORTEST_MISTYPED or folded in FILTERS:
        return None
    best = get_close_matches(folded, FILTERS, n=1, cutoff=NEAR_ENOUGH)
    return FILTERS[best[0]] if best else None


def nearest(asked: str, names: Sequence[str], limit: int = 3) -> tuple[str, ...]:
    """The names most like what was typed, best first, none that is not like it at all."""
    likeness = {name: _likeness(fold(asked), fold(name)) for name in names}
    best = sorted(likeness, key=lambda name: -likeness[name])[:limit]
    return tuple(name for name in best if likeness[name] >= LIKE_A_NAME)


def _likeness(asked: str, name: str) -> float:
    """0 to 1: of the whole name or of the word of it that is most like it."""
    return max(SequenceMatcher(None, asked, part).ratio() for part in (name, *re.split(r"[\s-]+", name)))
