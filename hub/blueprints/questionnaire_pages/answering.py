"""Doors of a response: one page after the other, back and on, and the thanks at its end."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hub.blueprints.errors import sentence_of
from hub.blueprints.pages import limiter
from hub.blueprints.questionnaire_pages import base
from hub.blueprints.questionnaire_pages.base import LOOKS, POSTS, blueprint
from hub.blueprints.questionnaire_pages.drawing import Reader, draw_questions
from hub.blueprints.row_ids import read_ids
from hub.core import clock, site
from hub.core.db import transaction
from hub.core.errors import Conflict, Gone, HubError, Invalid
from hub.core.words import Language
from hub.questionnaires.definitions import Definition, Page
from hub.questionnaires.links import Ticket, read_ticket, write_ticket
from hub.questionnaires.piping import pipe, places_of
from hub.questionnaires.responding import nonces, uploads
from hub.questionnaires.responding.queries import get_page, list_files
from hub.questionnaires.responding.rows import ResponsePage
from hub.questionnaires.responding.saving import SentPage, save_page
from hub.questionnaires.responding.uploads import Upload
from hub.questionnaires.retelling import as_form
from hub.questionnaires.taking import Form
from hub.questionnaires.words import QuestionKind, ResponseState

MOST_BYTES = uploads.MOST_FILES * uploads.MOST_FILE_BYTES + 2**20


@dataclass(frozen=True)
class Refused:
    """A page that is shown again: what was typed, and what is to be corrected."""

    given: Form
    errors: Mapping[str, HubError]
    notice: str = ""


@blueprint.get("/q/r/<ticket>")
@limiter.limit(LOOKS)
def go_on(ticket: str) -> ResponseReturnValue:
    """Where it was left, or the thanks."""
    page = get_page(read_ticket(ticket), now=clock.business_now())
    language = base.use_language(page.language, page.definition)
    here = page.way.find(page.page_key)
    if page.state is not ResponseState.PARTIAL or page.is_closed or here is None:
        return _end(page, language)
    return _show(page, here, language)


@blueprint.get("/q/r/<ticket>/<page_key>")
@limiter.limit(LOOKS)
def show_page(ticket: str, page_key: str) -> ResponseReturnValue:
    page = get_page(read_ticket(ticket), now=clock.business_now())
    here = page.way.find(page_key)
    if page.state is not ResponseState.PARTIAL or page.is_closed or here is None:
        return redirect(url_for("questionnaire_pages.go_on", ticket=ticket, lang=request.args.get("lang")))
    return _show(page, here, base.use_language(page.language, page.definition))


@blueprint.post("/q/r/<ticket>/<page_key>")
@limiter.limit(POSTS)
def save(ticket: str, page_key: str) -> ResponseReturnValue:
    seen, sent = read_ticket(ticket), _sent(page_key)
    try:
        with transaction():
            saved = save_page(seen, sent, now=clock.business_now())
    except (Gone, Conflict, Invalid) as error:
        return _refuse(seen, sent, error)
    if saved.errors:
        return _again(get_page(seen, now=clock.business_now()), sent, saved.errors)
    return redirect(_address(ticket, saved.page_key), 303)


def _address(ticket: str, page_key: str | None) -> str:
    name = "questionnaire_pages.show_page" if page_key else "questionnaire_pages.go_on"
    return url_for(name, ticket=ticket, page_key=page_key, lang=request.args.get("lang"))


def _refuse(ticket: Ticket, sent: SentPage, error: HubError) -> ResponseReturnValue:
    """Closed meanwhile, answered already or often, or sent too fast or too late: then all that was typed is there again."""
    page = get_page(ticket, now=clock.business_now())
    if isinstance(error, Invalid):
        return _again(page, sent, {}, error)
    base.use_language(page.language, page.definition)
    if isinstance(error, Gone):
        return base.closed(page.definition, page.link_kind)
    return base.stop(page.definition, kind=page.link_kind, heading=gettext("Thank you"),
                     words=sentence_of(error), status=409)  # fmt: skip


def _sent(page_key: str) -> SentPage:
    request.max_content_length = MOST_BYTES
    return SentPage(
        page_key=page_key,
        form={name: values for name, values in request.form.lists() if not name.startswith("_")},
        nonce=request.form.get("_nonce", ""),
        least_seconds=current_app.config["COMPTOIR"].survey_nonce_min_seconds,
        machine_now=clock.machine_now(),
        address=request.remote_addr or "",
        language=request.args.get("lang"),
        files={key: _uploads(key) for key in request.files},
        dropped_ids=read_ids(request.form.getlist("_drop")),
        is_back="_back" in request.form,
    )  # fmt: skip


def _uploads(key: str) -> list[Upload]:
    sent = [each for each in request.files.getlist(key) if each.filename]
    read = [Upload(each.filename or "", each.read(uploads.MOST_FILE_BYTES + 1)) for each in sent]
    return read[: uploads.MOST_FILES + 1]


def _again(
    page: ResponsePage, sent: SentPage, errors: Mapping[str, HubError], error: HubError | None = None
) -> ResponseReturnValue:
    here = page.way.find(sent.page_key)
    if here is None:
        return redirect(_address(write_ticket(page.ticket), None), 303)
    language = base.use_language(page.language, page.definition)
    return _show(page, here, language, Refused(sent.form, errors, sentence_of(error) if error else ""))


def _show(
    page: ResponsePage, here: Page, language: Language, refused: Refused | None = None
) -> ResponseReturnValue:
    way, definition = page.way, page.definition
    places = places_of(definition, way.answers, language, first_name=page.first_name, store=page.store_name)
    reader = Reader(language=language, places=places, is_anonymous=definition.is_anonymous)
    ticket = write_ticket(page.ticket)
    has_files = any(each.kind is QuestionKind.FILE for each in here.questions)
    keys = [each.key for each in way.pages]
    return base.draw(
        "questionnaire_pages/page.html",
        definition,
        kind=page.link_kind,
        status=422 if refused else 200,
        title=reader.say(definition.title),
        heading=reader.say(here.title),
        questions=draw_questions(
            here.questions,
            reader,
            given=refused.given if refused else as_form(here.questions, page.answers),
            errors=refused.errors if refused else {},
            files=list_files(page.id) if has_files else (),
        ),
        notice=refused.notice if refused else "",
        number=keys.index(here.key) + 1,
        progress=_progress(definition, keys.index(here.key) + 1, len(keys)),
        has_ranking=any(each.kind is QuestionKind.RANKING for each in here.questions),
        is_last=way.page_after(here.key) is None,
        has_files=has_files,
        action=_address(ticket, here.key),
        address="" if page.invitation_id else f"{site.base_url()}/q/r/{ticket}",
        nonce=nonces.sign_page(page.ticket.key, machine_now=clock.machine_now()),
    )


def _progress(definition: Definition, number: int, count: int) -> str:
    """How many pages come depends on the answers when there are conditions."""
    is_sure = not any(each.show_if or each.ends_if for each in definition.pages)
    if is_sure:
        return gettext("Page %(number)s of %(count)s", number=number, count=count)
    return gettext("Page %(number)s of about %(count)s", number=number, count=count)


def _end(page: ResponsePage, language: Language) -> ResponseReturnValue:
    """The thanks; a response that was closed meanwhile, or has no page, says so."""
    if page.state is ResponseState.PARTIAL:
        return base.closed(page.definition, page.link_kind)
    places = places_of(
        page.definition, page.way.answers, language, first_name=page.first_name, store=page.store_name
    )
    usual = gettext("Your answers have been sent.")
    words = {
        ResponseState.COMPLETE: pipe(page.definition.thanks.say(language), places) or usual,
        ResponseState.SCREENED: gettext("The other questions are not for you: there is nothing more to fill in."),
        ResponseState.OVER_QUOTA: gettext("We have received enough answers like yours: there is nothing more to fill in."),
    }  # fmt: skip
    return base.stop(page.definition, kind=page.link_kind, heading=gettext("Thank you"),
                     words=words[page.state], status=200)  # fmt: skip
