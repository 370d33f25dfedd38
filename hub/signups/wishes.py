"""What was ticked in a form: a wish for each address, recorded, asked back, or kept until the phone itself says so."""

from dataclasses import dataclass
from datetime import datetime

from hub.core.actor import CUSTOMER
from hub.core.words import Channel, Language
from hub.customers.actions import record_consent
from hub.customers.optin import OptinRow, Wish, ask_optin
from hub.customers.words import AddressKind, ConsentAction, LegalBasis
from hub.signups import rules
from hub.signups.queries import FormPage
from hub.signups.rules import Answers
from hub.signups.words import FieldKind


@dataclass(frozen=True)
class Sender:
    """Who sent: the proof beside the words. `nonce` is what the page carried."""

    nonce: str
    language: Language
    ip: str | None
    user_agent: str | None


def wishes_of(form: FormPage, answers: Answers, language: Language) -> list[Wish]:
    """What was ticked, for the address it is about; a box whose address was left empty keeps nothing."""
    lost = rules.missing_ticks(form.content, answers)
    wishes = []
    for number in answers.ticked:
        line = form.content.consents[number]
        is_mail = line.channel is Channel.EMAIL
        kind, name = (AddressKind.MAIL, FieldKind.EMAIL) if is_mail else (AddressKind.PHONE, FieldKind.PHONE)
        if number not in lost:
            wishes.append(
                Wish(
                    kind,
                    answers.values[name],
                    line.channel,
                    line.purpose,
                    line.theme,
                    line.words(language),
                )
            )
    return wishes


def record_consents(form: FormPage, wishes: list[Wish], sender: Sender, now: datetime) -> None:
    """Without double opt-in: what was ticked counts at once."""
    for wish in wishes:
        record_consent(
            address_kind=wish.kind,
            address=wish.address,
            channel=wish.channel,
            purpose=wish.purpose,
            theme=wish.theme,
            action=ConsentAction.GIVEN,
            legal_basis=LegalBasis.CONSENT,
            wording=wish.wording,
            wording_version=str(form.version_number),
            collection_point=form.collection_point,
            by=CUSTOMER,
            now=now,
            ip=sender.ip,
            user_agent=sender.user_agent,
        )


def hold_for_phone(form: FormPage, wishes: list[Wish], sender: Sender, now: datetime) -> None:
    """What was ticked for a phone counts once that phone says START, or its owner tells the staff."""
    if wishes:
        remember(form, wishes[0].address, wishes, sender, now)


def remember(form: FormPage, address: str, wishes: list[Wish], sender: Sender, now: datetime) -> OptinRow:
    """Keep what was ticked for one address until it is confirmed, with its proof."""
    return ask_optin(
        address=address,
        wishes=wishes,
        wording_version=str(form.version_number),
        collection_point=form.collection_point,
        language=sender.language,
        now=now,
        ip=sender.ip,
        user_agent=sender.user_agent,
    )
