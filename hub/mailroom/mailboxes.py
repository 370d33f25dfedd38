"""Sets up the mailboxes that are polled: kept, changed, paused, tried out. Passwords and tokens are sealed."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from hub.channels.imap import ImapFault, ImapSettings, open_folder
from hub.core import sealing
from hub.core.actor import Actor
from hub.core.audit import note_change
from hub.core.db import db, ring_after_commit
from hub.core.errors import Conflict, Invalid, NotFound
from hub.core.text import N_
from hub.customers.rules import normalise_mail
from hub.mailroom import leasing, ways_setup
from hub.mailroom.leasing import Lease, make_lease
from hub.mailroom.signing_in import SECRETS, sign_in
from hub.mailroom.token_addresses import check_token_url
from hub.mailroom.way_models import PolledMailbox
from hub.mailroom.words import AfterPoll, MailboxAuth, MailboxFault, MailboxSecurity

BELL = "mailboxes"
HIGHEST_PORT = 65_535
MOST_CHARS = 250


@dataclass(frozen=True, kw_only=True)
class MailboxDetails:
    """As an administrator types them. A secret "" keeps the one there is; `store_id` None is the chain's mailbox."""

    address: str
    host: str
    port: int
    security: MailboxSecurity
    username: str
    password: str
    folder: str
    store_id: int | None
    after: AfterPoll
    move_to: str
    auth: MailboxAuth = MailboxAuth.PLAIN
    token_url: str = ""
    client_id: str = ""
    client_secret: str = ""
    refresh_token: str = ""
    scope: str = ""


@dataclass(frozen=True)
class Trial:
    """`fault` None: the log-in worked, and so many mails wait unread. Else why not, with the server's words."""

    fault: MailboxFault | None
    detail: str = ""
    unread_count: int = 0


def add_mailbox(*, details: MailboxDetails, by: Actor, now: datetime, machine_now: datetime) -> int:
    """Polled from now on. Raises Invalid beside the field, Conflict when this folder is polled already."""
    row = PolledMailbox(created_at=now, next_poll_at=machine_now, is_active=True)
    _fill(row, details)
    db.session.add(row)
    db.session.flush()
    note_change("mailbox.added", subject_kind="mailbox", subject_id=row.id, by=by, now=now)
    ring_after_commit(BELL)
    return row.id


def edit_mailbox(
    *, mailbox_id: int, details: MailboxDetails, by: Actor, now: datetime, machine_now: datetime
) -> None:
    """Changed and polled at once; a poll under way ends. Raises as `add_mailbox`, and NotFound."""
    row = _lock(mailbox_id)
    before = (row.host, row.username, row.folder)
    _fill(row, details)
    if before != (row.host, row.username, row.folder):
        row.uid_validity, row.last_uid, row.last_polled_at = None, 0, None
    _start_anew(row, machine_now)
    db.session.flush()
    note_change("mailbox.edited", subject_kind="mailbox", subject_id=row.id, by=by, now=now)
    ring_after_commit(BELL)


def switch_mailbox(
    *, mailbox_id: int, is_active: bool, by: Actor, now: datetime, machine_now: datetime
) -> None:
    """Pause, or go on where it was left. Raises NotFound."""
    row = _lock(mailbox_id)
    row.is_active = is_active
    _start_anew(row, machine_now)
    db.session.flush()
    action = "mailbox.resumed" if is_active else "mailbox.paused"
    note_change(action, subject_kind="mailbox", subject_id=row.id, by=by, now=now)
    ring_after_commit(BELL)


def prepare_trial(mailbox_id: int) -> Lease:
    """What `try_mailbox` needs; read in a transaction that is over before the server is called. Raises NotFound."""
    row = db.session.get(PolledMailbox, mailbox_id)
    if row is None:
        raise NotFound(N_("There is no such mailbox. Please reload the page."))
    return make_lease(row)


def try_mailbox(lease: Lease) -> Trial:
    """Really log in and open the folder; nothing is read, marked or written."""
    try:
        unread_count = sign_in(leasing.settings_of(lease), lease.how, _count_unread)
        return Trial(None, unread_count=unread_count)
    except leasing.SealedError:
        return Trial(MailboxFault.SEALED)
    except ImapFault as fault:
        return Trial(MailboxFault(fault.fault.value), fault.detail)


def _count_unread(settings: ImapSettings) -> int:
    with open_folder(settings) as folder:
        return len(folder.list_unread())


def _start_anew(row: PolledMailbox, machine_now: datetime) -> None:
    row.lease_until = row.lease_token = None
    row.error_count, row.is_told = 0, False
    row.fault, row.fault_detail = None, ""
    row.next_poll_at = machine_now


