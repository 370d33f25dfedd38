"""Counts again from the responses: to compare with what was counted as they came, or to put in its place."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import delete, select, text

from hub.core.db import db
from hub.questionnaires.models import QuestionnaireResponse
from hub.questionnaires.results.counting import (
    KINDS_OF_CELLS,
    RESPONSE,
    SUMS,
    Cell,
    add_cells,
    definition_of,
    sum_up,
)
from hub.questionnaires.results.models import AnswerCount
from hub.questionnaires.results.tallying import Sum
from hub.questionnaires.words import TOLD

CHUNK = 2_000
CLOSE = 1e-6
HOLD_STILL = text("LOCK TABLE questionnaire_answer_counts IN SHARE ROW EXCLUSIVE MODE")
"""Who is counting meanwhile waits at the counts, and what he claimed is not marked yet: nothing counts twice or not at all."""


@dataclass(frozen=True)
class Recount:
    """`erased_count`: cells of words that an erasure emptied since; they are no error."""

    response_count: int
    cell_count: int
    wrong: tuple[Cell, ...]
    erased_count: int


def recount(*, is_check: bool) -> Recount:
    """Compare the counts with the responses; unless it is a check, write what the responses say. In the caller's transaction."""
    db.session.execute(HOLD_STILL)
    wanted, count = _from_responses()
    found = dict(_from_counts())
    differing = [cell for cell in {*wanted, *found} if not _are_close(wanted.get(cell), found.get(cell))]
    erased = [cell for cell in differing if _is_erased(cell, wanted, found)]
    if not is_check:
        db.session.execute(delete(AnswerCount))
        add_cells(wanted)
    wrong = tuple(sorted(set(differing) - set(erased)))
    return Recount(count, len(wanted), wrong, len(erased))


def _from_responses() -> tuple[dict[Cell, Sum], int]:
    cells: dict[Cell, Sum] = defaultdict(Sum)
    count = 0
    counted = select(*RESPONSE).where(QuestionnaireResponse.is_counted)
    for rows in db.session.execute(counted.execution_options(yield_per=CHUNK)).partitions():
        count += len(rows)
        for cell, found in sum_up(rows).items():
            cells[cell].add(found)
    return cells, count


def _from_counts() -> Iterator[tuple[Cell, Sum]]:
    names = KINDS_OF_CELLS + SUMS
    columns = [getattr(AnswerCount, name) for name in names]
    for row in db.session.execute(select(*columns).execution_options(yield_per=CHUNK)):
        yield Cell(*row[: len(KINDS_OF_CELLS)]), Sum(*row[len(KINDS_OF_CELLS) :])


def _are_close(wanted: Sum | None, found: Sum | None) -> bool:
    first, second = wanted or Sum(), found or Sum()
    pairs = ((getattr(first, name), getattr(second, name)) for name in SUMS)
    return all(abs(one - other) <= CLOSE * max(1.0, abs(one)) for one, other in pairs)


def _is_erased(cell: Cell, wanted: Mapping[Cell, Sum], found: Mapping[Cell, Sum]) -> bool:
    """Words that were counted and are no longer there."""
    question = definition_of(cell.version_id).by_key.get(cell.question_key)
    is_less = wanted.get(cell, Sum()).count < found.get(cell, Sum()).count
    return question is not None and question.kind in TOLD and is_less
