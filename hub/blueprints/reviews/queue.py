"""Doors of the queue: read a review, publish it as it is or refuse it with a reason, answer below it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hub.blueprints import review_words as words
from hub.blueprints.access import viewer
from hub.blueprints.contact.reviewing import photo_file
from hub.blueprints.errors import sentence_of
from hub.blueprints.reviews.base import blueprint
from hub.blueprints.row_ids import read_id
from hub.core import clock
from hub.core.db import transaction
from hub.core.errors import Conflict, Invalid
from hub.customers.queries import get_customers
from hub.orders.queries import get_orders
from hub.reviews import deciding, lists, queries, rules
from hub.reviews.points import read_points
from hub.reviews.rows import ReviewRow
from hub.reviews.words import ReviewState
from hub.stores.queries import get_chain, get_stores

ASKED = ("state", "stars", "product")
ALL = "all"


@blueprint.get("/")
def list_reviews() -> ResponseReturnValue:
    """Who waits longest first; `state`, `stars` and `product` (a sku or a part of its name) narrow it."""
    keep: dict[str, Any] = {name: request.args[name] for name in ASKED if request.args.get(name, "").strip()}
    page = lists.list_queue(_filters(keep), after=request.args.get("after"))
    return render_template(
        "reviews/queue.html",
        lines=_lines(page.rows),
        keep=keep,
        states=[*((each.value, words.state_words(each)) for each in ReviewState), (ALL, gettext("All"))],
        stars=[("", gettext("All")), *((str(each), words.star_words(each)) for each in rules.STARS)],
        older=url_for("reviews.list_reviews", after=page.next_key, **keep) if page.next_key else None,
        newest=url_for("reviews.list_reviews", **keep) if "after" in request.args else None,
    )


@blueprint.get("/<int:review_id>")
def review(review_id: int) -> ResponseReturnValue:
    """One review with all that was written, and what it said before."""
    return _show(review_id)


@blueprint.post("/<int:review_id>/publish")
def publish(review_id: int) -> ResponseReturnValue:
    """As it was read: what the customer wrote meanwhile is not published unread."""
    return _act(
        review_id,
        lambda: deciding.publish(review_id, version=_version(), by=viewer().actor, now=clock.business_now()),
        gettext("The review is published."),
    )


@blueprint.post("/<int:review_id>/refuse")
def refuse(review_id: int) -> ResponseReturnValue:
    return _act(
        review_id,
        lambda: deciding.refuse(
            review_id,
            version=_version(),
            reason=request.form.get("reason", ""),
            words=request.form.get("words", ""),
            by=viewer().actor,
            now=clock.business_now(),
        ),
        gettext("The review is refused, and its author is told why."),
    )


@blueprint.post("/<int:review_id>/answer")
def answer(review_id: int) -> ResponseReturnValue:
    """What the shop says publicly; empty takes it back."""
    return _act(
        review_id,
        lambda: deciding.answer(
            review_id, words=request.form.get("answer", ""), by=viewer().actor, now=clock.business_now()
        ),
        gettext("The answer of the shop is saved."),
    )


@blueprint.get("/<int:review_id>/photos/<int:photo_id>")
def photo(review_id: int, photo_id: int) -> ResponseReturnValue:
    return photo_file(queries.get_photo(photo_id, review_id=review_id))


def _version() -> int:
    return read_id(request.form.get("version", "")) or 0


def _act(review_id: int, act: Callable[[], None], done: str) -> ResponseReturnValue:
    try:
        with transaction():
            act()
    except (Invalid, Conflict) as error:
        return _show(review_id, notice=sentence_of(error), field=error.field), error.status
    flash(done, "ok")
    return redirect(url_for("reviews.review", review_id=review_id), 303)


def _show(review_id: int, *, notice: str = "", field: str | None = None) -> str:
    row = queries.get_review(review_id)
    labels = {point.key: point.words(viewer().language) for point in read_points(get_chain().settings)}
    return render_template(
        "reviews/review.html",
        row=row,
        customer=get_customers([row.customer_id]).get(row.customer_id),
        order=get_orders([row.order_id]).get(row.order_id),
        store=get_stores([row.store_id]).get(row.store_id),
        stars=words.star_words,
        state=words.state_words(row.state),
        tone=words.TONES[row.state],
        points=[(labels.get(key, key), words.verdict_words(said)) for key, said in row.points.items()],
        reason=words.reason_words(row.reason) if row.reason else "",
        reasons=words.reason_choices(),
        versions=[_before(each) for each in queries.list_versions(review_id)],
        may_publish=rules.may_publish(row.state),
        may_refuse=rules.may_refuse(row.state),
        given=request.form,
        notice=notice,
        field=field,
    )


def _before(each: Any) -> dict[str, Any]:
    return {
        "at": each.changed_at,
        "state": words.state_words(each.state),
        "reason": words.reason_words(each.reason) if each.reason else "",
        "stars": words.star_words(each.stars),
        "words": each.text,
        "answer": each.answer,
    }


def _filters(keep: Mapping[str, str]) -> lists.QueueFilters:
    """Without a state what waits."""
    state, stars = keep.get("state", ReviewState.WAITING.value), keep.get("stars", "")
    return lists.QueueFilters(
        state=ReviewState(state) if state in set(ReviewState) else None,
        stars=int(stars) if stars in {str(each) for each in rules.STARS} else None,
        product=keep.get("product", "").strip(),
    )


def _lines(rows: Sequence[ReviewRow]) -> list[dict[str, Any]]:
    customers = get_customers({row.customer_id for row in rows})
    return [
        {
            "href": url_for("reviews.review", review_id=row.id),
            "product": row.product_name,
            "stars": row.stars,
            "star_words": words.star_words(row.stars),
            "words": row.text,
            "customer": customers.get(row.customer_id),
            "at": row.changed_at,
            "state": words.state_words(row.state),
            "tone": words.TONES[row.state],
        }
        for row in rows
    ]
