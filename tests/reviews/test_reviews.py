"""Reviews from the link to the public page: who may write, what waits, what a decision does, what goes with a customer."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from hub.content.actions import publish_builtin_templates
from hub.core import files, loose_files
from hub.core.actor import SYSTEM
from hub.core.audit import AuditEntry
from hub.core.errors import Conflict, Gone, Invalid, NotFound
from hub.core.loose_files import LooseFile
from hub.customers.models import Customer
from hub.identity.merging import merge_customers
from hub.identity.unmerging import unmerge_customers
from hub.orders.models import Order, OrderLine
from hub.outbox.models import OutboundMessage
from hub.outbox.words import MessageState
from hub.reviews import deciding, lists, queries, rules
from hub.reviews.links import read_token, review_link, token_of
from hub.reviews.models import Review, ReviewPhoto, ReviewVersion
from hub.reviews.points import USUAL, change_points, read_points
from hub.reviews.words import RefusalReason, ReviewState, Verdict
from hub.reviews.writing import Sent, sign_page, write_review
from hub.stores.queries import get_chain
from tests.conftest import TUESDAY, HandClock
from tests.makers.counting import recorded_statements
from tests.makers.customers import make_customer, make_emil
from tests.makers.inbox import actor_of
from tests.makers.orders import make_order
from tests.makers.staff import make_agent
from tests.makers.stores import make_chain, make_store
from tests.reviews.pictures import a_jpeg, a_png

LATER = TUESDAY + timedelta(days=15)
GOOD = {"stars": "4", "point_quality": "yes", "point_value": "maybe", "words": " Très belle.\r\nSolide. ",
        "description": "Le culot est E14.", "public_name": "Dora L."}  # fmt: skip


@pytest.fixture
def order(session: Session, hand_clock: HandClock) -> Order:
    """Two products, one of them on two lines."""
    make_chain(session)
    store = make_store(session)
    publish_builtin_templates(now=TUESDAY)
    row = make_order(session, customer_id=make_customer(session).id, store_id=store.id)
    for position, (sku, name) in enumerate((("LED-3", "Ampoules"), ("LAMPE-01", "Lampe Aurore")), 2):
        line = OrderLine(
            order_id=row.id, position=position, sku=sku, name=name, quantity=1, unit_price_cents=900
        )
        session.add(line)
    session.commit()
    return row


def write(
    order: Order, position: int = 1, *, sent: Sent | None = None, age_seconds: float = 5, **changes: str
) -> int:
    """Through the link, as the form does."""
    token = token_of(order.id, now=LATER)
    page = queries.get_page(token, now=LATER)
    item = page.find_item(position)
    assert item is not None
    said = rules.read_written(GOOD | changes, keys=[point.key for point in USUAL])
    nonce = sign_page(page, item, machine_now=LATER - timedelta(seconds=age_seconds))
    return write_review(token, position, said, sent=sent or Sent(), nonce=nonce, least_seconds=1, machine_now=LATER, now=LATER)  # fmt: skip


def refusals(session: Session) -> list[OutboundMessage]:
    return list(session.scalars(select(OutboundMessage).where(OutboundMessage.key.like("review-refused:%"))))


def test_the_link_is_short_proves_itself_and_ends(order: Order) -> None:
    link = review_link(10**9, now=TUESDAY)
    assert len(link.replace("http://localhost:8000", "https://relation.verel.example")) <= 80
    assert "?" not in link
    token = token_of(order.id, now=TUESDAY)
    assert read_token(token.upper(), now=TUESDAY + timedelta(days=60)) == order.id
    with pytest.raises(Gone):
        read_token(token, now=TUESDAY + timedelta(days=61))
    for wrong in (token[:-1], token + "a", f"1{token}", "x", "--", token.replace("-", "", 1), "é" * 30):
        with pytest.raises(NotFound):
            read_token(wrong, now=TUESDAY)


@given(text=st.text())
def test_no_text_makes_the_link_fail_otherwise(text: str) -> None:
    with pytest.raises(NotFound):
        read_token(text, now=TUESDAY)


def test_a_review_waits_with_all_that_was_written(session: Session, order: Order) -> None:
    review = queries.get_review(write(order))
    assert (review.state, review.stars, review.text) == (ReviewState.WAITING, 4, "Très belle.\nSolide.")
    assert review.points == {"quality": Verdict.YES}, "a verdict that nobody knows is none"
    assert (review.description, review.public_name) == ("Le culot est E14.", "Dora L.")
    assert (review.experienced_at, review.changed_at) == (TUESDAY, LATER)
    page = queries.get_page(token_of(order.id, now=LATER), now=LATER)
    assert [(item.sku, bool(item.review)) for item in page.items] == [("LAMPE-01", True), ("LED-3", False)]
    assert page.usual_name == "Dora L."
    assert lists.list_shown("LAMPE-01").rows == []
    assert lists.get_rating("LAMPE-01").count == 0


@pytest.mark.parametrize("age_seconds", [0.2, 25 * 3600])
def test_a_page_sent_too_fast_or_too_late_writes_nothing(
    session: Session, order: Order, age_seconds: float
) -> None:
    with pytest.raises(Invalid):
        write(order, age_seconds=age_seconds)
    assert session.scalar(select(func.count()).select_from(Review)) == 0


def test_a_change_waits_anew_and_what_it_said_is_kept(session: Session, order: Order) -> None:
    by = actor_of(make_agent(session))
    review_id = write(order)
    deciding.publish(review_id, version=1, by=by, now=LATER)
    deciding.answer(review_id, words="Merci.", by=by, now=LATER)
    assert write(order) == review_id, "the same again is nothing new"
    assert [row.answer for row in lists.list_shown("LAMPE-01").rows] == ["Merci."]
    assert lists.get_rating("LAMPE-01").average == 4
    write(order, stars="1", words="Cassée.")
    changed = queries.get_review(review_id)
    assert (changed.state, changed.version, changed.answer) == (ReviewState.WAITING, 2, "")
    assert lists.list_shown("LAMPE-01").rows == []
    before = queries.list_versions(review_id)
    assert [(each.state, each.stars, each.answer) for each in before] == [
        (ReviewState.PUBLISHED, 4, "Merci.")
    ]
    with pytest.raises(Conflict):
        deciding.publish(review_id, version=1, by=by, now=LATER)
    deciding.publish(review_id, version=2, by=by, now=LATER)
    assert lists.get_rating("LAMPE-01").average == 1


def test_a_refusal_is_told_with_its_reason_and_leaves_a_line(session: Session, order: Order) -> None:
    by = actor_of(make_agent(session))
    review_id = write(order)
    for reason, words in (("", ""), ("stars", ""), ("other", " ")):
        with pytest.raises(Invalid):
            deciding.refuse(review_id, version=1, reason=reason, words=words, by=by, now=LATER)
    assert refusals(session) == []
    deciding.refuse(review_id, version=1, reason="off_topic", words="Il parle du colis.", by=by, now=LATER)
    letter = refusals(session)[0]
    assert (letter.recipient, letter.state) == ("dora@client.example", MessageState.WAITING)
    assert letter.values["refusal_reason"] == "Il ne porte pas sur le produit."
    assert letter.values["refusal_words"] == "Il parle du colis."
    refused = queries.get_review(review_id)
    assert (refused.state, refused.reason) == (ReviewState.REFUSED, RefusalReason.OFF_TOPIC)
    with pytest.raises(Conflict):
        deciding.refuse(review_id, version=1, reason="off_topic", words="", by=by, now=LATER)
    write(order, words="La lampe est belle.")
    deciding.publish(review_id, version=2, by=by, now=LATER)
    lines = session.scalars(
        select(AuditEntry.action).where(AuditEntry.subject_kind == "review").order_by(AuditEntry.id)
    )
    assert list(lines) == ["review.refused", "review.published"]


def test_photos_are_counted_typed_bare_and_leave_the_shelf(session: Session, order: Order) -> None:
    review_id = write(order, sent=Sent([a_jpeg(), a_png()]))
    photos = queries.get_review(review_id).photos
    write(order, sent=Sent([a_jpeg(), a_png()]))
    assert queries.get_review(review_id).version == 1, "the form was sent twice"
    assert [photo.media_type for photo in photos] == ["image/jpeg", "image/png"]
    assert b"48.8584N" not in files.read(photos[0].sha256)
    for wrong in (
        [a_png(1), a_png(2)],
        [b"<svg>"],
        [b"GIF89a" + bytes(20)],
        [bytes(rules.MOST_PHOTO_BYTES + 1)],
    ):
        with pytest.raises(Invalid) as refused:
            write(order, sent=Sent(wrong))
        assert refused.value.field == "photos"
    write(order, sent=Sent([a_png(3)], [photos[0].id]))
    kept = queries.get_review(review_id)
    assert [photo.media_type for photo in kept.photos] == ["image/png", "image/png"]
    assert kept.version == 2
    assert list(session.scalars(select(LooseFile.sha256))) == [photos[0].sha256]
    assert "review_photos" in {column.table.name for column in loose_files.columns_that_name_files()}
    with pytest.raises(NotFound):
        queries.get_photo(kept.photos[0].id, is_published=True)


def test_the_queue_is_oldest_first_and_narrowed(session: Session, order: Order) -> None:
    first, second = write(order), write(order, position=2, stars="1")
    session.get_one(Review, second).changed_at = LATER - timedelta(hours=1)
    session.flush()

    def ids(**narrowed: object) -> list[int]:
        return [row.id for row in lists.list_queue(lists.QueueFilters(**narrowed)).rows]  # type: ignore[arg-type]

    assert ids() == [second, first]
    assert ids(state=None) == [first, second]
    assert (ids(stars=1), ids(product="LED-3"), ids(product="aurore"), ids(product="%")) == (
        [second],
        [second],
        [first],
        [],
    )
    assert ids(state=ReviewState.PUBLISHED) == []
    page = lists.list_queue(lists.QueueFilters(), size=1)
    assert [row.id for row in lists.list_queue(lists.QueueFilters(), page.next_key, size=1).rows] == [first]
    assert lists.count_waiting() == 2


def test_a_product_is_found_by_an_index(session: Session, order: Order) -> None:
    """By its sku and by a part of its name: with sequential scans forbidden the plan of the queue's own statement names it."""
    write(order)
    session.execute(text("SET LOCAL enable_seqscan = off"))
    session.execute(text("SET LOCAL enable_indexscan = off"))
    with recorded_statements() as asked:
        lists.list_queue(lists.QueueFilters(state=None, product="lampe"))
    [(statement, values)] = asked
    explained = session.connection().exec_driver_sql(f"EXPLAIN {statement}", values)
    plan = "\n".join(line for (line,) in explained)
    assert "BitmapOr" in plan, plan
    assert "ix_reviews_product" in plan, plan


