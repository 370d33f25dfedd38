"""A person's choices hold for all his addresses: what is stopped everywhere, and what an address added later takes over."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from hub.core.actor import CUSTOMER
from hub.core.db import db
from hub.core.text import N_
from hub.core.words import Channel, Purpose
from hub.customers.consents import record_consent
from hub.customers.contactability import get_consent_states
from hub.customers.models import Address, ContactChoice
from hub.customers.rules import Said, choose_answer
from hub.customers.words import AddressKind, ConsentAction, LegalBasis

CHOSEN = (Purpose.SURVEY, Purpose.PROMOTION, Purpose.NEWSLETTER)
CHANNELS = {
    AddressKind.MAIL: (Channel.EMAIL,),
    AddressKind.PHONE: (Channel.SMS, Channel.WHATSAPP, Channel.PHONE),
}
POINT = "preferences"
WORDING = N_("Everything was stopped before this address was known")


def list_addresses_of(customer_id: int) -> list[tuple[AddressKind, str]]:
    """All addresses of a customer, in normal form."""
    rows = db.session.execute(
        select(Address.kind, Address.value).where(Address.customer_id == customer_id).order_by(Address.id)
    )
    return [(row.kind, row.value) for row in rows]


def refuse_all(
    kind: AddressKind,
    value: str,
    *,
    wording: str,
    wording_version: str,
    now: datetime,
    ip: str | None = None,
    user_agent: str | None = None,
) -> None:
    """Refuse every purpose and theme on every channel there is, also those not set up today; what is refused stays so."""
    said = get_consent_states([value]).get(value, [])
    for channel in CHANNELS[kind]:
        for purpose, theme in _list_standing(said, channel):
            record_consent(
                address_kind=kind,
                address=value,
                channel=channel,
                purpose=purpose,
                theme=theme,
                action=ConsentAction.WITHDRAWN,
                legal_basis=LegalBasis.CONSENT,
                wording=wording,
                wording_version=wording_version,
                collection_point=POINT,
                by=CUSTOMER,
                now=now,
                ip=ip,
                user_agent=user_agent,
            )


def _list_standing(said: list[Said], channel: Channel) -> list[tuple[Purpose, str]]:
    """What may still come, or was never spoken about."""
    measured = (Purpose.OPEN_MEASUREMENT,) if channel is Channel.EMAIL else ()
    whole = [(purpose, "") for purpose in (*CHOSEN, *measured)]
    themes = [(each.purpose, each.theme) for each in said if each.channel is channel and each.theme]
    no = ConsentAction.WITHDRAWN
    return [pair for pair in (*whole, *themes) if choose_answer(said, channel, *pair) is not no]


def inherit_choices(kind: AddressKind, value: str, customer_id: int, *, now: datetime) -> None:
    """An address added to a customer takes over his pause and frequency, and the full stop of all the others.

    What was said for the address itself stays.
    """
    others = [address for address in list_addresses_of(customer_id) if address != (kind, value)]
    if not others:
        return
    _copy_choice(kind, value, [other for _, other in others], now)
    said = get_consent_states([value, *(other for _, other in others)])
    if value not in said and all(_is_stopped(said.get(other, []), of) for of, other in others):
        refuse_all(kind, value, wording=WORDING, wording_version="1", now=now)


def _is_stopped(said: list[Said], kind: AddressKind) -> bool:
    """Whether nothing of what one chooses may come by the first channel of this kind."""
    standing = {purpose for purpose, _ in _list_standing(said, CHANNELS[kind][0])}
    return standing.isdisjoint(CHOSEN)


def _copy_choice(kind: AddressKind, value: str, others: list[str], now: datetime) -> None:
    choice = ContactChoice
    found = db.session.execute(
        select(choice.cap_count, choice.cap_days, choice.paused_until)
        .where(choice.address.in_(others))
        .order_by(choice.updated_at.desc(), choice.id)
        .limit(1)
    ).first()
    if found is not None:
        row = {"address_kind": kind, "address": value, "updated_at": now, **found._asdict()}
        db.session.execute(insert(choice).values(row).on_conflict_do_nothing())
