"""A search in the reader's words: its terms as chips that can be taken off, what was not understood, what was guessed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext

from hub.blueprints.access import viewer
from hub.inbox.asking import NAMES, Filter, Query, Term, filter_name, write, write_term
from hub.inbox.queries import Asking, Problem

AddressOf = Callable[[str], str]


@dataclass(frozen=True)
class Chip:
    """One term: in words, the list without it, and whether it could not be understood."""

    words: str
    without_href: str
    is_wrong: bool


def chips_of(asking: Asking, address_of: AddressOf) -> list[Chip]:
    """`address_of` makes the address of the same list with another search."""
    tongue, wrong = viewer().language, {problem.term for problem in asking.problems}
    return [
        Chip(
            term_words(term),
            address_of(write(asking.query.without(place), tongue)),
            term in wrong,
        )
        for place, term in enumerate(asking.query.terms)
    ]


def term_words(term: Term) -> str:
    if term.filter is not None:
        said = gettext("%(filter)s: %(value)s", filter=filter_words(term.filter), value=term.value)
    else:
        said = f"“{term.value}”" if term.is_phrase else term.value
    return gettext("not %(term)s", term=said) if term.is_excluded else said


def problems_of(asking: Asking, address_of: AddressOf) -> list[dict[str, Any]]:
    """Each with its sentence and links to the search with what was perhaps meant."""
    return [
        {
            "sentence": gettext(problem.text) % dict(problem.values),
            "nearest": [
                (value, address_of(_replaced(asking.query, problem, value))) for value in problem.nearest
            ],
        }
        for problem in asking.problems
    ]


def _replaced(query: Query, problem: Problem, value: str) -> str:
    tongue = viewer().language
    if problem.term.filter is None:
        return " ".join(value if term == problem.term else write_term(term, tongue) for term in query.terms)
    meant = Term(value, problem.term.filter, problem.term.is_excluded)
    return write(Query(tuple(meant if term == problem.term else term for term in query.terms)), tongue)


def guess_words(asking: Asking) -> str:
    """What was looked for instead of words that no ticket contains; "" when nothing was guessed."""
    if not asking.also:
        return ""
    pairs = [f"{word} → {', '.join(meant)}" for word, meant in asking.also.items()]
    return gettext("No ticket has these words as typed. Shown instead: %(pairs)s.", pairs="; ".join(pairs))


def filter_words(asked: Filter) -> str:
    words = {
        Filter.STORE: gettext("Store"),
        Filter.STATE: gettext("State"),
        Filter.REASON: gettext("Reason"),
        Filter.ASSIGNEE: gettext("In charge"),
        Filter.CHANNEL: gettext("Channel"),
        Filter.TAG: gettext("Tag"),
        Filter.PRIORITY: gettext("Priority"),
        Filter.CUSTOMER: gettext("Customer"),
        Filter.ORDER: gettext("Order"),
        Filter.BEFORE: gettext("Opened before"),
        Filter.AFTER: gettext("Opened from"),
        Filter.IS: gettext("Is"),
        Filter.HAS: gettext("Has"),
    }
    return words[asked]


def hint_words(asked: Filter) -> str:
    """What a filter looks for, in a few words."""
    words = {
        Filter.STORE: gettext("name or code of a store"),
        Filter.STATE: gettext("open, pending, solved…"),
        Filter.REASON: gettext("why the customer wrote"),
        Filter.ASSIGNEE: gettext("me, nobody, or a name"),
        Filter.CHANNEL: gettext("mail, SMS, phone…"),
        Filter.TAG: gettext("a tag of the chain"),
        Filter.PRIORITY: gettext("urgent, high, normal, low"),
        Filter.CUSTOMER: gettext("name or mail address"),
        Filter.ORDER: gettext("order number"),
        Filter.BEFORE: gettext("a day, not included"),
        Filter.AFTER: gettext("a day, included"),
        Filter.IS: gettext("late, to answer, unassigned…"),
        Filter.HAS: gettext("attachment, order, note…"),
    }
    return words[asked]


def help_rows() -> list[tuple[str, str]]:
    """Every filter as it is typed, and what it looks for: for the help below the field."""
    tongue = viewer().language
    return [(f"{filter_name(asked, tongue)}:", hint_words(asked)) for asked in NAMES]


def suggestion_rows(found: Sequence[Any]) -> list[dict[str, str]]:
    """What the field offers while one types."""
    return [
        {
            "search": each.search,
            "label": each.label,
            "hint": filter_words(each.filter) if each.value else hint_words(each.filter),
        }
        for each in found
    ]