def test_published_reviews_are_newest_first_page_by_page(session: Session, order: Order) -> None:
    by = actor_of(make_agent(session))
    ids = []
    for number in range(3):
        person = make_customer(session, f"Nom{number}", mail=f"n{number}@client.example", phone=None)
        own = make_order(session, customer_id=person.id, store_id=order.store_id, external_id=f"N{number}")
        ids.append(write(own, stars=str(number + 1)))
        deciding.publish(ids[-1], version=1, by=by, now=LATER + timedelta(days=number))
    page = lists.list_shown("LAMPE-01", size=2)
    older = lists.list_shown("LAMPE-01", page.next_key, size=2)
    assert [row.id for row in (*page.rows, *older.rows)] == ids[::-1]
    assert older.next_key is None
    rating = lists.get_rating("LAMPE-01")
    assert (rating.count, rating.average) == (3, 2.0)
    with pytest.raises(Invalid):
        lists.list_shown("LAMPE-01", "mangled")


def test_markup_is_of_the_product_and_none_without_a_review() -> None:
    product = {"name": "Lampe", "sku": "L1", "url": "", "image": ""}
    assert rules.rating_markup(product, count=0, average=0) is None
    assert rules.rating_markup(product, count=3, average=4.333) == {
        "@context": "https://schema.org", "@type": "Product", "name": "Lampe", "sku": "L1",
        "aggregateRating": {"@type": "AggregateRating", "ratingValue": "4.3", "reviewCount": 3, "bestRating": 5, "worstRating": 1},
    }  # fmt: skip


