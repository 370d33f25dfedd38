"""Settings: keys of the shop systems."""

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hub.blueprints.access import viewer
from hub.blueprints.forms import ids
from hub.blueprints.settings.base import blueprint, saved
from hub.blueprints.settings.forms import KeyForm
from hub.blueprints.words import SCOPES
from hub.core import clock
from hub.core.db import transaction
from hub.staff import actions, queries
from hub.staff.words import ApiScope


@blueprint.get("/keys")
def keys() -> ResponseReturnValue:
    names = {scope: gettext(words) for scope, words in SCOPES.items()}
    return render_template("settings/keys.html", rows=queries.list_api_keys(), names=names)


@blueprint.route("/keys/new", methods=["GET", "POST"])
def new_key() -> ResponseReturnValue:
    """The secret is shown in the answer to the POST and nowhere else."""
    form, secrets = KeyForm(), list[str]()
    form.offer()
    if form.does(lambda: secrets.append(_make(form))):
        return render_template("settings/key_made.html", secret=secrets[0], name=form.name.data)
    return render_template("settings/key.html", form=form), form.status


@blueprint.post("/keys/<int:key_id>/revoke")
def revoke_key(key_id: int) -> ResponseReturnValue:
    with transaction():
        actions.revoke_api_key(key_id=key_id, by=viewer().actor, now=clock.business_now())
    return saved("keys")


def _make(form: KeyForm) -> str:
    return actions.make_api_key(
        name=str(form.name.data),
        scopes=[ApiScope(scope) for scope in form.scopes.data or ()],
        agent_id=next(iter(ids([form.agent_id.data])), None),
        by=viewer().actor,
        now=clock.business_now(),
    )
