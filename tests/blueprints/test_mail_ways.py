"""The ways in as an administrator and a mail provider use them: set up, tried, paused; posted, proven, refused."""

import re
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from runpy import run_path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from config import Config
from hub.core import files
from hub.inbox.models import Ticket
from hub.mailroom import drops, ways_setup
from hub.mailroom.models import Arrival
from hub.mailroom.way_models import MailDrop, PolledMailbox
from hub.mailroom.words import ArrivalState, ArrivalWay, MailboxFault
from hub.staff.words import Role
from hub.stores.models import Store
from tests.conftest import ROOT, TUESDAY, HandClock
from tests.mailroom.test_sorting import mail, work
from tests.makers.dovecot import PASSWORD, Dovecot, open_dovecot
from tests.makers.inbox import make_house
from tests.makers.staff import log_in, make_agent

MAILBOX = {
    "address": "bonjour@verel.example",
    "store_id": "",
    "host": "localhost",
    "port": "1",
    "security": "tls",
    "username": "bonjour",
    "password": "typed once",
    "folder": "INBOX",
    "after": "seen",
    "move_to": "",
}


@pytest.fixture
def lyon(session: Session, hand_clock: HandClock, tmp_path: Path, settings: Config) -> Iterator[Store]:
    files.use_folder(tmp_path)
    yield make_house(session)
    files.use_folder(settings.var_path / "files")


@pytest.fixture
def admin(client: FlaskClient, session: Session, lyon: Store) -> FlaskClient:
    return log_in(client, make_agent(session, "Cleo Petit", role=Role.ADMINISTRATOR))


@pytest.fixture
def drop(session: Session, admin: FlaskClient, lyon: Store) -> tuple[str, str]:
    """The path of an address, and its secret as the page shows it once."""
    form = {"name": "Cloudflare", "mailbox": "lyon@verel.example", "store_id": str(lyon.id)}
    page = admin.post("/settings/mail-ways/addresses/new", data=form).text
    [url] = re.findall(r'value="(http[^"]+/hooks/raw-mail/[^"]+)"', page)
    [secret] = re.findall(r'id="secret"[^>]*value="([^"]+)"', page)
    return url.removeprefix("http://localhost"), secret


def post(client: FlaskClient, drop: tuple[str, str], raw: bytes, **changes: str) -> int:
    path, secret = drop
    stamp = changes.get("stamp", str(int(time.time())))
    signature = changes.get("signature", drops.sign(secret, stamp, raw))
    headers = {"X-Timestamp": stamp, "X-Signature": signature, "Content-Type": "message/rfc822"}
    return client.post(path, data=raw, headers=headers).status_code


def test_a_signed_mail_is_kept_then_acknowledged_and_twice_is_one(
    client: FlaskClient, session: Session, lyon: Store, drop: tuple[str, str]
) -> None:
    assert [post(client, drop, mail(1)), post(client, drop, mail(1))] == [202, 202]
    [row] = session.scalars(select(Arrival)).all()
    assert (row.way, row.state, row.mailbox) == (ArrivalWay.HTTP, ArrivalState.WAITING, "lyon@verel.example")
    work()
    assert session.scalars(select(Ticket.store_id)).all() == [lyon.id]
    kept = session.scalars(select(MailDrop)).one()
    assert (kept.stored_count, kept.duplicate_count, kept.refused_count) == (1, 1, 0)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"signature": "v1=" + "0" * 64}, "wrong signature"),
        ({"signature": "é"}, "wrong signature"),
        ({"stamp": str(int(time.time()) - 400)}, "signed more than five minutes ago, or the clocks differ"),
        ({"stamp": "9" * 400}, "signed more than five minutes ago, or the clocks differ"),
        ({"stamp": "never"}, "signed more than five minutes ago, or the clocks differ"),
    ],
)
def test_what_is_not_proven_is_refused_counted_and_kept_nowhere(
    client: FlaskClient, session: Session, admin: FlaskClient, drop: tuple[str, str],
    changes: dict[str, str], reason: str,
) -> None:  # fmt: skip
    assert post(client, drop, mail(1), **changes) == 401
    assert session.scalars(select(Arrival)).all() == []
    row = session.scalars(select(MailDrop)).one()
    assert (row.refused_count, row.last_refusal) == (1, reason)
    page = admin.get("/settings/operations?lang=en").text
    assert reason in page
    assert "refused: 1" in page


