"""Double opt-in: what was ticked waits until the owner of the mail address pressed the button of the confirmation."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, func, or_, select, update

from hub.core import signing
from hub.core.actor import CUSTOMER
from hub.core.db import db
from hub.core.errors import Gone, NotFound
from hub.core.text import N_
from hub.core.words import Channel, Language, Purpose
from hub.customers.consents import kind_of, normalise, record_consent
from hub.customers.models import Address, OptinRequest
from hub.customers.words import AddressKind, ConsentAction, LegalBasis, OptinState

LIFE = timedelta(days=30)
MOST_SENDS = 4  # the first one and three more, to one address from one form
PURPOSE_OF_LINK = "optin"
NO_LINK = N_("This link is not complete. Please open it again from the message.")
OVER = N_("This confirmation has expired. Please sign up again.")


@dataclass(frozen=True)
class Wish:
    """What was ticked: for which address, channel, purpose and theme, in which words."""

    kind: AddressKind
    address: str
    channel: Channel
    purpose: Purpose
    theme: str
    wording: str


@dataclass(frozen=True)
class OptinRow:
    """A double opt-in under way or over. `may_send`: the confirmation may be mailed (once more)."""

    id: int
    address: str
    wishes: tuple[Wish, ...]
    collection_point: str
    language: Language
    state: OptinState
    sent_count: int
    expires_at: datetime
    may_send: bool


def ask_optin(
    *,
    address: str,
    wishes: Sequence[Wish],
    wording_version: str,
    collection_point: str,
    language: Language,
    now: datetime,
    ip: str | None = None,
    user_agent: str | None = None,
) -> OptinRow:
    """Remember what was ticked until it is confirmed. Each asking is its own, so that no other one changes it.

    The button of its mail confirms the wishes for this mail address alone. Raises Invalid.
    """
    expire_optins(now=now)
    row = OptinRequest(
        address=normalise(kind_of(address), address),
        wishes=[asdict(wish) for wish in wishes],
        wording_version=wording_version,
        collection_point=collection_point,
        language=language,
        state=OptinState.PENDING,
        ip=ip,
        user_agent=user_agent,
        requested_at=now,
        sent_count=0,
        expires_at=now + LIFE,
    )
    db.session.add(row)
    db.session.flush()
    return _row_of(row)


def get_optin(optin_id: int) -> OptinRow:
    """Raises NotFound."""
    return _row_of(_get(optin_id))


def note_optin_sent(optin_id: int, *, now: datetime) -> OptinRow:
    """One confirmation more was posted. Returns the request as it now stands."""
    row = _get(optin_id, is_locked=True)
    row.sent_count += 1
    row.last_sent_at = now
    db.session.flush()
    return _row_of(row)


def optin_token(optin_id: int) -> str:
    """The signed end of the link; the request itself knows until when it may be confirmed."""
    return signing.sign(PURPOSE_OF_LINK, {"o": optin_id})


def read_optin(token: str, *, now: datetime, machine_now: datetime) -> OptinRow:
    """What a link would confirm; changes nothing. Raises NotFound on a mangled link, Gone on an expired one."""
    payload = signing.read(PURPOSE_OF_LINK, token, now=machine_now)
    return _check(_row_of(_get(int(payload["o"]))), now)


def confirm_optin(
    token: str, *, now: datetime, machine_now: datetime, ip: str | None, user_agent: str | None
) -> OptinRow:
    """The button was pressed: what was ticked goes to the ledger with both moments as proof. Twice is once.

    Raises NotFound on a mangled link, Gone on an expired one.
    """
    payload = signing.read(PURPOSE_OF_LINK, token, now=machine_now)
    row = _get(int(payload["o"]), is_locked=True)
    found = _check(_row_of(row), now)
    if row.state is OptinState.CONFIRMED:
        return found
    for wish in found.wishes:
        if wish.address == row.address:
            _record(row, wish, now=now, ip=ip, user_agent=user_agent)
    _close(row, AddressKind.MAIL, now)
    return _row_of(row)


def confirm_by_phone(phone: str, channel: Channel, *, now: datetime) -> bool:
    """A phone said START: what forms were told for it on this channel counts now. Returns whether there was anything.

    Takes a number in normal form.
    """
    asked = select(OptinRequest).where(
        _is_pending(), OptinRequest.address == phone, OptinRequest.expires_at > now
    )
    found = list(db.session.scalars(asked.order_by(OptinRequest.id).with_for_update()))
    mine = [(row, wish) for row in found for wish in _row_of(row).wishes if wish.channel is channel]
    for row, wish in mine:
        _record(row, wish, now=now, ip=None, user_agent=None)
        _close(row, AddressKind.PHONE, now)
    return bool(mine)


def _close(row: OptinRequest, kind: AddressKind, now: datetime) -> None:
    row.state, row.confirmed_at = OptinState.CONFIRMED, now
    _set_unconfirmed([(kind, row.address)], None)
    db.session.flush()


def expire_optins(*, now: datetime) -> int:
    """Close what nobody confirmed in time; what was ticked and by whom is forgotten. Returns how many."""
    closed = (
        update(OptinRequest)
        .where(_is_pending(), OptinRequest.expires_at <= now)
        .values(state=OptinState.EXPIRED, wishes=[], ip=None, user_agent=None)
        .execution_options(synchronize_session=False)
        .returning(OptinRequest.id)
    )
    return len(db.session.scalars(closed).all())


def next_expiry() -> datetime | None:
    """When the next open confirmation ends (business time)."""
    return db.session.scalar(select(func.min(OptinRequest.expires_at)).where(_is_pending()))


def list_unknown(addresses: Sequence[tuple[AddressKind, str]]) -> list[tuple[AddressKind, str]]:
    """Of normalised addresses those we knew from nowhere but an unconfirmed form."""
    known = select(Address.kind, Address.value).where(
        Address.value.in_([value for _, value in addresses]), Address.unconfirmed_since.is_(None)
    )
    found = {(row.kind, row.value) for row in db.session.execute(known)}
    return [address for address in addresses if address not in found]


def mark_unconfirmed(addresses: Sequence[tuple[AddressKind, str]], *, now: datetime) -> None:
    """These receive the confirmation and nothing else until it is pressed, or until they are told by another way."""
    if addresses:
        _set_unconfirmed(addresses, now)


def _set_unconfirmed(addresses: Sequence[tuple[AddressKind, str]], since: datetime | None) -> None:
    is_one = or_(*(and_(Address.kind == kind, Address.value == value) for kind, value in addresses))
    db.session.execute(
        update(Address)
        .where(is_one)
        .values(unconfirmed_since=since)
        .execution_options(synchronize_session=False)
    )


def _record(row: OptinRequest, wish: Wish, *, now: datetime, ip: str | None, user_agent: str | None) -> None:
    asked = {
        "asked_at": row.requested_at.isoformat(),
        "asked_ip": row.ip or "",
        "asked_user_agent": row.user_agent or "",
    }
    record_consent(
        address_kind=wish.kind,
        address=wish.address,
        channel=wish.channel,
        purpose=wish.purpose,
        theme=wish.theme,
        action=ConsentAction.GIVEN,
        legal_basis=LegalBasis.CONSENT,
        wording=wish.wording,
        wording_version=row.wording_version,
        collection_point=row.collection_point,
        by=CUSTOMER,
        now=now,
        ip=ip,
        user_agent=user_agent,
        evidence=asked,
    )


def _check(row: OptinRow, now: datetime) -> OptinRow:
    is_over = row.state is OptinState.EXPIRED or (row.state is OptinState.PENDING and row.expires_at <= now)
    if is_over:
        raise Gone(OVER)
    return row


def _is_pending() -> Any:
    return OptinRequest.state == OptinState.PENDING


def _get(optin_id: int, *, is_locked: bool = False) -> OptinRequest:
    statement = select(OptinRequest).where(OptinRequest.id == optin_id)
    if is_locked:
        statement = statement.with_for_update()
    row = db.session.scalar(statement.execution_options(populate_existing=True))
    if row is None:
        raise NotFound(NO_LINK)
    return row


def _row_of(row: OptinRequest) -> OptinRow:
    return OptinRow(
        id=row.id,
        address=row.address,
        wishes=tuple(_wish_of(wish) for wish in row.wishes),
        collection_point=row.collection_point,
        language=row.language,
        state=row.state,
        sent_count=row.sent_count,
        expires_at=row.expires_at,
        may_send=row.state is OptinState.PENDING and _count_sent(row) < MOST_SENDS,
    )


def _count_sent(row: OptinRequest) -> int:
    """The confirmations of this form that wait in one mailbox, whoever asked for them: nobody is flooded."""
    sent = select(func.coalesce(func.sum(OptinRequest.sent_count), 0)).where(
        _is_pending(),
        OptinRequest.address == row.address,
        OptinRequest.collection_point == row.collection_point,
    )
    return db.session.scalars(sent).one()


def _wish_of(told: dict[str, str]) -> Wish:
    return Wish(
        AddressKind(told["kind"]),
        told["address"],
        Channel(told["channel"]),
        Purpose(told["purpose"]),
        told["theme"],
        told["wording"],
    )
