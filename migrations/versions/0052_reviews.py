"""Reviews of products, what they said before, their photos; a plan may end because everything is reviewed."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None

STATES = ("waiting", "published", "refused")
REASONS = ("unlawful", "personal_data", "off_topic", "advertising", "unreadable", "other")
EXITS = (
    "completed",
    "purchased",
    "cancelled",
    "returned",
    "answered",
    "refused",
    "ticket_open",
    "asked_recently",
    "plan_off",
    "merged",
    "basket_paid",
    "basket_emptied",
    "basket_changed",
    "life_sign",
    "bounced",
    "by_hand",
)
NEW_EXITS = ("reviewed",)


def upgrade() -> None:
    op.create_table(
        "reviews",
        sa.Column("id", sa.BigInteger, primary_key=True),
        sa.Column("order_id", sa.BigInteger, sa.ForeignKey("orders.id"), nullable=False),
        sa.Column("customer_id", sa.BigInteger, sa.ForeignKey("customers.id"), nullable=False),
        sa.Column("store_id", sa.BigInteger, sa.ForeignKey("stores.id"), nullable=False),
        sa.Column("sku", sa.Text, nullable=False),
        sa.Column("product_name", sa.Text, nullable=False),
        _words("language", "language", ("fr", "en")),
        _words("state", "reviewstate", STATES),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("stars", sa.BigInteger, nullable=False),
        sa.Column("points", JSONB, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("description", sa.Text, nullable=False),
        sa.Column("public_name", sa.Text, nullable=False),
        sa.Column("experienced_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.Column("decided_by_id", sa.BigInteger),
        sa.Column("published_at", sa.DateTime(timezone=True)),
        _words("reason", "refusalreason", REASONS, is_nullable=True),
        sa.Column("reason_words", sa.Text, nullable=False),
        sa.Column("answer", sa.Text, nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True)),
        sa.UniqueConstraint("customer_id", "sku"),
        sa.CheckConstraint("stars BETWEEN 1 AND 5", name=op.f("ck_reviews_stars")),
    )
    op.create_index("ix_reviews_order_id", "reviews", ["order_id"])
    op.create_index("ix_reviews_queue", "reviews", ["state", "changed_at", "id"])
    op.create_index(
        "ix_reviews_shown",
        "reviews",
        ["sku", "published_at", "id"],
        postgresql_where=sa.text("state = 'published'"),
    )
    op.create_table(
        "review_versions",
        sa.Column("id", sa.BigInteger, primary_key=True),
        sa.Column(
            "review_id", sa.BigInteger, sa.ForeignKey("reviews.id", ondelete="CASCADE"), nullable=False
        ),
        sa.Column("version", sa.BigInteger, nullable=False),
        _words("state", "reviewstate", STATES),
        sa.Column("stars", sa.BigInteger, nullable=False),
        sa.Column("points", JSONB, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("description", sa.Text, nullable=False),
        sa.Column("public_name", sa.Text, nullable=False),
        sa.Column("answer", sa.Text, nullable=False),
        _words("reason", "refusalreason", REASONS, is_nullable=True),
        sa.Column("reason_words", sa.Text, nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("review_id", "version"),
    )
    op.create_table(
        "review_photos",
        sa.Column("id", sa.BigInteger, primary_key=True),
        sa.Column(
            "review_id", sa.BigInteger, sa.ForeignKey("reviews.id", ondelete="CASCADE"), nullable=False
        ),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("media_type", sa.Text, nullable=False),
        sa.Column("size_bytes", sa.BigInteger, nullable=False),
        sa.UniqueConstraint("review_id", "sha256"),
    )
    op.create_index("ix_review_photos_file", "review_photos", ["sha256"])
    op.execute(
        "CREATE TRIGGER reviews_follow_merge BEFORE INSERT OR UPDATE OF customer_id ON reviews"
        " FOR EACH ROW WHEN (NEW.customer_id IS NOT NULL) EXECUTE FUNCTION follow_merge()"
    )
    _check_exits(EXITS + NEW_EXITS)


def downgrade() -> None:
    op.execute(f"UPDATE enrolments SET exit_reason = 'answered' WHERE {_among('exit_reason', NEW_EXITS)}")
    _check_exits(EXITS)
    op.drop_table("review_photos")
    op.drop_table("review_versions")
    op.drop_table("reviews")


def _words(name: str, kind: str, words: tuple[str, ...], *, is_nullable: bool = False) -> sa.Column:
    """Text with a check, as hub.core.db.words makes it."""
    enum = sa.Enum(*words, name=kind, native_enum=False, create_constraint=True, length=40)
    return sa.Column(name, enum, nullable=is_nullable)


def _check_exits(words: tuple[str, ...]) -> None:
    """The rows are read without shutting anybody out."""
    op.drop_constraint("ck_enrolments_exitreason", "enrolments")
    op.execute(
        f"ALTER TABLE enrolments ADD CONSTRAINT ck_enrolments_exitreason CHECK ({_among('exit_reason', words)}) NOT VALID"
    )
    op.execute("ALTER TABLE enrolments VALIDATE CONSTRAINT ck_enrolments_exitreason")


def _among(column: str, words: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(word) for word in words)})"
