"""Mail by IMAP: one folder of one mailbox, read without touching it, and what becomes of a mail that is kept."""

import socket
import ssl
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import partial
from typing import Any

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import CapabilityError, IMAPClientAbortError, IMAPClientError, LoginError

MOST_HEAD_BYTES = 256 * 1024
CONNECT_SECONDS = 10.0
GONE = "gone"
"""The problem of a mail that somebody deleted or moved meanwhile."""
SEEN, DELETED = rb"\Seen", rb"\Deleted"
WHOLE = "BODY.PEEK[]"
HEAD = f"BODY.PEEK[HEADER]<0.{MOST_HEAD_BYTES}>"


class Fault(StrEnum):
    """Why a mailbox cannot be read, told apart so that a person knows what to mend."""

    UNKNOWN_HOST = "unknown_host"
    REFUSED = "refused"
    NO_ANSWER = "no_answer"
    NOT_VERIFIED = "not_verified"
    NO_TLS = "no_tls"
    LOGIN_REFUSED = "login_refused"
    NO_FOLDER = "no_folder"
    NO_TARGET = "no_target"
    NO_OAUTH = "no_oauth"
    OAUTH_REFUSED = "oauth_refused"
    OAUTH_AWAY = "oauth_away"
    OAUTH_NOT_TAKEN = "oauth_not_taken"
    PROTOCOL = "protocol"


class ImapFault(Exception):
    """`detail` is what the server or the system said."""

    def __init__(self, fault: Fault, detail: object) -> None:
        super().__init__(f"{fault.value}: {detail}")
        self.fault = fault
        self.detail = _plain(detail)


@dataclass(frozen=True)
class ImapSettings:
    """How to reach a folder. `is_tls`: TLS from the first byte, else STARTTLS; both verify. `move_to` "" marks seen.

    `token`: logs in by OAuth instead of the password.
    """

    host: str
    port: int
    is_tls: bool
    username: str
    password: str
    folder: str
    move_to: str = ""
    ca_file: str | None = None
    timeout_seconds: float = 20.0
    token: str = ""


@dataclass(frozen=True)
class Piece:
    """What the server handed out of one mail: all of it, its head alone, or (`raw` None) nothing, with its words."""

    uid: int
    raw: bytes | None
    is_whole: bool = True
    problem: str = ""


class Folder:
    """An open folder. Raises ImapFault where the line or the folder fails; a single mail that fails is a Piece."""

    def __init__(self, client: Any, settings: ImapSettings, chosen: dict[bytes, Any]) -> None:
        self._client = client
        self._settings = settings
        self.validity = int(chosen.get(b"UIDVALIDITY") or 0)
        self.next_uid = int(chosen.get(b"UIDNEXT") or 0)

    def list_unread(self) -> set[int]:
        """UIDs of the mails without the flag Seen."""
        return self._search(["UNDELETED", "UNSEEN"])

    def list_above(self, uid: int) -> set[int]:
        """UIDs above this one, read or not."""
        found = self._search(["UNDELETED", "UID", f"{uid + 1}:*"])
        return {each for each in found if each > uid}  # the last mail always answers to `*` (RFC 3501, 6.4.8)

    def list_since(self, day: date) -> set[int]:
        """UIDs of the mails that came on this day or later, read or not."""
        return self._search(["UNDELETED", "SINCE", day])

    def get_sizes(self, uids: Iterable[int]) -> dict[int, int]:
        """Bytes by UID; a mail that is gone meanwhile is left out."""
        found = self._ask(partial(self._client.fetch, list(uids), ["RFC822.SIZE"])) if uids else {}
        return {uid: int(data[b"RFC822.SIZE"]) for uid, data in found.items() if b"RFC822.SIZE" in data}

    def fetch(self, uids: Sequence[int]) -> list[Piece]:
        """Whole mails, not marked. When the server refuses them together each is asked for alone."""
        try:
            found = self._client.fetch(list(uids), [WHOLE])
        except IMAPClientAbortError as error:
            raise ImapFault(Fault.PROTOCOL, error) from error
        except (IMAPClientError, ValueError) as error:
            return [self._alone(uid, error) for uid in uids] if len(uids) > 1 else [self.fetch_head(uids[0])]
        except OSError as error:
            raise _fault_of(error) from error
        pieces = {uid: raw for uid, data in found.items() if (raw := _body(data)) is not None}
        return [Piece(uid, pieces[uid]) if uid in pieces else self.fetch_head(uid) for uid in uids]

    def _alone(self, uid: int, _error: Exception) -> Piece:
        return self.fetch([uid])[0]

    def fetch_head(self, uid: int) -> Piece:
        """The head of a mail, at most 256 kB of it."""
        try:
            found = self._client.fetch([uid], [HEAD])
        except IMAPClientAbortError as error:
            raise ImapFault(Fault.PROTOCOL, error) from error
        except (IMAPClientError, ValueError) as error:
            return Piece(uid, None, is_whole=False, problem=_plain(error))
        except OSError as error:
            raise _fault_of(error) from error
        raw = _body(found.get(uid, {}))
        if raw is not None:
            return Piece(uid, raw, is_whole=False)
        return Piece(uid, None, is_whole=False, problem="nothing was sent" if self.get_sizes([uid]) else GONE)

    def settle(self, uids: Sequence[int]) -> None:
        """They are kept elsewhere now: moved where the settings say, else marked seen."""
        if not uids:
            return
        if self._settings.move_to:
            self._move(list(uids))
        else:
            self._ask(partial(self._client.add_flags, list(uids), [SEEN], silent=True))

    def _move(self, uids: list[int]) -> None:
        """MOVE (RFC 6851) where the server knows it; else copied and marked deleted, expunged where that is safe."""
        if self._client.has_capability("MOVE"):
            self._ask(partial(self._client.move, uids, self._settings.move_to))
            return
        self._ask(partial(self._client.copy, uids, self._settings.move_to))
        self._ask(partial(self._client.add_flags, uids, [SEEN, DELETED], silent=True))
        if self._client.has_capability("UIDPLUS"):
            self._ask(partial(self._client.uid_expunge, uids))

    def _search(self, criteria: list[Any]) -> set[int]:
        return {int(uid) for uid in self._ask(partial(self._client.search, criteria))}

    def _ask(self, question: Callable[[], Any]) -> Any:
        try:
            return question()
        except (IMAPClientError, OSError, ValueError) as error:
            raise _fault_of(error) from error


