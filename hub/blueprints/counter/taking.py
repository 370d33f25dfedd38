"""The page of the counter and the one address entries are sent to, by the form or by the tablet's script."""

import secrets
from dataclasses import dataclass
from types import SimpleNamespace

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hub.blueprints.access import viewer
from hub.blueprints.cookies import renew
from hub.blueprints.counter.base import SEAL, blueprint
from hub.blueprints.counter.forms import CounterForm, entry_of, first_error
from hub.blueprints.counter.words import script_words
from hub.blueprints.errors import sentence_of, wants_json
from hub.blueprints.forms import closed_sentence
from hub.blueprints.meant import suggestions_of
from hub.blueprints.pages import limiter
from hub.core import browser_seals, clock
from hub.core.db import transaction
from hub.core.errors import Conflict, Invalid, NotFound
from hub.core.text import N_
from hub.inbox import actions
from hub.staff import queries as staff
from hub.stores import queries as stores
from hub.stores.queries import StoreRow

RATE = "60 per minute"


@dataclass(frozen=True)
class Answer:
    """The ticket's number; else what to correct (`field` None: nothing in particular) or how long the door is closed."""

    number: str | None = None
    field: str | None = None
    sentence: str = ""
    wait_seconds: int = 0

    @property
    def status(self) -> int:
        return 201 if self.number else 429 if self.wait_seconds else 422


def by_person() -> str:
    return f"counter:{viewer().agent_id}"


@blueprint.get("/")
def desk() -> ResponseReturnValue:
    """For the store of the person, or the one chosen from the list."""
    store = _store(request.args.get("store", ""))
    if store is None:
        return render_template("counter/stores.html", houses=_list_houses())
    form = CounterForm(key=secrets.token_hex(16))
    return _show(form, store)


@blueprint.post("/")
@limiter.limit(RATE, key_func=by_person)
def note() -> ResponseReturnValue:
    """JSON for the tablet's script; a page for a form that was sent without it."""
    store = _store(request.form.get("store", ""))
    if store is None:
        raise NotFound(N_("This store does not exist, or it is not one of yours."))
    form = CounterForm().offer(staff.list_signers(store.id))
    if not wants_json() and not form.is_settled():
        return _show(form, store), 422
    answer = _take(form, store.id)
    if wants_json():
        return _tell(answer, form)
    if answer.number is None:
        if not form.errors:
            form.point_out(answer.field, answer.sentence)
        return _show(form, store), 422
    flash(gettext("The contact is noted: %(number)s.", number=answer.number), "ok")
    return redirect(url_for("counter.desk", store=store.id), 303)


def _store(asked: str) -> StoreRow | None:
    """One of the person's stores; without a wish the one he or she works in, or the only one."""
    me = viewer()
    store_id = int(asked) if asked.isdecimal() else me.home_store_id
    if store_id is None or not me.scope.has_store(store_id):
        return None
    return next(iter(stores.list_stores(store_ids=[store_id])), None)


def _list_houses() -> list[StoreRow]:
    me = viewer()
    return stores.list_stores(store_ids=None if me.scope.is_everything else me.scope.store_ids)


def _show(form: CounterForm, store: StoreRow) -> str:
    signers = staff.list_signers(store.id)
    return render_template(
        "counter/desk.html",
        form=form.offer(signers),
        store=store,
        signers=signers,
        words=script_words(),
        seal_key=browser_seals.public_key(SEAL),
        seal_purpose=SEAL,
    )


def _take(form: CounterForm, store_id: int) -> Answer:
    if not form.is_sent():
        name, sentence = first_error(form.errors)
        return Answer(field=name, sentence=sentence)
    try:
        with transaction():
            noted = actions.note_at_counter(
                entry_of(form, store_id),
                viewer=viewer(),
                now=clock.business_now(),
                machine_now=clock.machine_now(),
            )
    except (Invalid, Conflict) as error:
        return Answer(field=error.field, sentence=sentence_of(error))
    if noted.number is None and noted.wait_seconds:
        return Answer(None, "pin", closed_sentence(noted.wait_seconds), noted.wait_seconds)
    wrong = gettext("This PIN is not right. Please try again.")
    return Answer(noted.number) if noted.number else Answer(field="pin", sentence=wrong)


def _asked_about(form: CounterForm) -> str:
    """What was probably meant, said once the contact is noted: the tablet's entry may be hours old and is not held up."""
    values = ", ".join(suggestions_of(SimpleNamespace(**form.data)).values())
    return gettext("Did you mean %(value)s?", value=values) if values else ""


def _tell(answer: Answer, form: CounterForm) -> ResponseReturnValue:
    if answer.number:
        renew()
        href = url_for("inbox.ticket", number=answer.number)
        meant = _asked_about(form)
        return jsonify(number=answer.number, href=href, **({"meant": meant} if meant else {})), 201
    headers = {"Retry-After": str(answer.wait_seconds)} if answer.wait_seconds else {}
    code = "closed" if answer.wait_seconds else "invalid"
    body = {"code": code, "field": answer.field, "message": answer.sentence}
    return jsonify(error=body), answer.status, headers
