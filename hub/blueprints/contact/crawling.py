"""What search engines are told: which pages of customers there are, and which are nobody's business."""

from collections.abc import Iterator
from datetime import datetime

from flask import Response, render_template, url_for

from hub.blueprints.contact.base import blueprint
from hub.core import site
from hub.core.words import Language
from hub.knowledge.addresses import list_addresses
from hub.stores.queries import list_stores

AN_HOUR = 3600
CLOSED = (
    *(
        "/a/",
        "/q/",
        "/r/",
        "/u/",
        "/l/",
        "/o/",
        "/why/",
        "/preferences/",
        "/confirm/",
        "/contact/r/",
        "/contact/t/",
    ),
    *("/help/search", "/invitation/", "/password/", "/session/", "/inbox/", "/api/", "/demo/"),
)
"""Personal links and the staff's rooms; each of them refuses or says noindex itself too."""
Page = tuple[str, datetime | None, list[tuple[str, str]]]
"""Address, when it changed last, and the same in other languages."""


@blueprint.get("/robots.txt")
def robots() -> Response:
    lines = [
        "User-agent: *",
        *(f"Disallow: {path}" for path in CLOSED),
        "",
        f"Sitemap: {site.base_url()}/sitemap.xml",
    ]
    return _kept("\n".join(lines) + "\n", "text/plain")


@blueprint.get("/sitemap.xml")
def sitemap() -> Response:
    """The help centre with its languages, the stores, the contact form (sitemaps.org, 0.9)."""
    return _kept(
        render_template("contact/sitemap.xml", pages=list(_pages()), base=site.base_url()), "application/xml"
    )


def _pages() -> Iterator[Page]:
    for endpoint in ("help_centre.index", "contact.list_stores", "contact.form", "contact.review_policy"):
        yield url_for(endpoint), None, [(each.value, url_for(endpoint, lang=each.value)) for each in Language]
    for row in list_addresses():
        address = url_for("help_centre.article", key=row.key)
        other = (
            [
                (row.language.value, address),
                (row.pair_language, url_for("help_centre.article", key=row.pair_key)),
            ]
            if row.pair_key
            else []
        )
        yield address, row.updated_at, other
    for store in list_stores():
        yield url_for("contact.store", slug=store.slug), None, []


def _kept(body: str, kind: str) -> Response:
    answer = Response(body, mimetype=kind)
    answer.headers["Cache-Control"] = f"public, max-age={AN_HOUR}"
    answer.add_etag()
    return answer
