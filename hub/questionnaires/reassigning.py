"""What the questionnaires room gives from one customer to another: invitations and responses."""

from sqlalchemy import or_, select

from hub.core.batches import table_of
from hub.core.db import db
from hub.customers.merging.journal import Journal
from hub.customers.merging.owning import owned
from hub.outbox.following import stop_messages
from hub.questionnaires.models import QuestionnaireInvitation, QuestionnaireResponse
from hub.questionnaires.sending.letters import SOURCE

INVITATIONS = owned(QuestionnaireInvitation)
DETAIL = "merged"
OWNED = (INVITATIONS, owned(QuestionnaireResponse))


def reassign(merge: Journal) -> int:
    """Asked twice by one questionnaire: the survivor's invitation stays, and what was answered by either. Returns how many.

    A letter of the other one that has not left would lead nowhere: it is stopped.
    """
    if merge.held is None or (INVITATIONS.table.name, INVITATIONS.column) in merge.held:
        invitations, responses = INVITATIONS.table, table_of(QuestionnaireResponse)
        twice = or_(*INVITATIONS.is_twice(merge.from_id, merge.to_id))
        answered = responses.c.invitation_id.in_(select(invitations.c.id).where(twice))
        merge.change(responses, answered, {"invitation_id": None})
        if ids := db.session.scalars(select(invitations.c.id).where(twice)).all():
            stop_messages(SOURCE, ids, detail=DETAIL, now=merge.now)
    return merge.give(OWNED)
