"""Doors of what is printed: the QR code of a link, a poster for a counter, the posters of all stores at once."""

from io import BytesIO

import segno
from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from hub.blueprints.questionnaire_links.base import blueprint
from hub.questionnaires import open_links
from hub.questionnaires.links import address_of
from hub.questionnaires.words import LinkKind

SIZES = ("a4", "a5")
PNG_SCALE = 20
"""Points of a module: some 700 points a side, enough for paper."""


@blueprint.get("/<int:questionnaire_id>/links/<int:link_id>/code.svg")
def code_svg(questionnaire_id: int, link_id: int) -> ResponseReturnValue:
    return Response(_draw(questionnaire_id, link_id, "svg"), mimetype="image/svg+xml")


@blueprint.get("/<int:questionnaire_id>/links/<int:link_id>/code.png")
def code_png(questionnaire_id: int, link_id: int) -> ResponseReturnValue:
    drawn = Response(_draw(questionnaire_id, link_id, "png"), mimetype="image/png")
    drawn.headers["Content-Disposition"] = f'attachment; filename="questionnaire-{link_id}.png"'
    return drawn


@blueprint.get("/<int:questionnaire_id>/links/<int:link_id>/poster")
def poster(questionnaire_id: int, link_id: int) -> ResponseReturnValue:
    return _print(questionnaire_id, [open_links.get_link(questionnaire_id, link_id)])


@blueprint.get("/<int:questionnaire_id>/links/posters")
def posters(questionnaire_id: int) -> ResponseReturnValue:
    """Of all counters whose link is on, a page each."""
    rows = open_links.list_links(questionnaire_id, kind=LinkKind.COUNTER)
    return _print(questionnaire_id, [row for row in rows if row.is_active])


def _draw(questionnaire_id: int, link_id: int, kind: str) -> bytes:
    """A quarter of it may be dirty or torn (level Q), with the quiet border of four modules that readers want."""
    link = open_links.get_link(questionnaire_id, link_id)
    drawn = BytesIO()
    code = segno.make_qr(address_of(link.token), error="q")
    scale = PNG_SCALE if kind == "png" else 8
    code.save(drawn, kind=kind, scale=scale, border=4, dark="#000", light="#fff")
    return drawn.getvalue()


def _print(questionnaire_id: int, rows: list[open_links.LinkRow]) -> str:
    size = request.args.get("size", "")
    return render_template(
        "questionnaire_links/posters.html",
        handed=open_links.get_handed(questionnaire_id),
        posters=[(row, address_of(row.token)) for row in rows],
        size=size if size in SIZES else SIZES[0],
    )
