"""Doors of the prize draws for everybody: the rules, and what is needed to draw again."""

from flask import abort, jsonify, render_template
from flask.typing import ResponseReturnValue
from flask_babel import get_locale

from hub.blueprints.contact.base import blueprint
from hub.blueprints.pages import limiter
from hub.core.words import Language
from hub.reviews import draws

LOOKS = "120 per minute"
ALGORITHM = "order of hex(SHA-256(utf8(seed + ':' + number))), ascending; the first winner_count win"


@blueprint.get("/shop/draws/<int:draw_id>")
@limiter.limit(LOOKS)
def review_draw(draw_id: int) -> ResponseReturnValue:
    row = draws.get_draw(draw_id)
    is_english = Language(str(get_locale())) is Language.ENGLISH
    rules = (row.rules_en if is_english else "") or row.rules_fr
    return render_template(
        "contact/review_draw.html",
        row=row,
        rules=[part for part in rules.split("\n") if part.strip()],
        winners=draws.list_winners(draw_id),
    )


@blueprint.get("/shop/json/draws/<int:draw_id>")
@limiter.limit(LOOKS)
def review_draw_json(draw_id: int) -> ResponseReturnValue:
    """Numbers of reviews, no persons. The seed is told once the prizes are drawn."""
    row = draws.get_draw(draw_id)
    if row.drawn_at is None:
        abort(404)
    return jsonify(
        algorithm=ALGORITHM,
        commitment=row.commitment,
        seed=row.seed,
        winner_count=row.winner_count,
        entries=row.entries,
        winners=[
            {"rank": winner.rank, "number": winner.number, "passed_on": winner.passed_on_at is not None}
            for winner in draws.list_winners(draw_id)
        ],
    )
