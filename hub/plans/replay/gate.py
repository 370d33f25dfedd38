"""The gate of a replay: the rules of the outbox, asked of what was known of the customer at that moment."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from hub.core.words import Channel, Purpose
from hub.customers.queries import CustomerRow
from hub.customers.rules import is_mobile, plain_address
from hub.customers.words import ConsentAction
from hub.outbox import rules
from hub.outbox.letter import has_unsubscribe
from hub.outbox.places import Place, receiver_place
from hub.outbox.rules import Answer, Cap, ContactFacts, MessageFacts, Policy, Verdict
from hub.outbox.words import BlockReason
from hub.plans.drafting import BASKET_EXITS
from hub.plans.replay.passages import Letter
from hub.plans.replay.past import Past
from hub.plans.words import ExitReason

ALWAYS = frozenset({ExitReason.CANCELLED, ExitReason.RETURNED})
ON_THE_PATH = frozenset({*BASKET_EXITS, ExitReason.LIFE_SIGN})
STOPPING = ALWAYS | ON_THE_PATH | {ExitReason.PURCHASED}
"""What stops a message on its way out, and of these what does not stop the answer of a branch."""


class Gate:
    """`policy` is the chain's of today. Nobody competes: what other plans sent then has been counted."""

    def __init__(self, past: Past, people: Mapping[int, CustomerRow], *, policy: Policy, home: Place) -> None:
        self._past = past
        self._people = people
        self._policy = policy
        self._home = home

    def judge(self, letter: Letter, at: datetime) -> Verdict:
        """Whether it leaves, and when; one that leaves is counted."""
        if stopped := find_stop(letter, at):
            return Verdict(Answer.NEVER, BlockReason.STOPPED, stopped.value)
        message = self._facts(letter)
        contact = self._contact(letter, message.consent_purpose, at)
        verdict = rules.decide(message, contact, self._policy, at)
        if verdict.answer is Answer.NOW:
            kind = (letter.walk.customer_id, message.channel, message.purpose)
            self._past.counted.setdefault(kind, []).append(at)
            if message.consent_purpose in rules.CHOOSABLE:
                self._past.chosen.setdefault(letter.walk.customer_id, []).append(at)
        return verdict

    def _facts(self, letter: Letter) -> MessageFacts:
        step, recipient = letter.step, letter.recipient
        can_unsubscribe = has_unsubscribe(letter.template.id)
        is_deliverable = recipient is not None and (step.channel is Channel.EMAIL or is_mobile(recipient))
        return MessageFacts(
            channel=step.channel,
            purpose=step.purpose,
            recipient=recipient,
            consent_purpose=rules.consent_purpose(step.purpose, has_unsubscribe=can_unsubscribe),
            is_deliverable=is_deliverable,
            store_id=letter.store_id,
            expires_at=letter.expires_at,
        )

    def _contact(self, letter: Letter, asked: Purpose, at: datetime) -> ContactFacts:
        past, step, customer_id = self._past, letter.step, letter.walk.customer_id
        address = plain_address(letter.recipient or "")
        answer = past.answer(address, step.channel, asked, step.theme, at)
        note = past.notes.get(address)
        own = Cap(note.cap_count, note.cap_days) if note and note.cap_count and note.cap_days else None
        row = self._people[customer_id]
        phone = letter.recipient or "" if step.channel is Channel.SMS else ""
        return ContactFacts(
            is_suppressed=past.is_suppressed(address, asked, at),
            is_unconfirmed=bool(note and note.is_unconfirmed),
            has_consent=answer is ConsentAction.GIVEN,
            has_refused=answer is ConsentAction.WITHDRAWN,
            hold_reason=past.hold_reason(customer_id, step.purpose, at),
            own_cap=own,
            own_counted_at=_until(past.chosen.get(customer_id, ()), at) if own else (),
            counted_at=_until(past.counted.get((customer_id, step.channel, step.purpose), ()), at),
            place=receiver_place((row.country, row.postcode), phone=phone, home=self._home),
        )


def _until(moments: Iterable[datetime], at: datetime) -> tuple[datetime, ...]:
    """History holds what came later too."""
    return tuple(sorted(moment for moment in moments if moment <= at))


def find_stop(letter: Letter, at: datetime) -> ExitReason | None:
    """What happened by then that takes the message its point; see drafting._stop_if."""
    walk = letter.walk
    for reason, moment in walk.ends.items():
        stops = reason in ALWAYS or not (letter.step.is_branch and reason in ON_THE_PATH)
        if reason in STOPPING and stops and moment <= at:
            return reason
    return None
