"""Keys of duplicates without a foreign key: some fifteen a customer, and the mark of the same transaction keeps him already."""

from alembic import op

revision = "0040"
down_revision = "0038"
branch_labels = None
depends_on = None

NAME = "fk_duplicate_keys_customer_id"


def upgrade() -> None:
    """Each key looked its customer up when it was written."""
    op.drop_constraint(NAME, "duplicate_keys", type_="foreignkey")


def downgrade() -> None:
    """Keys of nobody would be refused: they go first."""
    op.execute(
        "DELETE FROM duplicate_keys AS k WHERE NOT EXISTS (SELECT FROM customers AS c WHERE c.id = k.customer_id)"
    )
    op.create_foreign_key(NAME, "duplicate_keys", "customers", ["customer_id"], ["id"])
