"""Reads the counts: summed up by store or by week, under the keys and codes of one version."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from sqlalchemy import Double, Row, Select, cast, func, select

from hub.core.batches import among
from hub.core.db import db
from hub.core.errors import NotFound
from hub.core.text import N_
from hub.questionnaires.models import Questionnaire, QuestionnaireVersion
from hub.questionnaires.results.completes import shown_to_all
from hub.questionnaires.results.counting import ALL_WEEKS, definition_of, monday_of
from hub.questionnaires.results.mapping import Version, Way, are_counted_together
from hub.questionnaires.results.measuring import Tally
from hub.questionnaires.results.models import AnswerCount
from hub.questionnaires.results.rows import Asked
from hub.questionnaires.results.tallying import SHOWN

Tallies = dict[int, dict[str, Tally]]
"""By store (0: none), then by question."""
UNSEEN = ("", "")
EVERYBODY = ""
"""In the place of a question: how many came to the end."""


@dataclass(frozen=True)
class Head:
    """A questionnaire and its versions, oldest first."""

    id: int
    key: str
    name: str
    earlier_id: int | None
    report_seal: str | None
    report_has_comments: bool
    versions: tuple[Version, ...]

    @property
    def last(self) -> Version:
        return self.versions[-1]

    @property
    def is_anonymous(self) -> bool:
        """As soon as one version promised it."""
        return any(version.definition.is_anonymous for version in self.versions)

    def version(self, number: int | None) -> Version:
        """The one of this number, else the last."""
        return next((each for each in self.versions if each.number == number), self.last)


def get_head(questionnaire_id: int) -> Head:
    """Raises NotFound; also before the first version, since nobody can have answered."""
    found = _heads(Questionnaire.id == questionnaire_id)
    if not found:
        raise NotFound(N_("This questionnaire has no results: it was never published."))
    return found[0]


def find_shared(seal: str) -> Head | None:
    """The questionnaire whose report is shared under this seal."""
    found = _heads(Questionnaire.report_seal == seal)
    return found[0] if found else None


def find_earlier(head: Head) -> Head | None:
    found = _heads(Questionnaire.id == head.earlier_id) if head.earlier_id else []
    return found[0] if found else None


def _heads(which: Any) -> list[Head]:
    rows = db.session.execute(
        select(
            Questionnaire.id,
            Questionnaire.key,
            Questionnaire.name,
            Questionnaire.earlier_id,
            Questionnaire.report_seal,
            Questionnaire.report_has_comments,
            QuestionnaireVersion,
        )
        .join(QuestionnaireVersion, QuestionnaireVersion.questionnaire_id == Questionnaire.id)
        .where(which)
        .order_by(QuestionnaireVersion.number)
    ).all()
    if not rows:
        return []
    versions = (row.QuestionnaireVersion for row in rows)
    known = tuple(Version(each.id, each.number, definition_of(each.id), each.moved) for each in versions)
    return [Head(*rows[0][:-1], known)]


@dataclass(frozen=True)
class Reader:
    """How the cells of each version are read: the way of their codes, and the questions that are not counted together.

    `always`: the question of each version that everybody comes by; how often it was shown is kept under EVERYBODY.
    """

    ways: Mapping[int, Way]
    left_out: Mapping[str, tuple[int, ...]]
    skipped: frozenset[tuple[int, str]]
    always: Mapping[int, str | None]
    seen: dict[tuple[int, str, str], tuple[str, str] | None] = field(default_factory=dict)

    def put(self, row: Row[Any], into: Mapping[str, Tally]) -> None:
        version_id, _, question_key, code, answers, total, squares = tuple[Any, ...](row)
        known = self.seen.get((version_id, question_key, code), UNSEEN)
        if known is UNSEEN:
            known = self.seen[version_id, question_key, code] = self._read(version_id, question_key, code)
        if code == SHOWN and version_id in self.ways and self.always[version_id] == question_key:
            into[EVERYBODY].put(SHOWN, int(answers), 0.0, 0.0)
        if known is not None:
            into[known[0]].put(known[1], int(answers), total, squares)

    def _read(self, version_id: int, question_key: str, code: str) -> tuple[str, str] | None:
        way = self.ways.get(version_id)
        if way is None or (version_id, question_key) in self.skipped:
            return None
        return way.key(question_key), way.code(question_key, code)


def reader_of(target: Version, versions: Collection[Version], ways: Mapping[int, Way]) -> Reader:
    """What is asked on another scale, or is no question any more, is left out and said so."""
    skipped, left_out = set(), defaultdict(list)
    for source in versions:
        for question in source.definition.questions:
            key = ways[source.id].key(question.key)
            wanted = target.definition.by_key.get(key)
            if wanted is None or not are_counted_together(wanted, question):
                skipped.add((source.id, question.key))
                left_out[key].append(source.number)
    told = {key: tuple(numbers) for key, numbers in left_out.items()}
    always = {each.id: shown_to_all(each.definition) for each in versions}
    return Reader(ways, told, frozenset(skipped), always)


def gather(questionnaire_id: int, asked: Asked, reader: Reader, stores: Collection[int]) -> Tallies:
    """By store and question. `stores` are all there are."""
    found: Tallies = defaultdict(lambda: defaultdict(Tally))
    sums = _sums(questionnaire_id, asked, AnswerCount.store_id)
    if asked.since_on is None and asked.until_on is None:
        # every part of the key up to the week is named, so that only these rows are looked up
        sums = sums.where(
            among(AnswerCount.version_id, list(reader.ways)),
            among(AnswerCount.store_id, [0, *stores]),
            AnswerCount.week_on == ALL_WEEKS,
        )
    else:
        sums = sums.where(AnswerCount.week_on > ALL_WEEKS)
    for row in db.session.execute(sums):
        reader.put(row, found[row.store_id])
    return found


def gather_weeks(
    questionnaire_id: int, asked: Asked, reader: Reader, key: str, keys: Collection[str]
) -> dict[date, Tally]:
    """Of one question, which older versions called by other `keys`."""
    found: dict[date, dict[str, Tally]] = defaultdict(lambda: defaultdict(Tally))
    of_question = _sums(questionnaire_id, asked, AnswerCount.week_on).where(
        among(AnswerCount.question_key, keys), AnswerCount.week_on > ALL_WEEKS
    )
    for row in db.session.execute(of_question):
        reader.put(row, found[row.week_on])
    return {week: found[week][key] for week in sorted(found)}


def _sums(questionnaire_id: int, asked: Asked, by: Any) -> Select[Any]:
    parts = (AnswerCount.version_id, by, AnswerCount.question_key, AnswerCount.code)
    # sums of bigint are numeric: three times as slow as those of doubles, which are exact up to 2^53
    names: dict[str, Any] = {
        "answers": cast(AnswerCount.count, Double),
        "total": AnswerCount.total,
        "squares": AnswerCount.squares,
    }
    sums = (func.sum(column).label(name) for name, column in names.items())
    wanted = select(*parts, *sums).where(AnswerCount.questionnaire_id == questionnaire_id).group_by(*parts)
    if asked.store_ids is not None:
        wanted = wanted.where(among(AnswerCount.store_id, sorted(asked.store_ids)))
    if asked.since_on is not None:
        wanted = wanted.where(AnswerCount.week_on >= monday_of(asked.since_on))
    if asked.until_on is not None:
        wanted = wanted.where(AnswerCount.week_on <= asked.until_on)
    return wanted if asked.language is None else wanted.where(AnswerCount.language == asked.language)


def unnarrowed(asked: Asked) -> Asked:
    """All there is, of all stores: what is hidden is decided from the whole, never from a part."""
    return replace(asked, store_ids=None, since_on=None, until_on=None, language=None, version=None)


def add_up(tallies: Tallies, stores: Collection[int] | None) -> dict[str, Tally]:
    """Over these stores; None is all of them."""
    found: dict[str, Tally] = defaultdict(Tally)
    for store, questions in tallies.items():
        if stores is None or store in stores:
            for key, tally in questions.items():
                found[key].add(tally)
    return found


def former_keys(key: str, ways: Sequence[Way], versions: Sequence[Version]) -> set[str]:
    """What the question was called in any version."""
    return {
        question.key
        for version, way in zip(versions, ways, strict=True)
        for question in version.definition.questions
        if way.key(question.key) == key
    } | {key}
