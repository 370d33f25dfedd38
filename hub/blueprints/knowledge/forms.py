"""Forms of the knowledge base."""

from typing import Any

from flask_babel import lazy_gettext
from wtforms import BooleanField, HiddenField, SelectField, StringField, TextAreaField

from hub.blueprints.forms import Form, ids, options, required
from hub.blueprints.knowledge.base import language_words, reason_choices, state_words
from hub.blueprints.knowledge.scope_form import ScopeForm
from hub.core.words import Language
from hub.knowledge.scoping import ArticleScope
from hub.knowledge.words import ArticleState


class ArticleForm(ScopeForm):
    """An article in one language; `seen_version` tells whether somebody else saved in the meantime."""

    title = StringField(lazy_gettext("Title"), [required()])
    summary = StringField(
        lazy_gettext("Summary"),
        description=lazy_gettext("One sentence that answers; shown in lists and searches."),
    )
    body = TextAreaField(
        lazy_gettext("Text"),
        [required()],
        description=lazy_gettext(
            "Markdown: ## for a heading, - for a list, **bold**, [words](https://address)."
        ),
    )
    language = SelectField(lazy_gettext("Language"))
    state = SelectField(
        lazy_gettext("State"),
        description=lazy_gettext("Customers see published articles only; drafts are for editors."),
    )
    reason_id = SelectField(lazy_gettext("Contact reason"))
    pair_id = SelectField(lazy_gettext("The same article in the other language"))
    seen_version = HiddenField()

    def offer(self, pairs: list[tuple[int, str]], scope: ArticleScope) -> None:
        self.offer_scope(scope)
        self.language.choices = options((each, language_words(each)) for each in Language)
        self.state.choices = options((each, state_words(each)) for each in ArticleState)
        self.reason_id.choices = options(reason_choices())
        self.pair_id.choices = options([("", "–"), *pairs])

    def values(self) -> dict[str, Any]:
        """What the room asks for, besides whom and when."""
        return {
            "title": str(self.title.data or ""),
            "summary": str(self.summary.data or ""),
            "body": str(self.body.data or ""),
            "state": ArticleState(self.state.data),
            "reason_id": next(iter(ids([self.reason_id.data])), None),
            "pair_id": next(iter(ids([self.pair_id.data])), None),
            "scope": self.scope(),
        }


class ReplyForm(Form):
    """A standard reply."""

    title = StringField(lazy_gettext("Title"), [required()])
    language = SelectField(lazy_gettext("Language"))
    reason_id = SelectField(lazy_gettext("Contact reason"))
    body = TextAreaField(
        lazy_gettext("Text"),
        [required()],
        description=lazy_gettext("The greeting and the signature are added when the reply leaves."),
    )
    is_active = BooleanField(lazy_gettext("Offered in the composer"), default=True)

    may_stores_add = BooleanField(
        lazy_gettext("Stores may add a paragraph of their own"),
        default=True,
        description=lazy_gettext(
            "Without it the reply is the same in every store; what stores wrote is kept, and not shown."
        ),
    )

    def offer(self) -> None:
        self.language.choices = options((each, language_words(each)) for each in Language)
        self.reason_id.choices = options(reason_choices())

    def values(self) -> dict[str, Any]:
        return {
            "title": str(self.title.data or ""),
            "body": str(self.body.data or ""),
            "language": Language(self.language.data),
            "reason_id": next(iter(ids([self.reason_id.data])), None),
            "is_active": bool(self.is_active.data),
            "may_stores_add": bool(self.may_stores_add.data),
        }