def test_a_changed_mail_an_unknown_and_a_closed_address_are_refused(
    client: FlaskClient, session: Session, admin: FlaskClient, drop: tuple[str, str]
) -> None:
    stamp = str(int(time.time()))
    assert post(client, drop, mail(2), stamp=stamp, signature=drops.sign(drop[1], stamp, mail(1))) == 401
    assert post(client, ("/hooks/raw-mail/none-such", drop[1]), mail(1)) == 401
    row = session.scalars(select(MailDrop)).one()
    admin.post(f"/settings/mail-ways/addresses/{row.id}/switch", data={"is_active": "0"})
    assert post(client, drop, mail(1)) == 401
    admin.post(f"/settings/mail-ways/addresses/{row.id}/switch", data={"is_active": "1"})
    assert post(client, drop, mail(1)) == 202


def test_a_mail_above_the_limit_is_told_so_and_counted(
    client: FlaskClient, session: Session, drop: tuple[str, str], settings: Config
) -> None:
    client.application.config["MAX_CONTENT_LENGTH"] = 1000
    try:
        assert post(client, drop, mail(1, text="x" * 2000)) == 413
    finally:
        client.application.config["MAX_CONTENT_LENGTH"] = settings.max_mail_bytes
    assert session.scalars(select(MailDrop.last_refusal)).all() == ["larger than the limit"]


def test_a_relay_may_write_the_envelope_into_the_head(
    client: FlaskClient, session: Session, drop: tuple[str, str]
) -> None:
    raw = b"Return-Path: <>\r\nDelivered-To: b+x@hub.example\r\n" + mail(1)
    assert post(client, drop, raw) == 202
    row = session.scalars(select(Arrival)).one()
    assert row.mail_from == ""
    assert "b+x@hub.example" in row.recipients


def test_a_mailbox_is_set_up_tried_paused_and_resumed(admin: FlaskClient, session: Session) -> None:
    answer = admin.post("/settings/mail-ways/new", data=MAILBOX)
    row = session.scalars(select(PolledMailbox)).one()
    assert answer.location.endswith(f"/settings/mail-ways/{row.id}")
    said = admin.post(f"/settings/mail-ways/{row.id}/test?lang=en", follow_redirects=True).text
    assert "The server does not take connections at this port. Please check both." in said
    assert "typed once" not in said
    sealed = row.password_sealed
    page, kept = f"/settings/mail-ways/{row.id}?lang=en", {**MAILBOX, "password": "", "folder": "Archive"}
    admin.post(page, data=kept)
    session.expire_all()
    assert (row.folder, row.password_sealed) == ("Archive", sealed)
    said = admin.post(page, data={**kept, "port": "993"}).text
    assert "Please give the password of the mailbox." in said
    session.expire_all()
    assert (row.port, row.password_sealed) == (int(MAILBOX["port"]), sealed)
    admin.post(page, data={**MAILBOX, "port": "993"})
    session.expire_all()
    assert row.port == 993
    admin.post(f"/settings/mail-ways/{row.id}/switch", data={"is_active": "0"})
    session.expire_all()
    assert not row.is_active
    assert "paused" in admin.get("/settings/mail-ways?lang=en").text
    admin.post(f"/settings/mail-ways/{row.id}/switch", data={"is_active": "1"})
    session.expire_all()
    assert row.is_active


