"""Signs in to a mailbox that takes tokens: one is fetched, kept sealed until it expires, and renewed once when refused.

No transaction is open while the token address is called.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import update

from hub.channels.imap import Fault, ImapFault, ImapSettings
from hub.channels.oauth import Grant, Token, fetch_token
from hub.core import clock, sealing
from hub.core.db import db, transaction
from hub.mailroom import ways_setup
from hub.mailroom.way_models import PolledMailbox
from hub.mailroom.words import MailboxAuth

SECRETS = "polled-mailbox"
MARGIN = timedelta(minutes=2)
"""A token that expires so soon is not used any more."""
Entered = TypeVar("Entered")


@dataclass(frozen=True)
class Pass:
    """How a mailbox with OAuth is signed in to; `access` "" when there is no token that still lasts.

    `sealed` are the client secret and the refresh token as they were read, to see whether they were changed since.
    """

    mailbox_id: int
    grant: Grant
    access: str
    sealed: tuple[str, str]


def read_pass(row: PolledMailbox, *, machine_now: datetime) -> Pass | None:
    """None when a secret cannot be read any more (SECRET_KEY has changed)."""
    secret, refresh, access = (
        sealing.unseal(SECRETS, sealed) if sealed else ""
        for sealed in (row.client_secret_sealed, row.refresh_token_sealed, row.access_token_sealed)
    )
    if secret is None or refresh is None:
        return None
    grant = Grant(
        token_url=row.token_url,
        client_id=row.client_id,
        client_secret=secret,
        scope=row.scope,
        refresh_token=refresh if row.auth is MailboxAuth.OAUTH_REFRESH else "",
        may_be_private=ways_setup.current().may_be_private,
    )
    lasts = row.access_expires_at is not None and row.access_expires_at > machine_now + MARGIN
    sealed = (row.client_secret_sealed, row.refresh_token_sealed)
    return Pass(row.id, grant, (access or "") if lasts else "", sealed)


def sign_in(settings: ImapSettings, how: Pass | None, enter: Callable[[ImapSettings], Entered]) -> Entered:
    """`enter` opens the folder. A token that was kept and is refused is renewed, and the folder opened once more."""
    if how is None:
        return enter(settings)
    if how.access:
        try:
            return enter(replace(settings, token=how.access))
        except ImapFault as fault:
            if fault.fault is not Fault.OAUTH_NOT_TAKEN:
                raise
    return enter(replace(settings, token=_renew(how)))


def _renew(how: Pass) -> str:
    token = fetch_token(how.grant)
    _keep(how, token, machine_now=clock.machine_now())
    return token.value


def _keep(how: Pass, token: Token, *, machine_now: datetime) -> None:
    """Unless the mailbox was set up anew meanwhile, or a secret of it typed again: what was typed stands.

    A provider that turns the refresh token gets the new one back.
    """
    kept = {
        "access_token_sealed": sealing.seal(SECRETS, token.value),
        "access_expires_at": machine_now + timedelta(seconds=token.lasts_seconds),
    }
    if token.refresh_token and how.grant.refresh_token:
        kept["refresh_token_sealed"] = sealing.seal(SECRETS, token.refresh_token)
    client_secret, refresh_token = how.sealed
    same = (
        PolledMailbox.id == how.mailbox_id,
        PolledMailbox.token_url == how.grant.token_url,
        PolledMailbox.client_id == how.grant.client_id,
        PolledMailbox.auth != MailboxAuth.PLAIN,
        PolledMailbox.client_secret_sealed == client_secret,
        PolledMailbox.refresh_token_sealed == refresh_token,
    )
    with transaction():
        changed = update(PolledMailbox).where(*same).values(kept)
        db.session.execute(changed.execution_options(synchronize_session=False))