def _lock(mailbox_id: int) -> PolledMailbox:
    row = db.session.scalar(select(PolledMailbox).where(PolledMailbox.id == mailbox_id).with_for_update())
    if row is None:
        raise NotFound(N_("There is no such mailbox. Please reload the page."))
    return row


def _fill(row: PolledMailbox, details: MailboxDetails) -> None:
    before = (row.host, row.port, row.username)
    row.address = normalise_mail(details.address)
    row.host = _line(details.host, "host").lower()
    row.port = _port(details.port)
    row.security = details.security
    row.username = _line(details.username, "username")
    row.folder = _line(details.folder or "INBOX", "folder")
    row.store_id = details.store_id
    row.after = details.after
    row.move_to = _line(details.move_to, "move_to") if details.after is AfterPoll.MOVE else ""
    if row.move_to and row.move_to == row.folder:
        raise Invalid(N_("Please choose another folder: this is the one that is read."), field="move_to")
    row.auth = details.auth
    is_elsewhere = before != (row.host, row.port, row.username)
    if details.auth is MailboxAuth.PLAIN:
        _fill_password(row, details, is_elsewhere=is_elsewhere)
    else:
        _fill_oauth(row, details, is_elsewhere=is_elsewhere)
    _refuse_twin(row)


def _fill_password(row: PolledMailbox, details: MailboxDetails, *, is_elsewhere: bool) -> None:
    """What was kept for another server or user is not sent to this one."""
    if is_elsewhere:
        row.password_sealed = ""
    if not details.password and not row.password_sealed:
        raise Invalid(N_("Please give the password of the mailbox."), field="password")
    if details.password:
        row.password_sealed = sealing.seal(SECRETS, details.password)
    row.token_url = row.client_id = row.scope = ""
    row.client_secret_sealed = row.refresh_token_sealed = ""
    _forget_token(row)


def _fill_oauth(row: PolledMailbox, details: MailboxDetails, *, is_elsewhere: bool) -> None:
    """What was kept for another application, kind of grant, server or user is not kept for this one."""
    setup = ways_setup.current()
    url = check_token_url(_line(details.token_url, "token_url"), may_be_private=setup.may_be_private)
    client_id = _line(details.client_id, "client_id")
    is_same = (row.token_url, row.client_id) == (url, client_id)
    needs_secret = details.auth is MailboxAuth.OAUTH_APPLICATION or (
        is_same and bool(row.client_secret_sealed)
    )
    if is_elsewhere or not is_same:
        row.client_secret_sealed = row.refresh_token_sealed = ""
    row.token_url, row.client_id, row.scope = url, client_id, _words(details.scope)
    row.password_sealed = ""
    if details.client_secret:
        row.client_secret_sealed = sealing.seal(SECRETS, details.client_secret.strip())
    if needs_secret and not row.client_secret_sealed:
        raise Invalid(N_("Please give the client secret of the application."), field="client_secret")
    if details.auth is MailboxAuth.OAUTH_APPLICATION:
        row.refresh_token_sealed = ""
    elif details.refresh_token:
        row.refresh_token_sealed = sealing.seal(SECRETS, details.refresh_token.strip())
    elif not row.refresh_token_sealed:
        raise Invalid(N_("Please give the refresh token."), field="refresh_token")
    _forget_token(row)


def _forget_token(row: PolledMailbox) -> None:
    row.access_token_sealed, row.access_expires_at = "", None


def _words(scope: str) -> str:
    return " ".join(scope.split())[:MOST_CHARS]


def _refuse_twin(row: PolledMailbox) -> None:
    same = (
        PolledMailbox.host == row.host,
        PolledMailbox.username == row.username,
        PolledMailbox.folder == row.folder,
    )
    with db.session.no_autoflush:
        twin_id = db.session.scalar(select(PolledMailbox.id).where(*same))
    if twin_id is not None and twin_id != row.id:
        raise Conflict(N_("This folder of this mailbox is polled already."))


def _line(text: str, field: str) -> str:
    """One line without control characters: it is spoken to a server. Raises Invalid."""
    plain = text.strip()
    if not plain:
        raise Invalid(N_("Please fill in this field."), field=field)
    if len(plain) > MOST_CHARS or any(ord(each) < ord(" ") for each in plain):
        raise Invalid(N_("Please give one line of at most 250 characters."), field=field)
    return plain


def _port(port: int) -> int:
    if not 0 < port <= HIGHEST_PORT:
        raise Invalid(N_("Please give a port between 1 and 65535, usually 993 or 143."), field="port")
    return port
