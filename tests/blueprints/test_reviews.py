"""The pages of reviews: the form behind the link, the queue of the staff, what the shop and its visitors see."""

import json
from datetime import timedelta
from io import BytesIO
from re import DOTALL, search

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.content.actions import publish_builtin_templates
from hub.core import clock, signing
from hub.core.facts import FactRow
from hub.orders.models import Order, OrderLine
from hub.reviews.links import token_of
from hub.reviews.models import Review
from hub.staff.words import Role
from tests.conftest import TUESDAY, HandClock
from tests.makers.counting import counted_statements
from tests.makers.customers import make_customer
from tests.makers.inbox import make_house
from tests.makers.orders import make_order
from tests.makers.staff import log_in, make_agent
from tests.reviews.pictures import a_jpeg

FORM = {
    "stars": "2",
    "words": "<b>Fragile</b> & chère",
    "description": "SECRET-FOR-STAFF",
    "public_name": "Dora L.",
}


@pytest.fixture
def order(session: Session, hand_clock: HandClock) -> Order:
    store = make_house(session)
    publish_builtin_templates(now=TUESDAY)
    row = make_order(session, customer_id=make_customer(session).id, store_id=store.id)
    line = OrderLine(
        order_id=row.id, position=2, sku="LED/3 x", name="Ampoules", quantity=1, unit_price_cents=900
    )
    session.add(line)
    session.commit()
    return row


def path_of(order: Order) -> str:
    return f"/r/{token_of(order.id, now=clock.business_now())}"


def send(
    client: FlaskClient, path: str, *, seconds: float = 5, photos: tuple[bytes, ...] = (), **changes: str
) -> int:
    """As a browser does, the page opened so many seconds ago."""
    found = search(r'name="nonce" value="([^"]+)"', client.get(path).text)
    assert found
    seen = signing.read("review-page", found[1], now=clock.machine_now())
    nonce = signing.sign("review-page", {**seen, "at": seen["at"] - seconds})
    files = {"photos": [(BytesIO(each), "photo.jpg") for each in photos]} if photos else {}
    return client.post(
        path, data={**FORM, **changes, "nonce": nonce, **files}, content_type="multipart/form-data"
    ).status_code


def count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Review)) or 0


def test_looking_writes_nothing_and_the_button_does(
    client: FlaskClient, session: Session, order: Order
) -> None:
    path = path_of(order)
    for method in ("GET", "HEAD"):
        for place in (path, f"{path}/1", f"{path}/thanks"):
            looked = client.open(place, method=method, query_string={"stars": "5"})
            assert looked.status_code == 200
            assert (looked.headers["Cache-Control"], looked.headers["X-Robots-Tag"]) == (
                "no-store",
                "noindex",
            )
            assert "Set-Cookie" not in looked.headers
    assert client.post(f"{path}/1", data=FORM).status_code == 422, "no nonce"
    assert send(client, f"{path}/1", seconds=0) == 422
    assert (count(session), session.scalar(select(func.count()).where(FactRow.kind == "ReviewWritten"))) == (
        0,
        0,
    )
    wrong = client.post(f"{path}/1", data=FORM | {"stars": "6"})
    assert wrong.status_code == 422
    assert "Fragile" in wrong.text, "what was typed stays"
    assert "SECRET-FOR-STAFF" in wrong.text
    assert send(client, f"{path}/1", photos=(a_jpeg(),)) == 303
    assert count(session) == 1
    listed = client.get(f"{path}/thanks").text
    assert "Merci pour votre avis" in listed
    assert "à lire" in listed
    assert 'href="' + f'{path}/2"' in listed
    form = client.get(f"{path}/1").text
    photo = search(rf'src="({path}/photos/\d+)"', form)
    assert photo
    assert client.get(photo[1]).mimetype == "image/jpeg"
    for foreign in (f"{path}x", f"{path}/9", f"{path}/photos/99", "/r/none/1"):
        assert client.get(foreign).status_code == 404


def test_an_old_link_and_an_order_that_came_back_are_closed(
    client: FlaskClient, order: Order, session: Session, hand_clock: HandClock
) -> None:
    path = path_of(order)
    hand_clock.now = TUESDAY + timedelta(days=61)
    assert client.get(path).status_code == 410
    hand_clock.now = TUESDAY
    order.state = "returned"  # type: ignore[assignment]
    session.commit()
    assert client.get(path).status_code == 410
    assert client.post(f"{path}/1", data=FORM).status_code == 410


