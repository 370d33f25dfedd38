"""How many answers are taken, overall and of each option: exact, also when many are sent at once."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, or_, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert

from hub.core.db import db
from hub.questionnaires.definitions import Definition
from hub.questionnaires.models import QuestionnaireResponse, QuotaCount
from hub.questionnaires.walking import codes_of
from hub.questionnaires.words import QuestionKind, ResponseState

LIMITED = frozenset({QuestionKind.SINGLE, QuestionKind.MULTIPLE})
OVERALL = ("", "")
Key = tuple[str, str]


def quotas_of(definition: Definition, answers: Mapping[str, Any]) -> dict[Key, int]:
    """The quotas that these answers count for: (question, code), both empty for all answers. Pure."""
    found = {} if definition.most is None else {OVERALL: definition.most}
    for question in definition.questions:
        if question.kind in LIMITED:
            chosen = codes_of(answers.get(question.key))
            found |= {
                (question.key, option.code): option.most
                for option in question.options
                if option.most is not None and option.code in chosen
            }
    return found


def is_taken(questionnaire_id: int, definition: Definition, answers: Mapping[str, Any]) -> bool:
    """Count a response unless a quota of it is full; then nothing is counted.

    Its rows are locked in one order until the transaction ends: of two that want the last place one waits and sees it gone.
    """
    wanted = quotas_of(definition, answers)
    if not wanted:
        return True
    counts = _lock(questionnaire_id, wanted)
    if len(counts) < len(wanted):
        for key in sorted(set(wanted) - set(counts)):
            _open(questionnaire_id, key)
        counts = _lock(questionnaire_id, wanted)
    if any(counts[key] >= most for key, most in wanted.items()):
        return False
    db.session.execute(
        update(QuotaCount)
        .where(_among(questionnaire_id, wanted))
        .values(count=QuotaCount.count + 1)
        .execution_options(synchronize_session=False)
    )
    return True


def _lock(questionnaire_id: int, wanted: Mapping[Key, int]) -> dict[Key, int]:
    rows = db.session.execute(
        select(QuotaCount.question_key, QuotaCount.code, QuotaCount.count)
        .where(_among(questionnaire_id, wanted))
        .order_by(QuotaCount.question_key, QuotaCount.code)
        .with_for_update()
    )
    return {(question, code): count for question, code, count in rows}


def _among(questionnaire_id: int, wanted: Mapping[Key, int]) -> Any:
    return (QuotaCount.questionnaire_id == questionnaire_id) & tuple_(
        QuotaCount.question_key, QuotaCount.code
    ).in_(list(wanted))


def _open(questionnaire_id: int, key: Key) -> None:
    """A quota that came with a later version begins with what was answered before."""
    question, code = key
    answered = QuestionnaireResponse.answers[question]
    counted = select(func.count()).where(
        QuestionnaireResponse.questionnaire_id == questionnaire_id,
        QuestionnaireResponse.state == ResponseState.COMPLETE,
    )
    if key != OVERALL:
        counted = counted.where(or_(answered.astext == code, answered.contains([code])))
    row = insert(QuotaCount).values(
        questionnaire_id=questionnaire_id, question_key=question, code=code, count=counted.scalar_subquery()
    )
    db.session.execute(row.on_conflict_do_nothing())
