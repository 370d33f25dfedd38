"""What the gate would say of messages not yet written to one customer, as far as is known now; writes and locks nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property

from hub.core.words import Channel, Purpose
from hub.customers.queries import CustomerRow
from hub.customers.rules import plain_address
from hub.outbox import gathering, rules
from hub.outbox.letter import Kind, Letter
from hub.outbox.places import home_of
from hub.outbox.rules import Answer, Cap, Policy, Verdict
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
class _Known:
    dossier: gathering.Dossier
    counted_at: list[datetime]
    own_cap: Cap | None
    own_counted_at: list[datetime]


@dataclass
class Foresight:
    """Judges wishes to one customer; what is known of him is looked up once."""

    customer: CustomerRow
    now: datetime
    _known: dict[tuple[Channel, Purpose, str], _Known] = field(default_factory=dict)

    def judge(self, wish: Wish, passed: Sequence[Passed] = ()) -> Foreseen:
        """What the gate would say after the messages that have `passed` already."""
        letter, at = self._letter(wish), wish.due_at
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
        known = self._known_of(letter)
        mine = [
            each.at for each in passed if (each.channel, each.purpose) == (letter.channel, letter.purpose)
        ]
        own = [each.at for each in passed if each.consent_purpose in rules.CHOOSABLE]
        contact = replace(
            gathering.contact_of(letter, known.dossier, counted_at=[], better_count=0),
            counted_at=tuple(sorted([*known.counted_at, *mine])),
            own_cap=known.own_cap,
            own_counted_at=tuple(sorted([*known.own_counted_at, *own])),
        )
        return rules.decide(gathering.facts_of(letter), contact, self._policy, at)

    @cached_property
    def _policy(self) -> Policy:
        return gathering.with_pauses(rules.read_policy(get_chain().settings), now=self.now)

    @cached_property
    def _dossier(self) -> gathering.Dossier:
        """Of all his addresses at once, however many channels a plan writes on."""
        addresses = {plain_address(each) for each in (self.customer.mail, self.customer.phone) if each}
        home = home_of(get_chain().time_zone)
        return gathering.dossier_of({self.customer.id}, addresses, home=home, now=self.now)

    @cached_property
    def _counted(self) -> Mapping[Kind, list[datetime]]:
        """What has left by now of every kind that is capped; the rules leave out what is older than a cap looks back."""
        caps = self._policy.caps
        kinds = {(self.customer.id, *kind) for kind in caps}
        since = self.now - timedelta(days=max((cap.days for cap in caps.values()), default=0))
        return gathering.list_counted(kinds, since=since) if kinds else {}

    def _known_of(self, letter: Letter) -> "_Known":
        """By channel, purpose and theme: what has left by now, and what he said."""
        kind = (letter.channel, letter.purpose, letter.theme)
        if kind not in self._known:
            own = gathering.own_caps([letter], self._dossier)
            counted = self._counted.get(letter.kind, []) if letter.kind else []
            chosen = gathering.list_own_counted([letter], own, now=self.now).get(self.customer.id, [])
            self._known[kind] = _Known(self._dossier, counted, own.get(letter.id), chosen)
        return self._known[kind]

    def _letter(self, wish: Wish) -> Letter:
        person = self.customer
        return Letter(
            id=0, uuid="", channel=wish.channel, purpose=wish.purpose, theme=wish.theme, customer_id=person.id,
            store_id=wish.store_id, recipient=person.mail if wish.channel is Channel.EMAIL else person.phone,
            recipient_name=person.name, sender_name="", sender_address=None, reply_to=None,
            template_version_id=wish.template_version_id, values={}, headers={}, attachments=[], message_id="",
            source_kind=None, source_id=None, stop_if={}, priority=wish.priority, due_at=wish.due_at,
            expires_at=wish.expires_at, counted_at=None, attempt_count=0,
        )  # fmt: skip
