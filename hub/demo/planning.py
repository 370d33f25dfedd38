"""Plans of the product at work in the demo: switched on, with customers inside, and terms for their letters to state."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from hub.core.actor import SYSTEM
from hub.core.db import db
from hub.core.words import Language
from hub.demo.shopping import Sale
from hub.orders.recalling import list_last_orders
from hub.orders.words import OrderState
from hub.plans.actions import Newcomer, enter_many, switch_plan
from hub.plans.words import Trigger
from hub.segments.values.models import CustomerScore
from hub.stores.terms import change_terms

AT_WORK = ("order_messages", "cross_sell", "replenishment", "renewal", "churn_rescue", "review_request")
LATELY = timedelta(days=28)
NOT_ASKED_YET = timedelta(days=14)
MOST_ORDERS, MOST_LEAVING = 150, 15
RESCUE_POINTS = -5
TERMS = {
    Language.FRENCH: {
        "payment_terms": "Carte bancaire, confirmée par votre banque, ou en trois fois sans frais dès 300 €.",
        "delivery_terms": "Chez vous en 3 à 5 jours, ou en magasin en 48 heures.",
        "free_delivery_terms": "La livraison en magasin est sans frais.",
        "return_terms": "Sous 30 jours, en magasin ou par la poste. Remboursement en 5 jours.",
        "vip_terms": "Livraison à domicile offerte toute l’année.\nUn conseiller attitré dans votre magasin.",
        "loyalty_terms": "Chaque euro compte un point. À 200 points, 10 € de moins sur la commande suivante.",
    },
    Language.ENGLISH: {
        "payment_terms": "Bank card, confirmed by your bank, or in three instalments at no charge from €300.",
        "delivery_terms": "To your door in 3 to 5 days, or to the store within 48 hours.",
        "free_delivery_terms": "Delivery to the store is free of charge.",
        "return_terms": "Within 30 days, in store or by post. Refunded within 5 days.",
        "vip_terms": "Free delivery to your door all year.\nYour own adviser in your store.",
        "loyalty_terms": "Every euro counts one point. At 200 points, €10 off the next order.",
    },
}


def open_plans(sales: Sequence[Sale], *, now: datetime) -> None:
    """Part of the demo's one transaction; needs orders, products and scores. Who is inside came by what he did lately."""
    change_terms(TERMS, by=SYSTEM, now=now)
    for key in AT_WORK:
        switch_plan(key=key, is_on=True, by=SYSTEM, now=now)
    kept = [
        sale for sale in sales if sale.state is not OrderState.CANCELLED and sale.placed_at > now - LATELY
    ]
    latest = {sale.customer_id: sale for sale in sorted(kept, key=lambda sale: sale.placed_at)}
    enter_many("cross_sell", _placed(latest.values()), now=now)
    enter_many("replenishment", _delivered(latest.values()), now=now)
    enter_many("churn_rescue", _leaving(now), now=now)
    recent = [
        sale for sale in latest.values() if sale.delivered_at and sale.delivered_at > now - NOT_ASKED_YET
    ]
    enter_many("review_request", _delivered(recent)[-MOST_ORDERS:], now=now)


def _placed(sales: Iterable[Sale]) -> list[Newcomer]:
    return [_newcomer(sale, sale.placed_at, Trigger.ORDER_PLACED) for sale in sales][-MOST_ORDERS:]


def _delivered(sales: Iterable[Sale]) -> list[Newcomer]:
    """Of these the plan lets in whose order brought something that is used up."""
    return [
        _newcomer(sale, sale.delivered_at, Trigger.ORDER_DELIVERED) for sale in sales if sale.delivered_at
    ]


def _newcomer(sale: Sale, at: datetime, trigger: Trigger) -> Newcomer:
    values = {"order_id": sale.id, "trigger": trigger.value}
    return Newcomer(customer_id=sale.customer_id, entry_key=f"order:{sale.id}", anchor_at=at, values=values)


def _leaving(now: datetime) -> list[Newcomer]:
    """Whose score is low: the first step is due at once, so that letters leave as soon as the demo runs."""
    low = select(CustomerScore.customer_id).where(CustomerScore.churn_points < RESCUE_POINTS)
    ids = db.session.scalars(low.order_by(CustomerScore.customer_id).limit(MOST_LEAVING)).all()
    return [
        Newcomer(
            customer_id=customer_id,
            entry_key=f"churn:{order.placed_at:%Y-%m-%d}",
            anchor_at=now,
            values={"last_order_on": f"{order.placed_at:%Y-%m-%d}", "trigger": Trigger.CHURN_BELOW.value},
        )
        for customer_id, order in sorted(list_last_orders(ids, at=now).items())
    ]
