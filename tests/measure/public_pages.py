"""Makes one of each page that customers see, in the small chain of an installation; prints their addresses as JSON.

Run as `python -m tests.measure.public_pages` in the environment of an installation.
"""

import json
import sys
from datetime import timedelta

from sqlalchemy.orm import Session

from hub.app import create_app
from hub.core import clock
from hub.core.actor import SYSTEM
from hub.core.db import transaction
from hub.core.words import Language
from hub.customers.queries import find_customer_by_address
from hub.orders.models import Order
from hub.questionnaires.results.counting import count_batch
from hub.questionnaires.results.sharing import share_report
from hub.reviews.deciding import publish
from hub.reviews.links import token_of as review_token
from hub.reviews.writing import Sent
from hub.stores.queries import list_stores
from hub.surveys.actions import InvitationDraft, invite
from hub.surveys.links import token_of
from tests.makers import questionnaires as made
from tests.makers.orders import make_order
from tests.makers.responses import draw_responses, make_answered
from tests.makers.signups import make_form
from tests.reviews.pictures import a_png
from tests.reviews.test_reviews import write
from tests.running.small_chain import mail_of


def make(session: Session) -> dict[str, str]:
    """A page's name and its address; those of questionnaires are begun by the caller."""
    now = clock.business_now()
    order = _order(session)
    draft = InvitationDraft(
        order_id=order.id, customer_id=order.customer_id, store_id=order.store_id, language=Language.FRENCH
    )
    boxes = token_of(invite([draft], now=now)[order.id])
    publish(write(order, sent=Sent(photos=[a_png()])), version=1, by=SYSTEM, now=now)
    told = made.document({"key": "all", "questions": [*made.SCORES, *made.PICKS, *made.TOLD, *made.REST]})
    questionnaire = made.make_questionnaire(session, told, key="measured")
    return {
        "survey": f"/a/{boxes}/3",
        "questionnaire_first": f"/q/{made.make_link(session, questionnaire, most_a_day=999)[1]}",
        "shared_report": f"/q/report/{_report(session)}",
        "review_form": f"/r/{review_token(order.id, now=now)}/1",
        "reviews": "/shop/reviews/LAMPE-01",
        "reviews_embedded": "/shop/embed/reviews/LAMPE-01",
        "sign_up": f"/f/{make_form().slug}",
    }


def _report(session: Session) -> str:
    """Of a questionnaire that sixty answered, with what they wrote."""
    questionnaire_id, version_id = make_answered(session, key="reported")
    draw_responses(session, questionnaire_id, version_id, 60, stores=[row.id for row in list_stores()])
    count_batch()
    return share_report(questionnaire_id, has_comments=True, by=SYSTEM, now=clock.business_now())


def _order(session: Session) -> Order:
    customer = find_customer_by_address(mail_of("Dora"))
    assert customer
    delivered = clock.business_now() - timedelta(minutes=5)
    return make_order(
        session,
        customer_id=customer.id,
        store_id=list_stores()[0].id,
        external_id="MEASURED",
        delivered_at=delivered,
        state_at=delivered,
    )


def main() -> None:
    with create_app().app_context(), transaction() as session:
        pages = make(session)
    sys.stdout.write(json.dumps(pages))


if __name__ == "__main__":
    main()
