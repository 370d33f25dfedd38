"""Inviting a customer to answer about an order."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from hub.core.batches import given_rows, rows_given, table_of
from hub.core.db import db
from hub.core.words import Language
from hub.surveys import rules
from hub.surveys.models import Invitation, Survey
from hub.surveys.queries import POST_PURCHASE, get_survey_id, list_invitations
from hub.surveys.words import InvitationState


@dataclass(frozen=True, kw_only=True)
class InvitationDraft:
    order_id: int
    customer_id: int
    store_id: int
    language: Language


def add_builtin_survey(*, now: datetime) -> None:
    """The post-purchase question exists in every chain."""
    statement = insert(Survey).values(
        key=POST_PURCHASE,
        name_fr="Après l’achat",
        name_en="After the purchase",
        is_active=True,
        created_at=now,
    )
    db.session.execute(statement.on_conflict_do_nothing(index_elements=["key"]))


def invite(drafts: Sequence[InvitationDraft], *, now: datetime) -> dict[int, int]:
    """One invitation per order, however often asked. Returns order id → invitation id."""
    if not drafts:
        return {}
    survey_id = get_survey_id()
    rows = [
        {
            "survey_id": survey_id,
            "order_id": draft.order_id,
            "customer_id": draft.customer_id,
            "store_id": draft.store_id,
            "language": draft.language,
            "state": InvitationState.OPEN,
            "created_at": now,
            "expires_at": now + timedelta(days=rules.LINK_DAYS),
        }
        for draft in drafts
    ]
    table = table_of(Invitation)
    names = list(rows[0])
    given = select(*given_rows(table, names).c)
    statement = insert(table).from_select(names, given).on_conflict_do_nothing()
    invited: dict[int, int] = dict(
        db.session.execute(statement.returning(table.c.order_id, table.c.id), rows_given(rows)).all()
    )
    known = {draft.order_id for draft in drafts} - invited.keys()
    return invited | (list_invitations(known) if known else {})


def note_accepted(*, order_id: int, now: datetime) -> None:
    """The provider took the mail: links live for 30 days from here."""
    db.session.execute(
        update(Invitation)
        .where(
            Invitation.survey_id == get_survey_id(),
            Invitation.order_id == order_id,
            Invitation.accepted_at.is_(None),
        )
        .values(accepted_at=now, expires_at=now + timedelta(days=rules.LINK_DAYS))
    )
