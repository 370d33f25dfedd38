"""Looks up what the gate asks, for a whole batch of messages at once, and lets the rules decide."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import chain
from typing import Any

from sqlalchemy import ARRAY, BigInteger, ColumnElement, Text, and_, any_, func, literal, select, text

from hub.core.batches import among
from hub.core.db import db
from hub.core.questions import Question, Rows
from hub.core.words import Channel
from hub.customers.queries import ContactNote
from hub.customers.rules import choose_answer, is_mobile, plain_address
from hub.customers.words import ConsentAction
from hub.outbox import rules
from hub.outbox.dossiers import Dossier, ask_dossier
from hub.outbox.letter import CONFIRMATION, Kind, Letter, has_unsubscribe
from hub.outbox.models import OutboundMessage, SenderPause
from hub.outbox.phone_rules import PHONES
from hub.outbox.places import Place, home_of, receiver_place
from hub.outbox.rules import Answer, Cap, ContactFacts, MessageFacts, Policy, Verdict
from hub.outbox.stopping import find_stopped
from hub.outbox.words import MessageState
from hub.stores import queries as stores

_LOCK = text(
    "SELECT pg_advisory_xact_lock(hashtextextended('outbox.cap:' || id, 0)) FROM unnest(CAST(:owners AS text[])) AS id"
)
_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")


def judge(letters: Sequence[Letter], *, now: datetime, is_last_look: bool = False) -> dict[int, Verdict]:
    """The gate's verdict for each letter by id, in the order of their priority.

    The first look locks the customers whose caps it counts until the caller's transaction ends: two workers never
    exceed a cap together. The last look, right before the provider is called, trusts that count.
    """
    chain = stores.get_chain()
    policy = with_pauses(rules.read_policy(chain.settings), now=now)
    dossier = open_dossier(letters, home=home_of(chain.time_zone), now=now)
    own = {} if is_last_look else own_caps(letters, dossier)
    capped = {
        each.id: each.kind
        for each in letters
        if not is_last_look and (each.id in own or _is_capped(each, policy))
    }
    counted, better = _count(capped, policy, now=now)
    chosen = list_own_counted(letters, own, now=now)
    uncapped = replace(policy, caps={})
    stopped = find_stopped(letters)
    verdicts = {}
    for letter in sorted(letters, key=lambda each: (each.priority, each.due_at, each.id)):
        kind = capped.get(letter.id)
        taken = counted[kind] if kind else []
        worse = sum(1 for priority in better.get(kind, ()) if priority < letter.priority) if kind else 0
        mine = chosen.get(letter.customer_id or 0, [])
        contact = replace(
            contact_of(letter, dossier, counted_at=taken, better_count=worse),
            own_cap=own.get(letter.id),
            own_counted_at=tuple(mine),
        )
        verdict = stopped.get(letter.id) or rules.decide(
            facts_of(letter), contact, policy if kind else uncapped, now
        )
        verdicts[letter.id] = verdict
        if verdict.answer is Answer.NOW:
            taken.append(now)
            add_own(mine, letter, now)
    return verdicts


def _address_of(letter: Letter) -> str:
    """As it is looked up; who is known on a network by a number has no phone of that number."""
    given = letter.recipient or ""
    return given if letter.channel is Channel.SOCIAL else plain_address(given)


def own_caps(letters: Sequence[Letter], dossier: Dossier) -> dict[int, Cap]:
    """The receiver's own frequency for each letter that it counts or makes wait."""
    caps = {}
    for letter in letters:
        note = dossier.notes.get(_address_of(letter))
        if note is None or note.cap_count is None or note.cap_days is None:
            continue
        if letter.customer_id is not None and letter.counted_at is None:
            caps[letter.id] = Cap(note.cap_count, note.cap_days)
    return caps


