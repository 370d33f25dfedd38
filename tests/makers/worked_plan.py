"""A plan of the worked chain: 100 customers got its messages, 100 did not, and what both bought in their window."""

from datetime import timedelta

from sqlalchemy.orm import Session

from hub.customers.words import ConsentAction
from hub.outbox.actions import note_refusal
from hub.outbox.models import DeliveryReceipt
from hub.outbox.tracking.models import LinkClick
from hub.outbox.tracking.words import Sign, Visitor
from hub.outbox.words import MessageState, ReceiptKind
from hub.plans.words import Arm
from tests.makers.outbox import give_consent
from tests.makers.plan_lives import ENTERED, Lives
from tests.makers.stores import make_chain, make_store

HEADS = 100
BUYERS = {Arm.TREATED: 40, Arm.CONTROL: 30}
CENTS = 10_000
SENT = 4


def make_worked_plan(session: Session) -> None:
    """Each buyer spends 100 euros once. Four messages leave: clicked, refused, complained of, and one that comes back."""
    make_chain(session)
    store, lives = make_store(session), Lives(session)
    for arm, buyers in BUYERS.items():
        for number in range(HEADS):
            who = lives.person(preferred_store_id=store.id)
            mail = f"life{lives.count}@client.example"
            passage = lives.enter(who, arm)
            if number < buyers:
                lives.order(who, days=10, store_id=store.id, total_cents=CENTS)
            if arm is Arm.TREATED and number < SENT:
                state = MessageState.BOUNCED if number == SENT - 1 else MessageState.ACCEPTED
                _become(session, number, lives.send(passage, state=state).id, mail)
    session.flush()


def _become(session: Session, number: int, message_id: int, mail: str) -> None:
    at = ENTERED + timedelta(days=2)
    if number == 0:
        session.add(
            LinkClick(
                message_id=message_id, position=0, link_count=1, clicked_at=at, label=Visitor.HUMAN, sign=Sign.NONE
            )
        )  # fmt: skip
    elif number == 1:
        note_refusal(give_consent(mail, action=ConsentAction.WITHDRAWN, now=at), now=at)
    elif number == 2:
        session.add(
            DeliveryReceipt(message_id=message_id, kind=ReceiptKind.COMPLAINT, reference="c", received_at=at)
        )
