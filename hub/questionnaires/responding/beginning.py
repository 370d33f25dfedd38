"""The button of the first page: a response begins, once for each invitation and each page that was opened."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from hub.core import signing
from hub.core.db import db
from hub.core.errors import Conflict, Gone
from hub.core.text import N_
from hub.core.words import Language
from hub.questionnaires.links import Ticket
from hub.questionnaires.models import LinkUse, QuestionnaireResponse
from hub.questionnaires.responding import nonces
from hub.questionnaires.responding.queries import get_entrance
from hub.questionnaires.responding.rows import Entrance, Standing
from hub.questionnaires.walking import walk
from hub.questionnaires.words import ResponseState

CLOSED = N_("This questionnaire is closed. Thank you for your interest.")
ANSWERED = N_("You have already answered this questionnaire. Thank you.")
OFTEN = N_("This questionnaire was answered often from your connection today. Please come back tomorrow.")
SOURCE, SOURCE_LETTERS = "questionnaire-source", 32
RANDOM_IDS = 2**51


@dataclass(frozen=True)
class Sender:
    """Who pressed the button. The network address is hashed with our key before it is kept."""

    language: Language
    address: str
    nonce: str
    least_seconds: float
    machine_now: datetime


def begin(token: str, sender: Sender, *, now: datetime) -> Ticket:
    """The ticket of the response, which may have been begun before.

    Raises NotFound; Gone when it is closed or switched off, Conflict when it was answered already, or too often from this
    network address today; Invalid when the page was sent too fast or too late.
    """
    entrance = get_entrance(token, now=now)
    check_open(entrance)
    opened = nonces.read_first(
        sender.nonce, token, least_seconds=sender.least_seconds, machine_now=sender.machine_now
    )
    if entrance.link_id is not None:
        _check_often(entrance, source_hash(entrance.link_id, sender.address), now)
    key = _insert(entrance, opened.key, opened.hidden, sender.language, now) or _key_of(entrance, opened.key)
    is_hidden = entrance.definition.is_anonymous and entrance.invitation_id is not None
    return Ticket(key, entrance.invitation_id if is_hidden else None)


def check_open(entrance: Entrance) -> None:
    if entrance.standing is Standing.ANSWERED:
        raise Conflict(ANSWERED)
    if entrance.standing is not Standing.OPEN:
        raise Gone(CLOSED)


def source_hash(link_id: int, address: str) -> str:
    return signing.keyed_hash(SOURCE, f"{link_id}:{address}")[:SOURCE_LETTERS]


def moment_of(now: datetime, *, is_anonymous: bool) -> datetime:
    """In anonymous mode the day only: a finer moment would tell who it was, beside a log of clicks."""
    return now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0) if is_anonymous else now


def _check_often(entrance: Entrance, source: str, now: datetime) -> None:
    used = select(LinkUse.count).where(
        LinkUse.link_id == entrance.link_id,
        LinkUse.used_on == now.astimezone(UTC).date(),
        LinkUse.source_hash == source,
    )
    if (db.session.scalar(used) or 0) >= entrance.most_a_day:
        raise Conflict(OFTEN)


def _insert(
    entrance: Entrance, key: str, hidden: Mapping[str, str], language: Language, now: datetime
) -> str | None:
    """None when there is one already: of this invitation, or of this opened page."""
    definition = entrance.definition
    is_known = not definition.is_anonymous
    first = walk(definition, {}, seed=key).page_after(None)
    moment = moment_of(now, is_anonymous=definition.is_anonymous)
    values = {
        "key": key,
        "questionnaire_id": entrance.questionnaire_id,
        "version_id": entrance.version_id,
        "invitation_id": entrance.invitation_id if is_known else None,
        "customer_id": entrance.customer_id if is_known else None,
        "link_id": entrance.link_id,
        "store_id": entrance.store_id,
        "language": language,
        "state": ResponseState.PARTIAL,
        "answers": {},
        "words": {},
        "hidden": dict(hidden),
        "shown": [question.key for question in first.questions] if first else [],
        "page_key": first.key if first else "",
        "started_at": moment,
        "changed_at": moment,
        "is_counted": False,
    }
    if not is_known:
        values["id"] = RANDOM_IDS + secrets.randbelow(RANDOM_IDS)  # in no order: not even that is told
    statement = insert(QuestionnaireResponse).values(values).on_conflict_do_nothing()
    return db.session.scalar(statement.returning(QuestionnaireResponse.key))


def _key_of(entrance: Entrance, key: str) -> str:
    rows = select(QuestionnaireResponse.key)
    if entrance.definition.is_anonymous or entrance.invitation_id is None:
        return key
    return db.session.scalars(rows.where(QuestionnaireResponse.invitation_id == entrance.invitation_id)).one()
