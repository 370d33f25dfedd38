"""What an address chooses to receive: purposes by channel, themes, how often, and a pause."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert

from hub.core.actor import CUSTOMER
from hub.core.db import db
from hub.core.errors import Invalid
from hub.core.text import N_
from hub.core.words import Channel, Language, Purpose
from hub.customers import queries
from hub.customers.consents import OWN_WORDS, record_consent
from hub.customers.contactability import Blocked, list_suppressions
from hub.customers.inheriting import CHOSEN, POINT, list_addresses_of, refuse_all
from hub.customers.models import ContactChoice, Customer
from hub.customers.rules import Said, choose_answer
from hub.customers.words import AddressKind, ConsentAction, LegalBasis, SuppressionReason

WORDING = N_("Preferences page: I choose what I receive")
STOP_WORDING = N_("Preferences page: stop everything")
WORDING_VERSION = "2"
PAUSE = timedelta(days=30)
FREQUENCIES = ((1, 7), (2, 7), (3, 7), (1, 30), (2, 30), (4, 30))


@dataclass(frozen=True)
class Choosable:
    """One box of the page, with the address it is about."""

    kind: AddressKind
    address: str
    channel: Channel
    purpose: Purpose
    theme: str = ""

    @property
    def key(self) -> str:
        """`email:promotion:kitchen`: what the form calls it."""
        return ":".join(filter(None, (self.channel.value, self.purpose.value, self.theme)))


@dataclass(frozen=True)
class Preferences:
    """What holds for an address and for the other one of the same customer. `wanted` are the boxes that are on.

    `blocked`: the boxes that this page cannot switch on, with the reason. `addresses` are all those of the customer,
    also those without a box: a stop, a pause and the frequency hold for all of them.
    """

    customer_id: int | None
    boxes: tuple[Choosable, ...]
    wanted: frozenset[str]
    frequency: tuple[int, int] | None
    paused_until: datetime | None
    language: Language | None
    blocked: Mapping[str, SuppressionReason]
    addresses: tuple[tuple[AddressKind, str], ...]


@dataclass(frozen=True)
class Proof:
    """Where a choice came from."""

    ip: str | None
    user_agent: str | None


def read_preferences(
    address: str, channel: Channel, *, channels: Collection[Channel], themes: Sequence[str], now: datetime
) -> Preferences:
    """The state behind a preferences link. `channels` are those the chain can send with; changes nothing."""
    customer = queries.find_customer_by_address(address)
    own = (AddressKind.MAIL if channel is Channel.EMAIL else AddressKind.PHONE, address)
    addresses = dict.fromkeys([own, *(list_addresses_of(customer.id) if customer else [])])
    notes = queries.get_contact_notes([value for _, value in addresses])
    note = notes.get(address, queries.ContactNote())
    boxes = _boxes(address, channel, _other_address(customer, channel, notes), channels, themes)
    said = queries.get_consent_states({box.address for box in boxes})
    stops = list_suppressions({box.address for box in boxes})
    answers = {box.key: _answer(said.get(box.address, []), box) for box in boxes}
    off = {box.key for box in boxes if _list_stops(stops, box)}
    return Preferences(
        customer_id=customer.id if customer else None,
        boxes=boxes,
        wanted=frozenset(key for key, answer in answers.items() if answer is ConsentAction.GIVEN) - off,
        frequency=(note.cap_count, note.cap_days) if note.cap_count and note.cap_days else None,
        paused_until=note.paused_until if note.paused_until and note.paused_until > now else None,
        language=customer.language if customer else None,
        blocked=_list_blocked(stops, boxes, address),
        addresses=tuple(addresses),
    )


def _list_stops(stops: Sequence[Blocked], box: Choosable) -> list[Blocked]:
    if box.purpose is Purpose.OPEN_MEASUREMENT:
        return []
    return [stop for stop in stops if stop[0] == box.address and stop[1] in {None, box.purpose}]


def _list_blocked(
    stops: Sequence[Blocked], boxes: Sequence[Choosable], address: str
) -> dict[str, SuppressionReason]:
    """What no tick ends: a block of the whole address, one that the customer did not put, one of his other address."""
    return {
        box.key: reason
        for box in boxes
        for value, purpose, reason, _since in _list_stops(stops, box)
        if value != address or purpose is None or reason not in OWN_WORDS
    }


def _other_address(
    customer: queries.CustomerRow | None, channel: Channel, notes: Mapping[str, queries.ContactNote]
) -> str | None:
    """The other way to write to the customer; not one that only a form told, it may be somebody else's."""
    if customer is None:
        return None
    other = customer.phone if channel is Channel.EMAIL else customer.mail
    return None if other is not None and other in notes and notes[other].is_unconfirmed else other


