"""Doors of the preview: the draft as participants see it, page by page, in each language, wide and narrow; nothing is written.

What was answered so far travels in the form itself and is read anew at each step, as the real pages read it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import refresh

from hub.blueprints.contact.base import chain_words
from hub.blueprints.questionnaire_pages.drawing import Reader, draw_questions
from hub.blueprints.questionnaires import words
from hub.blueprints.questionnaires.base import blueprint
from hub.core.errors import HubError
from hub.core.words import Language
from hub.questionnaires.definitions import Definition, Page
from hub.questionnaires.drafts.queries import get_questionnaire
from hub.questionnaires.piping import pipe, places_of
from hub.questionnaires.taking import Form, take
from hub.questionnaires.walking import Walk, walk
from hub.questionnaires.words import QuestionKind

SEED = "preview"
FIRST_NAME, STORE = "Camille", "Lyon Part-Dieu"
"""Who looks at the preview, for words that repeat it."""
WIDTHS = ("desk", "phone")


@blueprint.get("/<int:questionnaire_id>/preview")
def preview(questionnaire_id: int) -> ResponseReturnValue:
    """The frame with its switches; `page` shows one page whatever its condition."""
    draft = get_questionnaire(questionnaire_id)
    definition, wanted = draft.definition, request.args.get("page", "")
    look = {
        "lang": _language(definition).value,
        "width": request.args.get("width") if request.args.get("width") in WIDTHS else WIDTHS[0],
        "page": wanted if definition.find_page(wanted) else None,
    }
    return render_template(
        "questionnaires/preview.html",
        draft=draft,
        look=look,
        pages=[(page.key, words.page_words(definition, page)) for page in definition.pages],
    )


def _language(definition: Definition) -> Language:
    wanted = request.args.get("lang")
    return next((each for each in definition.languages if each == wanted), definition.languages[0])


@blueprint.get("/<int:questionnaire_id>/preview/frame")
def preview_frame(questionnaire_id: int) -> ResponseReturnValue:
    """The first page, with the introduction; or the page that was asked for."""
    definition = get_questionnaire(questionnaire_id).definition
    wanted = definition.find_page(request.args.get("page", ""))
    return _Shown(definition, {}, _speak(definition)).draw(wanted)


@blueprint.post("/<int:questionnaire_id>/preview/frame")
def preview_next(questionnaire_id: int) -> ResponseReturnValue:
    """On or back from the page that was sent; what is to correct is said as it will be."""
    definition = get_questionnaire(questionnaire_id).definition
    form = {name: values for name, values in request.form.lists() if not name.startswith("_")}
    shown, here = _Shown(definition, form, _speak(definition)), request.form.get("_page", "")
    page = definition.find_page(here)
    if page is None:
        return shown.draw(shown.way.page_after(None))
    if "_back" in request.form:
        return shown.draw(shown.way.page_before(here))
    errors = shown.wrong_on(here)
    return shown.draw(page, errors) if errors else shown.draw(shown.way.page_after(here), is_over=True)


def _speak(definition: Definition) -> Language:
    """The page's own words in the chosen language, too."""
    found = _language(definition)
    g.language = found
    refresh()
    return found


@dataclass(frozen=True)
class _Shown:
    """The draft with what stands in the form so far."""

    definition: Definition
    form: Form
    language: Language

    @property
    def way(self) -> Walk:
        answers = take(tuple(self.definition.questions), self.form).answers
        return walk(self.definition, answers, seed=SEED)

    def wrong_on(self, key: str) -> Mapping[str, HubError]:
        """What is to correct on a page of the way; files are not kept, so none is missed."""
        page = next((each for each in self.way.pages if each.key == key), None)
        asked = [each for each in page.questions if each.kind is not QuestionKind.FILE] if page else []
        return take(asked, self.form).errors

    def draw(
        self, page: Page | None, errors: Mapping[str, HubError] | None = None, *, is_over: bool = False
    ) -> ResponseReturnValue:
        """A page with what was typed; None is the introduction, or with `is_over` the thanks."""
        way, definition = self.way, self.definition
        places = places_of(definition, way.answers, self.language, first_name=FIRST_NAME, store=STORE)
        reader = Reader(language=self.language, places=places, is_anonymous=definition.is_anonymous)
        seen = next((each for each in way.pages if page and each.key == page.key), page)
        is_over = is_over and page is None
        body = render_template(
            "questionnaires/preview_frame.html",
            **chain_words(),
            title=reader.say(definition.title),
            introduction=reader.say(definition.introduction) if page is None and not is_over else "",
            thanks=pipe(definition.thanks.say(self.language), places) if is_over else "",
            is_over=is_over,
            is_anonymous=definition.is_anonymous,
            page=seen,
            heading=reader.say(seen.title) if seen else "",
            questions=draw_questions(seen.questions, reader, given=self.form, errors=errors) if seen else (),
            carried=self._carried(seen),
            is_last=seen is not None and way.page_after(seen.key) is None,
        )
        return body, 422 if errors else 200

    def _carried(self, page: Page | None) -> list[tuple[str, str]]:
        """What the form holds of other pages."""
        here = {question.key for question in page.questions} if page else set()
        return [
            (name, value)
            for name, values in self.form.items()
            if name.partition(".")[0] not in here
            for value in values
        ]
