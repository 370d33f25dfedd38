"""Door of the staff's votes: whether an article helped in an answer, and why not."""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hub.blueprints.access import viewer
from hub.blueprints.article_votes import given_answer, given_reason
from hub.blueprints.knowledge.articles import readable
from hub.blueprints.knowledge.base import blueprint
from hub.core import clock
from hub.core.db import transaction
from hub.knowledge import voting


@blueprint.post("/articles/<key>/vote")
def vote(key: str) -> ResponseReturnValue:
    """On the version that is current; said again, it takes the place of what the person said before."""
    article, answer = readable(key), given_answer()
    if answer is None:
        flash(gettext("Please say whether the article helped."), "error")
    else:
        with transaction():
            voting.vote(
                article_id=article.id,
                version_number=article.version_number,
                is_helpful=answer,
                reason=given_reason(),
                words=request.form.get("words", ""),
                agent_id=viewer().agent_id,
                now=clock.business_now(),
            )
        flash(gettext("Thank you. The editors read it beside the article."), "ok")
    return redirect(url_for("knowledge.show_article", key=key), 303)
