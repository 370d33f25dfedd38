"""What happens to questionnaires."""

from dataclasses import dataclass

from hub.core.facts import Fact


@dataclass(frozen=True, kw_only=True)
class QuestionnaireAnswered(Fact):
    """A response is complete. In anonymous mode without customer and response, and it happened at midnight of the day.

    Facts are numbered as they come: a response named here would be known to have come between two moments.
    """

    questionnaire_id: int
    version_id: int
    response_id: int | None = None
    store_id: int | None = None
