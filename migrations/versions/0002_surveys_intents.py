"""What surveys remember since provisional answers: intents and the hand of staff on a touch."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

METHODS = ("GET", "HEAD", "INTENT", "POST")
LABELS = ("unknown", "single", "human", "machine", "mangled", "footer")
REASONS = (
    "not_judged",
    "alone",
    "gesture",
    "button",
    "burst",
    "other_choice",
    "head",
    "mangled",
    "too_early",
    "too_fast",
    "filter_range",
    "filter_source",
    "footer",
    "contradiction",
    "answered",
    "staff",
)


def upgrade() -> None:
    """Columns for the log of touches and for provisional answers; earlier touches happened when they were noted."""
    op.add_column(
        "invitations", sa.Column("answer_count", sa.BigInteger(), server_default="0", nullable=False)
    )
    op.execute(
        "UPDATE invitations SET answer_count = found.number FROM (SELECT invitation_id, count(*) AS number "
        "FROM answers GROUP BY invitation_id) AS found WHERE found.invitation_id = invitations.id"
    )
    op.add_column("answers", sa.Column("is_gesture", sa.Boolean(), server_default="false", nullable=False))
    op.add_column("answers", sa.Column("judge_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_answers_provisional",
        "answers",
        ["invitation_id"],
        unique=True,
        postgresql_where="state = 'provisional'",
    )
    op.create_index("ix_answers_judge", "answers", ["judge_at"], postgresql_where="judge_at IS NOT NULL")
    _allow("touchmethod", "method", METHODS)
    _allow("touchlabel", "label", LABELS)
    op.add_column("touches", sa.Column("reason", sa.String(40), server_default="not_judged", nullable=False))
    op.create_check_constraint(op.f("ck_touches_touchreason"), "touches", _one_of("reason", REASONS))
    op.execute("UPDATE touches SET reason = 'mangled' WHERE label = 'mangled'")
    op.execute("UPDATE touches SET reason = 'burst' WHERE label = 'machine'")
    op.execute("UPDATE touches SET reason = 'alone' WHERE label = 'single'")
    op.add_column("touches", sa.Column("happened_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE touches SET happened_at = touched_at")
    op.add_column("touches", sa.Column("answer_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(op.f("fk_touches_answer_id"), "touches", "answers", ["answer_id"], ["id"])
    op.create_index("ix_touches_invitation_log", "touches", ["invitation_id", "id"])
    op.create_index("ix_touches_label_log", "touches", ["label", "id"])
    op.create_index("ix_touches_source", "touches", ["source_hash", "touched_at"])
    op.create_index("ix_touches_answer", "touches", ["answer_id"], postgresql_where="answer_id IS NOT NULL")


def downgrade() -> None:
    """Touches that the older product cannot name are dropped; gestures never counted."""
    op.execute("DELETE FROM touches WHERE method = 'POST' OR label = 'footer'")
    op.execute("UPDATE touches SET label = 'single' WHERE label = 'human'")
    for name in ("answer", "source", "label_log", "invitation_log"):
        op.drop_index(f"ix_touches_{name}", table_name="touches")
    op.drop_constraint(op.f("fk_touches_answer_id"), "touches", type_="foreignkey")
    op.drop_constraint(op.f("ck_touches_touchreason"), "touches", type_="check")
    for column in ("answer_id", "happened_at", "reason"):
        op.drop_column("touches", column)
    _allow("touchmethod", "method", METHODS[:3])
    _allow("touchlabel", "label", ("unknown", "machine", "single", "mangled"))
    op.drop_index("ix_answers_judge", table_name="answers")
    op.drop_index("ix_answers_provisional", table_name="answers")
    op.drop_column("answers", "judge_at")
    op.drop_column("answers", "is_gesture")
    op.drop_column("invitations", "answer_count")


def _allow(name: str, column: str, values: tuple[str, ...]) -> None:
    op.drop_constraint(op.f(f"ck_touches_{name}"), "touches", type_="check")
    op.create_check_constraint(op.f(f"ck_touches_{name}"), "touches", _one_of(column, values))


def _one_of(column: str, values: tuple[str, ...]) -> sa.ColumnElement[bool]:
    return sa.column(column, sa.String).in_([sa.literal_column(f"'{value}'") for value in values])
