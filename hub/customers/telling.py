"""Consents that another system tells: only with their proof, once however often they are told."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text

from hub.core.actor import Actor
from hub.core.db import db
from hub.core.errors import Invalid
from hub.core.text import N_
from hub.core.words import Channel, Purpose
from hub.customers.consents import normalise, record_consent
from hub.customers.contactability import get_consent_states, get_suppressed
from hub.customers.rules import choose_answer
from hub.customers.themes import read_themes
from hub.customers.words import AddressKind, ConsentAction, LegalBasis
from hub.stores.queries import get_chain

TELLABLE = (Purpose.PROMOTION, Purpose.NEWSLETTER, Purpose.SURVEY, Purpose.OPEN_MEASUREMENT)
KINDS = {
    Channel.EMAIL: AddressKind.MAIL,
    Channel.SMS: AddressKind.PHONE,
    Channel.WHATSAPP: AddressKind.PHONE,
    Channel.PHONE: AddressKind.PHONE,
}
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('consent:' || :address, 0))")


@dataclass(frozen=True, kw_only=True)
class ToldConsent:
    """What the other system knows. `happened_at` names the moment, so that telling it again changes nothing."""

    address: str
    channel: Channel
    purpose: Purpose
    theme: str
    action: ConsentAction
    legal_basis: LegalBasis
    wording: str
    wording_version: str
    collection_point: str
    happened_at: datetime


@dataclass(frozen=True)
class TakenConsent:
    """The entry, the address as it is kept, what is in force now, and whether the address is blocked all the same."""

    entry_id: int
    address: str
    state: ConsentAction | None
    is_blocked: bool


def take_consent(told: ToldConsent, *, by: Actor, now: datetime) -> TakenConsent:
    """Record it. Raises Invalid with the field to correct; a yes without its proof is none."""
    _check(told)
    kind = KINDS[told.channel]
    address = normalise(kind, told.address)
    db.session.execute(_LOCK, {"address": address})
    entry_id = record_consent(
        address_kind=kind,
        address=address,
        channel=told.channel,
        purpose=told.purpose,
        theme=told.theme,
        action=told.action,
        legal_basis=told.legal_basis,
        wording=told.wording,
        wording_version=told.wording_version,
        collection_point=told.collection_point,
        by=by,
        now=now,
        happened_at=told.happened_at,
    )
    said = get_consent_states([address]).get(address, [])
    return TakenConsent(
        entry_id,
        address,
        choose_answer(said, told.channel, told.purpose, told.theme),
        not get_suppressed([address]).isdisjoint({address, f"{address}|{told.purpose}"}),
    )


def _check(told: ToldConsent) -> None:
    if told.channel not in KINDS:
        raise Invalid(N_("Consents are told for email, sms, whatsapp or phone."), field="channel")
    if told.purpose not in TELLABLE:
        raise Invalid(N_("Nobody is asked for this purpose. Please check it."), field="purpose")
    if (KINDS[told.channel] is AddressKind.MAIL) is not ("@" in told.address):
        raise Invalid(N_("This address does not suit the channel. Please check both."), field="address")
    known = {theme.key for theme in read_themes(get_chain().settings)}
    if told.theme and (told.purpose is not Purpose.PROMOTION or told.theme not in known):
        raise Invalid(N_("The theme %(theme)s is unknown. Please check it."), field="theme", theme=told.theme)
    if not told.collection_point.strip():
        raise Invalid(N_("Please say where it was said."), field="collection_point")
    if told.action is ConsentAction.GIVEN:
        for name in ("wording", "wording_version"):
            if not getattr(told, name).strip():
                raise Invalid(
                    N_("A consent counts only with its proof: please give the field %(field)s."), field=name
                )
