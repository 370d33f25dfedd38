"""Adds complete responses to the counts, each once: what is counted is marked in the same transaction."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Row, insert, select, update
from sqlalchemy.dialects.postgresql import insert as insert_or_add

from hub.core.batches import among, given_rows, rows_given, table_of
from hub.core.db import db, transaction
from hub.core.stemming import stems_of
from hub.core.words import Language
from hub.questionnaires.definitions import Definition
from hub.questionnaires.models import QuestionnaireResponse, QuestionnaireVersion
from hub.questionnaires.reading import read_definition
from hub.questionnaires.results.models import AnswerCount, QuestionnaireComment
from hub.questionnaires.results.tallying import Sum, comments_of, tally
from hub.questionnaires.results.themes import find_themes
from hub.questionnaires.results.theming import Themes, get_themes, retheme
from hub.questionnaires.words import ResponseState
from hub.stores.queries import find_chain

BATCH = 500
ALL_WEEKS = date(1, 1, 1)
"""Each answer is counted in its week and once more here: most pages ask for the whole time."""
KINDS_OF_CELLS = ("questionnaire_id", "version_id", "store_id", "week_on", "language", "question_key", "code")
SUMS = ("count", "total", "squares")
COMMENT = (
    "response_id", "questionnaire_id", "question_key", "store_id", "language", "written_on", "text", "stems",
    "theme_ids", "themed_at",
)  # fmt: skip
RESPONSE = (
    QuestionnaireResponse.id,
    QuestionnaireResponse.questionnaire_id,
    QuestionnaireResponse.version_id,
    QuestionnaireResponse.store_id,
    QuestionnaireResponse.language,
    QuestionnaireResponse.completed_at,
    QuestionnaireResponse.answers,
    QuestionnaireResponse.words,
    QuestionnaireResponse.shown,
)


class Cell(NamedTuple):
    """One row of the counts, without its sums; store 0 is none."""

    questionnaire_id: int
    version_id: int
    store_id: int
    week_on: date
    language: Language
    question_key: str
    code: str


def has_due() -> bool:
    """Whether a response waits to be counted, or a comment for its themes."""
    return db.session.scalar(_waiting().limit(1)) is not None or get_themes().have_work()


def work_counts(wake: Callable[[], None]) -> int:
    """One batch in one transaction; returns how many responses, or comments, were handled."""
    with transaction():
        counted = count_batch()
    if counted == BATCH:
        wake()
    if counted:
        return counted
    with transaction():
        return retheme()


def _waiting() -> Any:
    return (
        select(QuestionnaireResponse.id)
        .where(
            QuestionnaireResponse.is_counted.is_(False), QuestionnaireResponse.state == ResponseState.COMPLETE
        )
        .order_by(QuestionnaireResponse.id)
    )


def count_batch(size: int = BATCH) -> int:
    """Claim, add, mark: another worker passes over what is locked, and a rollback leaves nothing half done."""
    found = db.session.execute(
        _waiting().with_only_columns(*RESPONSE).limit(size).with_for_update(skip_locked=True)
    ).all()
    if not found:
        return 0
    add_cells(sum_up(found))
    _add_comments(found)
    db.session.execute(
        update(QuestionnaireResponse)
        .where(among(QuestionnaireResponse.id, [row.id for row in found]))
        .values(is_counted=True)
        .execution_options(synchronize_session=False)
    )
    return len(found)


def sum_up(responses: Sequence[Row[Any]]) -> dict[Cell, Sum]:
    cells: dict[Cell, Sum] = defaultdict(Sum)
    days = Days()
    for row in responses:
        definition = definition_of(row.version_id)
        week = monday_of(days.day_of(row.completed_at, is_coarse=definition.is_anonymous))
        place = (row.questionnaire_id, row.version_id, row.store_id or 0)
        for question, code, number in tally(definition, row.answers, row.words, row.shown):
            for week_on in (week, ALL_WEEKS):
                cells[Cell(*place, week_on, row.language, question, code)].add(Sum(1, number, number**2))
    return cells


def add_cells(cells: Mapping[Cell, Sum]) -> None:
    """In the order of their key: two workers at once wait for each other and never for one another."""
    if not cells:
        return
    table = table_of(AnswerCount)
    names = KINDS_OF_CELLS + SUMS
    given = given_rows(table, names)
    new = insert_or_add(table).from_select(names, select(*(given.c[name] for name in names)))
    added = {name: table.c[name] + new.excluded[name] for name in SUMS}
    statement = new.on_conflict_do_update(index_elements=KINDS_OF_CELLS, set_=added)
    rows = [
        {**cell._asdict(), "week_on": cell.week_on.isoformat(), **vars(cells[cell])} for cell in sorted(cells)
    ]
    db.session.execute(statement, rows_given(rows))


def _add_comments(responses: Sequence[Row[Any]]) -> None:
    themes, days = get_themes(), Days()
    rows = [
        _comment(row, name, words, themes, days) for row in responses for name, words in _comments_of(row)
    ]
    if rows:
        table = table_of(QuestionnaireComment)
        given = given_rows(table, COMMENT)
        new = insert(table).from_select(COMMENT, select(*(given.c[name] for name in COMMENT)))
        db.session.execute(new, rows_given(rows))


def _comments_of(row: Row[Any]) -> Sequence[tuple[str, str]]:
    return list(comments_of(definition_of(row.version_id), row.words))


def _comment(row: Row[Any], name: str, words: str, themes: Themes, days: "Days") -> dict[str, Any]:
    stems = stems_of(words, row.language)
    is_coarse = definition_of(row.version_id).is_anonymous
    return {
        "response_id": row.id,
        "questionnaire_id": row.questionnaire_id,
        "question_key": name,
        "store_id": row.store_id,
        "language": row.language,
        "written_on": days.day_of(row.completed_at, is_coarse=is_coarse).isoformat(),
        "text": words,
        "stems": stems,
        "theme_ids": find_themes(stems, themes.active, row.language),
        "themed_at": themes.changed_at,
    }


class Days:
    """The chain's day of a moment; in anonymous mode moments are the day's midnight (UTC) and say the day themselves."""

    def __init__(self) -> None:
        chain = find_chain()
        self.zone = ZoneInfo(chain.time_zone if chain else "UTC")

    def day_of(self, moment: datetime, *, is_coarse: bool) -> date:
        return moment.astimezone(UTC if is_coarse else self.zone).date()


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


@lru_cache(maxsize=64)
def definition_of(version_id: int) -> Definition:
    """As it was published; it never changes."""
    found = db.session.get_one(QuestionnaireVersion, version_id)
    return read_definition(found.definition)
