"""Questionnaires: what is asked, to whom it was sent, what was answered, and the counts of it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0059"
down_revision = "0052"
branch_labels = None
depends_on = None

FOLLOWING = ("questionnaire_invitations", "questionnaire_responses")
"""Rows of a customer who was merged into another one go to the survivor, also when they are written late."""


def upgrade() -> None:
    op.create_table(
        "questionnaires",
        sa.Column("id", sa.BigInteger, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("state", _words("questionnairestate", "draft", "open", "closed"), nullable=False),
        sa.Column("draft", JSONB, nullable=False),
        sa.Column("draft_changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version_id", sa.BigInteger),
        sa.Column("closes_at", sa.DateTime(timezone=True)),
        sa.Column("earlier_id", sa.BigInteger),
        sa.Column("report_seal", sa.Text),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.BigInteger),
        sa.ForeignKeyConstraint(["earlier_id"], ["questionnaires.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key"),
    )
    op.create_table(
        "questionnaire_quota_counts",
        sa.Column("questionnaire_id", sa.BigInteger, nullable=False),
        sa.Column("question_key", sa.Text, nullable=False),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("count", sa.BigInteger, nullable=False),
        sa.ForeignKeyConstraint(["questionnaire_id"], ["questionnaires.id"]),
        sa.PrimaryKeyConstraint("questionnaire_id", "question_key", "code"),
    )
    op.create_table(
        "questionnaire_themes",
        sa.Column("id", sa.BigInteger, nullable=False),
        sa.Column("name_fr", sa.Text, nullable=False),
        sa.Column("name_en", sa.Text, nullable=False),
        sa.Column("keywords", JSONB, nullable=False),
        sa.Column("reason_id", sa.BigInteger),
        sa.Column("is_active", sa.Boolean, nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["reason_id"], ["reasons.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "questionnaire_versions",
        sa.Column("id", sa.BigInteger, nullable=False),
        sa.Column("questionnaire_id", sa.BigInteger, nullable=False),
        sa.Column("number", sa.BigInteger, nullable=False),
        sa.Column("definition", JSONB, nullable=False),
        sa.Column("moved", JSONB, nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by_id", sa.BigInteger),
        sa.ForeignKeyConstraint(["questionnaire_id"], ["questionnaires.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("questionnaire_id", "number"),
    )
    op.create_table(
        "questionnaire_waves",
        sa.Column("id", sa.BigInteger, nullable=False),
        sa.Column("questionnaire_id", sa.BigInteger, nullable=False),
        sa.Column("segment_id", sa.BigInteger),
        sa.Column("segment_name", sa.Text, nullable=False),
        sa.Column("channels", JSONB, nullable=False),
        sa.Column(
            "state",
            _words("wavestate", "planned", "sending", "sent", "reminding", "done", "stopped"),
            nullable=False,
        ),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reminds_at", sa.DateTime(timezone=True)),
        sa.Column("due_at", sa.DateTime(timezone=True)),
        sa.Column("invited_up_to", sa.BigInteger, nullable=False),
        sa.Column("reminded_up_to", sa.BigInteger, nullable=False),
        sa.Column("invited_count", sa.BigInteger, nullable=False),
        sa.Column("passed_over_count", sa.BigInteger, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.BigInteger),
        sa.ForeignKeyConstraint(["questionnaire_id"], ["questionnaires.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "ix_questionnaire_waves_due",
        "questionnaire_waves",
        ["due_at"],
        unique=False,
        postgresql_where="due_at IS NOT NULL",
    )
    op.create_index(
        "ix_questionnaire_waves_of", "questionnaire_waves", ["questionnaire_id", "id"], unique=False
    )
    op.create_table(
        "questionnaire_answer_counts",
        sa.Column("questionnaire_id", sa.BigInteger, nullable=False),
        sa.Column("version_id", sa.BigInteger, nullable=False),
        sa.Column("store_id", sa.BigInteger, nullable=False),
        sa.Column("week_on", sa.Date, nullable=False),
        sa.Column("language", _words("language", "fr", "en"), nullable=False),
        sa.Column("question_key", sa.Text, nullable=False),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("count", sa.BigInteger, nullable=False),
        sa.Column("total", sa.Double(), nullable=False),
        sa.Column("squares", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["questionnaire_id"], ["questionnaires.id"]),
        sa.ForeignKeyConstraint(["version_id"], ["questionnaire_versions.id"]),
        sa.PrimaryKeyConstraint(
            "questionnaire_id", "version_id", "store_id", "week_on", "language", "question_key", "code"
        ),
    )
    op.create_table(
        "questionnaire_links",
        sa.Column("id", sa.BigInteger, nullable=False),
        sa.Column("questionnaire_id", sa.BigInteger, nullable=False),
        sa.Column("kind", _words("linkkind", "link", "counter", "embed"), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("store_id", sa.BigInteger),
        sa.Column("is_active", sa.Boolean, nullable=False),
        sa.Column("most_a_day", sa.BigInteger, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["questionnaire_id"], ["questionnaires.id"]),
        sa.ForeignKeyConstraint(["store_id"], ["stores.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        op.f("ix_questionnaire_links_questionnaire_id"),
        "questionnaire_links",
        ["questionnaire_id"],
        unique=False,
    )
    op.create_table(
        "questionnaire_invitations",
        sa.Column("id", sa.BigInteger, nullable=False),
        sa.Column("questionnaire_id", sa.BigInteger, nullable=False),
        sa.Column("wave_id", sa.BigInteger),
        sa.Column("customer_id", sa.BigInteger, nullable=False),
        sa.Column("store_id", sa.BigInteger),
        sa.Column("order_id", sa.BigInteger),
        sa.Column("language", _words("language", "fr", "en"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("delivered_at", sa.DateTime(timezone=True)),
        sa.Column("reminded_at", sa.DateTime(timezone=True)),
        sa.Column("has_answered", sa.Boolean, nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"]),
        sa.ForeignKeyConstraint(["questionnaire_id"], ["questionnaires.id"]),
        sa.ForeignKeyConstraint(["store_id"], ["stores.id"]),
        sa.ForeignKeyConstraint(["wave_id"], ["questionnaire_waves.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("questionnaire_id", "customer_id"),
    )
    op.create_index(
        "ix_questionnaire_invitations_customer",
        "questionnaire_invitations",
        ["customer_id", "created_at"],
        unique=False,
    )
    op.create_index(
        "ix_questionnaire_invitations_wave", "questionnaire_invitations", ["wave_id", "id"], unique=False
    )
    op.create_table(
        "questionnaire_link_uses",
        sa.Column("link_id", sa.BigInteger, nullable=False),
        sa.Column("used_on", sa.Date, nullable=False),
        sa.Column("source_hash", sa.Text, nullable=False),
        sa.Column("count", sa.BigInteger, nullable=False),
        sa.ForeignKeyConstraint(["link_id"], ["questionnaire_links.id"]),
        sa.PrimaryKeyConstraint("link_id", "used_on", "source_hash"),
    )
    op.create_index("ix_questionnaire_link_uses_purge", "questionnaire_link_uses", ["used_on"], unique=False)
    op.create_table(
        "questionnaire_responses",
        sa.Column("id", sa.BigInteger, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("questionnaire_id", sa.BigInteger, nullable=False),
        sa.Column("version_id", sa.BigInteger, nullable=False),
        sa.Column("invitation_id", sa.BigInteger),
        sa.Column("link_id", sa.BigInteger),
        sa.Column("customer_id", sa.BigInteger),
        sa.Column("store_id", sa.BigInteger),
        sa.Column("language", _words("language", "fr", "en"), nullable=False),
        sa.Column(
            "state", _words("responsestate", "partial", "complete", "screened", "over_quota"), nullable=False
        ),
        sa.Column("answers", JSONB, nullable=False),
        sa.Column("words", JSONB, nullable=False),
        sa.Column("hidden", JSONB, nullable=False),
        sa.Column("shown", JSONB, nullable=False),
        sa.Column("page_key", sa.Text, nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True)),
        sa.Column("is_counted", sa.Boolean, nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"]),
        sa.ForeignKeyConstraint(["invitation_id"], ["questionnaire_invitations.id"]),
        sa.ForeignKeyConstraint(["link_id"], ["questionnaire_links.id"]),
        sa.ForeignKeyConstraint(["questionnaire_id"], ["questionnaires.id"]),
        sa.ForeignKeyConstraint(["store_id"], ["stores.id"]),
        sa.ForeignKeyConstraint(["version_id"], ["questionnaire_versions.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("invitation_id"),
        sa.UniqueConstraint("key"),
    )
    op.create_index(
        "ix_questionnaire_responses_customer",
        "questionnaire_responses",
        ["customer_id"],
        unique=False,
        postgresql_where="customer_id IS NOT NULL",
    )
    op.create_index(
        "ix_questionnaire_responses_list",
        "questionnaire_responses",
        ["questionnaire_id", "state", "id"],
        unique=False,
    )
    op.create_index(
        "ix_questionnaire_responses_store", "questionnaire_responses", ["store_id", "id"], unique=False
    )
    op.create_index(
        "ix_questionnaire_responses_uncounted",
        "questionnaire_responses",
        ["id"],
        unique=False,
        postgresql_where="NOT is_counted AND state = 'complete'",
    )
    op.create_table(
        "questionnaire_comments",
        sa.Column("id", sa.BigInteger, nullable=False),
        sa.Column("response_id", sa.BigInteger, nullable=False),
        sa.Column("questionnaire_id", sa.BigInteger, nullable=False),
        sa.Column("question_key", sa.Text, nullable=False),
        sa.Column("store_id", sa.BigInteger),
        sa.Column("language", _words("language", "fr", "en"), nullable=False),
        sa.Column("written_on", sa.Date, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("theme_ids", JSONB, nullable=False),
        sa.Column("ticket_id", sa.BigInteger),
        sa.ForeignKeyConstraint(["questionnaire_id"], ["questionnaires.id"]),
        sa.ForeignKeyConstraint(["response_id"], ["questionnaire_responses.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["store_id"], ["stores.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("response_id", "question_key"),
    )
    op.create_index(
        "ix_questionnaire_comments_list",
        "questionnaire_comments",
        ["questionnaire_id", "question_key", "id"],
        unique=False,
    )
    op.create_table(
        "questionnaire_files",
        sa.Column("id", sa.BigInteger, nullable=False),
        sa.Column("response_id", sa.BigInteger, nullable=False),
        sa.Column("question_key", sa.Text, nullable=False),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("media_type", sa.Text, nullable=False),
        sa.Column("size_bytes", sa.BigInteger, nullable=False),
        sa.ForeignKeyConstraint(["response_id"], ["questionnaire_responses.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("response_id", "question_key", "sha256"),
    )
    op.create_index("ix_questionnaire_files_sha256", "questionnaire_files", ["sha256"], unique=False)
    for table in FOLLOWING:
        op.execute(
            f"CREATE TRIGGER {table}_follow_merge BEFORE INSERT OR UPDATE OF customer_id ON {table}"
            " FOR EACH ROW WHEN (NEW.customer_id IS NOT NULL) EXECUTE FUNCTION follow_merge()"
        )


def downgrade() -> None:
    op.drop_table("questionnaire_files")
    op.drop_table("questionnaire_comments")
    op.drop_table("questionnaire_responses")
    op.drop_table("questionnaire_link_uses")
    op.drop_table("questionnaire_invitations")
    op.drop_table("questionnaire_links")
    op.drop_table("questionnaire_answer_counts")
    op.drop_table("questionnaire_waves")
    op.drop_table("questionnaire_versions")
    op.drop_table("questionnaire_themes")
    op.drop_table("questionnaire_quota_counts")
    op.drop_table("questionnaires")


def _words(kind: str, *words: str) -> sa.Enum:
    """Text with a check, as hub.core.db.words makes it."""
    return sa.Enum(*words, name=kind, native_enum=False, create_constraint=True, length=40)
