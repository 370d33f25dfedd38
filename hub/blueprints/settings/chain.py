"""Settings: the overview, and the chain itself."""

from dataclasses import asdict

from flask import render_template
from flask.typing import ResponseReturnValue

from hub.blueprints.access import viewer
from hub.blueprints.settings.base import blueprint, saved
from hub.blueprints.settings.forms import ChainForm
from hub.core import clock
from hub.stores import actions, queries


@blueprint.get("/")
def index() -> ResponseReturnValue:
    return render_template("settings/index.html", chain=queries.get_chain())


@blueprint.route("/chain", methods=["GET", "POST"])
def chain() -> ResponseReturnValue:
    kept = queries.get_chain()
    form = ChainForm(data={**asdict(kept), "social_links": "\n".join(kept.social_links)})
    form.offer()
    if form.does(
        lambda: actions.edit_chain(
            details=form.details(),
            sender_name=str(form.sender_name.data),
            sender_address=str(form.sender_address.data),
            by=viewer().actor,
            now=clock.business_now(),
        )
    ):
        return saved("chain")
    return render_template("settings/chain.html", form=form), form.status
