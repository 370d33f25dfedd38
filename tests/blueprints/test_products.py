"""Pages of products, till files and visits: taken from files, corrected, set up; refused inputs say what to do."""

from io import BytesIO

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.orders.behaviour.queries import get_setup
from hub.orders.products.actions import put_products
from hub.orders.products.models import Product
from hub.orders.products.queries import get_product
from hub.orders.products.rules import ProductDetails
from hub.orders.till_files.models import TillFile
from hub.orders.till_files.words import TillFileState
from hub.orders.till_files.working import take_whole
from hub.staff.words import Role
from tests.conftest import TUESDAY, HandClock
from tests.makers.counting import counted_statements
from tests.makers.inbox import make_house
from tests.makers.staff import log_in, make_agent

TILL = "Bon;Mag;Jour;Fid;Article;Net\n1;LYO;02/03/2026;C-1;VASE;45,00\n2;LYO;02/03/2026;C-2;VASE;x\n"


@pytest.fixture
def marketer(client: FlaskClient, session: Session, hand_clock: HandClock) -> FlaskClient:
    make_house(session)
    log_in(client, make_agent(session, "Mona Roy", role=Role.MARKETER))
    session.commit()
    return client


def test_products_from_a_file_then_corrected(session: Session, marketer: FlaskClient) -> None:
    text = "Référence;Nom;Famille;Durée;Prix;Compléments\nLAMPE;Lampe;Luminaires;24 mois;39,90;AMP\nX;;;douze;;\n"
    sent = marketer.post("/products/", data={"file": (BytesIO(text.encode("cp1252")), "produits.csv")})
    page = sent.get_data(as_text=True)
    assert sent.status_code == 200
    assert "douze" in page
    row = session.scalars(select(Product)).one()
    assert (row.sku, row.life_days, row.price_cents) == ("LAMPE", 720, 3990)
    shown = marketer.get(f"/products/{row.id}").get_data(as_text=True)
    assert 'value="39,90"' in shown
    assert "AMP" in shown
    form = {"name": "Lampe", "family": "Lampes", "range": "premium", "life_days": "365", "price": "45", "complements": "AMP, ABAT", "is_active": "y"}  # fmt: skip
    assert marketer.post(f"/products/{row.id}", data=form).status_code == 303
    found = get_product(row.id)
    assert (found.family, found.range, found.life_days, found.price_cents, found.complements) == (
        "Lampes", "premium", 365, 4500, ("AMP", "ABAT"))  # fmt: skip
    cycle = {**form, "range_position": "8", "cycle_days": "60", "next_sku": "AMP-2"}
    assert marketer.post(f"/products/{row.id}", data=cycle).status_code == 303
    found = get_product(row.id)
    assert (found.range_position, found.cycle_days, found.next_sku) == (8, 60, "AMP-2")
    assert 'value="AMP-2"' in marketer.get(f"/products/{row.id}").get_data(as_text=True)
    for field in ({"range_position": "10"}, {"cycle_days": "0"}, {"next_sku": "LAMPE"}):
        assert marketer.post(f"/products/{row.id}", data={**cycle, **field}).status_code == 422
    wrong = marketer.post(f"/products/{row.id}", data={**form, "price": "cher", "url": "x"})
    assert wrong.status_code == 422


def test_a_file_without_references_is_refused(marketer: FlaskClient) -> None:
    sent = marketer.post("/products/", data={"file": (BytesIO(b"a,b\n1,2\n3,4\n"), "x.csv")})
    assert sent.status_code == 422


def test_the_list_asks_few_questions(session: Session, marketer: FlaskClient) -> None:
    put_products([ProductDetails(sku=f"P{number}") for number in range(60)], now=TUESDAY)
    session.commit()
    with counted_statements() as seen:
        page = marketer.get("/products/?q=p").get_data(as_text=True)
    assert len(seen) <= 12
    assert "after=" in page


def test_a_till_file_by_page(session: Session, marketer: FlaskClient) -> None:
    sent = marketer.post("/products/till-files", data={"file": (BytesIO(TILL.encode()), "caisse.csv")})
    row = session.scalars(select(TillFile)).one()
    assert sent.headers["Location"] == f"/products/till-files/{row.id}"
    page = marketer.get(sent.headers["Location"]).get_data(as_text=True)
    assert page.count("<select") == 7
    few = marketer.post(sent.headers["Location"], data={"column-0": "ticket"}, follow_redirects=True)
    assert "alert" in few.get_data(as_text=True) or "flash" in few.get_data(as_text=True)
    words = ("ticket", "store", "date", "loyalty_card", "sku", "amount")
    columns = {f"column-{place}": word for place, word in enumerate(words)}
    marketer.post(sent.headers["Location"], data={**columns, "store": ""})
    session.commit()
    done = take_whole(row.id)
    assert (done.state, done.taken_count, done.refused_count) == (TillFileState.DONE, 1, 1)
    page = marketer.get(sent.headers["Location"]).get_data(as_text=True)
    assert "Lignes refusées" in page
    assert "Refusée<" not in page
    assert "Numéro de ticket : 2" in page.replace("\u00a0", " ")
    assert "« x » est illisible" in page.replace("\u00a0", " ").replace("\u202f", " ")
    again = marketer.post("/products/till-files", data={"file": (BytesIO(TILL.encode()), "b.csv")})
    assert again.headers["Location"] == sent.headers["Location"]
    assert "caisse.csv" in marketer.get("/products/till-files").get_data(as_text=True)


def test_visits_are_set_up_by_marketers(marketer: FlaskClient) -> None:
    form = {
        "is_on": "y",
        "sites": "https://www.verel.example/boutique",
        "keep_days": "395",
        "late_days": "20",
        "basket_days": "45",
    }
    assert marketer.post("/products/visits", data=form).status_code == 303
    setup = get_setup()
    assert (setup.is_on, setup.sites, setup.late_days) == (True, ("https://www.verel.example",), 20)
    assert setup.basket_days == 45
    for wrong in (
        {"sites": "shop"},
        {"keep_days": "9999"},
        {"late_days": "0"},
        {"basket_days": "0"},
        {"sites": ""},
    ):
        assert marketer.post("/products/visits", data={**form, **wrong}).status_code == 422
    assert "/visits.js" in marketer.get("/products/visits").get_data(as_text=True)


def test_agents_do_not_enter(client: FlaskClient, session: Session, hand_clock: HandClock) -> None:
    store = make_house(session)
    log_in(client, make_agent(session, store_ids=(store.id,)))
    session.commit()
    for path in ("/products/", "/products/till-files", "/products/visits"):
        assert client.get(path).status_code == 403
