"""The letters of a questionnaire: an invitation and a reminder, by mail or SMS, as drafts for the outbox."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
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


@dataclass(frozen=True)
class Writer:
    """Writes the letters of one batch; what all of them say is put into words once a language."""

    sheet: Sheet
    now: datetime
    said: dict[Language, Mapping[str, str]] = field(default_factory=dict)

    def invite(self, to: Addressee, *, queue: SendQueue) -> Draft:
        return replace(self._draft(to), queue=queue)

    def remind(self, to: Addressee, *, has_begun: bool) -> Draft:
        """Who is known and stopped on the way reads that he may go on there."""
        draft = self._draft(to)
        begun = {"begun": YES[to.language]} if has_begun else {}
        return replace(
            draft,
            key=reminder_key(to.invitation_id),
            template_key=REMINDER,
            values={**draft.values, **begun},
            purpose=Purpose.SERVICE,
        )

    def _draft(self, to: Addressee) -> Draft:
        """In anonymous mode nothing of the letter is measured: a click would say who answered, and when."""
        return Draft(
            key=invitation_key(to.invitation_id),
            template_key=INVITATION,
            values=self._values(to),
            purpose=Purpose.SURVEY,
            queue=SendQueue.BULK,
            due_at=self.now,
            channel=to.channel,
            language=to.language,
            customer_id=to.customer_id,
            store_id=to.store_id,
            source_kind=SOURCE,
            source_id=to.invitation_id,
            expires_at=rules.expires_at(self.sheet.closes_at, self.now),
            is_measured=not self.sheet.definition.is_anonymous,
        )

    def _values(self, to: Addressee) -> dict[str, str]:
        """An SMS holds no letter that would double its price."""
        if to.language not in self.said:
            self.said[to.language] = _said(self.sheet, to.language)
        own = {"questionnaire_url": address_of(invitation_token(to.invitation_id))}
        values = {**self.said[to.language], **own}
        if to.channel is not Channel.SMS:
            return values
        return {name: replace_forcing(value) for name, value in values.items()}


def _said(sheet: Sheet, language: Language) -> dict[str, str]:
    definition = sheet.definition
    minutes, _ = estimate_minutes(definition)
    values = {
        "questionnaire_name": definition.title.say(language),
        "minutes": phrases.duration_in_words(minutes * SECONDS, language),
    }
    if sheet.closes_at is not None:
        zone = ZoneInfo(get_chain().time_zone)
        last = rules.last_day_moment(sheet.closes_at).astimezone(zone).date()
        values["closes_on"] = phrases.day_in_words(last, language)
    if definition.is_anonymous:
        values["anonymous"] = YES[language]
    return values
