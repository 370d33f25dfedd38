"""Mailboxes that take no password, read from a real dovecot with tokens of a real token address."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from hub.channels import oauth
from hub.channels.imap import Fault, ImapFault
from hub.channels.oauth import Grant, fetch_token
from hub.channels.webhook_calls import Answer
from hub.core import clock, sealing
from hub.core.actor import SYSTEM
from hub.core.errors import Invalid
from hub.mailroom import mailboxes, ways_setup
from hub.mailroom.signing_in import SECRETS
from hub.mailroom.way_models import PolledMailbox
from hub.mailroom.words import MailboxAuth, MailboxFault
from hub.stores.models import Store
from tests.conftest import TUESDAY
from tests.mailroom.test_sorting import mail
from tests.makers.dovecot import Dovecot, open_dovecot
from tests.makers.mailboxes import add, arrivals, details, poll
from tests.makers.token_server import REFRESH, SECRET, TokenServer, open_token_server


@pytest.fixture(scope="module")
def provider() -> Iterator[TokenServer]:
    with open_token_server() as found:
        yield found


@pytest.fixture(scope="module")
def dovecot(provider: TokenServer) -> Iterator[Dovecot]:
    with open_dovecot(introspection_url=provider.introspection_url) as found:
        yield found


@pytest.fixture
def tokens(provider: TokenServer, user: str) -> Iterator[TokenServer]:
    """The provider, having said nothing yet, whose tokens are this user's."""
    fresh = TokenServer(user, provider.url, provider.introspection_url)
    provider.__dict__.update(fresh.__dict__)
    before = ways_setup.current()
    ways_setup.use(replace(before, may_be_private=True))
    yield provider
    ways_setup.use(before)


def add_with_tokens(dovecot: Dovecot, tokens: TokenServer, **changes: Any) -> int:
    given = {"auth": MailboxAuth.OAUTH_APPLICATION, "token_url": tokens.url, "client_id": "comptoir",
             "client_secret": SECRET, "scope": "imap  .default", "password": ""}  # fmt: skip
    return add(dovecot, tokens.user, **{**given, **changes})


def row_of(session: Session, mailbox_id: int) -> PolledMailbox:
    session.expire_all()
    return session.get_one(PolledMailbox, mailbox_id)


def test_mail_is_read_in_the_applications_own_right_and_a_token_serves_until_it_expires(
    session: Session, lyon: Store, dovecot: Dovecot, tokens: TokenServer
) -> None:
    dovecot.lay(tokens.user, mail(1))
    mailbox = add_with_tokens(dovecot, tokens)
    poll()
    poll()
    assert len(arrivals(session)) == 1
    assert tokens.asked == [{"grant_type": "client_credentials", "client_id": "comptoir",
                             "client_secret": SECRET, "scope": "imap .default"}]  # fmt: skip
    row = row_of(session, mailbox)
    assert row.fault is None
    kept = " ".join(str(value) for value in vars(row).values())
    assert SECRET not in kept
    assert "token-1" not in kept
    row.access_expires_at = clock.machine_now() + timedelta(seconds=60)
    poll()
    assert len(tokens.asked) == 2


def test_a_refresh_token_that_the_provider_turns_is_kept_for_next_time(
    session: Session, lyon: Store, dovecot: Dovecot, tokens: TokenServer
) -> None:
    tokens.refresh_token, tokens.lasts_seconds = "refresh-2", 0
    mailbox = add_with_tokens(dovecot, tokens, auth=MailboxAuth.OAUTH_REFRESH, refresh_token=REFRESH)
    poll()
    poll()
    assert [form["refresh_token"] for form in tokens.asked] == [REFRESH, "refresh-2"]
    assert {form["grant_type"] for form in tokens.asked} == {"refresh_token"}
    assert row_of(session, mailbox).fault is None


def test_a_token_that_is_withdrawn_is_renewed_once_and_then_it_is_the_mailbox(
    session: Session, lyon: Store, dovecot: Dovecot, tokens: TokenServer
) -> None:
    mailbox = add_with_tokens(dovecot, tokens)
    poll()
    tokens.good = {}
    dovecot.lay(tokens.user, mail(1))
    poll()
    assert (len(tokens.asked), len(arrivals(session))) == (2, 1)
    tokens.good, tokens.gives_good = {}, False
    poll()
    assert len(tokens.asked) == 3
    assert row_of(session, mailbox).fault is MailboxFault.OAUTH_NOT_TAKEN


