"""Forms of the knowledge base."""

from typing import Any

from flask_babel import lazy_gettext
from wtforms import BooleanField, HiddenField, SelectField, StringField, TextAreaField

from hub.blueprints.forms import CheckboxesField, Form, ids, options, required
from hub.blueprints.inbox.reply_codes import code_words
from hub.blueprints.inbox.words import channel_words
from hub.blueprints.inbox.words import state_words as ticket_state_words
from hub.blueprints.knowledge.base import language_words, reason_choices, state_words
from hub.blueprints.knowledge.scope_form import ScopeForm
from hub.core import clock
from hub.core.words import Channel, Language
from hub.inbox.queries import list_tags
from hub.inbox.words import TicketState
from hub.knowledge.rows import NO_ACTS, ReplyActs
from hub.knowledge.scoping import ArticleScope
from hub.knowledge.words import AfterSending, ArticleState
from hub.loyalty.vouchers import list_vouchers

REPLIED_ON = (Channel.EMAIL, Channel.SMS, Channel.WHATSAPP, Channel.CHAT, Channel.SOCIAL)


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

    channels = CheckboxesField(
        lazy_gettext("Channels it is offered on"),
        description=lazy_gettext("None chosen: all channels."),
    )
    sets_reason_id = SelectField(lazy_gettext("Sending it sets the contact reason"), default="")
    sets_state = SelectField(
        lazy_gettext("Sending it sets the state"),
        default="",
        description=lazy_gettext("A ticket without a contact reason cannot be solved."),
    )
    sets_tag_id = SelectField(lazy_gettext("Sending it adds the tag"), default="")
    gives_pool_id = SelectField(
        lazy_gettext("Sending it gives a promo code"),
        default="",
        description=lazy_gettext(
            "Personal codes with a fixed amount. Write {{promo.code}} in the text, where the code goes; "
            "it counts as a gesture of whoever sends it, up to what he or she may give alone."
        ),
    )

    @staticmethod
    def given(acts: ReplyActs) -> dict[str, Any]:
        return {
            "sets_reason_id": str(acts.reason_id or ""),
            "sets_state": acts.state.value if acts.state else "",
            "sets_tag_id": str(acts.tag_id or ""),
            "gives_pool_id": str(acts.pool_id or ""),
        }

    def offer(self, acts: ReplyActs = NO_ACTS) -> None:
        """What can be chosen no more is said beside its field: a tag that was retired, codes that have run out."""
        self.language.choices = options((each, language_words(each)) for each in Language)
        self.reason_id.choices = options(reason_choices())
        self.channels.choices = options((each, channel_words(each)) for each in REPLIED_ON)
        self.sets_reason_id.choices = options(reason_choices())
        states = [(each, ticket_state_words(TicketState(each))) for each in AfterSending]
        self.sets_state.choices = options([("", "–"), *states])
        tags = list_tags(is_active=None)
        self.sets_tag_id.choices = options(
            [("", "–"), *((row.id, row.name) for row in tags if row.is_active)]
        )
        for row in tags:
            if row.id == acts.tag_id and not row.is_active:
                self.sets_tag_id.description = lazy_gettext(
                    "The tag “%(tag)s” was retired: it is not put on tickets any more.", tag=row.name
                )
        vouchers = list_vouchers(now=clock.business_now(), pool_ids=[acts.pool_id] if acts.pool_id else [])
        self.gives_pool_id.choices = options(
            [("", "–"), *((row.pool_id, code_words(row)) for row in vouchers)]
        )

    def values(self) -> dict[str, Any]:
        return {
            "title": str(self.title.data or ""),
            "body": str(self.body.data or ""),
            "language": Language(self.language.data),
            "reason_id": next(iter(ids([self.reason_id.data])), None),
            "is_active": bool(self.is_active.data),
            "may_stores_add": bool(self.may_stores_add.data),
            "channels": [Channel(each) for each in self.channels.data or ()],
            "acts": ReplyActs(
                reason_id=next(iter(ids([self.sets_reason_id.data])), None),
                state=AfterSending(self.sets_state.data) if self.sets_state.data else None,
                tag_id=next(iter(ids([self.sets_tag_id.data])), None),
                pool_id=next(iter(ids([self.gives_pool_id.data])), None),
            ),
        }
