"""Doors of published reviews: a page and a frame per product, JSON for the shop, photos, and how reviews are dealt with."""

from typing import Any

from flask import Response, jsonify, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale

from hub.blueprints.contact.base import blueprint
from hub.blueprints.contact.joining_page import frame_policy
from hub.blueprints.contact.reviewing import photo_file
from hub.blueprints.pages import limiter
from hub.blueprints.review_words import count_words, star_words, stars_out_of_five, verdict_words
from hub.core import site
from hub.core.errors import NotFound
from hub.core.text import N_
from hub.core.words import Language
from hub.orders.products.queries import get_products
from hub.reviews import lists, queries, rules
from hub.reviews.points import read_points
from hub.reviews.rows import Rating, ReviewRow
from hub.stores.queries import get_chain

LOOKS = "240 per minute"
KEPT_SECONDS = 300
PHOTO_SECONDS = 86_400
NO_PRODUCT = N_("There is no such product. Please check its number.")


@blueprint.get("/shop/reviews/<path:sku>")
@limiter.limit(LOOKS)
def product_reviews(sku: str) -> ResponseReturnValue:
    """The page of a product's reviews, to be shared."""
    return _shared(
        render_template("contact/product_reviews.html", frame="layouts/public.html", **_shown(sku))
    )


@blueprint.get("/shop/embed/reviews/<path:sku>")
@limiter.limit(LOOKS)
def product_reviews_embedded(sku: str) -> ResponseReturnValue:
    """The same alone, for a frame on the chain's own sites, or to be fetched and set in. No script."""
    response = _shared(
        render_template("contact/product_reviews.html", frame="signups/_bare.html", **_shown(sku))
    )
    response.headers["Content-Security-Policy"] = frame_policy()
    return response


@blueprint.get("/shop/json/reviews/<path:sku>")
@limiter.limit(LOOKS)
def product_reviews_json(sku: str) -> ResponseReturnValue:
    """For the shop's own page; `json_ld` goes into it as it is, `next` leads to older ones."""
    seen = _shown(sku)
    told = {
        "sku": sku,
        "name": seen["product"]["name"],
        "count": seen["rating"].count,
        "average": round(seen["rating"].average, 2) if seen["rating"].count else None,
        "reviews": [_told(row) for row in seen["rows"]],
        "next": site.base_url() + seen["older_json"] if seen["older_json"] else None,
        "policy": site.base_url() + url_for("contact.review_policy"),
        "json_ld": seen["markup"],
    }
    return _shared(jsonify(told))


@blueprint.get("/shop/photos/<int:photo_id>")
@limiter.limit(LOOKS)
def product_review_photo(photo_id: int) -> ResponseReturnValue:
    """Of a published review only."""
    return photo_file(queries.get_photo(photo_id, is_published=True), max_age=PHOTO_SECONDS)


@blueprint.get("/shop/review-policy")
@limiter.limit(LOOKS)
def review_policy() -> ResponseReturnValue:
    """How reviews are collected, checked, ordered and kept (decree 2017-1436, articles D. 111-17 and following)."""
    return render_template("contact/review_policy.html", link_days=rules.LINK_DAYS)


def _shown(sku: str) -> dict[str, Any]:
    """What page, frame and JSON show of a product."""
    page, rating = lists.list_shown(sku, request.args.get("after")), lists.get_rating(sku)
    product = _product(sku)
    after = page.next_key
    labels = {point.key: point.words(_language()) for point in read_points(get_chain().settings)}
    return {
        "product": product,
        "rating": rating,
        "average": stars_out_of_five(rating.average),
        "count": count_words(rating.count),
        "rows": page.rows,
        "star_words": star_words,
        "verdicts": lambda row: [
            (labels[key], verdict_words(said)) for key, said in row.points.items() if key in labels
        ],
        "older": url_for(request.endpoint or "", sku=sku, after=after) if after else None,
        "older_json": url_for("contact.product_reviews_json", sku=sku, after=after) if after else None,
        "markup": rules.rating_markup(product, count=rating.count, average=rating.average),
        "graph": _open_graph(product, rating),
        "twitter": {"twitter:card": "summary", "twitter:title": product["name"]},
    }


def _product(sku: str) -> dict[str, str]:
    """As the catalogue knows it, else as its reviews call it. Raises NotFound for what nobody sells."""
    found = get_products([sku]).get(sku)
    name = found.name if found else lists.find_name(sku)
    if not name:
        raise NotFound(NO_PRODUCT)
    return {
        "name": name,
        "sku": sku,
        "url": found.url if found else "",
        "image": found.image_url if found else "",
    }


def _open_graph(product: dict[str, str], rating: Rating) -> dict[str, str]:
    """What a shared link shows (ogp.me)."""
    said = f"{stars_out_of_five(rating.average)} · {count_words(rating.count)}" if rating.count else ""
    found = {
        "og:type": "website",
        "og:title": product["name"],
        "og:description": said,
        "og:url": site.base_url() + url_for("contact.product_reviews", sku=product["sku"]),
        "og:image": product["image"],
        "og:site_name": get_chain().name,
        "og:locale": "en_GB" if _language() is Language.ENGLISH else "fr_FR",
    }
    return {name: value for name, value in found.items() if value}


def _language() -> Language:
    return Language(str(get_locale()))


def _told(row: ReviewRow) -> dict[str, Any]:
    """Nothing of who wrote it but the name that was chosen, and nothing that was for the staff."""
    photos = [url_for("contact.product_review_photo", photo_id=photo.id) for photo in row.photos]
    return {
        "stars": row.stars,
        "words": row.text,
        "name": row.public_name,
        "points": {key: value.value for key, value in row.points.items()},
        "published_on": row.published_at.date().isoformat() if row.published_at else None,
        "experienced_on": row.experienced_at.date().isoformat(),
        "photos": [site.base_url() + photo for photo in photos],
        "answer": row.answer,
    }


def _shared(body: str | Response) -> Response:
    """The same for everybody, whichever site asks."""
    response = make_response(body)
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cache-Control"] = f"public, max-age={KEPT_SECONDS}"
    response.vary.update(["Accept-Language", "Cookie"])
    return response
