"""What happens in surveys."""

from dataclasses import dataclass

from hub.core.facts import Fact


@dataclass(frozen=True, kw_only=True)
class SurveyAnswered(Fact):
    """A confirmed answer counts from now; `score` is 3 very satisfied, 2 satisfied, 1 not satisfied."""

    invitation_id: int
    answer_id: int
    order_id: int
    store_id: int
    score: int


@dataclass(frozen=True, kw_only=True)
class AnswerWorded(Fact):
    """The answer that counts says more, or other words; its score is the same."""

    invitation_id: int
    answer_id: int
    order_id: int
    store_id: int
    score: int


@dataclass(frozen=True, kw_only=True)
class FollowUpNeeded(Fact):
    """An unhappy customer waits for the store of the order; whether confirmed, the answer's state says."""

    answer_id: int
    order_id: int
    store_id: int
    score: int


@dataclass(frozen=True, kw_only=True)
class AnswerReclassified(Fact):
    """An unhappy answer no longer counts: changed, contradicted, or not the customer's.

    `reason` is a `WithdrawnBy`; `agent_id` names who said so, None when nobody of the staff did.
    """

    answer_id: int
    order_id: int
    store_id: int
    reason: str
    agent_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class AnswersContradicted(Fact):
    """The answer no longer counts and nobody has answered for now: pages disagreed, or it was not the customer's."""

    invitation_id: int
    answer_id: int
    order_id: int
    store_id: int
