"""The blueprint of the knowledge base and what its pages share: words for states, reasons, languages."""

from typing import Any

from flask import Blueprint
from flask_babel import get_locale, gettext

from hub.blueprints.access import viewer
from hub.core.words import Language
from hub.knowledge.words import ArticleState
from hub.reasons.queries import ReasonRow, list_reasons
from hub.staff.words import Permission

blueprint = Blueprint("knowledge", __name__)
TONES = {
    ArticleState.DRAFT: "warn",
    ArticleState.INTERNAL: "info",
    ArticleState.PUBLISHED: "ok",
    ArticleState.ARCHIVED: "plain",
}


@blueprint.context_processor
def shared() -> dict[str, Any]:
    return {
        "may_edit": viewer().may(Permission.EDIT_KNOWLEDGE),
        "state_words": state_words,
        "state_tones": TONES,
        "language_words": language_words,
    }


def state_words(state: ArticleState) -> str:
    words = {
        ArticleState.DRAFT: gettext("draft"),
        ArticleState.INTERNAL: gettext("for the staff"),
        ArticleState.PUBLISHED: gettext("published"),
        ArticleState.ARCHIVED: gettext("archived"),
    }
    return words[state]


def language_words(language: Language | str) -> str:
    """Languages are called by their own names."""
    return {Language.FRENCH: "Français", Language.ENGLISH: "English"}[Language(language)]


def read_language(text: str | None) -> Language | None:
    return Language(text) if text in set(Language) else None


def read_state(text: str | None) -> ArticleState | None:
    return ArticleState(text) if text in set(ArticleState) else None


def reason_paths() -> dict[int, str]:
    """Every reason by id, in the reader's language."""
    return {row.id: row.path(str(get_locale())) for row in list_reasons(active=False)}


def reason_choices() -> list[tuple[str, str]]:
    """Reasons that are offered, for selects."""
    rows: list[ReasonRow] = list_reasons()
    return [("", gettext("None")), *((str(row.id), row.path(str(get_locale()))) for row in rows)]