def test_the_staff_reads_refuses_publishes_and_answers(
    client: FlaskClient, session: Session, order: Order
) -> None:
    for number in range(3):
        own = make_order(session, customer_id=make_customer(session, mail=f"n{number}@client.example", phone=None).id,
                         store_id=order.store_id, external_id=f"N{number}")  # fmt: skip
        session.commit()
        assert f'action="{path_of(own)}/1"' in client.get(path_of(own)).text, (
            "of one product the link is the form"
        )
        assert send(client, f"{path_of(own)}/1") == 303
    assert send(client, f"{path_of(order)}/1", photos=(a_jpeg(),)) == 303
    log_in(client, make_agent(session, role=Role.MARKETER))
    session.commit()
    with counted_statements() as listing:
        queue = client.get("/reviews/")
    assert queue.text.count("&lt;b&gt;Fragile") == 4
    assert len(listing) <= 12
    review_id = session.scalars(select(func.max(Review.id))).one()
    page = f"/reviews/{review_id}"
    with counted_statements() as reading:
        shown = client.get(page).text
    assert len(reading) <= 12
    assert "SECRET-FOR-STAFF" in shown
    photo = search(rf'src="({page}/photos/\d+)"', shown)
    assert photo
    assert client.get(photo[1]).status_code == 200
    assert client.post(f"{page}/refuse", data={"version": 1, "reason": ""}).status_code == 422
    assert client.post(f"{page}/publish", data={"version": 2}).status_code == 409
    refused = client.post(
        f"{page}/refuse",
        data={"version": 1, "reason": "off_topic", "words": "Le colis."},
        follow_redirects=True,
    )
    assert "Il ne porte pas sur le produit. Le colis." in refused.text
    assert client.post(f"{page}/publish", data={"version": 1}).status_code == 303
    assert client.post(f"{page}/answer", data={"answer": "Nous la remplaçons."}).status_code == 303
    for query in ("state=published", "state=all&stars=2", "state=all&product=lampe"):
        assert page in client.get(f"/reviews/?{query}").text
    assert page not in client.get("/reviews/?stars=5&state=nonsense").text
    assert client.get("/reviews/?after=mangled").status_code == 422
    saved = client.post("/reviews/points", data={"fr": ["Facile à monter", ""], "en": ["Easy to build", ""]})
    assert saved.status_code == 303
    assert "Facile à monter" in client.get(f"{path_of(order)}/2").text


def test_the_shop_and_its_visitors_see_what_is_published_only(
    client: FlaskClient, session: Session, order: Order
) -> None:
    sku, odd = "LAMPE-01", "LED%2F3%20x"
    assert client.get(f"/shop/reviews/{sku}").status_code == 404, "nobody has told us of it"
    for position, stars in ((1, "2"), (2, "5")):
        assert (
            send(client, f"{path_of(order)}/{position}", stars=stars, photos=(a_jpeg(),), point_quality="no")
            == 303
        )
    assert client.get(f"/shop/json/reviews/{sku}").status_code == 404
    log_in(client, make_agent(session, role=Role.MARKETER))
    session.commit()
    for row in session.scalars(select(Review)).all():
        assert client.post(f"/reviews/{row.id}/publish", data={"version": 1}).status_code == 303
    visitor = client.application.test_client()
    told = visitor.get(f"/shop/json/reviews/{sku}")
    assert told.headers["Access-Control-Allow-Origin"] == "*"
    assert "SECRET-FOR-STAFF" not in told.text
    assert "client.example" not in told.text
    assert "Lef" not in told.text
    body = told.json
    assert body is not None
    assert (body["count"], body["average"], body["next"]) == (1, 2.0, None)
    (review,) = body["reviews"]
    assert (review["name"], review["published_on"], review["experienced_on"]) == (
        "Dora L.",
        "2026-03-03",
        "2026-03-03",
    )
    assert review["words"] == FORM["words"]
    assert review["points"] == {"quality": "no"}
    assert visitor.get("/" + review["photos"][0].split("/", 3)[3]).status_code == 200
    with counted_statements() as counted:
        page = visitor.get(f"/shop/reviews/{sku}")
    assert len(counted) <= 12
    assert "&lt;b&gt;Fragile&lt;/b&gt;" in page.text
    assert "2,0 sur 5" in page.text
    assert 'property="og:title"' in page.text
    assert 'name="twitter:card"' in page.text
    markup = search(r'<script type="application/ld\+json">(.*?)</script>', page.text, DOTALL)
    assert markup
    found = json.loads(markup[1])
    assert found == body["json_ld"]
    assert (found["@type"], found["aggregateRating"]["reviewCount"], "review" in found) == (
        "Product",
        1,
        False,
    )
    assert "Organization" not in page.text
    assert "LocalBusiness" not in page.text
    assert visitor.get(f"/shop/reviews/{odd}").status_code == 200
    framed = visitor.get(f"/shop/embed/reviews/{sku}")
    assert "frame-ancestors 'self'" in framed.headers["Content-Security-Policy"]
    assert "<header" not in framed.text
    assert "<script src" not in framed.text
    photo = search(r'src="(/shop/photos/\d+)"', framed.text)
    assert photo
    first = session.scalars(select(Review.id).where(Review.sku == sku)).one()
    assert (
        client.post(f"/reviews/{first}/refuse", data={"version": 1, "reason": "unlawful"}).status_code == 303
    )
    assert visitor.get(photo[1]).status_code == 404
    assert visitor.get(f"/shop/reviews/{sku}").status_code == 404
    policy = visitor.get("/shop/review-policy").text
    for sentence in ("60 jours", "rien n’est modifié", "le plus récent en premier", "Personne n’est payé"):
        assert sentence in policy
