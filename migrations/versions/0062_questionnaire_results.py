"""Results of questionnaires: stems of comments, figures of the way that are kept, and whether a shared report quotes."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0062"
down_revision = "0059"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "questionnaires",
        sa.Column("report_has_comments", sa.Boolean, nullable=False, server_default=sa.false()),
    )
    op.alter_column("questionnaires", "report_has_comments", server_default=None)
    op.add_column(
        "questionnaire_comments", sa.Column("stems", JSONB, nullable=False, server_default=sa.text("'[]'"))
    )
    op.add_column(
        "questionnaire_comments",
        sa.Column(
            "themed_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.text("'1970-01-01Z'")
        ),
    )
    op.alter_column("questionnaire_comments", "stems", server_default=None)
    op.alter_column("questionnaire_comments", "themed_at", server_default=None)
    op.create_index("ix_questionnaire_comments_themed", "questionnaire_comments", ["themed_at", "id"])
    op.create_index(
        "ix_questionnaire_comments_stems",
        "questionnaire_comments",
        ["stems"],
        postgresql_using="gin",
        postgresql_ops={"stems": "jsonb_path_ops"},
    )
    op.create_index(
        "ix_questionnaire_comments_themes",
        "questionnaire_comments",
        ["theme_ids"],
        postgresql_using="gin",
        postgresql_ops={"theme_ids": "jsonb_path_ops"},
    )
    op.create_index(
        "ix_questionnaire_answer_counts_question",
        "questionnaire_answer_counts",
        ["questionnaire_id", "question_key"],
    )
    op.create_table(
        "questionnaire_ways",
        sa.Column("questionnaire_id", sa.BigInteger, nullable=False),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("data", JSONB, nullable=False),
        sa.ForeignKeyConstraint(["questionnaire_id"], ["questionnaires.id"]),
        sa.PrimaryKeyConstraint("questionnaire_id"),
    )


def downgrade() -> None:
    op.drop_table("questionnaire_ways")
    op.drop_index("ix_questionnaire_answer_counts_question", "questionnaire_answer_counts")
    op.drop_index("ix_questionnaire_comments_themes", "questionnaire_comments")
    op.drop_index("ix_questionnaire_comments_stems", "questionnaire_comments")
    op.drop_index("ix_questionnaire_comments_themed", "questionnaire_comments")
    op.drop_column("questionnaire_comments", "themed_at")
    op.drop_column("questionnaire_comments", "stems")
    op.drop_column("questionnaires", "report_has_comments")
