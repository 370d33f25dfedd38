"""The blueprint of the templates and what its pages share: words, the template of an address, the chain for the checks."""

from typing import Any

from flask import Blueprint, abort, current_app
from flask_babel import get_locale

from hub.blueprints.access import viewer
from hub.blueprints.customer_words import purpose_words
from hub.blueprints.message_tabs import message_tabs
from hub.blueprints.templates import words
from hub.content import queries
from hub.content.findings import House
from hub.content.rows import TemplateRow
from hub.core.words import Language
from hub.staff.words import Permission

blueprint = Blueprint("templates", __name__)


@blueprint.context_processor
def shared() -> dict[str, Any]:
    return {
        "may_edit": viewer().may(Permission.EDIT_MESSAGES),
        "message_tabs": message_tabs,
        "purpose_words": purpose_words,
        "say": words,
    }


def template_of(key: str) -> TemplateRow:
    """The template of an address, named in the reader's language. Raises NotFound."""
    return queries.get_template(key, str(get_locale()))


def language_of(text: str) -> Language:
    """The language of an address; anything else is no page."""
    if text not in set(Language):
        abort(404)
    return Language(text)


def house() -> House:
    """The chain as the checks see it."""
    config = current_app.config["COMPTOIR"]
    return queries.get_house({"fr": config.sms_stop_mention, "en": config.sms_stop_mention_en})
