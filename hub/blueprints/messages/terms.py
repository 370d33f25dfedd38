"""Door of the chain's terms: what its letters say of payment, delivery, returns and advantages, in each language."""

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import TextAreaField

from hub.blueprints.access import viewer
from hub.blueprints.forms import Form
from hub.blueprints.messages.base import blueprint
from hub.core import clock
from hub.core.words import Language
from hub.stores.queries import get_chain
from hub.stores.terms import TERMS, change_terms, field_of, read_terms

LABELS: Mapping[Language, Any] = {Language.FRENCH: _("In French"), Language.ENGLISH: _("In English")}


class TermsForm(Form):
    """One field a term and language is added below: `vip_terms_fr`."""

    def terms(self) -> dict[Language, dict[str, str]]:
        return {
            language: {name: self[field_of(name, language)].data or "" for name in TERMS}
            for language in LABELS
        }


for _language, _label in LABELS.items():
    for _name in TERMS:
        setattr(TermsForm, field_of(_name, _language), TextAreaField(_label))


@blueprint.get("/terms")
def show_terms() -> ResponseReturnValue:
    settings = get_chain().settings
    written = {
        field_of(name, language): words
        for language in LABELS
        for name, words in read_terms(settings, language).items()
    }
    return _page(TermsForm(data=written))


@blueprint.post("/terms")
def save_terms() -> ResponseReturnValue:
    form = TermsForm()
    if not form.does(lambda: change_terms(form.terms(), by=viewer().actor, now=clock.business_now())):
        return _page(form), form.status
    flash(gettext("Saved. Letters of plans say it from now on."), "ok")
    return redirect(url_for("messages.show_terms"), 303)


def _page(form: TermsForm) -> str:
    headings = {
        "payment_terms": (gettext("Payment"), gettext("How one pays, and why it is safe.")),
        "delivery_terms": (gettext("Delivery"), gettext("How and when one is delivered.")),
        "free_delivery_terms": (gettext("Free delivery"), gettext("Only what is true for everybody.")),
        "return_terms": (gettext("Returns"), gettext("How one gives back and is refunded.")),
        "vip_terms": (
            gettext("VIP status"),
            gettext("What it gives. Without words the letters do not say so in detail."),
        ),
        "loyalty_terms": (gettext("Loyalty programme"), gettext("In a sentence or two.")),
    }
    sections = [(name, *headings[name], [field_of(name, language) for language in LABELS]) for name in TERMS]
    return render_template("messages/terms.html", form=form, sections=sections)
