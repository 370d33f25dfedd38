"""Debian's dovecot as an ordinary process on free ports, with a folder of its own; mails are laid into its Maildir."""

import os
import pwd
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import pytest
from imapclient import IMAPClient

from tests.channels.test_tls import Authority
from tests.makers.sink import free_port

DOVECOT = Path("/usr/sbin/dovecot")
PASSWORD = "un-secret-de-test"
CONFIG = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
ssl = required
ssl_cert = <{certificate}
ssl_key = <{key}
disable_plaintext_auth = yes
default_internal_user = {internal}
default_internal_group = {internal_group}
default_login_user = {login}
first_valid_uid = 1
mail_location = maildir:{folder}/mail/%u
mail_fsync = never
auth_failure_delay = 0
mail_max_userip_connections = 100
{oauth}passdb {{
  driver = static
  mechanisms = plain login
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/mail/%u
}}
namespace inbox {{
  inbox = yes
  separator = /
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {plain_port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
"""


OAUTH = """
auth_mechanisms = plain {mechanisms}
passdb {{
  driver = oauth2
  mechanisms = {mechanisms}
  args = {file}
}}
"""
INTROSPECTION = """
introspection_mode = post
introspection_url = {url}
username_attribute = username
active_attribute = active
active_value = true
"""


@dataclass
class Dovecot:
    """`tls_port` speaks TLS at once, `plain_port` after STARTTLS. Any user logs in with `PASSWORD`."""

    folder: Path
    authority: Authority
    tls_port: int
    plain_port: int
    owner: tuple[int, int]
    process: subprocess.Popen[bytes] | None = None
    names: Iterator[int] = field(default_factory=lambda: count(1))

    def add(self, user: str, *folders: str) -> None:
        """A mailbox with an INBOX and these folders."""
        for name in ("", *(f".{each}" for each in folders)):
            for part in ("new", "cur", "tmp"):
                path = self.folder / "mail" / user / name / part
                path.mkdir(parents=True)
        for path in (self.folder / "mail").rglob("*"):
            os.chown(path, *self.owner)

    def read_all(self, user: str) -> None:
        """What a colleague does who opens each mail in a mail program."""
        context = ssl.create_default_context(cafile=str(self.authority.file))
        with IMAPClient("localhost", self.tls_port, ssl_context=context) as client:
            client.login(user, PASSWORD)
            client.select_folder("INBOX")
            client.add_flags(client.search(), [rb"\Seen"])

    def lay(self, user: str, raw: bytes) -> Path:
        """A mail in the INBOX, as a delivering server would lay it there."""
        box = self.folder / "mail" / user
        name = f"{int(time.time())}.M{next(self.names):06d}P1.test"
        path = box / "new" / name
        draft = box / "tmp" / name
        draft.write_bytes(raw)
        os.chown(draft, *self.owner)
        draft.rename(path)
        return path

    def names_in(self, user: str, folder: str = "") -> list[str]:
        """The files of a folder; those marked seen end in `S`."""
        box = self.folder / "mail" / user / (f".{folder}" if folder else "")
        return sorted(path.name for part in ("new", "cur") for path in (box / part).iterdir())

    def renumber(self, user: str) -> None:
        """As after a restored backup: the server gives all mails new UIDs under a new UIDVALIDITY."""
        self.stop()
        box = self.folder / "mail" / user
        for path in (*box.glob("dovecot*"), *box.glob(".*/dovecot*")):
            path.unlink()
        later = f"{int(time.time()) + 1000:08x}"
        uidlist = box / "dovecot-uidlist"
        uidlist.write_text(f"3 V{int(later, 16)} N1 G{'0a' * 16}\n")
        os.chown(uidlist, *self.owner)
        self.start()

    def start(self) -> None:
        command = [str(DOVECOT), "-F", "-c", str(self.folder / "dovecot.conf")]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", self.tls_port), timeout=1).close()
            except OSError:
                time.sleep(0.05)
            else:
                return
        raise AssertionError((self.folder / "log").read_text())

    def stop(self) -> None:
        if self.process is not None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(timeout=10)
            self.process = None


@contextmanager
def open_dovecot(
    *, introspection_url: str = "", mechanisms: str = "xoauth2 oauthbearer"
) -> Iterator[Dovecot]:
    """Skips the test with a plain sentence where dovecot is not installed.

    `introspection_url`: tokens are taken too, and asked for there (RFC 7662).
    """
    if not DOVECOT.exists():
        pytest.skip("dovecot is not installed: apt-get install dovecot-imapd (make packages).")
    folder = Path(tempfile.mkdtemp(prefix="dovecot-"))
    folder.chmod(0o755)
    authority = Authority(folder)
    found = Dovecot(folder, authority, free_port(), free_port(), _owner())
    _write_config(found, _write_oauth(found, introspection_url, mechanisms))
    try:
        found.start()
        yield found
    finally:
        found.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _owner() -> tuple[int, int]:
    """Whose the mails are: dovecot serves none of root's."""
    if os.getuid():
        return os.getuid(), os.getgid()
    nobody = pwd.getpwnam("nobody")
    return nobody.pw_uid, nobody.pw_gid


def _write_oauth(found: Dovecot, introspection_url: str, mechanisms: str) -> str:
    if not introspection_url:
        return ""
    file = found.folder / "oauth2.conf"
    file.write_text(INTROSPECTION.format(url=introspection_url))
    return OAUTH.format(file=file, mechanisms=mechanisms)


def _write_config(found: Dovecot, oauth: str) -> None:
    is_root = os.getuid() == 0
    me = pwd.getpwuid(os.getuid()).pw_name
    for name in ("run", "state", "mail"):
        (found.folder / name).mkdir()
    os.chown(found.folder / "mail", *found.owner)
    found.authority.context("localhost")
    text = CONFIG.format(
        folder=found.folder,
        password=PASSWORD,
        oauth=oauth,
        certificate=found.folder / "server.pem",
        key=found.folder / "server.pem",
        internal="dovecot" if is_root else me,
        internal_group="dovecot" if is_root else os.getgid(),
        login="dovenull" if is_root else me,
        uid=found.owner[0],
        gid=found.owner[1],
        plain_port=found.plain_port,
        tls_port=found.tls_port,
    )
    (found.folder / "dovecot.conf").write_text(text)
