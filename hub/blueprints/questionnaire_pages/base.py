"""The blueprint of these pages, the frame they stand in and the words of what stands in the way."""

from flask import Blueprint, Response, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, gettext, refresh

from hub.blueprints.contact.base import chain_words, private
from hub.blueprints.contact.joining_page import frame_policy
from hub.core.words import Language
from hub.questionnaires.definitions import Definition
from hub.questionnaires.words import LinkKind

blueprint = Blueprint("questionnaire_pages", __name__)
blueprint.context_processor(chain_words)
LOOKS, POSTS = "240 per minute", "120 per minute"
"""Of one network address: a store has one for all its customers."""


@blueprint.after_request
def frame(response: Response) -> Response:
    """What came by an embedded link is shown in the frame of the chain's own sites, and nowhere else."""
    if g.get("is_embedded"):
        response.headers["Content-Security-Policy"] = frame_policy()
    return response


def use_language(language: Language | None, definition: Definition) -> Language:
    """What the reader chose by the switch, else what is known of him, among the languages of the questionnaire."""
    wanted = [request.args.get("lang"), language, request.accept_languages.best_match(list(Language))]
    found = next((each for each in wanted if each in definition.languages), definition.languages[0])
    g.language = found
    refresh()
    return Language(found)


def draw(
    template: str, definition: Definition, *, kind: LinkKind | None, status: int = 200, **values: object
) -> ResponseReturnValue:
    """A page in the chain's layout, or bare for a frame."""
    g.is_embedded = kind is LinkKind.EMBED
    language = Language(str(get_locale()))
    body = render_template(
        template,
        frame="signups/_bare.html" if g.is_embedded else "layouts/public.html",
        is_bare=g.is_embedded,
        definition=definition,
        reading=language,
        has_languages=len(definition.languages) > 1,
        **values,
    )
    return private(body, status)


def stop(
    definition: Definition, *, kind: LinkKind | None, heading: str, words: str, status: int
) -> ResponseReturnValue:
    """A page that says why there is nothing to fill in."""
    return draw(
        "questionnaire_pages/over.html", definition, kind=kind, status=status, heading=heading, words=words
    )


def closed(definition: Definition, kind: LinkKind | None) -> ResponseReturnValue:
    words = gettext("This questionnaire is closed. Thank you for your interest.")
    return stop(
        definition, kind=kind, heading=gettext("This questionnaire is closed"), words=words, status=410
    )


def answered(definition: Definition, kind: LinkKind | None) -> ResponseReturnValue:
    words = gettext("You have already answered this questionnaire. Thank you.")
    return stop(definition, kind=kind, heading=gettext("Already answered"), words=words, status=200)