def test_the_trial_really_logs_in(admin: FlaskClient, session: Session, dovecot: Dovecot) -> None:
    before = ways_setup.current()
    ways_setup.use(replace(before, ca_file=str(dovecot.authority.file), timeout_seconds=5))
    dovecot.add("bonjour")
    dovecot.lay("bonjour", mail(1))
    good = {**MAILBOX, "port": str(dovecot.tls_port), "password": PASSWORD}
    admin.post("/settings/mail-ways/new", data=good)
    row = session.scalars(select(PolledMailbox)).one()
    said = admin.post(f"/settings/mail-ways/{row.id}/test?lang=en", follow_redirects=True).text
    assert "The connection works: 1 unread mail waits." in said
    ways_setup.use(before)


@pytest.fixture
def dovecot() -> Iterator[Dovecot]:
    with open_dovecot() as found:
        yield found


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"port": "70000"}, "Please give a port between 1 and 65535"),
        ({"password": ""}, "Please give the password of the mailbox."),
        ({"after": "move", "move_to": "INBOX"}, "Please choose another folder"),
        ({"address": "nobody"}, "address"),
    ],
)
def test_what_cannot_be_a_mailbox_comes_back_with_words(
    admin: FlaskClient, session: Session, wrong: dict[str, str], words: str
) -> None:
    answer = admin.post("/settings/mail-ways/new?lang=en", data={**MAILBOX, **wrong})
    assert answer.status_code == 422
    assert words in answer.text
    assert session.scalars(select(PolledMailbox)).all() == []


def test_operations_say_what_failed_at_a_mailbox(admin: FlaskClient, session: Session) -> None:
    admin.post("/settings/mail-ways/new", data=MAILBOX)
    row = session.scalars(select(PolledMailbox)).one()
    row.fault, row.fault_detail, row.error_count = MailboxFault.LOGIN_REFUSED, "Authentication failed", 3
    row.last_polled_at, row.stored_count = TUESDAY, 1234
    for path in (
        "/settings/operations?lang=en",
        "/settings/mail-ways?lang=en",
        f"/settings/mail-ways/{row.id}",
    ):
        page = admin.get(path).text
        assert "Authentication failed" in page
    assert "1,234" in admin.get("/settings/operations?lang=en").text


def test_quarantined_mails_of_every_way_are_released_together(
    admin: FlaskClient, session: Session, drop: tuple[str, str]
) -> None:
    for number in range(3):
        post(admin, drop, mail(number))
    rows = session.scalars(select(Arrival).order_by(Arrival.id)).all()
    for row, way in zip(rows, (ArrivalWay.IMAP, ArrivalWay.HTTP, ArrivalWay.LISTENER), strict=True):
        row.way, row.state, row.reason = way, ArrivalState.QUARANTINED, "broken"
    session.flush()
    page = admin.get("/settings/operations/quarantine?lang=en").text
    assert page.count('name="arrival_id"') == 3
    source = admin.get(f"/settings/operations/mails/{rows[0].id}/source")
    assert source.data == mail(0)
    assert source.headers["Content-Disposition"].startswith("attachment")
    form = {"arrival_id": [str(rows[0].id), str(rows[1].id), "0", "nonsense"]}
    said = admin.post(
        "/settings/operations/quarantine/release?lang=en", data=form, follow_redirects=True
    ).text
    assert "2 mails are sorted again." in said
    work()
    session.expire_all()
    assert [row.state for row in rows] == [ArrivalState.SORTED, ArrivalState.SORTED, ArrivalState.QUARANTINED]
    said = admin.post("/settings/operations/quarantine/release?lang=en", follow_redirects=True).text
    assert "Please tick the mails to release." in said


def test_the_relay_of_the_handbook_signs_as_the_door_expects(tmp_path: Path) -> None:
    text = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    (tmp_path / "relay.py").write_text(text.partition("```python")[2].partition("```")[0])
    relay = run_path(str(tmp_path / "relay.py"))
    assert relay["signed"](mail(1), "secret", "1700000000") == drops.sign("secret", "1700000000", mail(1))