@contextmanager
def open_folder(settings: ImapSettings) -> Iterator[Folder]:
    """Connect, verify the certificate, log in and select the folder. Raises ImapFault, saying which step failed."""
    client = _connect(settings)
    try:
        _log_in(client, settings)
        yield Folder(client, settings, _select(client, settings))
    finally:
        with suppress(Exception):  # what was to be said is said; a line that hangs up first is no fault
            client.logout()


def _connect(settings: ImapSettings) -> Any:
    """Imapclient says little of its types."""
    connect: Any = IMAPClient
    try:
        context = ssl.create_default_context(cafile=settings.ca_file)
        timeout = SocketTimeout(min(CONNECT_SECONDS, settings.timeout_seconds), settings.timeout_seconds)
        secured = {"ssl": True, "ssl_context": context} if settings.is_tls else {"ssl": False}
        client = connect(settings.host, settings.port, timeout=timeout, **secured)
        if not settings.is_tls:
            _start_tls(client, context)
    except (OSError, IMAPClientError, ValueError) as error:
        raise _fault_of(error) from error
    return client


def _start_tls(client: Any, context: ssl.SSLContext) -> None:
    """No password crosses a line in the clear: imapclient refuses to go on without STARTTLS."""
    try:
        client.starttls(context)
    except BaseException as error:
        with suppress(Exception):
            client.shutdown()
        if isinstance(error, CapabilityError):
            raise ImapFault(Fault.NO_TLS, error) from error
        raise


def _log_in(client: Any, settings: ImapSettings) -> None:
    try:
        if settings.token:
            _show_token(client, settings)
        else:
            client.login(settings.username, settings.password)
    except LoginError as error:
        fault = Fault.OAUTH_NOT_TAKEN if settings.token else Fault.LOGIN_REFUSED
        raise ImapFault(fault, error) from error
    except (IMAPClientError, OSError, ValueError) as error:
        raise _fault_of(error) from error


def _show_token(client: Any, settings: ImapSettings) -> None:
    """SASL XOAUTH2 as Google and Microsoft speak it, else OAUTHBEARER (RFC 7628); told apart by what the server offers.

    A refusal comes as a challenge that wants an empty answer (XOAUTH2) or a lone 0x01 (OAUTHBEARER) before the NO.
    """
    user, token = settings.username, settings.token
    words = {
        "XOAUTH2": (f"user={user}\1auth=Bearer {token}\1\1", b""),
        "OAUTHBEARER": (
            f"n,a={user},\1host={settings.host}\1port={settings.port}\1auth=Bearer {token}\1\1",
            b"\1",
        ),
    }
    offered = [name for name in words if client.has_capability(f"AUTH={name}")]
    if not offered:
        raise ImapFault(Fault.NO_OAUTH, "neither XOAUTH2 nor OAUTHBEARER")
    first, second = words[offered[0]]
    client.sasl_login(offered[0], lambda challenge: second if challenge else first.encode())


def _select(client: Any, settings: ImapSettings) -> dict[bytes, Any]:
    try:
        if settings.move_to and not client.folder_exists(settings.move_to):
            raise ImapFault(Fault.NO_TARGET, settings.move_to)
        chosen: dict[bytes, Any] = client.select_folder(settings.folder)
    except IMAPClientAbortError as error:
        raise ImapFault(Fault.PROTOCOL, error) from error
    except IMAPClientError as error:
        raise ImapFault(Fault.NO_FOLDER, error) from error
    except (OSError, ValueError) as error:
        raise _fault_of(error) from error
    return chosen


def _body(data: dict[bytes, Any]) -> bytes | None:
    """The bytes of a FETCH answer, whatever the server calls them; None when it answered without."""
    for name, value in data.items():
        if name.startswith(b"BODY[") and isinstance(value, bytes):
            return value
    return None


def _fault_of(error: Exception) -> ImapFault:
    kinds: tuple[tuple[type[Exception] | tuple[type[Exception], ...], Fault], ...] = (
        (ssl.SSLCertVerificationError, Fault.NOT_VERIFIED),
        (ssl.SSLError, Fault.NO_TLS),
        (socket.gaierror, Fault.UNKNOWN_HOST),
        (ConnectionRefusedError, Fault.REFUSED),
        (TimeoutError, Fault.NO_ANSWER),
        (UnicodeError, Fault.UNKNOWN_HOST),
    )
    fault = next((fault for kind, fault in kinds if isinstance(error, kind)), Fault.PROTOCOL)
    return ImapFault(fault, error)


def _plain(detail: object) -> str:
    """One line of the server's words."""
    text = str(detail)
    if text.startswith(("b'", 'b"')):
        text = text[2:-1]
    return " ".join(text.replace("\0", "").split())[:300]