def list_own_counted(
    letters: Sequence[Letter], own: Mapping[int, Cap], *, now: datetime
) -> dict[int, list[datetime]]:
    """By customer: when messages he may limit were let through, on all channels together. The caller holds the lock."""
    mine = {letter.customer_id for letter in letters if letter.id in own and letter.customer_id is not None}
    if not mine:
        return {}
    since = now - timedelta(days=max(cap.days for cap in own.values()))
    return ask_own_counted(mine, since=since).ask()


def ask_own_counted(customer_ids: Collection[int], *, since: datetime) -> Question[dict[int, list[datetime]]]:
    m = OutboundMessage
    chosen = (
        select(m.customer_id, m.counted_at, m.purpose, m.template_version_id)
        .where(among(m.customer_id, customer_ids), m.purpose.in_(rules.MAY_BE_CHOSEN), m.counted_at > since)
        .order_by(m.counted_at)
    )

    def read(rows: Rows) -> dict[int, list[datetime]]:
        counted: dict[int, list[datetime]] = {customer_id: [] for customer_id in customer_ids}
        for customer_id, moment, purpose, version_id in rows:
            said_to = rules.consent_purpose(purpose, has_unsubscribe=has_unsubscribe(version_id))
            if said_to in rules.CHOOSABLE:
                counted[customer_id].append(moment)
        return counted

    return Question((chosen,), read)


def add_own(counted: list[datetime], letter: Letter, now: datetime) -> None:
    if letter.counted_at is None and letter.consent_purpose in rules.CHOOSABLE:
        counted.append(now)


def _is_capped(letter: Letter, policy: Policy) -> bool:
    """A message that is sent again was counted before; one to nobody we know counts by its address."""
    is_new = letter.counted_at is None
    return is_new and letter.kind is not None and (letter.channel, letter.purpose) in policy.caps


def with_pauses(policy: Policy, *, now: datetime) -> Policy:
    return ask_pauses(policy, now=now).ask()


def ask_pauses(policy: Policy, *, now: datetime) -> Question[Policy]:
    pauses = (
        select(SenderPause.channel, func.max(SenderPause.resumes_at).label("until"))
        .where(SenderPause.ended_at.is_(None), SenderPause.resumes_at > now)
        .group_by(SenderPause.channel)
    )
    return Question((pauses,), lambda rows: replace(policy, sender_paused_until=dict(map(tuple, rows))))


def open_dossier(letters: Sequence[Letter], *, home: Place, now: datetime) -> Dossier:
    customer_ids = {letter.customer_id for letter in letters if letter.customer_id is not None}
    recipients = {_address_of(each) for each in letters if each.recipient}
    return ask_dossier(customer_ids, recipients, home=home, now=now).ask()


def _count(
    capped: Mapping[int, Kind | None], policy: Policy, *, now: datetime
) -> tuple[dict[Kind, list[datetime]], dict[Kind, list[int]]]:
    """Per customer, channel and purpose: when messages were let through, and the priorities of others due now."""
    kinds = {kind for kind in capped.values() if kind is not None}
    if not kinds:
        return {}, {}
    _lock(sorted({str(kind[0]) for kind in kinds}))
    window = now - timedelta(days=max(cap.days for cap in policy.caps.values()))
    return list_counted(kinds, since=window), _list_competing(kinds, capped, now=now)


def _nets(kinds: Collection[Kind]) -> Iterator[tuple[Any, ColumnElement[bool]]]:
    """Wide nets over the index of the caps, by customer and by address of nobody known: the caller keeps what is exactly
    of one of the kinds.
    """
    m = OutboundMessage
    sames = (m.channel.in_({kind[1] for kind in kinds}), m.purpose.in_({kind[2] for kind in kinds}))
    if ids := [kind[0] for kind in kinds if isinstance(kind[0], int)]:
        yield m.customer_id, and_(m.customer_id == any_(literal(ids, ARRAY(BigInteger))), *sames)
    if addresses := [kind[0] for kind in kinds if isinstance(kind[0], str)]:
        is_one = m.recipient == any_(literal(addresses, ARRAY(Text)))
        yield m.recipient, and_(m.customer_id.is_(None), is_one, *sames)


