"""Fills an empty database with a small chain, through the rooms' own actions; prints its key and log-ins as JSON.

Run as `python -m tests.running.small_chain` in the environment of an installation.
"""

import json
import sys
from datetime import datetime, time, timedelta
from io import BytesIO
from typing import Any

from sqlalchemy import select

from hub.app import create_app
from hub.content.actions import publish_builtin_templates
from hub.core import clock
from hub.core.actor import SYSTEM, Actor
from hub.core.db import db, transaction
from hub.core.words import ActorKind, Channel
from hub.customers.duplicates.actions import keep_apart, share_addresses
from hub.customers.models import Address, Customer
from hub.demo.help_centre import write_help_centre
from hub.demo.importing import make_imports
from hub.demo.models import METADATA
from hub.demo.segmenting import make_segments
from hub.inbox.actions import add_note, receive_message, reply
from hub.inbox.actions.phone_setting import change_phone_line
from hub.orders.actions import take_in
from hub.orders.products.actions import put_products
from hub.orders.products.rules import ProductDetails
from hub.orders.till_files.actions import drop_file
from hub.plans.actions import add_builtin_plans
from hub.reasons.actions import add_builtin_reasons
from hub.staff.actions import make_api_key
from hub.staff.models import Agent
from hub.staff.words import ApiScope, Role
from hub.stores.actions import (
    ChainDetails,
    StoreDetails,
    add_region,
    add_store,
    finish_set_up,
    start_chain,
)
from hub.stores.rules import Range
from hub.surveys.actions import add_builtin_survey
from tests.conftest import TUESDAY
from tests.makers.calls import LINE
from tests.makers.counter import PIN_HASH
from tests.makers.inbox import make_incoming
from tests.makers.orders import an_event
from tests.makers.staff import PASSWORD, make_agent

OPEN = (Range(time(10), time(12, 30)), Range(time(14), time(19)))
WEEK = dict.fromkeys(range(6), OPEN)
CUSTOMERS = (
    ("Dora", "Lefèvre"), ("Emil", "Roux"), ("Anne", "Martin"), ("Karim", "Benali"), ("Zoé", "Petit"),
    ("Paul", "Durand"), ("Inès", "Moreau"), ("Yann", "Le Gall"), ("Élise", "Garcia"), ("Hugo", "Nguyen"),
    ("Fatima", "Haddad"), ("Marc", "Fontaine"), ("Julie", "Perrin"), ("Alain", "Weber"), ("Nadia", "Traoré"),
    ("Rémi", "Chevalier"), ("Léa", "Da Silva"), ("Thomas", "Robin"), ("Sarah", "Blanc"), ("Bruno", "Masson"),
)  # fmt: skip
WORDS = (
    (
        "Ma lampe est arrivée cassée",
        "Bonjour,\n\nle carton était abîmé et l’abat-jour est fendu. Que faire ?",
    ),
    ("Délai de livraison", "Bonjour, ma commande devait arriver hier. Pouvez-vous me dire où elle en est ?"),
    ("Horaires de dimanche", "Êtes-vous ouverts dimanche prochain ?"),
    ("Échange d’un coussin", "Bonjour, puis-je échanger le coussin ivoire contre le bleu, sans le ticket ?"),
    ("Facture", "Merci de m’envoyer la facture de ma dernière commande."),
)
TILL_FILE = (
    b"ticket;magasin;date;carte;ref;montant\n1;LYO;02/03/2026;;VASE;45,00\n2;LYO;hier;C-2;VASE;45,00\n"
)
"""One ticket without a customer, one without a date: nothing follows from it."""


def fill() -> dict[str, Any]:
    """Two stores, seven people, twenty customers, a few orders and tickets; business time is a Tuesday, 10:00."""
    METADATA.create_all(db.session.connection())
    before = TUESDAY - timedelta(days=30)
    stores = _found(before)
    people = _hire(stores)
    change_phone_line(
        store_id=stores["LYO"], number=LINE, rings_at="", ring_seconds=25, by=SYSTEM, now=before
    )
    keys = {
        name: make_api_key(
            name=name, scopes=frozenset(ApiScope), agent_id=people[who].id, by=SYSTEM, now=before
        )
        for name, who in (("api_key", "agent"), ("figures_key", "manager"))
    }
    clock.set_business_now(TUESDAY)
    _shop()
    _talk(people["agent"])
    return {**keys, "password": PASSWORD, "logins": {who: row.email for who, row in people.items()}}


