"""Answers of questionnaires are handed to other systems a page at a time: by when they were given, of anonymous ones by nothing."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0065"
down_revision = "0067"
branch_labels = None
depends_on = None

COMPLETE: Any = {"postgresql_where": sa.text("state = 'complete'")}


def upgrade() -> None:
    table = "questionnaire_responses"
    op.create_index(
        "ix_questionnaire_responses_told", table, ["questionnaire_id", "completed_at", "id"], **COMPLETE
    )
    op.create_index(
        "ix_questionnaire_responses_shuffled", table, ["questionnaire_id", sa.text("md5(key)")], **COMPLETE
    )
    op.create_index(
        "ix_questionnaire_invitations_told", "questionnaire_invitations", ["questionnaire_id", "id"]
    )


def downgrade() -> None:
    op.drop_index("ix_questionnaire_invitations_told")
    op.drop_index("ix_questionnaire_responses_shuffled")
    op.drop_index("ix_questionnaire_responses_told")
