"""What is known of a questionnaire that is sent out, and of the people who might be asked."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, or_, select

from hub.content.queries import get_published
from hub.core.batches import among
from hub.core.db import db
from hub.core.errors import Conflict, NotFound
from hub.core.text import N_
from hub.core.words import Channel, Language, Purpose
from hub.customers.listed import is_listed
from hub.customers.models import Customer
from hub.customers.queries import CustomerRow, get_customers
from hub.outbox.admitting import find_obstacles, list_surveyed
from hub.outbox.foreseeing import Wish
from hub.outbox.rules import UNCONFIRMED, Verdict
from hub.outbox.words import BlockReason
from hub.questionnaires.definitions import Definition
from hub.questionnaires.drafts.queries import NO_QUESTIONNAIRE
from hub.questionnaires.models import Questionnaire, QuestionnaireInvitation
from hub.questionnaires.responding.rows import is_closed
from hub.questionnaires.responding.versions import get_definition
from hub.questionnaires.sending import rules
from hub.questionnaires.sending.words import PassedOver

INVITATION = "questionnaire_invitation"
NOT_OPEN = N_(
    "The questionnaire takes no answers: nobody can be invited. Please publish it, or open it again."
)
REASONS = {
    BlockReason.NO_ADDRESS: PassedOver.NO_ADDRESS,
    BlockReason.INVALID_ADDRESS: PassedOver.NO_ADDRESS,
    BlockReason.SUPPRESSED: PassedOver.BLOCKED,
    BlockReason.NO_CONSENT: PassedOver.REFUSED,
}


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """What is said of the questionnaire in its letters."""

    questionnaire_id: int
    definition: Definition
    closes_at: datetime | None
    is_closed: bool

    def language_for(self, wanted: Language) -> Language:
        """The person's, where the questionnaire speaks it."""
        languages = self.definition.languages
        return wanted if wanted in languages or not languages else languages[0]


def find_sheet(questionnaire_id: int, *, now: datetime, is_locked: bool = False) -> Sheet | None:
    """Of a questionnaire that was published; None for a draft. `is_locked`: it is not closed before the transaction ends.

    Raises NotFound.
    """
    asked = select(Questionnaire.version_id, Questionnaire.state, Questionnaire.closes_at)
    asked = asked.where(Questionnaire.id == questionnaire_id)
    row = db.session.execute(asked.with_for_update(read=True) if is_locked else asked).one_or_none()
    if row is None:
        raise NotFound(NO_QUESTIONNAIRE)
    return _sheet_of(questionnaire_id, row, now) if row.version_id is not None else None


def _sheet_of(questionnaire_id: int, row: Row[*tuple[object, ...]], now: datetime) -> Sheet:
    return Sheet(
        questionnaire_id=questionnaire_id,
        definition=get_definition(row.version_id),
        closes_at=row.closes_at,
        is_closed=is_closed(row.state, row.closes_at, now),
    )


def get_open_sheet(questionnaire_id: int, *, now: datetime) -> Sheet:
    """Kept open until the transaction ends. Raises NotFound; Conflict while it takes no answers."""
    sheet = find_sheet(questionnaire_id, now=now, is_locked=True)
    if sheet is None or sheet.is_closed:
        raise Conflict(NOT_OPEN)
    return sheet


@dataclass(frozen=True)
class Weighed:
    """Of each person the channel to ask by, or why not."""

    people: Mapping[int, CustomerRow]
    verdicts: Mapping[int, Channel | PassedOver]


def weigh(
    questionnaire_id: int, customer_ids: Sequence[int], channels: Sequence[Channel], *, now: datetime
) -> Weighed:
    """Whom this questionnaire may ask now: a handful of statements, however many people.

    Who was asked by it is read last: a letter that another worker has just posted is not taken for that of another survey.
    """
    people = get_customers(customer_ids)
    listed = list_listed(customer_ids)
    obstacles = find_refusals(people, channels, now=now)
    surveyed = list_surveyed(customer_ids, since=now - rules.ASK_AGAIN)
    asked, reached = _list_asked(questionnaire_id, customer_ids, now=now)

    def judge(customer_id: int) -> Channel | PassedOver:
        general = {
            PassedOver.ALREADY: customer_id in asked,
            PassedOver.LATELY: customer_id in surveyed or customer_id in reached,
            PassedOver.GONE: customer_id not in listed,
        }
        return rules.choose(
            channels, obstacles.get(customer_id, {}), [reason for reason, holds in general.items() if holds]
        )

    return Weighed(people, {customer_id: judge(customer_id) for customer_id in sorted(set(customer_ids))})


def find_refusals(
    people: Mapping[int, CustomerRow], channels: Sequence[Channel], *, now: datetime
) -> dict[int, dict[Channel, PassedOver]]:
    """What the gate of the outbox would never let through to them."""
    version_id = get_published(INVITATION, Language.FRENCH).id
    wishes = [
        Wish(channel=channel, purpose=Purpose.SURVEY, template_version_id=version_id, due_at=now)
        for channel in channels
    ]
    found = find_obstacles(people.values(), wishes, now=now)
    return {each: {way: _reason(verdict) for way, verdict in ways.items()} for each, ways in found.items()}


def _reason(verdict: Verdict) -> PassedOver:
    if verdict.detail == UNCONFIRMED:
        return PassedOver.UNCONFIRMED
    return REASONS.get(verdict.reason or BlockReason.NO_ADDRESS, PassedOver.BLOCKED)


def list_listed(customer_ids: Collection[int]) -> set[int]:
    """Those who are neither erased, merged nor archived."""
    return set(db.session.scalars(select(Customer.id).where(among(Customer.id, customer_ids), is_listed())))


def _list_asked(
    questionnaire_id: int, customer_ids: Collection[int], *, now: datetime
) -> tuple[set[int], set[int]]:
    """Those invited to this questionnaire, and those whom an invitation to another one has reached lately."""
    asked = QuestionnaireInvitation
    is_mine = asked.questionnaire_id == questionnaire_id
    rows = db.session.execute(
        select(asked.customer_id, is_mine).where(
            among(asked.customer_id, customer_ids),
            or_(is_mine, asked.delivered_at > now - rules.ASK_AGAIN),
        )
    ).all()
    return {who for who, mine in rows if mine}, {who for who, mine in rows if not mine}
