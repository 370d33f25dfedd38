"""What the questionnaires room holds of one customer: invitations, and the responses that are known to be his."""

from hub.core.personal import Apart, Held, Holding
from hub.core.text import N_
from hub.questionnaires import models
from hub.questionnaires.results import models as results_models

MODELS = (models, results_models)
"""Imported, so that the tables below are known to whoever reads this."""
_MINE = "customer_id = ANY(:ids)"
_OF_MINE = "response_id IN (SELECT id FROM questionnaire_responses WHERE customer_id = ANY(:ids))"
_OURS = N_("a keyword of the questionnaire, nothing anybody wrote")

HOLDINGS: tuple[Holding, ...] = (
    Held(
        table="questionnaire_files",
        title=N_("Files sent with questionnaires"),
        mine=_OF_MINE,
        is_deleted=True,
    ),
    Held(
        table="questionnaire_comments",
        title=N_("Words written in questionnaires"),
        mine=_OF_MINE,
        is_deleted=True,
        scrub=("text", "stems"),
        hidden=("stems", "theme_ids", "themed_at"),
    ),
    Held(
        table="questionnaire_responses",
        title=N_("Questionnaires answered"),
        mine=_MINE,
        blank=("words", "hidden"),
        keep={
            "answers": N_("figures of satisfaction"),
            "key": N_("a random number: tells one response from another"),
            "shown": _OURS,
            "page_key": _OURS,
        },
        hidden=("key", "shown", "page_key", "is_counted"),
    ),
    Held(table="questionnaire_invitations", title=N_("Questionnaires asked for"), mine=_MINE),
    Apart(table="questionnaires", why="questions"),
    Apart(table="questionnaire_versions", why="questions"),
    Apart(table="questionnaire_links", why="addresses that anybody may answer by"),
    Apart(table="questionnaire_link_uses", why="keyed hashes of network addresses, kept for 30 days"),
    Apart(table="questionnaire_waves", why="how far a sending came"),
    Apart(table="questionnaire_quota_counts", why="sums"),
    Apart(table="questionnaire_answer_counts", why="sums"),
    Apart(table="questionnaire_ways", why="sums"),
    Apart(table="questionnaire_stops", why="sums"),
    Apart(table="questionnaire_themes", why="words to look for"),
)
