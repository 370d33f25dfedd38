"""Known invitations: Dora is asked about her order of Lyon."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from hub.core.words import Language
from hub.surveys.actions import InvitationDraft, add_builtin_survey, invite
from hub.surveys.links import token_of
from hub.surveys.models import Answer
from hub.surveys.words import AnswerState, Choice
from tests.conftest import TUESDAY
from tests.makers.customers import make_customer
from tests.makers.orders import make_order
from tests.makers.stores import make_chain, make_store


@dataclass(frozen=True)
class Asked:
    invitation_id: int
    token: str
    order_id: int
    customer_id: int
    store_id: int


def make_invitation(session: Session) -> Asked:
    make_chain(session)
    store = make_store(session)
    customer = make_customer(session)
    order = make_order(session, customer_id=customer.id, store_id=store.id)
    add_builtin_survey(now=TUESDAY)
    draft = InvitationDraft(
        order_id=order.id, customer_id=customer.id, store_id=store.id, language=Language.FRENCH
    )
    invitation_id = invite([draft], now=TUESDAY)[order.id]
    return Asked(invitation_id, token_of(invitation_id), order.id, customer.id, store.id)


def invite_again(session: Session, asked: Asked, external_id: str) -> Asked:
    """The same customer and store, another order."""
    order = make_order(
        session, customer_id=asked.customer_id, store_id=asked.store_id, external_id=external_id
    )
    draft = InvitationDraft(
        order_id=order.id, customer_id=asked.customer_id, store_id=asked.store_id, language=Language.FRENCH
    )
    invitation_id = invite([draft], now=TUESDAY)[order.id]
    return Asked(invitation_id, token_of(invitation_id), order.id, asked.customer_id, asked.store_id)


def make_answer(
    session: Session,
    asked: Asked,
    choice: Choice,
    state: AnswerState = AnswerState.CONFIRMED,
    *,
    at: datetime = TUESDAY,
) -> Answer:
    """The row alone, without what an answer sets off."""
    row = Answer(
        invitation_id=asked.invitation_id,
        store_id=asked.store_id,
        customer_id=asked.customer_id,
        choice=choice,
        state=state,
        nonce=f"{choice}-{state}",
        page_opened_at=at,
        confirmed_at=at,
        answered_at=at,
    )
    session.add(row)
    session.flush()
    return row
