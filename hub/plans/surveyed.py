"""When customers were asked for their opinion: by the question in a mail, or by a questionnaire."""

from collections.abc import Iterable
from datetime import datetime

from hub.core.questions import Question, all_of
from hub.questionnaires.sending.asked import ask_invited_moments
from hub.surveys.queries import ask_ask_moments


def ask_surveyed(customer_ids: Iterable[int]) -> Question[dict[int, list[datetime]]]:
    """By customer; those who never were are missing."""
    ids = list(customer_ids)
    return all_of(ask_ask_moments(ids), ask_invited_moments(ids)).then(
        lambda found: {
            who: [*found[0].get(who, ()), *found[1].get(who, ())] for who in {*found[0], *found[1]}
        }
    )
