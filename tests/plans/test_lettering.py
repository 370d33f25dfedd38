"""What the letters of plans say: each value where it comes from, nothing that is not so, and a batch asked at once."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core.actor import SYSTEM
from hub.core.words import Language
from hub.customers.properties import save_property
from hub.customers.property_words import PropertyKind
from hub.orders.behaviour.models import Basket
from hub.outbox.models import OutboundMessage
from hub.plans import actions, engine
from hub.stores.models import Store
from hub.stores.terms import change_terms
from hub.surveys.whys.links import read_why_link
from tests.conftest import TUESDAY, HandClock
from tests.makers.counting import counted_statements
from tests.makers.customers import make_customer
from tests.makers.orders import make_order
from tests.makers.shelf import fill_shelf
from tests.plans.lives import Lives, baskets, enters, orders

LINK = "https://www.verel.example"
COMMON = {"chain_name", "salutation", "store_name", "store_address", "store_phone", "store_hours"}
LAST = {"order_number": "A1", "order_items": "Lampe", "order_total": "50,00\xa0€"}


def a_letter(template: str, **step: Any) -> dict[str, Any]:
    letter = {"key": "letter", "kind": "send", "template": template, "purpose": "promotion", **step}
    return {"format": 2, "entry": {"on": "by_hand"}, "steps": [letter]}


def said(lives: Lives, template: str, *script: Any, values: dict[str, Any] | None = None) -> dict[str, str]:
    """The values of the letter of a plan that she enters on the tenth day, without those of every mail."""
    lives.of("mine", a_letter(template))
    lives.live(*script, ("D+10 10:00", enters("mine", **(values or {}))), until="D+12")
    message = lives.session.scalars(select(OutboundMessage)).one()
    return {name: value for name, value in message.values.items() if name not in COMMON}


def the_store(lives: Lives) -> int:
    return lives.session.scalars(select(Store.id)).one()


ORDERED = ("D0 10:00", orders("A1", euros=50))


def product(number: int, name: str, price: str, sku: str) -> dict[str, str]:
    return {f"product_{number}_name": name, f"product_{number}_price": f"{price}\xa0€", f"product_{number}_url": f"{LINK}/p/{sku}"}  # fmt: skip


VERRE, AMPOULE = ("Abat-jour en lin", "24,00", "verre"), ("Ampoule chaude", "14,90", "ampoule")
ORION, ALBA = ("Lampadaire Orion", "420,00", "orion"), ("Lampe Alba", "39,00", "alba")


@pytest.mark.parametrize(
    ("template", "products"),
    [
        ("cross_sell_reminder", (VERRE, AMPOULE, ORION)),
        ("second_purchase_premium", (ORION, VERRE, AMPOULE)),
        ("second_purchase_standard", (VERRE, AMPOULE, ALBA)),
        ("churn_news", (VERRE, AMPOULE, ORION)),
    ],
)
def test_letters_recommend_by_their_kind(lives: Lives, template: str, products: tuple[Any, ...]) -> None:
    fill_shelf()
    expected = {"shop_url": LINK}
    for number, each in enumerate(products, 1):
        expected |= product(number, *each)
    assert said(lives, template, ORDERED) == expected


def test_cross_sell_completes_and_up_sell_is_better(lives: Lives) -> None:
    fill_shelf()
    number = {"shop_url": LINK, "order_number": "A1"}
    assert said(lives, "cross_sell", ORDERED) == number | product(1, *VERRE) | product(2, *AMPOULE)


def test_up_sell_is_better(lives: Lives) -> None:
    fill_shelf()
    assert said(lives, "up_sell", ORDERED) == {"shop_url": LINK, "order_number": "A1"} | product(1, *ORION)


def test_the_last_order_is_recalled_and_its_day_once_handed_over(lives: Lives) -> None:
    found = said(lives, "anti_churn_1", ORDERED)
    link = found.pop("why_url").rpartition("/")[2]
    assert found == {"shop_url": LINK, **LAST}, "nothing is handed over: no day is told"
    told = read_why_link(link, machine_now=TUESDAY)
    assert (told.customer_id, told.source) == (lives.customer.id, "plan:mine")


def test_the_day_is_that_of_handing_over(lives: Lives) -> None:
    found = said(
        lives,
        "anti_churn_1",
        ORDERED,
        ("D+3 10:00", orders("A1", state="delivered", placed_at=TUESDAY.isoformat())),
    )
    assert found["order_day"] == "6 mars 2026"


def test_a_basket_is_told_as_it_was_left(lives: Lives) -> None:
    lives.of("mine", a_letter("basket_second"))

    def enter(life: Lives, at: Any) -> None:
        basket_id = life.session.scalars(select(Basket.id)).one()
        life.enter("mine", at=at, basket_id=basket_id, since=(at - timedelta(days=1)).isoformat())

    address = "https://www.verel.example/panier/1"
    lives.live(("D0 10:00", baskets(euros=80, checkout_url=address)), ("D+1 10:00", enter), until="D+2")
    values = lives.session.scalars(select(OutboundMessage)).one().values
    assert {name: value for name, value in values.items() if name.startswith("basket")} == {
        "basket_items": "LAMPE-01",
        "basket_total": "80,00\xa0€",
        "basket_url": address,
        "basket_cleared_on": "2 avril 2026",
    }


@pytest.mark.parametrize(
    ("date_of", "words"),
    [("first_order", "votre première commande"), ("registered", "votre inscription"), ("birth_on", None), ("property:personal_noces", "votre date de mariage")],
)  # fmt: skip
def test_the_anniversary_is_named_unless_it_is_a_birthday(
    lives: Lives, date_of: str, words: str | None
) -> None:
    save_property(
        key="personal_noces",
        family="personal",
        label="Date de mariage",
        description="Jour des noces",
        kind=PropertyKind.DATE,
        is_new=True,
        by=SYSTEM,
        now=TUESDAY,
    )
    assert said(lives, "birthday", values={"anniversary_of": date_of}).get("anniversary_of") == words


def test_the_day_of_erasure_is_told(lives: Lives) -> None:
    assert (
        said(lives, "reactivation_notice", values={"erasure_on": "2026-05-01"})["erasure_on"]
        == "1er mai 2026"
    )


def test_terms_of_the_chain_in_the_customers_language(lives: Lives) -> None:
    terms = {Language.FRENCH: {"vip_terms": "Livraison offerte.", "return_terms": "30 jours."}, Language.ENGLISH: {"vip_terms": "Free delivery."}}  # fmt: skip
    change_terms(terms, by=SYSTEM, now=TUESDAY)
    assert said(lives, "vip_status", ORDERED) == {
        "shop_url": LINK,
        "order_number": "A1",
        "vip_terms": "Livraison offerte.",
    }


@pytest.mark.parametrize(("euros", "is_told"), [(80, True), (20, False)])
def test_the_thanks_for_a_first_order_open_the_vip_status_above_the_average(
    lives: Lives, euros: int, is_told: bool
) -> None:
    change_terms({Language.FRENCH: {"vip_terms": "Livraison offerte."}}, by=SYSTEM, now=TUESDAY)
    other = make_customer(lives.session, mail="other@client.example", phone=None)
    make_order(lives.session, customer_id=other.id, store_id=the_store(lives), total_cents=5_000)
    lives.of("mine", a_letter("welcome_first_order") | {"entry": {"on": "first_order"}})
    lives.live(("D0 10:00", orders("A1", euros=euros)), until="D+1")
    assert ("vip_terms" in lives.session.scalars(select(OutboundMessage)).one().values) is is_told


@pytest.mark.parametrize(
    ("template", "reason"), [("cross_sell", "no_product"), ("replenishment", "no_product"), ("birthday_reminder", "no_code")]
)  # fmt: skip
def test_a_letter_without_what_it_is_for_is_skipped(lives: Lives, template: str, reason: str) -> None:
    lives.of("mine", a_letter(template))
    lived = lives.live(ORDERED, ("D+1 10:00", enters("mine")), until="D+3")
    assert (lived.messages, lived.unsent, lived.steps) == ([], [], [f"letter skipped {reason}"])


EVERYTHING = ("cross_sell", "up_sell", "cross_sell_reminder", "second_purchase_premium", "anti_churn_1", "anti_churn_2", "churn_rescue", "vip_status", "reactivation_offer")  # fmt: skip
MOST = 75


def test_a_crowd_of_letters_asks_no_more_than_a_few(session: Session, hand_clock: HandClock) -> None:
    lives = Lives.begin(session, hand_clock)
    fill_shelf()
    for template in EVERYTHING:
        lives.of(f"mine_{template}", a_letter(template))
    counts = []
    for count, letter in ((2, "a"), (25, "b")):
        for number in range(count):
            person = make_customer(session, mail=f"{letter}{number}@client.example", phone=None)
            make_order(
                session, customer_id=person.id, store_id=the_store(lives), external_id=f"{letter}{number}"
            )
            for template in EVERYTHING:
                actions.enrol(plan_key=f"mine_{template}", customer_id=person.id, entry_key="hand:1", anchor_at=TUESDAY, values={}, now=TUESDAY)  # fmt: skip
        session.expire_all()
        with counted_statements() as asked:
            assert engine.work_plans(lambda: None) == count * len(EVERYTHING)
        counts.append(len(asked))
    assert counts[1] <= counts[0] + 1
    assert counts[1] <= MOST