@pytest.mark.parametrize(
    ("refusal", "changes", "fault", "words"),
    [
        ({"error": "invalid_grant", "error_description": "AADSTS70008: expired"}, {},
         MailboxFault.OAUTH_REFUSED, "invalid_grant: AADSTS70008: expired"),
        (None, {"client_secret": "other"}, MailboxFault.OAUTH_REFUSED, "invalid_client: unknown secret"),
        (None, {"token_url": "http://127.0.0.1:1/token"}, MailboxFault.OAUTH_AWAY, "no_connection"),
    ],
)  # fmt: skip
def test_a_trial_says_what_the_provider_said(
    session: Session, lyon: Store, dovecot: Dovecot, tokens: TokenServer,
    refusal: dict[str, str] | None, changes: dict[str, Any], fault: MailboxFault, words: str,
) -> None:  # fmt: skip
    tokens.refusal = refusal
    trial = mailboxes.try_mailbox(mailboxes.prepare_trial(add_with_tokens(dovecot, tokens, **changes)))
    assert (trial.fault, trial.detail) == (fault, words)
    assert SECRET not in trial.detail


def test_a_trial_that_works_keeps_its_token_for_the_poll(
    session: Session, lyon: Store, dovecot: Dovecot, tokens: TokenServer
) -> None:
    dovecot.lay(tokens.user, mail(1))
    trial = mailboxes.try_mailbox(mailboxes.prepare_trial(add_with_tokens(dovecot, tokens)))
    assert (trial.fault, trial.unread_count) == (None, 1)
    poll()
    assert (len(tokens.asked), len(arrivals(session))) == (1, 1)


def test_a_server_that_knows_no_tokens_is_told_apart(
    session: Session, lyon: Store, tokens: TokenServer
) -> None:
    with open_dovecot() as plain:
        ways_setup.use(replace(ways_setup.current(), ca_file=str(plain.authority.file)))
        trial = mailboxes.try_mailbox(mailboxes.prepare_trial(add_with_tokens(plain, tokens)))
    assert trial.fault is MailboxFault.NO_OAUTH


def test_a_server_that_speaks_oauthbearer_alone_is_read_too(
    session: Session, lyon: Store, tokens: TokenServer
) -> None:
    with open_dovecot(introspection_url=tokens.introspection_url, mechanisms="oauthbearer") as other:
        ways_setup.use(replace(ways_setup.current(), ca_file=str(other.authority.file)))
        other.add(tokens.user)
        lease = mailboxes.prepare_trial(add_with_tokens(other, tokens))
        assert mailboxes.try_mailbox(lease).fault is None
        tokens.good, tokens.gives_good = {}, False
        assert mailboxes.try_mailbox(lease).fault is MailboxFault.OAUTH_NOT_TAKEN


@pytest.mark.parametrize(
    ("status", "fault"), [(429, Fault.OAUTH_AWAY), (503, Fault.OAUTH_AWAY), (401, Fault.OAUTH_REFUSED)]
)
def test_a_provider_that_is_overloaded_or_ill_has_not_refused(
    tokens: TokenServer, status: int, fault: Fault
) -> None:
    tokens.refusal, tokens.refusal_status = {"error": "temporarily_unavailable"}, status
    with pytest.raises(ImapFault) as caught:
        fetch_token(Grant(tokens.url, "comptoir", SECRET, "", may_be_private=True))
    assert (caught.value.fault, caught.value.detail) == (fault, "temporarily_unavailable")


@pytest.mark.parametrize("depth", [*range(900, 1000, 3), 30_000])
def test_an_answer_nested_without_end_is_a_refusal_like_any_nonsense(depth: int) -> None:
    nested = "[" * depth + "]" * depth
    for text in (nested, f'{{"error": {nested}}}'):
        with pytest.raises(ImapFault) as caught:
            oauth._read(Answer(200, text, None, 1))
        assert (caught.value.fault, caught.value.detail) == (
            Fault.OAUTH_REFUSED,
            "no token in the answer (200)",
        )


