"""Door of the chain's own synonyms: a list of words that stand for one another, per language."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, gettext
from flask_babel import lazy_gettext as _
from wtforms import TextAreaField

from hub.blueprints.access import viewer
from hub.blueprints.forms import Form
from hub.blueprints.knowledge.base import blueprint, read_language
from hub.core import clock
from hub.core.words import Language
from hub.knowledge.own_synonyms import get_synonyms, save_synonyms
from hub.knowledge.synonyms import LISTS


class SynonymsForm(Form):
    text = TextAreaField(_("Words that stand for one another"))


@blueprint.route("/synonyms", methods=["GET", "POST"])
def edit_synonyms() -> ResponseReturnValue:
    """One group a line; ours are shown beside, and stay."""
    language = read_language(request.args.get("language")) or Language(str(get_locale()))
    form, now = SynonymsForm(text=get_synonyms(language).text), clock.business_now()
    if form.does(lambda: save_synonyms(language, str(form.text.data or ""), by=viewer().actor, now=now)):
        flash(gettext("Saved. Searches know the words from now on."), "ok")
        return redirect(url_for("knowledge.edit_synonyms", language=language), 303)
    ours = LISTS[language].strip().splitlines()
    return render_template(
        "knowledge/synonyms.html", form=form, language_asked=language, ours=ours
    ), form.status
