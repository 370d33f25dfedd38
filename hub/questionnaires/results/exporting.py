"""Answers as rows of a file: one a response, codes and numbers under the keys of the last version, with a codebook.

In anonymous mode a row is nobody's: no number, no store, no language, no words, month and version only where many share them, in an order that tells nothing.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Select, func, select

from hub.core.actor import Actor
from hub.core.audit import note_change
from hub.core.db import db
from hub.core.errors import Invalid
from hub.core.text import N_
from hub.core.words import Language
from hub.questionnaires.definitions import OTHER, Question
from hub.questionnaires.models import QuestionnaireResponse
from hub.questionnaires.results.counting import Days
from hub.questionnaires.results.gathering import Head
from hub.questionnaires.results.hiding import LEAST
from hub.questionnaires.results.mapping import Way, are_counted_together, way_to
from hub.questionnaires.results.months import answered, hidden_parts, month_of, part_of
from hub.questionnaires.words import TOLD, QuestionKind
from hub.stores.queries import list_stores

CHUNK = 1_000
MOST_ROWS = 100_000
"""Of a workbook and of an SPSS file; a CSV file is written as it is read, however long."""
WORKBOOK, SPSS = "xlsx", "sav"
Value = str | int | float | None
Read = Callable[[Mapping[str, Any]], Value]


@dataclass(frozen=True)
class Column:
    """`labels`: what each code means. `of`: the key of the question, empty for what is about the response itself."""

    name: str
    label: str
    read: Read
    of: str = ""
    labels: tuple[tuple[str, str], ...] = ()
    is_consent: bool = False


def note_export(head: Head, *, form: str, by: Actor, now: datetime) -> None:
    """One line of the audit trail for each file that leaves the house. Raises Invalid where too few answered namelessly."""
    count = (
        db.session.scalar(
            select(func.count()).select_from(complete_of(head).order_by(None).limit(MOST_ROWS + 1).subquery())
        )
        or 0
    )
    if head.is_anonymous and count < LEAST:
        raise Invalid(N_("This questionnaire is anonymous: its answers are handed out from five on."))
    if form in {WORKBOOK, SPSS} and count > MOST_ROWS:
        raise Invalid(N_("This file would be too large for so many answers. Please take the CSV file."))
    note_change(
        "answers_exported", subject_kind="questionnaire", subject_id=head.id, by=by, now=now, form=form
    )


def columns_of(head: Head, language: Language) -> tuple[Column, ...]:
    own = _anonymous_columns() if head.is_anonymous else (*_own_columns(), *_link_columns(head))
    asked = (question for question in head.last.definition.questions if question.asks)
    found = tuple(column for question in asked for column in _columns(question, language))
    kept = (column for column in found if not (head.is_anonymous and _is_told(head, column)))
    return (*own, *kept)


def _is_told(head: Head, column: Column) -> bool:
    return head.last.definition.by_key[column.of].kind in TOLD or column.name.endswith(f"_{OTHER}_words")


def _own_columns() -> tuple[Column, ...]:
    names = ("response", "version", "store", "language", "answered_on")
    return tuple(Column(name, name, _reader(f":{name}")) for name in names)


def _link_columns(head: Head) -> Iterator[Column]:
    """What the address of an open link carried along."""
    for name in head.last.definition.hidden:
        yield Column(f"link_{name}", name, _reader(f"::{name}"))


def _anonymous_columns() -> tuple[Column, ...]:
    return tuple(Column(name, name, _reader(f":{name}")) for name in ("version", "month"))


def _reader(name: str) -> Read:
    return lambda row: _plain(row.get(name))


def _plain(value: Any) -> Value:
    if isinstance(value, bool):
        return int(value)
    return value if isinstance(value, str | int | float) else None


def _columns(question: Question, language: Language) -> Iterator[Column]:
    key, title = question.key, question.words.say(language)
    labels = tuple((option.code, option.words.say(language)) for option in question.options)
    if question.kind is QuestionKind.MULTIPLE:
        for code, words in labels:
            yield Column(
                f"{key}_{code}", f"{title} – {words}", _chosen(key, code), key, (("0", "–"), ("1", words))
            )
    elif question.kind is QuestionKind.RANKING:
        for code, words in labels:
            yield Column(f"{key}_{code}", f"{title} – {words}", _placed(key, code), key)
    elif question.kind is QuestionKind.MATRIX:
        for row in question.rows:
            name, words = f"{key}_{row.code}", row.words.say(language)
            yield Column(name, f"{title} – {words}", _part(key, row.code), key, labels)
    elif question.kind is QuestionKind.CONTACT:
        for field in question.fields:
            yield Column(f"{key}_{field}", f"{title} – {field}", _part(key, field.value), key)
    else:
        is_consent = question.kind is QuestionKind.CONSENT
        yield Column(key, title, _reader(key), key, labels or _ends(question, language), is_consent)
    if any(option.code == OTHER for option in question.options):
        yield Column(f"{key}_{OTHER}_words", f"{title} – {OTHER}", _reader(f"{key}.{OTHER}"), key)


def _ends(question: Question, language: Language) -> tuple[tuple[str, str], ...]:
    """What the ends of a scale say."""
    if question.range is None:
        return ()
    ends = zip(question.range, (question.low, question.high), strict=True)
    return tuple((str(score), words.say(language)) for score, words in ends if words)


def _chosen(key: str, code: str) -> Read:
    return lambda row: None if row.get(key) is None else int(code in row[key])


def _placed(key: str, code: str) -> Read:
    return lambda row: row[key].index(code) + 1 if code in (row.get(key) or ()) else None


def _part(key: str, name: str) -> Read:
    return lambda row: (row.get(key) or {}).get(name)


def list_rows(head: Head, columns: Sequence[Column]) -> Iterator[list[Value]]:
    """Complete responses one after the other, never all at once in memory."""
    place = Place(head)
    for rows in db.session.execute(complete_of(head).execution_options(yield_per=CHUNK)).partitions():
        for row in rows:
            told = place.row(row)
            yield [column.read(told) for column in columns]


def complete_of(head: Head, *, until: datetime | None = None) -> Select[Any]:
    """The key is random: ordered by it, rows do not tell who came first. `until`: only those of before."""
    asked = QuestionnaireResponse
    parts = (
        asked.id,
        asked.version_id,
        asked.store_id,
        asked.language,
        asked.completed_at,
        asked.answers,
        asked.words,
        asked.hidden,
    )
    wanted = select(*parts).where(*answered(head, until))
    return wanted.order_by(func.md5(asked.key) if head.is_anonymous else asked.id)


class Place:
    """What a row needs besides itself: codes of stores, ways of versions, the months of versions that are hidden."""

    def __init__(self, head: Head, *, until: datetime | None = None) -> None:
        self.head, self.days = head, Days()
        self.codes = {row.id: row.code for row in list_stores(is_active=None)}
        self.numbers = {each.id: each.number for each in head.versions}
        self.ways = {each.id: way_to(head.last, each, head.versions) for each in head.versions}
        self.kept = {
            each.id: {
                question.key
                for question in each.definition.questions
                if are_counted_together(
                    question, head.last.definition.by_key.get(self.ways[each.id].key(question.key))
                )
            }
            for each in head.versions
        }
        self.hidden = hidden_parts(head, until=until) if head.is_anonymous else frozenset()

    def row(self, row: Any) -> dict[str, Any]:
        told = _moved({**row.answers, **row.words}, self.ways[row.version_id], self.kept[row.version_id])
        if self.head.is_anonymous:
            return {**told, **self._told_namelessly(row)}
        day = self.days.day_of(row.completed_at, is_coarse=False).isoformat()
        version, language = self.numbers[row.version_id], row.language.value
        own = {":response": row.id, ":version": version, ":store": self.codes.get(row.store_id)}
        carried = {f"::{name}": value for name, value in row.hidden.items()}
        return {**told, **carried, **own, ":language": language, ":answered_on": day}

    def _told_namelessly(self, row: Any) -> dict[str, Any]:
        """Version and month together or neither: each by itself would be a sum that gives the other away."""
        number = self.numbers[row.version_id]
        if self.hidden is None or part_of(number, month_of(row.completed_at)) in self.hidden:
            return {}
        return {":version": number, ":month": f"{row.completed_at.astimezone(UTC):%Y-%m}"}


def _moved(told: Mapping[str, Any], way: Way, kept: set[str]) -> dict[str, Any]:
    """Answers of an earlier version as the last one would keep them."""
    found: dict[str, Any] = {}
    for name, value in told.items():
        key, _, other = name.partition(".")
        if key in kept:
            found[f"{way.key(key)}.{other}" if other else way.key(key)] = (
                value if other else _codes(way, key, value)
            )
    return found


def _codes(way: Way, key: str, value: Any) -> Any:
    if isinstance(value, str):
        return way.code(key, value)
    if isinstance(value, list):
        return [way.code(key, code) for code in value]
    if isinstance(value, dict):
        return dict(way.code(key, f"{row}={code}").split("=", 1) for row, code in value.items())
    return value
