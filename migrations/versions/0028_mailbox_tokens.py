"""Mailboxes that are read with a token instead of a password."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

_TABLE = "polled_mailboxes"
_AUTHS = ("plain", "oauth_application", "oauth_refresh")
_OLD_FAULTS = (
    "unknown_host",
    "refused",
    "no_answer",
    "not_verified",
    "no_tls",
    "login_refused",
    "no_folder",
    "no_target",
    "sealed",
    "mail_refused",
    "protocol",
)
_NEW_FAULTS = ("no_oauth", "oauth_refused", "oauth_away", "oauth_not_taken")
_CHECK = "ck_polled_mailboxes_mailboxfault"
_TEXTS = (
    "token_url",
    "client_id",
    "scope",
    "client_secret_sealed",
    "refresh_token_sealed",
    "access_token_sealed",
)


def _limit_faults(faults: tuple[str, ...]) -> None:
    """Swap the check of the mailboxes' faults."""
    op.drop_constraint(op.f(_CHECK), _TABLE, type_="check")
    words = ", ".join(f"'{fault}'" for fault in faults)
    op.create_check_constraint(op.f(_CHECK), _TABLE, f"fault IN ({words})")


def upgrade() -> None:
    """Those there are have a password."""
    kind = sa.Enum(*_AUTHS, name="mailboxauth", native_enum=False, create_constraint=True, length=40)
    op.add_column(_TABLE, sa.Column("auth", kind, server_default="plain", nullable=False))
    for name in _TEXTS:
        op.add_column(_TABLE, sa.Column(name, sa.Text(), server_default="", nullable=False))
    op.add_column(_TABLE, sa.Column("access_expires_at", sa.DateTime(timezone=True), nullable=True))
    _limit_faults((*_OLD_FAULTS, *_NEW_FAULTS))


def downgrade() -> None:
    """A mailbox without a password is paused: it cannot be read any more."""
    op.execute(f"UPDATE {_TABLE} SET is_active = false WHERE auth <> 'plain'")
    names = ", ".join(f"'{fault}'" for fault in _NEW_FAULTS)
    op.execute(f"UPDATE {_TABLE} SET fault = 'protocol' WHERE fault IN ({names})")
    _limit_faults(_OLD_FAULTS)
    op.drop_column(_TABLE, "access_expires_at")
    for name in reversed(_TEXTS):
        op.drop_column(_TABLE, name)
    op.drop_column(_TABLE, "auth")
