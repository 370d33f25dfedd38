"""What the questionnaires room gives from one customer to another: invitations and responses."""

from sqlalchemy import or_, select

from hub.core.batches import table_of
from hub.customers.merging.journal import Journal
from hub.customers.merging.owning import owned
from hub.questionnaires.models import QuestionnaireInvitation, QuestionnaireResponse

INVITATIONS = owned(QuestionnaireInvitation)
OWNED = (INVITATIONS, owned(QuestionnaireResponse))


def reassign(merge: Journal) -> int:
    """Asked twice by one questionnaire: the survivor's invitation stays, and what was answered by either. Returns how many."""
    if merge.held is None or (INVITATIONS.table.name, INVITATIONS.column) in merge.held:
        invitations, responses = INVITATIONS.table, table_of(QuestionnaireResponse)
        twice = or_(*INVITATIONS.is_twice(merge.from_id, merge.to_id))
        answered = responses.c.invitation_id.in_(select(invitations.c.id).where(twice))
        merge.change(responses, answered, {"invitation_id": None})
    return merge.give(OWNED)
