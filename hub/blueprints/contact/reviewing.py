"""Doors of the reviews of an order: looking never writes, only the button does, once a person had time to press it."""

from flask import Response, current_app, g, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import refresh

from hub.blueprints.contact.base import blueprint, private
from hub.blueprints.errors import sentence_of
from hub.blueprints.pages import limiter
from hub.blueprints.review_words import TONES, reason_words, star_words, state_words, verdict_choices
from hub.blueprints.row_ids import read_ids
from hub.core import clock, files
from hub.core.db import transaction
from hub.core.errors import Invalid, NotFound
from hub.reviews import draws, queries, rules, writing
from hub.reviews.links import BAD_LINK
from hub.reviews.points import Point, read_points
from hub.reviews.rows import Item, PhotoRow, ReviewPage
from hub.stores.queries import get_chain

LOOKS, POSTS = "120 per minute", "30 per minute"


@blueprint.get("/r/<token>")
@limiter.limit(LOOKS)
def review_order(token: str) -> ResponseReturnValue:
    """The products of the order; of a single one its form."""
    page = _find(token)
    if len(page.items) == 1:
        return _show(page, page.items[0], token)
    return _list(page, token)


@blueprint.get("/r/<token>/thanks")
@limiter.limit(LOOKS)
def review_sent(token: str) -> ResponseReturnValue:
    return _list(_find(token), token, is_sent=True)


@blueprint.get("/r/<token>/<int:position>")
@limiter.limit(LOOKS)
def review_product(token: str, position: int) -> ResponseReturnValue:
    page = _find(token)
    return _show(page, _item(page, position), token)


@blueprint.post("/r/<token>/<int:position>")
@limiter.limit(POSTS)
def send_review(token: str, position: int) -> ResponseReturnValue:
    page = _find(token)
    item = _item(page, position)
    try:
        _write(token, item)
    except Invalid as error:
        return _show(page, item, token, field=error.field, notice=sentence_of(error), status=422)
    return redirect(url_for("contact.review_sent", token=token), 303)


@blueprint.get("/r/<token>/photos/<int:photo_id>")
@limiter.limit(LOOKS)
def own_review_photo(token: str, photo_id: int) -> ResponseReturnValue:
    """To the one who sent it, whatever became of the review."""
    for item in _find(token).items:
        for photo in item.review.photos if item.review else ():
            if photo.id == photo_id:
                shown = photo_file(photo)
                shown.headers["Cache-Control"] = "no-store"
                return shown
    raise NotFound(queries.NO_PHOTO)


def photo_file(photo: PhotoRow, *, max_age: int = 0) -> Response:
    """Shown, not handed out: its type was told by its content, and nothing else was kept of it."""
    path = files.find_path(photo.sha256).resolve()
    return send_file(path, mimetype=photo.media_type, max_age=max_age, etag=photo.sha256)


def _find(token: str) -> ReviewPage:
    page = queries.get_page(token, now=clock.business_now())
    g.language = page.language.value
    refresh()
    return page


def _item(page: ReviewPage, position: int) -> Item:
    item = page.find_item(position)
    if item is None:
        raise NotFound(BAD_LINK)
    return item


def _points() -> tuple[Point, ...]:
    return read_points(get_chain().settings)


def _write(token: str, item: Item) -> None:
    photos = [each.read(rules.MOST_PHOTO_BYTES + 1) for each in request.files.getlist("photos") if each]
    dropped = read_ids(request.form.getlist("dropped"))
    written = rules.read_written(request.form, keys=[point.key for point in _points()])
    with transaction():
        writing.write_review(
            token,
            item.position,
            written,
            sent=writing.Sent([each for each in photos if each], dropped),
            nonce=request.form.get("nonce", ""),
            least_seconds=current_app.config["COMPTOIR"].survey_nonce_min_seconds,
            machine_now=clock.machine_now(),
            now=clock.business_now(),
        )


def _list(page: ReviewPage, token: str, *, is_sent: bool = False) -> ResponseReturnValue:
    shown = [
        {
            "href": url_for("contact.review_product", token=token, position=item.position),
            "name": item.name,
            "number": item.review.id if item.review else None,
            "stars": star_words(item.review.stars) if item.review else "",
            "state": state_words(item.review.state) if item.review else "",
            "tone": TONES[item.review.state] if item.review else "",
            "reason": reason_words(item.review.reason) if item.review and item.review.reason else "",
        }
        for item in page.items
    ]
    open_draws = draws.list_open(now=clock.business_now())
    return private(
        render_template("contact/review_order.html", items=shown, is_sent=is_sent, draws=open_draws)
    )


def _show(
    page: ReviewPage, item: Item, token: str, *, field: str | None = None, notice: str = "", status: int = 200
) -> ResponseReturnValue:
    return private(
        render_template(
            "contact/review.html",
            item=item,
            token=token,
            action=url_for("contact.send_review", token=token, position=item.position),
            values=_values(page, item),
            stars=[(str(each), star_words(each)) for each in rules.STARS],
            points=[(point.key, point.words(page.language)) for point in _points()],
            verdicts=verdict_choices(),
            most_photos=rules.MOST_PHOTOS,
            field=field,
            notice=notice,
            nonce=writing.sign_page(page, item, machine_now=clock.machine_now()),
        ),
        status,
    )


def _values(page: ReviewPage, item: Item) -> dict[str, str]:
    """What was typed, else what the review says, else the usual name alone."""
    if request.method == "POST":
        return request.form.to_dict()
    if item.review is None:
        return {"public_name": page.usual_name}
    said = item.review
    told = {"stars": str(said.stars), "words": said.text, "description": said.description}
    verdicts = {f"point_{key}": value.value for key, value in said.points.items()}
    return told | verdicts | {"public_name": said.public_name}
