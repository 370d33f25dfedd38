"""Tells other systems what happened: facts become deliveries to webhooks, a batch at a time, in ids and numbers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from hub.core import clock
from hub.core.facts import FactRow
from hub.customers import looking as customers
from hub.inbox import queries as inbox
from hub.outbox import queries as outbox
from hub.questionnaires.results import telling as questionnaires
from hub.reactions.bridging import bridged_shape
from hub.stores import queries as stores
from hub.webhooks import actions as webhooks
from hub.webhooks.actions import News
from hub.webhooks.queries import list_wanted
from hub.webhooks.words import WebhookEvent

EVENTS: Mapping[str, WebhookEvent] = {
    "TicketOpened": WebhookEvent.TICKET_OPENED,
    "CustomerWrote": WebhookEvent.CUSTOMER_WROTE,
    "TicketReplied": WebhookEvent.TICKET_REPLIED,
    "ReplyUndone": WebhookEvent.REPLY_UNDONE,
    "TicketSolved": WebhookEvent.TICKET_SOLVED,
    "TicketReopened": WebhookEvent.TICKET_REOPENED,
    "TicketTransferred": WebhookEvent.TICKET_TRANSFERRED,
    "SurveyAnswered": WebhookEvent.SURVEY_ANSWERED,
    "AnswerWorded": WebhookEvent.ANSWER_CHANGED,
    "AnswersContradicted": WebhookEvent.ANSWER_WITHDRAWN,
    "QuestionnaireAnswered": WebhookEvent.QUESTIONNAIRE_ANSWERED,
    "ReplyHandedOver": WebhookEvent.MESSAGE_TO_DELIVER,
    "MessageBounced": WebhookEvent.MESSAGE_BOUNCED,
    "ConsentChanged": WebhookEvent.CONSENT_CHANGED,
}
"""Which fact is told as what; its fields are told as they are, with what `_Telling` adds."""


def tell(facts: Sequence[FactRow]) -> int:
    """A delivery for each endpoint that asked; the same fact told again is told once. Returns how many are new."""
    told = [fact for fact in facts if fact.kind in EVENTS]
    if not told:
        return 0
    wanted = list_wanted()
    told = [fact for fact in told if EVENTS[fact.kind] in wanted]
    if not told:
        return 0
    telling = _Telling(told)
    return webhooks.announce([telling.news_of(fact) for fact in told], machine_now=clock.machine_now())


@dataclass
class _Telling:
    """What a batch of facts is told with, looked up in a handful of statements."""

    facts: Sequence[FactRow]
    more: Mapping[str, Callable[[FactRow], dict[str, Any]]] = field(init=False)

    def __post_init__(self) -> None:
        self.more = {
            "MessageBounced": self._bounced,
            "ConsentChanged": self._consent,
            "ReplyHandedOver": self._handed_over,
            "QuestionnaireAnswered": self._questionnaire,
        }

    def news_of(self, fact: FactRow) -> News:
        if fact.kind == "QuestionnaireAnswered" and fact.data.get("response_id") is None:
            return self._nameless(fact)
        data = {"customer_id": fact.customer_id, **fact.data}
        if fact.kind in self.more:
            data |= self.more[fact.kind](fact)
        if "ticket_id" in data:
            data["ticket"] = self._numbers.get(data["ticket_id"])
        for name in ("store", "from_store"):
            if f"{name}_id" in data:
                data[name] = self._codes.get(data[f"{name}_id"])
        return News(
            event=EVENTS[fact.kind],
            fact_id=fact.id,
            store_id=data.get("store_id"),
            happened_at=fact.happened_at,
            data=data,
        )

    def _nameless(self, fact: FactRow) -> News:
        """Of an anonymous questionnaire that somebody answered it that day: no store, no version, no customer."""
        return News(
            event=EVENTS[fact.kind],
            fact_id=fact.id,
            store_id=None,
            happened_at=fact.happened_at,
            data=self._questionnaire(fact),
            is_nameless=True,
        )

    def _ids(self, name: str) -> set[int]:
        return {fact.data[name] for fact in self.facts if fact.data.get(name)}

    @cached_property
    def _numbers(self) -> Mapping[int, str]:
        return inbox.get_numbers(self._ids("ticket_id"))

    @cached_property
    def _codes(self) -> Mapping[int | None, str]:
        known = {
            *self._ids("store_id"),
            *self._ids("from_store_id"),
            *(sent.store_id for sent in self._sent.values() if sent.store_id),
        }
        return {store_id: store.code for store_id, store in stores.get_stores(known).items()}

    @cached_property
    def _sent(self) -> Mapping[int, outbox.MessageRow]:
        return outbox.list_messages(self._ids("outbound_id"))

    def _bounced(self, fact: FactRow) -> dict[str, Any]:
        sent = self._sent.get(fact.data["outbound_id"])
        return {"store_id": sent.store_id, "channel": sent.channel.value} if sent else {}

    @cached_property
    def _bridged(self) -> Mapping[int, inbox.BridgedReply]:
        handed = {fact.data["outbound_id"] for fact in self.facts if fact.kind == "ReplyHandedOver"}
        return inbox.list_bridged(handed)

    @cached_property
    def _handles(self) -> Mapping[int, dict[str, str]]:
        people = {reply.customer_id for reply in self._bridged.values() if reply.customer_id}
        return customers.get_external_ids(people)

    def _handed_over(self, fact: FactRow) -> dict[str, Any]:
        """The one event with words in it: a bridge cannot carry a reply that it does not know."""
        reply = self._bridged.get(fact.data["outbound_id"])
        return bridged_shape(reply, self._handles.get(reply.customer_id or 0, {})) if reply else {}

    @cached_property
    def _entries(self) -> Mapping[int, dict[str, str]]:
        return customers.get_entry_words(self._ids("entry_id"))

    def _consent(self, fact: FactRow) -> dict[str, Any]:
        return self._entries.get(fact.data["entry_id"], {})

    @cached_property
    def _keys(self) -> Mapping[int, str]:
        return questionnaires.get_keys(self._ids("questionnaire_id"))

    def _questionnaire(self, fact: FactRow) -> dict[str, Any]:
        return {"questionnaire": self._keys.get(fact.data["questionnaire_id"])}
