"""What the gate would say of messages not yet written to one customer, as far as is known now; writes and locks nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from hub.core.questions import Question, all_of, answered
from hub.core.words import Channel, Purpose
from hub.customers.queries import CustomerRow
from hub.customers.rules import plain_address
from hub.outbox import gathering, rules
from hub.outbox.dossiers import Dossier, ask_dossier
from hub.outbox.letter import Kind, Letter
from hub.outbox.places import home_of
from hub.outbox.rules import Answer, Policy, Verdict
from hub.stores.queries import get_chain

MOST_LOOKS = 10


@dataclass(frozen=True, kw_only=True)
class Wish:
    """A message that a plan would post. `template_version_id` says what its receiver may refuse."""

    channel: Channel
    purpose: Purpose
    template_version_id: int
    due_at: datetime
    expires_at: datetime | None = None
    theme: str = ""
    store_id: int | None = None
    priority: int = 100


@dataclass(frozen=True)
class Passed:
    """A message that the gate would let through: it counts against the caps of the next ones."""

    channel: Channel
    purpose: Purpose
    consent_purpose: Purpose
    at: datetime


@dataclass(frozen=True)
class Foreseen:
    """The first word of the gate, and when the message would leave (None: never)."""

    verdict: Verdict
    passed: Passed | None


@dataclass(frozen=True)
class Foresight:
    """Judges wishes to one customer by what was known of him: `counted` and `chosen` had left by then."""

    customer: CustomerRow
    policy: Policy
    dossier: Dossier
    counted: Mapping[Kind, Sequence[datetime]]
    chosen: Sequence[datetime]

    @property
    def held(self) -> frozenset[Purpose]:
        """What a room upstairs holds back from him."""
        return frozenset(purpose for _, purpose in self.dossier.holds)

    def judge(self, wish: Wish, passed: Sequence[Passed] = ()) -> Foreseen:
        """What the gate would say after the messages that have `passed` already."""
        letter, at = letter_to(self.customer, wish), wish.due_at
        first = verdict = self._look(letter, at, passed)
        for _ in range(MOST_LOOKS):
            if verdict.answer is not Answer.LATER or verdict.at is None:
                break
            at = max(at, verdict.at)
            verdict = self._look(letter, at, passed)
        if verdict.answer is not Answer.NOW:
            return Foreseen(first, None)
        return Foreseen(first, Passed(wish.channel, wish.purpose, letter.consent_purpose, at))

    def _look(self, letter: Letter, at: datetime, passed: Sequence[Passed]) -> Verdict:
        counted = self.counted.get(letter.kind, ()) if letter.kind else ()
        mine = [
            each.at for each in passed if (each.channel, each.purpose) == (letter.channel, letter.purpose)
        ]
        own = [each.at for each in passed if each.consent_purpose in rules.CHOOSABLE]
        contact = replace(
            gathering.contact_of(letter, self.dossier, counted_at=[], better_count=0),
            counted_at=tuple(sorted([*counted, *mine])),
            own_cap=gathering.own_caps([letter], self.dossier).get(letter.id),
            own_counted_at=tuple(sorted([*self.chosen, *own])),
        )
        return rules.decide(gathering.facts_of(letter), contact, self.policy, at)


def letter_to(person: CustomerRow, wish: Wish) -> Letter:
    """The message as the gate would see it."""
    return Letter(
        id=0, uuid="", channel=wish.channel, purpose=wish.purpose, theme=wish.theme, customer_id=person.id,
        store_id=wish.store_id, recipient=person.mail if wish.channel is Channel.EMAIL else person.phone,
        recipient_name=person.name, sender_name="", sender_address=None, reply_to=None,
        template_version_id=wish.template_version_id, values={}, headers={}, attachments=[], message_id="",
        source_kind=None, source_id=None, stop_if={}, priority=wish.priority, due_at=wish.due_at,
        expires_at=wish.expires_at, counted_at=None, attempt_count=0,
    )  # fmt: skip


def ask_foresight(customer: CustomerRow, *, now: datetime) -> Question[Foresight]:
    """Of all his addresses and of every kind that is capped, however many messages and channels a plan has."""
    chain = get_chain()
    policy = rules.read_policy(chain.settings)
    addresses = {plain_address(each) for each in (customer.mail, customer.phone) if each}
    kinds = {(customer.id, *kind) for kind in policy.caps}
    window = timedelta(days=max((cap.days for cap in policy.caps.values()), default=0))

    def with_chosen(dossier: Dossier) -> Question[tuple[Dossier, Sequence[datetime]]]:
        days = max((note.cap_days or 0 for note in dossier.notes.values()), default=0)
        if not days:
            return answered((dossier, ()))
        counted = gathering.ask_own_counted({customer.id}, since=now - timedelta(days=days))
        return counted.then(lambda found: (dossier, found[customer.id]))

    return all_of(
        gathering.ask_pauses(policy, now=now),
        ask_dossier({customer.id}, addresses, home=home_of(chain.time_zone), now=now).followed_by(
            with_chosen
        ),
        gathering.ask_counted(kinds, since=now - window),
    ).then(lambda found: Foresight(customer, found[0], found[1][0], found[2], found[1][1]))
