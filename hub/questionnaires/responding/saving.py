"""A page of a response is saved; the last one completes it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam

from hub.core.batches import table_of
from hub.core.db import db
from hub.core.errors import Gone, Invalid
from hub.questionnaires.definitions import OTHER, Definition, Page, Question
from hub.questionnaires.links import Ticket
from hub.questionnaires.models import QuestionnaireResponse
from hub.questionnaires.responding import nonces, uploads
from hub.questionnaires.responding.beginning import CLOSED, moment_of
from hub.questionnaires.responding.completing import complete
from hub.questionnaires.responding.queries import get_page
from hub.questionnaires.responding.rows import ResponsePage
from hub.questionnaires.responding.uploads import Upload
from hub.questionnaires.taking import REQUIRED, Form, Taken, take
from hub.questionnaires.walking import Walk, walk
from hub.questionnaires.words import TOLD, QuestionKind, ResponseState

_ROWS = table_of(QuestionnaireResponse)
_KEEP = (
    _ROWS.update()
    .where(_ROWS.c.id == bindparam("row"))
    .values(
        answers=bindparam("codes"),
        words=bindparam("told"),
        shown=bindparam("seen"),
        page_key=bindparam("page"),
        language=bindparam("reading"),
        state=bindparam("became"),
        changed_at=bindparam("moment"),
        completed_at=bindparam("ended"),
    )
)


@dataclass(frozen=True, kw_only=True)
class SentPage:
    """What a browser sent. `files` by key of the question, `dropped_ids` of those that go. `is_back`: the button back."""

    page_key: str
    form: Form
    nonce: str
    least_seconds: float
    machine_now: datetime
    address: str = ""
    language: str | None = None
    files: Mapping[str, Sequence[Upload]] = field(default_factory=dict)
    dropped_ids: Sequence[int] = ()
    is_back: bool = False


@dataclass(frozen=True)
class Saved:
    """`page_key`: where it goes on, None at the end. With `errors` nothing was kept, and the page is shown again."""

    page_key: str | None
    errors: Mapping[str, Invalid] = field(default_factory=dict)


def save_page(ticket: Ticket, sent: SentPage, *, now: datetime) -> Saved:
    """Keep the answers of one page. The same page sent twice changes nothing; after the end nothing changes at all.

    Raises NotFound; Gone when it was closed meanwhile; Invalid when the page was sent too fast or too late; Conflict at
    the end when the invitation was answered already, or its open link too often from this network address.
    """
    page = get_page(ticket, now=now, is_locked=True)
    if page.state is not ResponseState.PARTIAL:
        return Saved(None)
    if page.is_closed:
        raise Gone(CLOSED)
    least_seconds = 0 if sent.is_back else sent.least_seconds
    nonces.check_page(sent.nonce, ticket.key, least_seconds=least_seconds, machine_now=sent.machine_now)
    way = page.way
    here = way.find(sent.page_key)
    if here is None:
        return Saved(page.page_key)
    taken = _take(page, here, sent)
    if taken.errors and not sent.is_back:
        return Saved(here.key, taken.errors)
    answers = _merge(page.answers, here, taken)
    way = walk(page.definition, answers, seed=ticket.key)
    return _go_on(page, here, way, answers, sent, now)


def _take(page: ResponsePage, here: Page, sent: SentPage) -> Taken:
    taken = take(here.questions, sent.form)
    answers, errors = dict(taken.answers), dict(taken.errors)
    asked = [each for each in here.questions if each.kind is QuestionKind.FILE]
    for question in asked:
        try:
            count = uploads.keep(page, question, sent.files.get(question.key, ()), sent.dropped_ids,
                                 machine_now=sent.machine_now)  # fmt: skip
        except Invalid as error:
            errors[question.key] = error
            continue
        if count:
            answers[question.key] = count
        elif question.is_required:
            errors[question.key] = Invalid(REQUIRED)
    return Taken(answers, errors)


def _merge(answers: Mapping[str, Any], here: Page, taken: Taken) -> dict[str, Any]:
    """What was told before on this page is replaced, also by nothing; answers of other pages stay, on the way or not."""
    names = {name for each in here.questions for name in (each.key, f"{each.key}.{OTHER}")}
    return {name: value for name, value in answers.items() if name not in names} | dict(taken.answers)


def _go_on(
    page: ResponsePage, here: Page, way: Walk, answers: dict[str, Any], sent: SentPage, now: datetime
) -> Saved:
    before, after = way.page_before(here.key) or here, way.page_after(here.key) or find_unfinished(way)
    target = before if sent.is_back else after
    if target is None:
        state = complete(page, way, address=sent.address, now=now)
        _keep(page, here.key, way, dict(way.answers), sent, state, now)
        return Saved(None)
    _keep(page, target.key, way, answers, sent, ResponseState.PARTIAL, now)
    return Saved(target.key)


def find_unfinished(way: Walk) -> Page | None:
    """The first page that lacks an answer it wants: somebody went round it by its address."""
    return next((page for page in way.pages if any(_is_missing(each, way) for each in page.questions)), None)


def _is_missing(question: Question, way: Walk) -> bool:
    is_asked = question.is_required and question.kind is not QuestionKind.INFORMATION
    return is_asked and question.key not in way.answers


def _keep(
    page: ResponsePage,
    page_key: str,
    way: Walk,
    answers: dict[str, Any],
    sent: SentPage,
    state: ResponseState,
    now: datetime,
) -> None:
    codes, words = split(page.definition, answers)
    seen = [each for each in way.pages if each.key in _keys_up_to(way, page_key)]
    moment = moment_of(now, is_anonymous=page.definition.is_anonymous)
    values = {
        "row": page.id,
        "codes": codes,
        "told": words,
        "seen": [question.key for each in seen for question in each.questions],
        "page": page_key,
        "reading": sent.language if sent.language in page.definition.languages else page.language,
        "became": state,
        "moment": moment,
        "ended": None if state is ResponseState.PARTIAL else moment,
    }
    db.session.execute(_KEEP, values)


def _keys_up_to(way: Walk, page_key: str) -> list[str]:
    keys = [each.key for each in way.pages]
    return keys[: keys.index(page_key) + 1] if page_key in keys else keys


def split(definition: Definition, answers: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Codes and numbers, and apart from them what may name somebody."""
    told = {each.key for each in definition.questions if each.kind in TOLD}
    words = {name: value for name, value in answers.items() if name in told or "." in name}
    return {name: value for name, value in answers.items() if name not in words}, words