def test_a_slow_token_address_is_left_after_its_time(
    tokens: TokenServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert oauth.TOKEN_SECONDS == 10
    monkeypatch.setattr(oauth, "TOKEN_SECONDS", 0.2)
    tokens.wait_seconds = 0.5
    with pytest.raises(ImapFault) as caught:
        fetch_token(Grant(tokens.url, "comptoir", SECRET, "", may_be_private=True))
    assert (caught.value.fault, caught.value.detail) == (Fault.OAUTH_AWAY, "timeout")
    with pytest.raises(ImapFault) as caught:
        fetch_token(Grant(tokens.url, "comptoir", SECRET, "", may_be_private=False))
    assert caught.value.detail.startswith("private_address")


def test_secrets_are_kept_while_left_empty_and_belong_to_their_application(
    session: Session, lyon: Store, dovecot: Dovecot, tokens: TokenServer
) -> None:
    mailbox = add_with_tokens(dovecot, tokens)

    def edit(**changes: Any) -> PolledMailbox:
        given = {"auth": MailboxAuth.OAUTH_APPLICATION, "token_url": tokens.url, "client_id": "comptoir",
                 "client_secret": "", "password": ""}  # fmt: skip
        mailboxes.edit_mailbox(
            mailbox_id=mailbox,
            details=details(dovecot, tokens.user, **{**given, **changes}),
            by=SYSTEM,
            now=TUESDAY,
            machine_now=clock.machine_now(),
        )
        return row_of(session, mailbox)

    assert sealing.unseal(SECRETS, edit().client_secret_sealed) == SECRET
    for changes, field in (
        ({"client_id": "another"}, "client_secret"),
        ({"host": "imap.evil.example"}, "client_secret"),
        ({"port": 1993}, "client_secret"),
        ({"auth": MailboxAuth.OAUTH_REFRESH}, "refresh_token"),
        ({"token_url": "ftp://x.example/token"}, "token_url"),
        ({"client_id": " "}, "client_id"),
        ({"auth": MailboxAuth.PLAIN}, "password"),
    ):
        with pytest.raises(Invalid) as caught, session.begin_nested():
            edit(**changes)
        assert caught.value.field == field
    row = edit(auth=MailboxAuth.PLAIN, password="again")
    assert (row.client_secret_sealed, row.access_token_sealed, row.token_url) == ("", "", "")


def test_a_refresh_token_and_its_secret_are_typed_again_for_another_server(
    session: Session, lyon: Store, dovecot: Dovecot, tokens: TokenServer
) -> None:
    how = {
        "auth": MailboxAuth.OAUTH_REFRESH,
        "token_url": tokens.url,
        "client_id": "comptoir",
        "password": "",
    }
    mailbox = add_with_tokens(dovecot, tokens, refresh_token=REFRESH, **how)
    for typed, field in (
        ({"refresh_token": "other"}, "client_secret"),
        ({"client_secret": "other"}, "refresh_token"),
    ):
        wanted = details(dovecot, tokens.user, host="imap.evil.example", **{**how, **typed})
        with pytest.raises(Invalid) as caught, session.begin_nested():
            mailboxes.edit_mailbox(
                mailbox_id=mailbox, details=wanted, by=SYSTEM, now=TUESDAY, machine_now=clock.machine_now()
            )
        assert caught.value.field == field


def test_a_refresh_token_typed_while_the_old_one_is_renewed_is_kept(
    session: Session, lyon: Store, dovecot: Dovecot, tokens: TokenServer
) -> None:
    how = {"auth": MailboxAuth.OAUTH_REFRESH, "token_url": tokens.url, "client_id": "comptoir",
           "client_secret": SECRET, "password": ""}  # fmt: skip
    mailbox = add_with_tokens(dovecot, tokens, refresh_token=REFRESH, **how)
    tokens.refresh_token = "turned"
    lease = mailboxes.prepare_trial(mailbox)
    typed = details(dovecot, tokens.user, refresh_token="typed", **how)
    mailboxes.edit_mailbox(
        mailbox_id=mailbox, details=typed, by=SYSTEM, now=TUESDAY, machine_now=clock.machine_now()
    )
    assert mailboxes.try_mailbox(lease).fault is None
    row = row_of(session, mailbox)
    assert (sealing.unseal(SECRETS, row.refresh_token_sealed), row.access_token_sealed) == ("typed", "")
