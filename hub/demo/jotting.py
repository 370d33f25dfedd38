"""What the staff of the demo noted about customers: a line on every two-hundredth card."""

from datetime import datetime, timedelta

from sqlalchemy import select

from hub.core.db import db
from hub.customers.models import Customer
from hub.customers.notes.models import CustomerNote
from hub.demo.copying import copy_rows
from hub.staff.models import Agent

EVERY = 200
WORDS = (
    "Préfère être rappelée le matin, avant 10 h.",
    "Vient souvent avec son chien ; connaît bien l’équipe.",
    "Livraison : code d’entrée à demander la veille.",
    "Cherche une suite à la lampe achetée l’an dernier : prévenir à l’arrivée de la collection.",
    "Ne souhaite pas d’appel, un courriel suffit.",
)


def make_customer_notes(*, now: datetime) -> None:
    """By the first of the staff, over the last months."""
    author = db.session.scalars(select(Agent).order_by(Agent.id)).first()
    if author is None:
        return
    customers = db.session.scalars(select(Customer.id).where(Customer.id % EVERY == 1).order_by(Customer.id))
    copy_rows(
        CustomerNote,
        (
            {
                "id": number,
                "customer_id": customer_id,
                "agent_id": author.id,
                "author_name": author.name,
                "text": WORDS[number % len(WORDS)],
                "created_at": now - timedelta(days=number % 120 + 1, hours=number % 7),
            }
            for number, customer_id in enumerate(customers, 1)
        ),
    )