@pytest.mark.parametrize("name", ["", "  ", "dora@client.example", "06 12 34 56 78"])
def test_a_public_name_is_no_address(name: str) -> None:
    with pytest.raises(Invalid) as refused:
        rules.read_written(GOOD | {"public_name": name}, keys=())
    assert refused.value.field == "public_name"


def test_the_chain_asks_its_own_points(session: Session, order: Order) -> None:
    by = actor_of(make_agent(session))
    known = read_points(get_chain().settings)
    change_points(
        [("Le prix est justifié", "Fair price"), ("", "x"), ("Facile à monter", "")],
        known=known,
        by=by,
        now=LATER,
    )
    assert [(point.key, point.en) for point in read_points(get_chain().settings)] == [
        ("value", "Fair price"),
        ("facile_a_monter", ""),
    ]
    with pytest.raises(Invalid):
        change_points([("x" * 81, "")], known=known, by=by, now=LATER)
    change_points([], known=known, by=by, now=LATER)
    assert read_points(get_chain().settings) == USUAL


def test_two_become_one_and_two_again(session: Session, order: Order) -> None:
    """Of two reviews of one product the survivor's stays; the other comes back whole with an undo."""
    dora, emil = session.get_one(Customer, order.customer_id), make_emil(session)
    his = make_order(session, customer_id=emil.id, store_id=order.store_id, external_id="E1")
    led = OrderLine(
        order_id=his.id, position=2, sku="LED-3", name="Ampoules", quantity=1, unit_price_cents=900
    )
    session.add(led)
    session.flush()
    write(order, stars="5")
    write(his, stars="1", sent=Sent([a_png()]))
    write(his, stars="2")
    write(his, position=2, stars="3")
    session.commit()

    def rows() -> list[tuple[object, ...]]:
        session.expire_all()
        found = [tuple(row) for model in (Review, ReviewVersion, ReviewPhoto)
                 for row in session.execute(select(*model.__table__.columns).order_by(model.id))]  # fmt: skip
        return sorted(found, key=str)

    before = rows()
    (merge_id,) = merge_customers(dora.id, [emil.id], by=SYSTEM, now=LATER)
    session.expire_all()
    mine = session.execute(select(Review.customer_id, Review.sku, Review.stars).order_by(Review.stars)).all()
    assert [tuple(row) for row in mine] == [(dora.id, "LED-3", 3), (dora.id, "LAMPE-01", 5)]
    unmerge_customers(merge_id, by=SYSTEM, now=LATER)
    assert rows() == before
