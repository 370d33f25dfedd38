"""The first answer of an invitation, in one statement: what thousands send in the hour after a mail."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB

from hub.core import bell
from hub.core.db import fetch_alone
from hub.core.facts import BELL, TELL_NEWS
from hub.surveys import rules
from hub.surveys.bursts import IS_BURST_PAGE, burst_values
from hub.surveys.rules import Confirmation, Source
from hub.surveys.traces import FOOTER_SPAN, HAS_TRACE

# The row of the invitation is the lock: whoever waits for it looks again at `answer_count` and finds the answer that
# came before. Says the same as `confirm_answer` (tests/surveys/test_first_answer.py compares them row by row).
FIRST_ANSWER = text(f"""
    WITH asked AS (
        UPDATE invitations SET state = 'answered', answered_at = :now, answer_count = 1
        WHERE id = :invitation_id AND answer_count = 0 AND expires_at >= :now AND NOT ({IS_BURST_PAGE})
              AND NOT EXISTS ({HAS_TRACE})
        RETURNING id, order_id, customer_id, store_id
    ), answer AS (
        INSERT INTO answers (invitation_id, store_id, customer_id, choice, comment, topics, state, nonce,
                             page_opened_at, confirmed_at, answered_at)
        SELECT id, store_id, customer_id, :choice, :comment, :topics, 'confirmed', :page, :opened_at, :at, :now
        FROM asked
        ON CONFLICT (invitation_id) WHERE state = 'confirmed' DO NOTHING
        RETURNING id
    ), touch AS (
        INSERT INTO touches (invitation_id, choice, method, label, reason, source_hash, user_agent, touched_at,
                             happened_at, answer_id)
        SELECT asked.id, :choice, 'POST', 'human', 'button', :source_hash, :user_agent, :at, :now, answer.id
        FROM asked, answer
    ), news AS (
        SELECT 1 AS position, 'SurveyAnswered' AS kind, customer_id, CAST(:now AS timestamptz) AS happened_at,
               jsonb_build_object('invitation_id', asked.id, 'answer_id', answer.id, 'order_id', order_id,
                                  'store_id', store_id, 'score', CAST(:score AS integer)) AS data
        FROM asked, answer
        UNION ALL
        SELECT 2, 'FollowUpNeeded', customer_id, CAST(:now AS timestamptz),
               jsonb_build_object('answer_id', answer.id, 'order_id', order_id, 'store_id', store_id,
                                  'score', CAST(:score AS integer))
        FROM asked, answer WHERE :is_unhappy
    ), {TELL_NEWS}
    SELECT id FROM answer
""").bindparams(bindparam("topics", type_=JSONB))  # noqa: S608 - constants


def count_first_answer(
    invitation_id: int,
    confirmation: Confirmation,
    topics: Sequence[str],
    source: Source,
    *,
    now: datetime,
) -> bool:
    """Whether it was the first answer and counts now; False changes nothing that matters and asks for a closer look.

    A transaction of its own.
    """
    values: dict[str, Any] = {
        "invitation_id": invitation_id,
        "choice": confirmation.choice.value,
        "comment": confirmation.comment[: rules.COMMENT_LENGTH],
        "topics": list(topics),
        "page": confirmation.page,
        "opened_at": confirmation.opened_at,
        "at": confirmation.at,
        "now": now,
        "source_hash": source.hash,
        "user_agent": source.user_agent,
        "score": rules.score_of(confirmation.choice),
        "is_unhappy": rules.is_unhappy(confirmation.choice),
        "footer_span": FOOTER_SPAN,
        **burst_values(confirmation),
    }
    if fetch_alone(FIRST_ANSWER, values) is None:
        return False
    bell.ring(BELL)
    return True
