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
class FollowUpNeeded(Fact):
    """An unhappy customer waits for the store of the order."""

    answer_id: int
    order_id: int
    store_id: int
    score: int


@dataclass(frozen=True, kw_only=True)
class AnswerReclassified(Fact):
    """An unhappy answer no longer counts: it was changed or contradicted."""

    answer_id: int
    order_id: int
    store_id: int


@dataclass(frozen=True, kw_only=True)
class AnswersContradicted(Fact):
    """Pages disagreed within a minute: the answer no longer counts, and nobody has answered for now."""

    invitation_id: int
    answer_id: int
    order_id: int
    store_id: int
