"""Prize draws among those who wrote reviews, and who won."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0058"
down_revision = "0057"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "review_draws",
        sa.Column("id", sa.BigInteger, primary_key=True),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("name", "prize", "rules_fr", "rules_en")),
        sa.Column("since_on", sa.Date, nullable=False),
        sa.Column("until_on", sa.Date, nullable=False),
        sa.Column("winner_count", sa.BigInteger, nullable=False),
        sa.Column("seed", sa.Text, nullable=False),
        sa.Column("commitment", sa.Text, nullable=False),
        sa.Column("entries", JSONB, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True)),
    )
    op.create_table(
        "review_winners",
        sa.Column("id", sa.BigInteger, primary_key=True),
        sa.Column("draw_id", sa.BigInteger, sa.ForeignKey("review_draws.id"), nullable=False),
        sa.Column("rank", sa.BigInteger, nullable=False),
        sa.Column("number", sa.BigInteger, nullable=False),
        sa.Column("customer_id", sa.BigInteger, sa.ForeignKey("customers.id"), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("passed_on_at", sa.DateTime(timezone=True)),
        sa.Column("reason", sa.Text, nullable=False),
        sa.UniqueConstraint("draw_id", "rank"),
    )
    op.create_index("ix_review_winners_customer_id", "review_winners", ["customer_id"])
    op.execute(
        "CREATE TRIGGER review_winners_follow_merge BEFORE INSERT OR UPDATE OF customer_id ON review_winners"
        " FOR EACH ROW WHEN (NEW.customer_id IS NOT NULL) EXECUTE FUNCTION follow_merge()"
    )


def downgrade() -> None:
    op.drop_table("review_winners")
    op.drop_table("review_draws")
