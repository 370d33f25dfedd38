"""A search in words, ready to be asked of the database: its conditions, and what could not be understood."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import false, func, not_, or_

from hub.core.text import N_
from hub.inbox.asked_values import Trait, meaning
from hub.inbox.asking import ONE_OF, Filter, Query, Term, filter_name, parse
from hub.inbox.indexing import matches
from hub.inbox.models import Ticket
from hub.inbox.queries.term_conditions import Condition, House, UnknownValueError, condition_of
from hub.inbox.states import OPEN_STATES as OPEN
from hub.staff.rules import Viewer

TICKET_NUMBER = re.compile(r"\At-\d{4}-\d+\Z", re.IGNORECASE)


@dataclass(frozen=True)
class Problem:
    """What is wrong with a term: an English sentence with its values, and values that were perhaps meant."""

    term: Term
    text: str
    values: Mapping[str, str]
    nearest: tuple[str, ...] = ()


@dataclass(frozen=True)
class Asking:
    """A search ready to be asked. `is_open`: only open tickets can be found. `also`: what a mistyped word may mean."""

    query: Query
    conditions: tuple[Condition, ...] = ()
    problems: tuple[Problem, ...] = ()
    also: Mapping[str, tuple[str, ...]] | None = None

    @property
    def is_open(self) -> bool:
        return any(_is_about_open(term) for term in self.query.terms)

    @property
    def is_hopeless(self) -> bool:
        """A filter names nothing, so nothing can be found."""
        return any(problem.term.filter for problem in self.problems)

    @property
    def is_about_snoozed(self) -> bool:
        """Whether the tickets that are out of sight are asked for."""
        return any(
            Trait.SNOOZED in (meaning(Filter.IS, term.value) or ())
            for term in self.query.of(Filter.IS)
            if not term.is_excluded
        )

    def all_conditions(self) -> list[Condition]:
        """Filters and words together."""
        if TICKET_NUMBER.match(self.query.words):
            return [*self.conditions, Ticket.number == self.query.words.upper()]
        words = matches(self.query.words, self.also or {}) if self.query.words else None
        return [*self.conditions, *([] if words is None else [words])]


def _is_about_open(term: Term) -> bool:
    if term.is_excluded or term.filter not in {Filter.STATE, Filter.IS}:
        return False
    means = meaning(term.filter, term.value) or frozenset()
    if term.filter is Filter.STATE:
        return means <= OPEN and bool(means)
    return means <= {Trait.LATE, Trait.TO_ANSWER, Trait.SNOOZED}


def read_asking(search: str, viewer: Viewer) -> Asking:
    """Take a search apart and look its names up; a term that cannot be understood finds nothing and is said."""
    query = parse(search)
    house = House(viewer)
    found: dict[Any, list[Condition]] = {}
    conditions: list[Condition] = []
    problems: list[Problem] = []
    for term in query.terms:
        if term.filter is None and not (term.is_phrase or term.is_excluded):
            continue
        try:
            condition = condition_of(term, house)
        except UnknownValueError as error:
            problems.append(_problem(term, error, viewer))
            continue
        if term.is_excluded:
            conditions.append(not_(func.coalesce(condition, false())))
        elif term.filter in ONE_OF:
            found.setdefault(term.filter, []).append(condition)
        else:
            conditions.append(condition)
    problems += [_mistyped(value, near, viewer) for value, near in query.mistyped]
    conditions += [either[0] if len(either) == 1 else or_(*either) for either in found.values()]
    if any(problem.term.filter for problem in problems):  # also where only a count is asked for
        conditions.append(false())
    return Asking(query, tuple(conditions), tuple(problems))


def _problem(term: Term, error: UnknownValueError, viewer: Viewer) -> Problem:
    name = filter_name(term.filter, viewer.language) if term.filter else ""
    values = {"filter": name, "value": term.value}
    return Problem(term, error.text, values, error.near)


def _mistyped(word: str, near: Filter, viewer: Viewer) -> Problem:
    name, _, value = word.partition(":")
    text = N_("“%(value)s” is no filter and was searched as a word.")
    meant = f"{filter_name(near, viewer.language)}:{value}"
    return Problem(Term(word), text, {"value": name}, (meant,))
