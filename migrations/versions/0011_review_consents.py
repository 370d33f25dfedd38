"""Each asking of a double opt-in is its own row: nobody else's asking replaces it."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

TABLE, COLUMNS = "optin_requests", ["address", "collection_point"]
PENDING = sa.text("state = 'pending'")


def upgrade() -> None:
    """The same index, no longer unique."""
    op.drop_index("uq_optin_requests_pending", table_name=TABLE, postgresql_where=PENDING)
    op.create_index("ix_optin_requests_pending", TABLE, COLUMNS, postgresql_where=PENDING)


def downgrade() -> None:
    """Of several open askings for one place the last one stays open."""
    op.execute(
        "UPDATE optin_requests SET state = 'expired', wishes = '[]', ip = NULL, user_agent = NULL "
        "WHERE state = 'pending' AND EXISTS (SELECT FROM optin_requests AS later WHERE later.state = 'pending' "
        "AND later.address = optin_requests.address AND later.collection_point = optin_requests.collection_point "
        "AND later.id > optin_requests.id)"
    )
    op.drop_index("ix_optin_requests_pending", table_name=TABLE, postgresql_where=PENDING)
    op.create_index("uq_optin_requests_pending", TABLE, COLUMNS, unique=True, postgresql_where=PENDING)