def list_counted(kinds: Collection[Kind], *, since: datetime) -> dict[Kind, list[datetime]]:
    return ask_counted(kinds, since=since).ask()


def ask_counted(kinds: Collection[Kind], *, since: datetime) -> Question[dict[Kind, list[datetime]]]:
    m = OutboundMessage
    found = tuple(
        select(owner, m.channel, m.purpose, m.counted_at)
        .where(net, m.counted_at > since)
        .order_by(m.counted_at)
        for owner, net in _nets(kinds)
    )

    def read(*parts: Rows) -> dict[Kind, list[datetime]]:
        counted: dict[Kind, list[datetime]] = {kind: [] for kind in kinds}
        for owned_by, channel, purpose, moment in chain(*parts):
            if (owned_by, channel, purpose) in counted:
                counted[owned_by, channel, purpose].append(moment)
        return counted

    return Question(found, read)


def _list_competing(
    kinds: Collection[Kind], capped: Collection[int], *, now: datetime
) -> dict[Kind, list[int]]:
    """Priorities of messages that are due too but not in this batch."""
    m = OutboundMessage
    found: dict[Kind, list[int]] = {}
    for owner, net in _nets(kinds):
        waiting = select(m.id, owner, m.channel, m.purpose, m.priority).where(
            net, m.state == MessageState.WAITING, m.counted_at.is_(None), m.due_at <= now
        )
        for row_id, owned_by, channel, purpose, priority in db.session.execute(waiting):
            if row_id not in capped:
                found.setdefault((owned_by, channel, purpose), []).append(priority)
    return found


def _lock(owners: list[str]) -> None:
    """One lock a customer or address until the transaction ends, taken in one order so that nobody waits in a ring."""
    db.session.execute(_LOCK, {"owners": owners})


def facts_of(letter: Letter) -> MessageFacts:
    return MessageFacts(
        channel=letter.channel,
        purpose=letter.purpose,
        recipient=letter.recipient,
        consent_purpose=letter.consent_purpose,
        is_confirmation=letter.source_kind == CONFIRMATION,
        is_deliverable=_is_deliverable(letter),
        store_id=letter.store_id,
        expires_at=letter.expires_at,
    )


def _is_deliverable(letter: Letter) -> bool:
    """Whether the address can be one at all; a landline receives no SMS."""
    if not letter.recipient:
        return False
    if letter.channel is Channel.SOCIAL:
        return True
    if letter.channel is Channel.EMAIL:
        return _MAIL.fullmatch(letter.recipient) is not None
    return is_mobile(letter.recipient)


def contact_of(
    letter: Letter, dossier: Dossier, *, counted_at: list[datetime], better_count: int
) -> ContactFacts:
    address = _address_of(letter)
    customer_id = letter.customer_id or 0
    said = dossier.said.get(address, ())
    answer = choose_answer(said, letter.channel, letter.consent_purpose, letter.theme)
    note = dossier.notes.get(address, ContactNote())
    phone = letter.recipient or "" if letter.channel in PHONES else ""
    return ContactFacts(
        is_suppressed=not dossier.suppressed.isdisjoint({address, f"{address}|{letter.consent_purpose}"}),
        address_paused_until=dossier.paused.get(address),
        is_unconfirmed=note.is_unconfirmed,
        has_consent=answer is ConsentAction.GIVEN,
        has_refused=answer is ConsentAction.WITHDRAWN,
        hold_reason=dossier.holds.get((customer_id, letter.purpose)),
        pause_until=note.paused_until,
        counted_at=tuple(counted_at),
        better_count=better_count,
        place=receiver_place(dossier.places.get(customer_id), phone=phone, home=dossier.home),
    )
