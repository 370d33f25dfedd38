"""Doors of the prize draws: announce one, draw it when its period is over, pass a prize on."""

import re
from collections.abc import Callable
from datetime import date

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hub.blueprints.access import viewer
from hub.blueprints.errors import sentence_of
from hub.blueprints.reviews.base import blueprint
from hub.core import clock
from hub.core.db import transaction
from hub.core.errors import Conflict, Invalid
from hub.core.text import N_
from hub.customers.queries import get_customers
from hub.reviews import draws
from hub.reviews.draw_rules import MOST_WINNERS, DrawDraft
from hub.staff.words import Permission

EDITING = ("announce_draw", "call_off_draw", "hold_draw", "pass_prize_on")
COUNT = re.compile(r"[0-9]{1,3}")
BAD_DAY = N_("Please give the day as YYYY-MM-DD.")


@blueprint.get("/draws")
def list_draws() -> ResponseReturnValue:
    return _list()


@blueprint.post("/draws")
def announce_draw() -> ResponseReturnValue:
    """With its rules; the seed is sealed now and shown after the draw."""
    try:
        with transaction():
            draw_id = draws.announce_draw(_draft(), by=viewer().actor, now=clock.business_now())
    except Invalid as error:
        return _list(notice=sentence_of(error), field=error.field), error.status
    flash(gettext("The draw is announced. Its rules have a public page."), "ok")
    return redirect(url_for("reviews.show_draw", draw_id=draw_id), 303)


@blueprint.get("/draws/<int:draw_id>")
def show_draw(draw_id: int) -> ResponseReturnValue:
    return _show(draw_id)


@blueprint.post("/draws/<int:draw_id>/draw")
def hold_draw(draw_id: int) -> ResponseReturnValue:
    done = gettext("The prizes are drawn, and the winners are told by mail.")
    return _act(draw_id, lambda: draws.draw(draw_id, by=viewer().actor, now=clock.business_now()), done)


@blueprint.post("/draws/<int:draw_id>/call-off")
def call_off_draw(draw_id: int) -> ResponseReturnValue:
    """Before its first day."""
    try:
        with transaction():
            draws.call_off(draw_id, by=viewer().actor, now=clock.business_now())
    except Conflict as error:
        return _show(draw_id, notice=sentence_of(error)), error.status
    flash(gettext("The draw is called off."), "ok")
    return redirect(url_for("reviews.list_draws"), 303)


@blueprint.post("/draws/<int:draw_id>/winners/<int:rank>/pass-on")
def pass_prize_on(draw_id: int, rank: int) -> ResponseReturnValue:
    reason, by = request.form.get("reason", "").replace("\x00", ""), viewer().actor
    done = gettext("The prize passes on to the next in the order of the draw.")
    return _act(
        draw_id, lambda: draws.pass_on(draw_id, rank, reason=reason, by=by, now=clock.business_now()), done
    )


def _act(draw_id: int, act: Callable[[], None], done: str) -> ResponseReturnValue:
    try:
        with transaction():
            act()
    except (Invalid, Conflict) as error:
        return _show(draw_id, notice=sentence_of(error)), error.status
    flash(done, "ok")
    return redirect(url_for("reviews.show_draw", draw_id=draw_id), 303)


def _list(*, notice: str = "", field: str | None = None) -> str:
    rows, today = draws.list_draws(), draws.today_of(clock.business_now())
    return render_template(
        "reviews/draws.html",
        rows=rows,
        today=today,
        given=request.form,
        notice=notice,
        field=field,
        most=MOST_WINNERS,
        may_edit=viewer().may(Permission.EDIT_SURVEYS),
    )


def _show(draw_id: int, *, notice: str = "") -> str:
    row, winners = draws.get_draw(draw_id), draws.list_winners(draw_id)
    today = draws.today_of(clock.business_now())
    return render_template(
        "reviews/draw.html",
        row=row,
        winners=winners,
        customers=get_customers({winner.customer_id for winner in winners}),
        is_over=today > row.until_on,
        is_ahead=today < row.since_on,
        may_edit=viewer().may(Permission.EDIT_SURVEYS),
        notice=notice,
    )


def _draft() -> DrawDraft:
    count = request.form.get("winner_count", "")
    return DrawDraft(
        name=_words("name"),
        prize=_words("prize"),
        rules_fr=_words("rules_fr"),
        rules_en=_words("rules_en"),
        since_on=_day("since_on"),
        until_on=_day("until_on"),
        winner_count=int(count) if COUNT.fullmatch(count) else 0,
    )


def _words(name: str) -> str:
    return request.form.get(name, "").replace("\x00", "").replace("\r\n", "\n").strip()


def _day(name: str) -> date:
    try:
        return date.fromisoformat(request.form.get(name, ""))
    except ValueError:
        raise Invalid(BAD_DAY, field=name) from None
