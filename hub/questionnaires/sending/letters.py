"""The letters of a questionnaire: an invitation and a reminder, by mail or SMS, as drafts for the outbox."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from hub.channels.sms_text import replace_forcing
from hub.content import phrases
from hub.core.words import Channel, Language, Purpose
from hub.outbox.actions import Draft
from hub.outbox.words import SendQueue
from hub.questionnaires.drafts.estimate import estimate_minutes
from hub.questionnaires.links import address_of, invitation_token
from hub.questionnaires.sending import rules
from hub.questionnaires.sending.gathering import INVITATION, Sheet
from hub.stores.queries import get_chain

SOURCE = "questionnaire_invitation"
REMINDER = "questionnaire_reminder"
YES = {Language.FRENCH: "oui", Language.ENGLISH: "yes"}
SECONDS = 60


@dataclass(frozen=True, kw_only=True)
class Addressee:
    invitation_id: int
    customer_id: int
    store_id: int | None
    language: Language
    channel: Channel


def invitation_key(invitation_id: int) -> str:
    return f"questionnaire:{invitation_id}:invitation"


def reminder_key(invitation_id: int) -> str:
    return f"questionnaire:{invitation_id}:reminder"


def invite_by(sheet: Sheet, to: Addressee, *, queue: SendQueue, now: datetime) -> Draft:
    draft = _draft(sheet, to, now)
    return replace(draft, queue=queue)


def remind_by(sheet: Sheet, to: Addressee, *, has_begun: bool, now: datetime) -> Draft:
    """Who is known and stopped on the way reads that he may go on there."""
    draft = _draft(sheet, to, now)
    begun = {"begun": YES[to.language]} if has_begun else {}
    return replace(
        draft,
        key=reminder_key(to.invitation_id),
        template_key=REMINDER,
        values={**draft.values, **begun},
        purpose=Purpose.SERVICE,
    )


def _draft(sheet: Sheet, to: Addressee, now: datetime) -> Draft:
    """In anonymous mode nothing of the letter is measured: a click would say who answered, and when."""
    return Draft(
        key=invitation_key(to.invitation_id),
        template_key=INVITATION,
        values=_values(sheet, to),
        purpose=Purpose.SURVEY,
        queue=SendQueue.BULK,
        due_at=now,
        channel=to.channel,
        language=to.language,
        customer_id=to.customer_id,
        store_id=to.store_id,
        source_kind=SOURCE,
        source_id=to.invitation_id,
        expires_at=rules.expires_at(sheet.closes_at, now),
        is_measured=not sheet.definition.is_anonymous,
    )


def _values(sheet: Sheet, to: Addressee) -> dict[str, str]:
    """An SMS holds no letter that would double its price."""
    language, definition = to.language, sheet.definition
    minutes, _ = estimate_minutes(definition)
    values = {
        "questionnaire_name": definition.title.say(language),
        "minutes": phrases.duration_in_words(minutes * SECONDS, language),
        "questionnaire_url": address_of(invitation_token(to.invitation_id)),
    }
    if sheet.closes_at is not None:
        zone = ZoneInfo(get_chain().time_zone)
        last = rules.last_day_moment(sheet.closes_at).astimezone(zone).date()
        values["closes_on"] = phrases.day_in_words(last, language)
    if definition.is_anonymous:
        values["anonymous"] = YES[language]
    return _plain(values) if to.channel is Channel.SMS else values


def _plain(values: Mapping[str, str]) -> dict[str, str]:
    return {name: replace_forcing(value) for name, value in values.items()}