def _boxes(
    address: str,
    channel: Channel,
    other: str | None,
    channels: Collection[Channel],
    themes: Sequence[str],
) -> tuple[Choosable, ...]:
    """The channel of the link first; the others only where the chain can send and an address is known."""
    is_mail = channel is Channel.EMAIL
    mail, phone = (address, other) if is_mail else (other, address)
    places = {Channel.EMAIL: (AddressKind.MAIL, mail)}
    places |= dict.fromkeys((Channel.SMS, Channel.WHATSAPP), (AddressKind.PHONE, phone))
    shown = [each for each in places if each is channel or each is Channel.EMAIL or each in channels]
    boxes: list[Choosable] = []
    for each in sorted(shown, key=lambda one: one is not channel):
        kind, value = places[each]
        if value is not None:
            boxes += _boxes_of(kind, value, each, themes)
    return tuple(boxes)


def _boxes_of(kind: AddressKind, value: str, channel: Channel, themes: Sequence[str]) -> list[Choosable]:
    boxes = [Choosable(kind, value, channel, purpose) for purpose in CHOSEN]
    boxes[2:2] = [Choosable(kind, value, channel, Purpose.PROMOTION, theme) for theme in themes]
    if channel is Channel.EMAIL:
        boxes.append(Choosable(kind, value, channel, Purpose.OPEN_MEASUREMENT))
    return boxes


def _answer(said: Sequence[Said], box: Choosable) -> ConsentAction | None:
    """Surveys come until they are refused, the rest on a yes."""
    answer = choose_answer(said, box.channel, box.purpose, box.theme)
    if answer is None and box.purpose is Purpose.SURVEY:
        return ConsentAction.GIVEN
    return answer


def save_preferences(
    found: Preferences,
    *,
    shown: Collection[str],
    wanted: Collection[str],
    frequency: tuple[int, int] | None,
    language: Language | None,
    proof: Proof,
    now: datetime,
) -> None:
    """What is ticked is wanted, what was shown and is not ticked is refused; only differences go to the ledger.

    Raises Invalid for a frequency that is not offered.
    """
    if frequency is not None and frequency not in FREQUENCIES:
        raise Invalid(N_("Please choose how often from the list."), field="frequency")
    changed = {
        box.key: box.key in wanted
        for box in found.boxes
        if box.key in shown
        and box.key not in found.blocked
        and (box.key in wanted) is not (box.key in found.wanted)
    }
    for box in found.boxes:
        if _must_say(box, found, changed, wanted):
            _record(box, is_wanted=box.key in wanted, wording=WORDING, proof=proof, now=now)
    _choose(found, {"cap_count": frequency[0], "cap_days": frequency[1]} if frequency else _NO_CAP, now=now)
    if language is not None and found.customer_id is not None:
        db.session.execute(
            update(Customer).where(Customer.id == found.customer_id).values(language=language, updated_at=now)
        )


def _must_say(box: Choosable, found: Preferences, changed: dict[str, bool], wanted: Collection[str]) -> bool:
    """What changed; and a theme that stays on while the purpose as a whole is refused says so again, to outlive it."""
    if box.key in changed:
        return True
    whole = Choosable(box.kind, box.address, box.channel, box.purpose).key
    return bool(box.theme) and changed.get(whole) is False and box.key in wanted and box.key in found.wanted


def stop_everything(found: Preferences, *, proof: Proof, now: datetime) -> None:
    """Refuse every purpose on every channel for every address of the customer; twice is once."""
    for kind, value in found.addresses:
        refuse_all(
            kind,
            value,
            wording=STOP_WORDING,
            wording_version=WORDING_VERSION,
            now=now,
            ip=proof.ip,
            user_agent=proof.user_agent,
        )


def pause(found: Preferences, *, now: datetime) -> datetime:
    """No advertising and no survey for 30 days. Returns until when."""
    _choose(found, {"paused_until": now + PAUSE}, now=now)
    return now + PAUSE


def end_pause(found: Preferences, *, now: datetime) -> None:
    _choose(found, {"paused_until": None}, now=now)


_NO_CAP = {"cap_count": None, "cap_days": None}


def _choose(found: Preferences, values: Mapping[str, int | datetime | None], *, now: datetime) -> None:
    """One row for each address of the customer: he counts his messages together."""
    for kind, address in found.addresses:
        row = {"address_kind": kind, "address": address, "updated_at": now, **values}
        statement = insert(ContactChoice).values(row)
        db.session.execute(
            statement.on_conflict_do_update(
                index_elements=["address_kind", "address"], set_={**values, "updated_at": now}
            )
        )


def _record(box: Choosable, *, is_wanted: bool, wording: str, proof: Proof, now: datetime) -> None:
    record_consent(
        address_kind=box.kind,
        address=box.address,
        channel=box.channel,
        purpose=box.purpose,
        theme=box.theme,
        action=ConsentAction.GIVEN if is_wanted else ConsentAction.WITHDRAWN,
        legal_basis=LegalBasis.CONSENT,
        wording=wording,
        wording_version=WORDING_VERSION,
        collection_point=POINT,
        by=CUSTOMER,
        now=now,
        ip=proof.ip,
        user_agent=proof.user_agent,
    )