def _found(now: datetime) -> dict[str, int]:
    start_chain(
        details=ChainDetails(
            name="Maison Verel",
            website_url="https://www.verel.example/",
            review_url="https://www.verel.example/avis",
        ),
        now=now,
    )
    finish_set_up(sender_name="Maison Verel", sender_address="bonjour@hub.example", now=now)
    add_builtin_reasons()
    write_help_centre(now=now)
    publish_builtin_templates(now=now)
    add_builtin_survey(now=now)
    add_builtin_plans(now=now)
    region = add_region(name="Sud-Est", by=SYSTEM, now=now)
    return {
        code: add_store(
            details=StoreDetails(
                code=code, name=name, region_id=region, street="12 rue des Carmes", postcode=postcode,
                town=town, phone="04 72 00 00 01", weekly=WEEK,
            ),
            by=SYSTEM,
            now=now,
        )
        for code, name, postcode, town in (
            ("LYO", "Lyon Part-Dieu", "69003", "Lyon"), ("LIL", "Lille", "59000", "Lille"),
        )
    }  # fmt: skip


def _hire(stores: dict[str, int]) -> dict[str, Agent]:
    session, lyon, lille = db.session(), (stores["LYO"],), (stores["LIL"],)
    return {
        "administrator": make_agent(session, "Cléo Marchand", role=Role.ADMINISTRATOR),
        "manager": make_agent(session, "Solène Perrin", role=Role.MANAGER),
        "agent": make_agent(session, "Ada Martin", store_ids=lyon, pin_hash=PIN_HASH),
        "colleague": make_agent(session, "Yves Renard", store_ids=lyon),
        "store_manager": make_agent(session, "Lucas Roussel", role=Role.STORE_MANAGER, store_ids=lyon),
        "elsewhere": make_agent(session, "Bo Dubois", store_ids=lille),
        "keyboard": make_agent(session, "Kim Weber", store_ids=lyon, undo_seconds=30),
    }


def _shop() -> None:
    """A product, a till file, segments, and one order a customer, still on its way, so that no mail of the plans disturbs a test."""
    put_products(
        [ProductDetails(sku="LAMPE-01", name="Lampe Aurore", family="Luminaires", complements=("AMP",))],
        now=TUESDAY,
    )
    drop_file("caisse.csv", BytesIO(TILL_FILE), source="test", by=SYSTEM, now=TUESDAY)
    for number, (first, last) in enumerate(CUSTOMERS):
        event = an_event(
            external_id=f"S{1001 + number}",
            store="LYO" if number % 3 else "LIL",
            customer={
                "email": mail_of(first),
                "phone": f"06 12 34 56 {number:02d}",
                "title": "Mme" if number % 2 == 0 else "M.",
                "first_name": first,
                "last_name": last,
                "birth_date": None,
                "loyalty_card": f"C-{number}",
            },
            state="placed",
            delivered_at=None,
            updated_at="2026-03-01T10:05:00+01:00",
        )
        taken = take_in(event, source="shop", now=TUESDAY)
        if taken.errors:
            raise RuntimeError(f"The order of {first} was refused: {taken.errors}")
    make_segments(now=TUESDAY)
    make_imports(now=TUESDAY)
    _relate()


def _relate() -> None:
    """Two who share a mail address, two who are not the same."""
    first, second, third, fourth = sorted(db.session.scalars(select(Customer.id)))[:4]
    shared = db.session.scalars(select(Address.id).where(Address.customer_id == first)).all()
    share_addresses(first, second, shared, by=SYSTEM, now=TUESDAY)
    keep_apart(third, fourth, by=SYSTEM, now=TUESDAY)


def _talk(agent: Agent) -> None:
    """Mails of five customers to Lyon, the last one answered and with a note."""
    for number, (subject, words) in enumerate(WORDS):
        first, last = CUSTOMERS[number]
        at = TUESDAY - timedelta(days=1, hours=-number)
        found = receive_message(
            make_incoming(
                channel=Channel.EMAIL,
                from_address=mail_of(first),
                from_name=f"{first} {last}",
                subject=subject,
                text=words,
                mail_message_id=f"<small-{number}@client.example>",
            ),
            now=at,
        )
    by = Actor(ActorKind.AGENT, agent_id=agent.id, name=agent.name)
    add_note(ticket_id=found.ticket_id, text="Facture trouvée dans le classeur de mars.", by=by, now=at)
    reply(ticket_id=found.ticket_id, text="Voici votre facture.", by=by, now=at + timedelta(minutes=40))


def mail_of(first_name: str) -> str:
    """The address of a customer of the small chain."""
    plain = first_name.lower().translate(str.maketrans("éèïêô", "eeieo"))
    return f"{plain}@client.example"


def main() -> None:
    """Fill, once, and tell."""
    with create_app().app_context(), transaction():
        told = fill()
    sys.stdout.write(f"{json.dumps(told)}\n")


if __name__ == "__main__":
    main()
