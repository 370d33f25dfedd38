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
from hub.inbox.queries.term_conditions import (
    Condition,
    House,
    UnknownValueError,
    condition_of,
    is_name,
    name_condition,
)
from hub.inbox.searching import Asked, asked_words
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
    """A search ready to be asked. `is_open`: only open tickets can be found. `also`: what a mistyped word may mean.

    `names`: words of a customer's name that must be among the words of the ticket, beside the condition about them.
    """

    query: Query
    conditions: tuple[Condition, ...] = ()
    problems: tuple[Problem, ...] = ()
    also: Mapping[str, tuple[str, ...]] | None = None
    names: str = ""

    @property
    def is_open(self) -> bool:
        return any(_is_about_open(term) for term in self.query.terms)

    @property
    def is_led_by_words(self) -> bool:
        """Whether the index of words finds the tickets."""
        return self.query.has_words or bool(self.names)

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
        found = (matches(words, self.also or {}) for words in (self.plain_words, self.names) if words)
        return [*self.other_conditions(), *(each for each in found if each is not None)]

    def other_conditions(self) -> list[Condition]:
        """All but the words that are looked for in the index."""
        is_number = self.query.words and not self.plain_words
        number = [Ticket.number == self.query.words.upper()] if is_number else []
        return [*self.conditions, *number]

    @property
    def plain_words(self) -> str:
        """The words to look for, "" when they are a ticket's number."""
        return "" if TICKET_NUMBER.match(self.query.words) else self.query.words

    def sought(self) -> list[Asked]:
        """The words that the index is asked for; none where signs alone were typed, which ask for nothing."""
        return [*asked_words(self.plain_words), *asked_words(self.names)]


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
    named = _only_name(query)
    for term in query.terms:
        if term.filter is None and not (term.is_phrase or term.is_excluded):
            continue
        try:
            condition = name_condition(term.value) if term is named else condition_of(term, house)
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
    return Asking(query, tuple(conditions), tuple(problems), names=named.value if named else "")


def _only_name(query: Query) -> Term | None:
    """The one customer asked for by name, whose words lead through the index; None where there is a choice."""
    asked = query.of(Filter.CUSTOMER)
    is_one = len(asked) == 1 and not asked[0].is_excluded
    return asked[0] if is_one and is_name(asked[0].value) else None


def _problem(term: Term, error: UnknownValueError, viewer: Viewer) -> Problem:
    name = filter_name(term.filter, viewer.language) if term.filter else ""
    values = {"filter": name, "value": term.value}
    return Problem(term, error.text, values, error.near)


def _mistyped(word: str, near: Filter, viewer: Viewer) -> Problem:
    name, _, value = word.partition(":")
    text = N_("“%(value)s” is no filter and was searched as a word.")
    meant = f"{filter_name(near, viewer.language)}:{value}"
    return Problem(Term(word), text, {"value": name}, (meant,))
