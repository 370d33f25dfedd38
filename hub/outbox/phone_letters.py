"""What leaves as SMS or WhatsApp: the words, the approved template, and until when the carrier may try."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from hub.channels.base import ApprovedContent
from hub.channels.sms_text import with_stop_mention
from hub.channels.twilio_settings import ContentTemplate
from hub.content.rendering import MissingValue, PreparedTemplate, Rendered
from hub.core import clock, signing
from hub.core.db import db
from hub.core.errors import Invalid
from hub.core.text import N_
from hub.core.words import Channel, Purpose
from hub.customers import queries as customers
from hub.outbox import phone_rules, rules, wires
from hub.outbox.letter import Letter
from hub.outbox.models import PhoneSession
from hub.outbox.phone_rules import PHONES
from hub.outbox.places import home_of, receiver_place
from hub.outbox.quiet_hours import span_for
from hub.stores import queries as stores

SESSION_KEY = "phone-session"
REPLY_VALUE = "reply_text"


class TemplateRequired(Invalid):
    """WhatsApp lets us write freely for 24 hours after the customer wrote; outside, only approved templates leave."""

    def __init__(self, key: str) -> None:
        super().__init__(N_("No approved WhatsApp template is set for %(key)s."), key=key)


@dataclass(frozen=True)
class PhonePlan:
    """What is known of the receivers of a group: `valid_until` (machine time) and open sessions, by message id."""

    valid_until: Mapping[int, datetime] = field(default_factory=dict)
    in_session: frozenset[int] = frozenset()


NO_PLAN = PhonePlan()


@dataclass(frozen=True)
class PhoneText:
    """The words of a phone message, or the approved template it leaves as."""

    text: str
    content: ApprovedContent | None = None


def plan_phones(letters: Sequence[Letter], *, now: datetime) -> PhonePlan:
    """Look up, for the phone messages of a group, where their receivers live and who wrote to us lately."""
    phones = [letter for letter in letters if letter.channel in PHONES]
    if not phones:
        return NO_PLAN
    chain = stores.get_chain()
    policy = rules.read_policy(chain.settings)
    home = home_of(chain.time_zone)
    places = customers.get_places({each.customer_id for each in phones if each.customer_id is not None})
    ends = {}
    for letter in phones:
        where = receiver_place(places.get(letter.customer_id or 0), phone=letter.recipient or "", home=home)
        span = span_for(
            letter.channel,
            letter.purpose,
            policy.mail_hours,
            policy.sms_hours,
            is_choosable=letter.consent_purpose in rules.CHOOSABLE,
        )
        end = phone_rules.valid_until(span.hours if span else None, where, now, letter.expires_at)
        if end is not None:
            ends[letter.id] = clock.machine_now() + (end - now)
    return PhonePlan(ends, _list_in_session(phones, now=now))


def _list_in_session(letters: Sequence[Letter], *, now: datetime) -> frozenset[int]:
    written = [each for each in letters if each.channel is Channel.WHATSAPP and each.recipient]
    if not written:
        return frozenset()
    open_hashes = _find_open({hash_of(each.recipient or "") for each in written}, now=now)
    return frozenset(each.id for each in written if hash_of(each.recipient or "") in open_hashes)


def _find_open(hashes: Collection[str], *, now: datetime) -> set[str]:
    found = select(PhoneSession.address_hash).where(
        PhoneSession.address_hash.in_(hashes),
        PhoneSession.channel == Channel.WHATSAPP,
        PhoneSession.last_inbound_at > now - phone_rules.SESSION,
    )
    return set(db.session.scalars(found))


def hash_of(phone: str) -> str:
    return signing.keyed_hash(SESSION_KEY, phone.strip())


def note_inbound(phone: str, channel: Channel, *, now: datetime) -> None:
    """A phone wrote to us: its session is open again."""
    new = insert(PhoneSession).values(address_hash=hash_of(phone), channel=channel, last_inbound_at=now)
    latest = new.on_conflict_do_update(
        index_elements=["address_hash", "channel"],
        set_={"last_inbound_at": new.excluded.last_inbound_at},
        where=PhoneSession.last_inbound_at < new.excluded.last_inbound_at,
    )
    db.session.execute(latest)


def write_text(letter: Letter, version: PreparedTemplate, mail: Rendered, plan: PhonePlan) -> PhoneText:
    """The words as they leave. Raises TemplateRequired, and MissingValue when an approved template lacks one."""
    text = words_as_sent(letter, mail, version.language)
    if letter.channel is Channel.SMS:
        return PhoneText(text)
    if letter.id in plan.in_session:
        return PhoneText(text)
    content = wires.find_content(version.key, version.language)
    if content is None:
        raise TemplateRequired(f"{version.key} ({version.language})")
    return PhoneText(text, ApprovedContent(content.external_id, _variables(content, letter, version)))


def words_as_sent(letter: Letter, mail: Rendered, language: str) -> str:
    """The words of a phone message; an advertising SMS says how to stop it."""
    is_advertising = letter.channel is Channel.SMS and letter.consent_purpose in rules.ADVERTISING
    text = _words_of(letter, mail)
    return with_stop_mention(text, wires.stop_mention(language)) if is_advertising else text


def _words_of(letter: Letter, mail: Rendered) -> str:
    """The template's SMS; a person's reply is sent as it was written; a template without SMS sends its plain text."""
    if letter.purpose is Purpose.REPLY and letter.values.get(REPLY_VALUE):
        return letter.values[REPLY_VALUE].strip()
    return mail.sms_text or mail.text.strip()


def _variables(content: ContentTemplate, letter: Letter, version: PreparedTemplate) -> dict[str, str]:
    fallbacks = {spec.name: spec.fallback for spec in version.specs}
    found = {}
    for place, name in enumerate(content.variables, start=1):
        value = letter.values.get(name) or fallbacks.get(name, "")
        if not value:
            raise MissingValue(name)
        found[str(place)] = value
    return found
