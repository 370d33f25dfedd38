"""The state that an event of an order told stays when its words go: what was said of an order once is not said again."""

import sqlalchemy as sa
from alembic import op

revision = "0090"
down_revision = "0089"
branch_labels = None
depends_on = None

TOLD = "UPDATE order_events SET state = payload ->> 'state' WHERE outcome = 'taken'"
EMPTIED = """
    UPDATE order_events AS e SET state = o.state FROM orders AS o
    WHERE e.outcome = 'taken' AND e.state IS NULL AND o.external_id = e.external_id
"""
"""Of events that were emptied before, the order at least says where it stands."""


def upgrade() -> None:
    op.add_column("order_events", sa.Column("state", sa.Text))
    op.execute(TOLD)
    op.execute(EMPTIED)


def downgrade() -> None:
    op.drop_column("order_events", "state")
