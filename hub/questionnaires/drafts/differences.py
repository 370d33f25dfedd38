"""What differs between two versions: questions added, gone, changed, and in what. Pure."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from hub.questionnaires.definitions import Definition, Option, Question

PARTS: Mapping[str, Callable[[Question], Any]] = {
    "kind": lambda each: each.kind,
    "words": lambda each: (each.words, each.help),
    "ends": lambda each: (each.low, each.high, each.unit),
    "is_required": lambda each: each.is_required,
    "show_if": lambda each: each.show_if,
    "limits": lambda each: (each.least, each.most, each.least_count, each.most_count),
    "is_shuffled": lambda each: each.is_shuffled,
    "fields": lambda each: each.fields,
}
WHOLE: Mapping[str, Callable[[Definition], Any]] = {
    "title": lambda each: each.title,
    "introduction": lambda each: each.introduction,
    "thanks": lambda each: each.thanks,
    "mode": lambda each: each.mode,
    "languages": lambda each: each.languages,
    "hidden": lambda each: each.hidden,
    "most": lambda each: each.most,
}


@dataclass(frozen=True)
class ChangedQuestion:
    """`parts`: names of PARTS that differ. Options and lines of a table: added, gone, with other words or marks."""

    before: Question
    after: Question
    parts: tuple[str, ...]
    added: tuple[Option, ...]
    gone: tuple[Option, ...]
    changed: tuple[Option, ...]


@dataclass(frozen=True)
class Difference:
    """`is_reordered`: questions that stayed come in another order or on other pages; `pages`: conditions and titles of pages differ."""

    added: tuple[Question, ...]
    gone: tuple[Question, ...]
    changed: tuple[ChangedQuestion, ...]
    whole: tuple[str, ...]
    is_reordered: bool
    are_pages_changed: bool

    def __bool__(self) -> bool:
        lists = (self.added, self.gone, self.changed, self.whole)
        return any(lists) or self.is_reordered or self.are_pages_changed


def compare(before: Definition, after: Definition) -> Difference:
    """What `after` says that `before` did not, and the other way round."""
    both = [key for key in before.by_key if key in after.by_key]
    return Difference(
        added=tuple(each for each in after.questions if each.key not in before.by_key),
        gone=tuple(each for each in before.questions if each.key not in after.by_key),
        changed=tuple(_changed(before, after, both)),
        whole=tuple(name for name, part in WHOLE.items() if part(before) != part(after)),
        is_reordered=_places(before, both) != _places(after, both),
        are_pages_changed=_pages(before) != _pages(after),
    )


def _changed(before: Definition, after: Definition, both: list[str]) -> Iterator[ChangedQuestion]:
    for key in both:
        old, new = before.by_key[key], after.by_key[key]
        if old == new:
            continue
        parts = tuple(name for name, part in PARTS.items() if part(old) != part(new))
        olds, news = _options(old), _options(new)
        yield ChangedQuestion(
            old,
            new,
            parts,
            added=tuple(each for code, each in news.items() if code not in olds),
            gone=tuple(each for code, each in olds.items() if code not in news),
            changed=tuple(each for code, each in news.items() if code in olds and olds[code] != each),
        )


def _options(question: Question) -> dict[tuple[str, str], Option]:
    found = {("option", each.code): each for each in question.options}
    return found | {("row", each.code): each for each in question.rows}


def _places(definition: Definition, keys: list[str]) -> list[list[str]]:
    pages = [[each.key for each in page.questions if each.key in set(keys)] for page in definition.pages]
    return [page for page in pages if page]


def _pages(definition: Definition) -> list[Any]:
    return [(page.title, page.show_if, page.ends_if, page.is_shuffled) for page in definition.pages]
