"""Who stands before a questionnaire, and how far a response is."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, bindparam, select

from hub.core.batches import table_of
from hub.core.db import db
from hub.core.errors import NotFound
from hub.customers.models import Customer
from hub.questionnaires.links import BAD_LINK, Ticket, Way, read_token
from hub.questionnaires.models import (
    OpenLink,
    Questionnaire,
    QuestionnaireInvitation,
    QuestionnaireResponse,
    ResponseFile,
)
from hub.questionnaires.responding.rows import Entrance, FileRow, ResponsePage, Standing, is_closed
from hub.questionnaires.responding.versions import get_definition
from hub.questionnaires.words import ResponseState
from hub.stores.models import Store

# The statements of each page of thousands of people are made once, of tables and not of classes.
_FILLED, _WHOLE, _LINKS = table_of(QuestionnaireResponse), table_of(Questionnaire), table_of(OpenLink)
_PEOPLE, _STORES = table_of(Customer), table_of(Store)
_READ = ("id", "questionnaire_id", "version_id", "state", "language", "link_id", "invitation_id", "customer_id",
         "store_id", "page_key", "answers", "words")  # fmt: skip
_PAGE = (
    select(*(_FILLED.c[name] for name in _READ), _WHOLE.c.state.label("open_state"), _WHOLE.c.closes_at,
           _LINKS.c.kind, _PEOPLE.c.first_name, _STORES.c.name.label("store_name"))
    .select_from(_FILLED)
    .join(_WHOLE, _WHOLE.c.id == _FILLED.c.questionnaire_id)
    .join(_LINKS, _LINKS.c.id == _FILLED.c.link_id, isouter=True)
    .join(_PEOPLE, _PEOPLE.c.id == _FILLED.c.customer_id, isouter=True)
    .join(_STORES, _STORES.c.id == _FILLED.c.store_id, isouter=True)
    .where(_FILLED.c.key == bindparam("key"))
)  # fmt: skip
_LOCKED_PAGE = _PAGE.with_for_update(of=_FILLED)
_ABOUT = (Questionnaire.id, Questionnaire.version_id, Questionnaire.state, Questionnaire.closes_at)


def get_entrance(token: str, *, now: datetime) -> Entrance:
    """What the first page says; nothing is written. Raises NotFound for a token that leads to nothing."""
    way, number = read_token(token)
    found = db.session.execute(_of_link(number) if way is Way.OPEN else _of_invitation(number)).one_or_none()
    if found is None or found.version_id is None:
        raise NotFound(BAD_LINK)
    about = {
        "token": token.lower(),
        "questionnaire_id": found.id,
        "version_id": found.version_id,
        "definition": get_definition(found.version_id),
        "closes_at": found.closes_at,
        "store_id": found.store_id,
        "store_name": found.store_name or "",
    }
    if way is Way.OPEN:
        return Entrance(**about, standing=_of_open(found, now), link_id=number, link_kind=found.kind,
                        most_a_day=found.most_a_day)  # fmt: skip
    return Entrance(
        **about,
        standing=_of_invited(found, now),
        invitation_id=number,
        customer_id=found.customer_id,
        language=found.language,
        response_key=found.key,
        first_name=found.first_name,
    )


def _of_link(link_id: int) -> Select[*tuple[Any, ...]]:
    return (
        select(*_ABOUT, OpenLink.kind, OpenLink.is_active, OpenLink.most_a_day, OpenLink.store_id,
               Store.name.label("store_name"))
        .join(Questionnaire, Questionnaire.id == OpenLink.questionnaire_id)
        .join(Store, Store.id == OpenLink.store_id, isouter=True)
        .where(OpenLink.id == link_id)
    )  # fmt: skip


def _of_invitation(invitation_id: int) -> Select[*tuple[Any, ...]]:
    asked = QuestionnaireInvitation
    return (
        select(*_ABOUT, asked.has_answered, asked.customer_id, asked.store_id, asked.language,
               Customer.first_name, Store.name.label("store_name"), QuestionnaireResponse.key)
        .join(Questionnaire, Questionnaire.id == asked.questionnaire_id)
        .join(Customer, Customer.id == asked.customer_id)
        .join(Store, Store.id == asked.store_id, isouter=True)
        .join(QuestionnaireResponse, QuestionnaireResponse.invitation_id == asked.id, isouter=True)
        .where(asked.id == invitation_id)
    )  # fmt: skip


def _of_open(found: Row[*tuple[Any, ...]], now: datetime) -> Standing:
    if is_closed(found.state, found.closes_at, now):
        return Standing.CLOSED
    return Standing.OPEN if found.is_active else Standing.OFF


def _of_invited(found: Row[*tuple[Any, ...]], now: datetime) -> Standing:
    if found.has_answered:
        return Standing.ANSWERED
    return Standing.CLOSED if is_closed(found.state, found.closes_at, now) else Standing.OPEN


def get_page(ticket: Ticket, *, now: datetime, is_locked: bool = False) -> ResponsePage:
    """The response of a ticket, kept from others until the end of the transaction when it is `is_locked`. Raises NotFound.

    One that came by an anonymous invitation is read by the whole ticket only.
    """
    found = db.session.execute(_LOCKED_PAGE if is_locked else _PAGE, {"key": ticket.key}).one_or_none()
    if found is None:
        raise NotFound(BAD_LINK)
    return _page_of(ticket, found, now)


def _page_of(ticket: Ticket, found: Row[*tuple[Any, ...]], now: datetime) -> ResponsePage:
    definition = get_definition(found.version_id)
    came_alone = found.invitation_id is None and found.link_id is None and found.customer_id is None
    if definition.is_anonymous and came_alone and ticket.invitation_id is None:
        raise NotFound(BAD_LINK)
    return ResponsePage(
        ticket=ticket,
        id=found.id,
        questionnaire_id=found.questionnaire_id,
        version_id=found.version_id,
        definition=definition,
        state=found.state,
        is_closed=found.state is ResponseState.PARTIAL and is_closed(found.open_state, found.closes_at, now),
        language=found.language,
        link_id=found.link_id,
        link_kind=found.kind,
        invitation_id=found.invitation_id,
        customer_id=found.customer_id,
        store_id=found.store_id,
        page_key=found.page_key,
        answers={**found.answers, **found.words},
        first_name=found.first_name or "",
        store_name=found.store_name or "",
    )


def list_files(response_id: int) -> list[FileRow]:
    """What was sent with a response, in the order it came."""
    rows = db.session.execute(
        select(ResponseFile.id, ResponseFile.question_key, ResponseFile.name)
        .where(ResponseFile.response_id == response_id)
        .order_by(ResponseFile.id)
    )
    return [FileRow(id=row.id, question_key=row.question_key, name=row.name) for row in rows]
