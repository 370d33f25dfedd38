"""Counting of answers under kill -9: each counts once, whether its batch was lost or kept. LARGE=1: killed in every batch."""

import os

import pytest
from sqlalchemy import func, select, text

from hub.core.db import transaction
from hub.jobs import drain
from hub.questionnaires.models import QuestionnaireResponse
from hub.questionnaires.results.counting import ALL_WEEKS, BATCH, has_due
from hub.questionnaires.results.models import AnswerCount, QuestionnaireComment
from hub.questionnaires.results.recounting import recount
from tests.flows import questionnaire_worker
from tests.flows.conftest import House
from tests.flows.nursery import start
from tests.makers.responses import draw_responses, make_answered
from tests.makers.stores import make_chain, make_store

pytestmark = pytest.mark.faults
BATCHES = 4 if os.environ.get("LARGE") else 2
ANSWERS = BATCH * (BATCHES - 1) + 100


def shown_and_marked(house: House) -> tuple[int, int]:
    """How often the first question was shown by the counts, and how many responses are marked as counted."""
    house.forget()
    where = (AnswerCount.question_key == "csat", AnswerCount.code == "", AnswerCount.week_on == ALL_WEEKS)
    shown = house.session.scalar(select(func.sum(AnswerCount.count)).where(*where)) or 0
    marked = select(func.count()).select_from(QuestionnaireResponse).where(QuestionnaireResponse.is_counted)
    return int(shown), house.session.scalar(marked) or 0


def test_a_worker_killed_amid_counting_counts_nothing_twice_and_loses_nothing(house: House) -> None:
    with transaction() as session:
        make_chain(session)
        draw_responses(session, *make_answered(session), ANSWERS, stores=[make_store(session).id])
    counted = 0
    for _ in range(BATCHES):
        worker = start(questionnaire_worker.main, house.environ | {"batches": "1"})
        assert worker.hear() == "inside"
        worker.kill()
        assert shown_and_marked(house) == (counted, counted), "what was not committed is not there"
        worker = start(questionnaire_worker.main, house.environ | {"batches": "2"})
        heard = worker.hear()
        worker.kill()
        counted = min(counted + BATCH, ANSWERS)
        assert shown_and_marked(house) == (counted, counted), "what was committed stands"
        if heard == "done":
            break
    drain("questionnaire_counts")
    assert not has_due()
    assert shown_and_marked(house) == (ANSWERS, ANSWERS)
    found = recount(is_check=True)
    assert (found.response_count, found.wrong, found.erased_count) == (ANSWERS, (), 0)
    told = text(
        "SELECT count(*) FROM questionnaire_responses, jsonb_object_keys(words) k WHERE k = ANY(:keys)"
    )
    said = house.session.scalar(told, {"keys": ["note", "more", "why.other"]})
    kept = house.session.scalar(select(func.count()).select_from(QuestionnaireComment))
    assert kept == said, "each comment once"
