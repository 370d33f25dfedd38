"""Plans as data: why a passage waits, what had left when it ended, how much a plan has done on a day."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0041"
down_revision = "0042"
branch_labels = None
depends_on = None

OLD_REASONS = (
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
)
NEW_REASONS = ("basket_paid", "basket_emptied", "basket_changed", "life_sign", "bounced", "by_hand")
OLD_OUTCOMES = ("posted", "ghost", "skipped", "expired")
NEW_OUTCOMES = ("done", "chosen")
WAITS = ("grievance", "daily_limit", "message")


def upgrade() -> None:
    """Every old row fits the wider checks."""
    _check("enrolments", "exitreason", "exit_reason", OLD_REASONS + NEW_REASONS)
    _check("step_runs", "stepoutcome", "outcome", OLD_OUTCOMES + NEW_OUTCOMES)
    op.add_column("enrolments", sa.Column("wait_reason", sa.String(40)))
    op.add_column("enrolments", sa.Column("exit_note", JSONB))
    op.execute(
        f"ALTER TABLE enrolments ADD CONSTRAINT ck_enrolments_wait CHECK ({_among('wait_reason', WAITS)}) NOT VALID"
    )
    op.execute("ALTER TABLE enrolments VALIDATE CONSTRAINT ck_enrolments_wait")
    op.create_table(
        "plan_days",
        sa.Column("plan_id", sa.BigInteger, sa.ForeignKey("plans.id"), nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("run_count", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("plan_id", "day"),
    )


def downgrade() -> None:
    """What only the new words say is told by the nearest old one."""
    op.drop_table("plan_days")
    op.drop_constraint("ck_enrolments_wait", "enrolments")
    op.drop_column("enrolments", "exit_note")
    op.drop_column("enrolments", "wait_reason")
    op.execute(f"UPDATE enrolments SET exit_reason = 'completed' WHERE {_among('exit_reason', NEW_REASONS)}")
    op.execute(f"UPDATE step_runs SET outcome = 'skipped' WHERE {_among('outcome', NEW_OUTCOMES)}")
    _check("enrolments", "exitreason", "exit_reason", OLD_REASONS)
    _check("step_runs", "stepoutcome", "outcome", OLD_OUTCOMES)


def _check(table: str, name: str, column: str, words: tuple[str, ...]) -> None:
    """The rows are read without shutting anybody out."""
    full = f"ck_{table}_{name}"
    op.drop_constraint(full, table)
    op.execute(f"ALTER TABLE {table} ADD CONSTRAINT {full} CHECK ({_among(column, words)}) NOT VALID")
    op.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT {full}")


def _among(column: str, words: tuple[str, ...]) -> str:
    listed = ", ".join(f"'{word}'" for word in words)
    return f"{column} IN ({listed})"
