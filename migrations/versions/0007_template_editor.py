"""Templates made of blocks, SMS texts, drafts."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Versions know their blocks, their SMS text and whose they are; a template has a name and drafts."""
    op.add_column("message_templates", sa.Column("name", sa.Text(), server_default="", nullable=False))
    op.add_column("template_versions", sa.Column("sms_text", sa.Text(), server_default="", nullable=False))
    op.add_column("template_versions", sa.Column("preheader", sa.Text(), server_default="", nullable=False))
    op.add_column(
        "template_versions",
        sa.Column(
            "blocks", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'"), nullable=False
        ),
    )
    op.add_column(
        "template_versions",
        sa.Column("is_own", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )
    op.add_column("template_versions", sa.Column("published_by_id", sa.BigInteger(), nullable=True))
    _create_drafts()


def _create_drafts() -> None:
    op.create_table(
        "template_drafts",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("template_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "language",
            sa.Enum("fr", "en", name="language", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("preheader", sa.Text(), nullable=False),
        sa.Column("sms_text", sa.Text(), nullable=False),
        sa.Column("blocks", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("fallbacks", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("run_revision", sa.BigInteger(), nullable=False),
        sa.Column("edited_by_id", sa.BigInteger(), nullable=True),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["template_id"],
            ["message_templates.id"],
            name=op.f("fk_template_drafts_template_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_template_drafts")),
        sa.UniqueConstraint("template_id", "language", name=op.f("uq_template_drafts_template_id_language")),
    )


def downgrade() -> None:
    """Back to versions without blocks; drafts are lost."""
    op.drop_table("template_drafts")
    for name in ("published_by_id", "is_own", "blocks", "preheader", "sms_text"):
        op.drop_column("template_versions", name)
    op.drop_column("message_templates", "name")
